//! Brass: short stabs that answer, and a swell into a new section.

use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
    style::Texture,
};
use rand::seq::IndexedRandom;

/// Stabs over four quarters: place and length.
const FIGURES: [&[(f64, f64)]; 6] = [
    &[(0.0, 0.4)],
    &[(2.5, 0.35), (3.0, 0.8)],
    &[(1.5, 0.35), (2.5, 0.6)],
    &[(0.0, 0.35), (0.5, 0.35), (1.5, 0.9)],
    &[(3.5, 0.4)],
    &[(0.0, 0.3), (1.5, 0.3), (3.0, 0.3), (3.5, 0.4)],
];
const STANDS: [f64; 3] = [0.4, 0.0, -0.4];

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    let mut chord: Vec<i32> = Vec::new();
    let mut figures = [FIGURES[0], FIGURES[1]];
    for (i, bar) in song.bars.iter().enumerate() {
        if bar.opens_section() {
            figures = [pick(pen), pick(pen)];
        }
        if bar.rest {
            continue;
        }
        chord = bar.harmony.voicing(&chord, 63 + 7 * pen.style.register, 3);
        let lifts = bar.closes_section() && song.bars.get(i + 1).is_some_and(|n| !n.rest);
        let long = matches!(pen.style.texture, Texture::Pad);
        if lifts || long {
            play(pen, bar, &chord, &[(0.0, song.pulse.bar_quarters * 0.94)]);
            continue;
        }
        let every = if pen.style.density >= 0.6 || bar.energy > 0.9 {
            1
        } else {
            2
        };
        if bar.index_in_section % every == 0 {
            play(
                pen,
                bar,
                &chord,
                figures[(bar.index_in_section / every) % 2],
            );
        }
    }
}

fn pick(pen: &mut Pen) -> &'static [(f64, f64)] {
    FIGURES.choose(&mut pen.rng).copied().unwrap_or(FIGURES[0])
}

fn play(pen: &mut Pen, bar: &SongBar, chord: &[i32], figure: &[(f64, f64)]) {
    let end = pen.song.pulse.bar_quarters;
    for (q, length) in figure
        .iter()
        .copied()
        .filter(|(q, _)| *q < end || *q == 0.0)
    {
        for (pitch, stand) in chord.iter().zip(STANDS) {
            let velocity = 0.55 + 0.35 * bar.energy;
            pen.note(
                bar,
                (q, length.min(end - q)),
                *pitch,
                velocity,
                (stand, Sound::Horn),
            );
        }
    }
}
