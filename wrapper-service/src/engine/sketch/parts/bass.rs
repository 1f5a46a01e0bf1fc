//! Bass: roots with the kick, fifths and octaves beside them, a step into the next chord.

use super::drum_groove;
use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
    style::Style,
};
use sideman_shared::music::Track;

/// E1, the lowest string.
const LOWEST: i32 = 28;

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    // The drummer of the same seed, as he plays when told nothing.
    let drummer = Style {
        density: pen.style.density,
        feel: pen.style.feel,
        four_on_the_floor: pen.style.four_on_the_floor,
        ..Style::from_caption(Track::Drums.default_caption())
    };
    let mut groove = drum_groove::Groove::default();
    for (i, bar) in song.bars.iter().enumerate() {
        if bar.opens_section() {
            groove = drum_groove::settle(song, &drummer, pen.seed, bar.section);
        }
        if bar.rest {
            continue;
        }
        let answer = bar.index_in_section % 2 == 1;
        let kicks = if answer {
            &groove.answer_kicks
        } else {
            &groove.kicks
        };
        bar_line(pen, bar, i, kicks);
    }
}

fn bar_line(pen: &mut Pen, bar: &SongBar, index: usize, kicks: &[f64]) {
    let end = pen.song.pulse.bar_quarters;
    let root = low(bar.harmony.root, pen.style.register);
    let next_root = low(pen.song.harmony_after(index).root, pen.style.register);
    let mut places = kicks.to_vec();
    if bar.energy < 0.35 && pen.style.density <= 0.0 {
        places.truncate(1);
    }
    let moves = next_root != root && end > 1.5 && bar.energy >= 0.35;
    let approach = (moves && pen.chance(0.65 + 0.3 * pen.style.density)).then_some(end - 0.5);
    if let Some(q) = approach {
        places.retain(|p| *p < q - 0.25);
        places.push(q);
    }
    for (i, from) in places.iter().enumerate() {
        let until = places.get(i + 1).copied().unwrap_or(end);
        let pitch = if Some(*from) == approach {
            step_into(pen, bar, root, next_root)
        } else if i == 0 {
            root
        } else {
            other_tone(pen, bar, root)
        };
        let held = (0.86 + 0.1 * pen.style.sustain) * (until - from);
        let weight = if i == 0 { 0.85 } else { 0.7 };
        pen.note(
            bar,
            (*from, held),
            pitch,
            weight * (0.7 + 0.3 * bar.energy),
            (0.0, Sound::Bass),
        );
    }
}

fn low(root: i32, register: i32) -> i32 {
    let lowest = LOWEST + 12 * register.max(0);
    lowest + (root - lowest).rem_euclid(12)
}

/// Mostly the root again, sometimes the fifth or the octave.
fn other_tone(pen: &mut Pen, bar: &SongBar, root: i32) -> i32 {
    let lively = 0.25 + 0.2 * (pen.style.density + bar.energy);
    if !pen.chance(lively) {
        return root;
    }
    let fifth = if bar.harmony.is_chord_tone(root + 7) {
        root + 7
    } else {
        root + 12
    };
    let octave = pen.chance(0.4);
    if octave && root < 36 {
        root + 12
    } else {
        fifth
    }
}

/// A scale step below or above where the line goes.
fn step_into(pen: &mut Pen, bar: &SongBar, root: i32, next_root: i32) -> i32 {
    let from_below = if root == next_root {
        pen.chance(0.5)
    } else {
        root < next_root
    };
    let step = bar
        .harmony
        .scale_step(next_root, if from_below { -1 } else { 1 });
    if step < LOWEST { step + 12 } else { step }
}
