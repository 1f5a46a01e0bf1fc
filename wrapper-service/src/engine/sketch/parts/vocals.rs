//! The lead: a wordless line in phrases.

use super::{
    melody::{self, Carrier, LineNote},
    sung,
};
use crate::engine::sketch::score::{Pen, Vowel};
use rand::seq::IndexedRandom;

/// E4: where a tenor and an alto are both at home.
const CENTRE: i32 = 64;

/// Who sings the lead when told `register` octaves and `density`.
pub fn lead(register: i32, density: f64) -> Carrier {
    Carrier {
        centre: CENTRE + register * 7,
        density,
    }
}

pub fn write(pen: &mut Pen) {
    let carrier = lead(pen.style.register, pen.style.density);
    let (song, mut rng) = (pen.song, pen.rng.clone());
    let phrases = melody::phrases(song, carrier, &mut rng);
    pen.rng = rng;
    for (nth, phrase) in phrases.iter().enumerate() {
        // A sparse singer leaves every other phrase to the band.
        if pen.style.density <= -0.6 && nth % 2 == 1 {
            continue;
        }
        sing(pen, phrase);
    }
}

fn sing(pen: &mut Pen, phrase: &[LineNote]) {
    const BRIGHT: [Vowel; 5] = [Vowel::Ah, Vowel::Ah, Vowel::Eh, Vowel::Oh, Vowel::Ee];
    const SOFT: [Vowel; 5] = [Vowel::Oo, Vowel::Oh, Vowel::Oo, Vowel::Ah, Vowel::Oh];
    let song = pen.song;
    let mut vowel = Vowel::Ah;
    for (i, note) in phrase.iter().enumerate() {
        let bar = &song.bars[note.bar];
        let colours = if bar.energy > 0.5 && pen.style.dynamics >= 0.0 {
            BRIGHT
        } else {
            SOFT
        };
        if !note.joined || i == 0 {
            vowel = *colours.choose(&mut pen.rng).unwrap_or(&Vowel::Ah);
        }
        let arch = 1.0 - (i as f64 / phrase.len() as f64 - 0.4).abs() * 0.3;
        let velocity = (0.5 + 0.35 * bar.energy) * arch;
        let sound = sung(0, vowel, note.joined && i > 0);
        pen.note(
            bar,
            (note.from, note.length),
            note.pitch,
            velocity,
            (0.0, sound),
        );
    }
}
