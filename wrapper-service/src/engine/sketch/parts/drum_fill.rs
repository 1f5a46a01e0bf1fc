//! Fills into a new section.

use crate::engine::sketch::{
    score::{Pen, Piece},
    song::SongBar,
    style::SnareKind,
};
use rand::Rng;

/// Plays a fill over the end of `bar` and says where it begins (quarters into the bar).
pub fn play(pen: &mut Pen, bar: &SongBar, big: bool) -> f64 {
    let pulse = &pen.song.pulse;
    let end = pulse.bar_quarters;
    let groups = &pulse.groups;
    let span = if big && groups.len() >= 4 { 2 } else { 1 };
    let from = groups[groups
        .len()
        .saturating_sub(span)
        .max(usize::from(groups.len() > 1))];
    let sixteenths = pen.song.bpm < 140.0;
    let step = if sixteenths { 0.25 } else { 0.5 };
    let places: Vec<f64> = (0..)
        .map(|i| from + f64::from(i) * step)
        .take_while(|q| *q < end - 1e-9)
        .collect();
    let kind = pen.rng.random_range(0..5);
    match kind {
        0 => roll(pen, bar, &places),
        1 => down_the_toms(pen, bar, &places),
        2 => broken(pen, bar, &places),
        3 => pushes(pen, bar, &places),
        _ => pairs(pen, bar, &places),
    }
    from
}

/// 0 at the fill's first stroke, 1 at its last.
fn along(i: usize, places: &[f64]) -> f64 {
    i as f64 / places.len().saturating_sub(1).max(1) as f64
}

fn snare(pen: &Pen) -> Piece {
    match pen.style.snare {
        SnareKind::Brushes => Piece::BrushSnare,
        SnareKind::Full | SnareKind::SideStick => Piece::Snare,
    }
}

/// A snare crescendo.
fn roll(pen: &mut Pen, bar: &SongBar, places: &[f64]) {
    for (i, q) in places.iter().enumerate() {
        let accent = if i % 4 == 0 { 0.12 } else { 0.0 };
        let piece = snare(pen);
        pen.hit(bar, *q, piece, 0.4 + 0.4 * along(i, places) + accent);
    }
    pen.hit(bar, places[0], Piece::Kick, 0.7);
}

fn down_the_toms(pen: &mut Pen, bar: &SongBar, places: &[f64]) {
    let drums = [snare(pen), Piece::TomHigh, Piece::TomMid, Piece::TomLow];
    for (i, q) in places.iter().enumerate() {
        let which = (i * drums.len() / places.len()).min(3);
        let accent = if i % 2 == 0 { 0.14 } else { 0.0 };
        pen.hit(
            bar,
            *q,
            drums[which],
            0.62 + 0.16 * along(i, places) + accent,
        );
    }
}

/// Snare and toms with gaps, so that it breathes.
fn broken(pen: &mut Pen, bar: &SongBar, places: &[f64]) {
    for (i, q) in places.iter().enumerate() {
        let strong = i % 4 == 0 || i % 4 == 3;
        if !strong && pen.chance(0.45) {
            continue;
        }
        let piece = match i % 4 {
            0 => snare(pen),
            3 => Piece::TomLow,
            _ => Piece::TomMid,
        };
        pen.hit(bar, *q, piece, if strong { 0.85 } else { 0.55 });
    }
}

/// Kick and snare together on the offbeats.
fn pushes(pen: &mut Pen, bar: &SongBar, places: &[f64]) {
    let piece = snare(pen);
    for q in places.iter().copied() {
        if (q * 2.0).fract() != 0.0 {
            continue;
        }
        let off = q.fract() != 0.0;
        pen.hit(bar, q, piece, if off { 0.9 } else { 0.6 });
        if off {
            pen.hit(bar, q, Piece::Kick, 0.8);
        }
    }
}

/// Hand, hand, foot.
fn pairs(pen: &mut Pen, bar: &SongBar, places: &[f64]) {
    let high = [snare(pen), Piece::TomHigh, Piece::TomMid, Piece::TomLow];
    for (i, q) in places.iter().enumerate() {
        let drum = high[(i / 3) % 4];
        let piece = if i % 3 == 2 { Piece::Kick } else { drum };
        pen.hit(bar, *q, piece, 0.66 + 0.2 * along(i, places));
    }
}
