//! Keyboard: comping chords in the right hand, roots in the left.

use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
    style::Texture,
};
use rand::seq::IndexedRandom;

/// Comping figures over four quarters: place and length.
const FIGURES: [&[(f64, f64)]; 5] = [
    &[(0.0, 3.6)],
    &[(0.0, 1.4), (1.5, 2.2)],
    &[(0.0, 1.8), (2.5, 1.2)],
    &[(0.5, 1.0), (2.0, 0.5), (3.5, 0.5)],
    &[(0.0, 0.8), (1.5, 0.8), (3.0, 0.8)],
];

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    let mut hand: Vec<i32> = Vec::new();
    let mut figures = [FIGURES[0], FIGURES[1]];
    for bar in &song.bars {
        if bar.opens_section() {
            figures = [pick(pen, bar), pick(pen, bar)];
        }
        if bar.rest {
            continue;
        }
        hand = bar.harmony.voicing(&hand, 64 + 7 * pen.style.register, 4);
        left_hand(pen, bar);
        if pen.style.texture == Texture::Arpeggio {
            broken(pen, bar, &hand);
        } else {
            comp(pen, bar, &hand, figures[bar.index_in_section % 2]);
        }
    }
}

fn pick(pen: &mut Pen, bar: &SongBar) -> &'static [(f64, f64)] {
    let lively = (bar.energy + 0.4 * pen.style.density).clamp(0.0, 1.0);
    let reach = (lively * 5.0).ceil().clamp(1.0, 5.0) as usize;
    if pen.style.texture == Texture::Pad {
        return FIGURES[0];
    }
    FIGURES[..reach]
        .choose(&mut pen.rng)
        .copied()
        .unwrap_or(FIGURES[0])
}

fn comp(pen: &mut Pen, bar: &SongBar, hand: &[i32], figure: &[(f64, f64)]) {
    let end = pen.song.pulse.bar_quarters;
    let keep = (1.0 + 0.3 * pen.style.sustain).min(1.1);
    for (q, length) in figure.iter().copied().filter(|(q, _)| *q < end) {
        let length = (length * keep).min(end - q);
        for (k, pitch) in hand.iter().enumerate() {
            let top = if k + 1 == hand.len() { 0.08 } else { 0.0 };
            let pan = k as f64 * 0.16 - 0.24;
            let velocity = 0.42 + top + 0.25 * bar.energy;
            pen.note(
                bar,
                (q, length),
                *pitch,
                velocity,
                (pan, Sound::ElectricPiano),
            );
        }
    }
}

fn broken(pen: &mut Pen, bar: &SongBar, hand: &[i32]) {
    const ORDER: [usize; 8] = [0, 1, 2, 3, 2, 1, 3, 2];
    for (i, q) in pen.song.pulse.eighths().into_iter().enumerate() {
        let pitch = hand[ORDER[i % 8] % hand.len()];
        let pan = (i % 4) as f64 * 0.16 - 0.24;
        pen.note(
            bar,
            (q, 1.5),
            pitch,
            0.4 + 0.25 * bar.energy,
            (pan, Sound::ElectricPiano),
        );
    }
}

fn left_hand(pen: &mut Pen, bar: &SongBar) {
    let end = pen.song.pulse.bar_quarters;
    let root = 36 + (bar.harmony.root - 36).rem_euclid(12);
    let velocity = 0.4 + 0.2 * bar.energy;
    pen.note(
        bar,
        (0.0, end * 0.95),
        root,
        velocity,
        (-0.1, Sound::ElectricPiano),
    );
    if bar.energy > 0.6 && end > 2.0 && bar.harmony.is_chord_tone(root + 7) {
        pen.note(
            bar,
            (end / 2.0, end * 0.45),
            root + 7,
            velocity * 0.85,
            (-0.1, Sound::ElectricPiano),
        );
    }
}
