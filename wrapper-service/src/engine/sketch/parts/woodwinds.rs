//! Woodwinds: a flute that answers where a singer would breathe.

use super::melody::{self, Carrier};
use crate::engine::sketch::score::{Pen, Sound};

pub fn write(pen: &mut Pen) {
    let carrier = Carrier {
        centre: 76 + 7 * pen.style.register,
        density: 0.2 + 0.6 * pen.style.density,
    };
    let (song, mut rng) = (pen.song, pen.rng.clone());
    let phrases = melody::phrases(song, carrier, &mut rng);
    pen.rng = rng;
    let answers_only = pen.style.density < 0.6 && phrases.len() > 1;
    for phrase in phrases
        .iter()
        .skip(usize::from(answers_only))
        .step_by(1 + usize::from(answers_only))
    {
        for note in phrase {
            let bar = &song.bars[note.bar];
            let length = note.length * if note.joined { 1.0 } else { 0.92 };
            let velocity = 0.5 + 0.3 * bar.energy;
            pen.note(
                bar,
                (note.from, length),
                note.pitch,
                velocity,
                (0.15, Sound::Flute),
            );
        }
    }
}
