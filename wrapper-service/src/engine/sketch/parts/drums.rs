//! Drums: locked to the grid, following sections and energy, filling into new ones.

use super::{drum_fill, drum_groove, drum_groove::Groove};
use crate::engine::sketch::{
    score::{Pen, Piece},
    song::SongBar,
    style::{Hats, SnareKind},
};

pub fn write(pen: &mut Pen) {
    let bars = pen.song.bars.clone();
    let mut groove = Groove::default();
    for (i, bar) in bars.iter().enumerate() {
        if bar.opens_section() {
            groove = drum_groove::settle(pen.song, pen.style, pen.seed, bar.section);
        }
        if bar.rest {
            continue;
        }
        let next = bars.get(i + 1).filter(|b| !b.rest);
        let end = pen.song.pulse.bar_quarters;
        let until = fill_start(pen, bar, next).unwrap_or(end);
        let crash = opens_with_crash(pen, &bars, i);
        if crash {
            pen.hit(bar, 0.0, Piece::Crash, 0.55 + 0.4 * bar.energy);
        }
        play_kicks(pen, bar, &groove, until);
        play_snares(pen, bar, &groove, until);
        play_time(pen, bar, &groove, (crash, until));
    }
}

fn fill_start(pen: &mut Pen, bar: &SongBar, next: Option<&SongBar>) -> Option<f64> {
    if !pen.style.fills || next.is_none() || bar.bars_in_section < 2 {
        return None;
    }
    let into_section = bar.closes_section();
    let phrase_end = bar.index_in_section % 8 == 7;
    let turn = bar.index_in_section % 4 == 3 && pen.chance(0.35 + 0.3 * pen.style.density);
    if !(into_section || phrase_end || turn) {
        return None;
    }
    let lift = next.is_some_and(|n| n.energy >= bar.energy - 0.05);
    let big = into_section && lift && pen.style.density > -0.6;
    Some(drum_fill::play(pen, bar, big))
}

/// A crash where a section opens, and after silence; not on the quiet ones.
fn opens_with_crash(pen: &Pen, bars: &[SongBar], i: usize) -> bool {
    let bar = &bars[i];
    let after_rest = i > 0 && bars[i - 1].rest;
    let opens = (bar.opens_section() && (i > 0 || bar.energy > 0.6)) || after_rest;
    pen.style.crashes && opens && bar.energy > 0.3
}

fn play_kicks(pen: &mut Pen, bar: &SongBar, groove: &Groove, until: f64) {
    let answer = bar.index_in_section % 2 == 1;
    let kicks = if answer {
        &groove.answer_kicks
    } else {
        &groove.kicks
    };
    for q in kicks.iter().copied().filter(|q| *q < until) {
        let weight = if pen.song.pulse.groups.contains(&q) {
            0.86
        } else {
            0.7
        };
        pen.hit(bar, q, Piece::Kick, weight * (0.72 + 0.28 * bar.energy));
    }
}

fn play_snares(pen: &mut Pen, bar: &SongBar, groove: &Groove, until: f64) {
    let quiet = bar.energy < 0.35 && pen.style.dynamics <= 0.0;
    let piece = match pen.style.snare {
        SnareKind::Brushes => Piece::BrushSnare,
        SnareKind::SideStick => Piece::SideStick,
        SnareKind::Full if quiet => Piece::SideStick,
        SnareKind::Full => Piece::Snare,
    };
    for q in groove.snares.iter().copied().filter(|q| *q < until) {
        pen.hit(bar, q, piece, 0.62 + 0.36 * bar.energy);
        if pen.style.electronic && bar.energy > 0.7 {
            pen.hit(bar, q, Piece::Clap, 0.6);
        }
    }
    let soft = match piece {
        Piece::SideStick => return,
        other => other,
    };
    for q in groove.ghosts.iter().copied().filter(|q| *q < until) {
        pen.hit(bar, q, soft, 0.17 + 0.08 * bar.energy);
    }
}

fn play_time(pen: &mut Pen, bar: &SongBar, groove: &Groove, (crash, until): (bool, f64)) {
    let driving = bar.energy > 0.86 && pen.style.dynamics >= 0.0;
    let piece = match pen.style.hats {
        Hats::Ride => Piece::Ride,
        Hats::Brushes => Piece::HatBrush,
        Hats::Sticks if driving && bar.section % 2 == 1 => Piece::Ride,
        Hats::Sticks => Piece::HatClosed,
    };
    let off_hat = pen.style.four_on_the_floor;
    let last_off = pen.song.pulse.bar_quarters - 0.5;
    let lifts = bar.index_in_section % 4 == 3 && until > last_off;
    for (q, weight) in groove.time.iter().copied().filter(|(q, _)| *q < until) {
        if crash && q == 0.0 {
            continue;
        }
        let open =
            piece != Piece::Ride && ((lifts && q == last_off) || (off_hat && q.fract() == 0.5));
        let struck = if open { Piece::HatOpen } else { piece };
        let weight = if off_hat && !open {
            weight * 0.7
        } else {
            weight
        };
        pen.hit(bar, q, struck, weight * (0.62 + 0.34 * bar.energy));
    }
    if piece == Piece::Ride && pen.style.swing > 0.8 {
        // The foot closes the hats on the backbeat.
        for q in groove.snares.iter().copied().filter(|q| *q < until) {
            pen.hit(bar, q, Piece::HatClosed, 0.35);
        }
    }
}
