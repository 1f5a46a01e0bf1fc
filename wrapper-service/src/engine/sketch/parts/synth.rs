//! Synth: an arpeggio that wanders across the image, or a pad.

use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
    style::Texture,
};
use rand::seq::IndexedRandom;

/// Orders over four chord tones and their octave.
const ORDERS: [[usize; 8]; 4] = [
    [0, 1, 2, 3, 4, 3, 2, 1],
    [0, 2, 1, 3, 2, 4, 3, 1],
    [4, 3, 2, 1, 0, 1, 2, 3],
    [0, 3, 1, 4, 2, 4, 1, 3],
];

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    let pad = matches!(pen.style.texture, Texture::Pad | Texture::Chords);
    let order = *ORDERS.choose(&mut pen.rng).unwrap_or(&ORDERS[0]);
    let mut chord: Vec<i32> = Vec::new();
    for bar in song.bars.iter().filter(|b| !b.rest) {
        chord = bar.harmony.voicing(&chord, 62 + 12 * pen.style.register, 4);
        if pad {
            for (k, pitch) in chord.iter().enumerate() {
                let pan = k as f64 * 0.3 - 0.45;
                let length = song.pulse.bar_quarters;
                pen.note(
                    bar,
                    (0.0, length),
                    *pitch,
                    0.45 + 0.3 * bar.energy,
                    (pan, Sound::SynthPad),
                );
            }
        } else {
            arpeggio(pen, bar, &chord, &order);
        }
    }
}

fn arpeggio(pen: &mut Pen, bar: &SongBar, chord: &[i32], order: &[usize; 8]) {
    let pulse = pen.song.pulse.clone();
    let fine = (pen.style.density >= 0.6 || bar.energy > 0.9) && pen.song.bpm < 140.0;
    let step = if fine { 0.25 } else { 0.5 };
    let count = (pulse.bar_quarters / step).round() as usize;
    for i in 0..count {
        let q = i as f64 * step;
        let tone = order[i % 8];
        let pitch = chord.get(tone).copied().unwrap_or(chord[0] + 12);
        let accent = if pulse.groups.contains(&q) {
            0.62
        } else {
            0.48
        };
        let pan = ((i % 8) as f64 / 7.0 * 2.0 - 1.0) * 0.6;
        let length = step * (1.3 + 0.6 * pen.style.sustain);
        pen.note(
            bar,
            (q, length),
            pitch,
            accent * (0.7 + 0.35 * bar.energy),
            (pan, Sound::SynthPluck),
        );
    }
}
