//! Guitar: arpeggios that ring through the bar, or strummed chords.

use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
    style::Texture,
};
use rand::seq::IndexedRandom;

/// Orders in which five strings are picked.
const PICKINGS: [[usize; 8]; 4] = [
    [0, 2, 3, 4, 3, 2, 4, 3],
    [0, 3, 2, 4, 1, 3, 2, 4],
    [0, 1, 2, 3, 4, 3, 2, 1],
    [0, 4, 3, 2, 0, 3, 4, 2],
];
/// Seconds from one string to the next in a strum.
const STRUM_SECS: f64 = 0.011;

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    let strums = matches!(pen.style.texture, Texture::Chords | Texture::Pad);
    let picking = *PICKINGS.choose(&mut pen.rng).unwrap_or(&PICKINGS[0]);
    let mut hand: Vec<i32> = Vec::new();
    for bar in song.bars.iter().filter(|b| !b.rest) {
        hand = bar.harmony.voicing(&hand, 57 + 5 * pen.style.register, 4);
        let bass = 40 + (bar.harmony.root - 40).rem_euclid(12);
        let strings: Vec<i32> = std::iter::once(bass).chain(hand.iter().copied()).collect();
        if strums {
            strum_bar(pen, bar, &strings);
        } else {
            pick_bar(pen, bar, &strings, &picking);
        }
    }
}

fn pick_bar(pen: &mut Pen, bar: &SongBar, strings: &[i32], picking: &[usize; 8]) {
    let pulse = pen.song.pulse.clone();
    let slow = pen.song.bpm > 150.0 || pen.style.density <= -0.6;
    for (i, q) in pulse.eighths().into_iter().enumerate() {
        if slow && i % 2 == 1 && !pulse.compound {
            continue;
        }
        let strong = pulse.groups.contains(&q);
        if !strong && bar.energy < 0.5 && pen.chance(0.2) {
            continue;
        }
        let string = picking[i % 8];
        let weight = if q == 0.0 {
            0.8
        } else if strong {
            0.62
        } else {
            0.5
        };
        let ring = (pulse.bar_quarters - q).max(1.0);
        let pan = f64::from(string as u32) * 0.12 - 0.24;
        pen.note(
            bar,
            (q, ring),
            strings[string],
            weight * (0.7 + 0.3 * bar.energy),
            (pan, Sound::Guitar),
        );
    }
}

fn strum_bar(pen: &mut Pen, bar: &SongBar, strings: &[i32]) {
    let pulse = pen.song.pulse.clone();
    let quarters_per_string = STRUM_SECS * pen.song.bpm / 60.0;
    let held = pen.style.texture == Texture::Pad || bar.energy < 0.4;
    for (i, q) in pulse.eighths().into_iter().enumerate() {
        let strong = pulse.groups.contains(&q);
        let wanted = q == 0.0 || !held && (strong || pen.chance(0.45 + 0.3 * pen.style.density));
        if !wanted {
            continue;
        }
        let up = i % 2 == 1;
        let ring = if held { pulse.bar_quarters } else { 0.9 };
        let weight = if strong { 0.7 } else { 0.45 } * (0.7 + 0.3 * bar.energy);
        let skip = usize::from(up) * 2;
        let played: Vec<i32> = strings.iter().skip(skip).copied().collect();
        let order: Vec<i32> = if up {
            played.into_iter().rev().collect()
        } else {
            played
        };
        for (k, pitch) in order.into_iter().enumerate() {
            let from = q + k as f64 * quarters_per_string;
            pen.note(bar, (from, ring), pitch, weight, (0.2, Sound::Guitar));
        }
    }
}
