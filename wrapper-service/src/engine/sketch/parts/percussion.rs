//! Shaker, congas and, when the song is loud, a tambourine.

use crate::engine::sketch::score::{Pen, Piece};

/// A tumbao over two beats of sixteenth places: place in quarters, piece, weight.
const TUMBAO: [(f64, Piece, f64); 5] = [
    (0.5, Piece::CongaSlap, 0.5),
    (1.0, Piece::CongaLow, 0.3),
    (1.5, Piece::CongaOpen, 0.75),
    (1.75, Piece::CongaOpen, 0.6),
    (0.0, Piece::CongaLow, 0.4),
];

pub fn write(pen: &mut Pen) {
    let bars = pen.song.bars.clone();
    let pulse = pen.song.pulse.clone();
    let fine = pen.song.bpm < 118.0 && pen.style.density > -0.6 && !pulse.compound;
    let step = if fine { 0.25 } else { 0.5 };
    let low_turn = pen.chance(0.5);
    let drop = 0.25 - 0.2 * pen.style.density;
    for bar in bars.iter().filter(|b| !b.rest) {
        let count = (pulse.bar_quarters / step).round() as u32;
        for i in 0..count {
            let q = f64::from(i) * step;
            let accent = pulse.groups.contains(&q) || (q * 2.0).fract() == 0.0 && q.fract() != 0.0;
            let weight = if accent { 0.5 } else { 0.28 };
            pen.hit(bar, q, Piece::Shaker, weight * (0.7 + 0.4 * bar.energy));
        }
        congas(pen, bar, low_turn, drop);
        if bar.energy > 0.7 && pen.style.dynamics >= 0.0 {
            for q in pulse.backbeats(pen.style.feel) {
                pen.hit(bar, q, Piece::Tambourine, 0.45 + 0.2 * bar.energy);
            }
        }
    }
}

fn congas(pen: &mut Pen, bar: &crate::engine::sketch::song::SongBar, low_turn: bool, drop: f64) {
    let pulse = pen.song.pulse.clone();
    if pulse.compound || pulse.beat_quarters < 1.0 {
        for (i, q) in pulse.eighths().into_iter().enumerate() {
            let (piece, weight) = match i % 6 {
                0 => (Piece::CongaLow, 0.6),
                3 => (Piece::CongaSlap, 0.6),
                2 | 5 => (Piece::CongaOpen, 0.55),
                _ => (Piece::CongaLow, 0.22),
            };
            pen.hit(bar, q, piece, weight);
        }
        return;
    }
    let pairs = (pulse.bar_quarters / 2.0).ceil() as u32;
    for pair in 0..pairs {
        for (q, piece, weight) in TUMBAO {
            let q = q + f64::from(pair) * 2.0;
            let last = pair + 1 == pairs;
            let turned = low_turn && last && bar.index_in_section % 2 == 1;
            let piece = if turned && piece == Piece::CongaOpen {
                Piece::CongaLow
            } else {
                piece
            };
            let weight = if turned && piece == Piece::CongaLow {
                weight.max(0.6)
            } else {
                weight
            };
            let keep = weight > 0.55 || !pen.chance(drop);
            if keep && q < pulse.bar_quarters {
                pen.hit(bar, q, piece, weight * (0.75 + 0.3 * bar.energy));
            }
        }
    }
}
