//! The kit: every piece is struck a few times into memory, then played from there, so that two
//! strokes in a row never sound the same and a three-minute part costs little.

use super::{dsp::Noise, kit_drums as drums, kit_metal as metal, progress};
use crate::engine::{
    EngineError,
    sketch::{
        canvas::Canvas,
        score::{Note, Piece, Sound},
        style::Style,
        watch::Watch,
    },
};
use std::collections::BTreeMap;

/// Recorded strokes per piece.
const TAKES: u32 = 4;
/// A closing hat stops an open one within this time.
const CHOKE_SECS: f32 = 0.018;

type Stroke = Vec<[f32; 2]>;

/// Plays all struck notes of a part onto `canvas`.
///
/// # Errors
/// `Cancelled` when the watch says so.
pub fn play(
    notes: &[Note],
    style: &Style,
    seed: u32,
    watch: &Watch,
    canvas: &mut Canvas,
) -> Result<(), EngineError> {
    let rate_hz = canvas.rate_hz;
    let mut bank: BTreeMap<Piece, Vec<Stroke>> = BTreeMap::new();
    let mut dice = Noise::new(seed);
    for (i, note) in notes.iter().enumerate() {
        let Sound::Kit(piece) = note.sound else {
            continue;
        };
        watch.at(progress(i as f64 / notes.len() as f64))?;
        let takes = bank
            .entry(piece)
            .or_insert_with(|| record(piece, style, seed, rate_hz));
        let pick = (dice.between(0.0, takes.len() as f32) as usize).min(takes.len() - 1);
        let stop = (piece == Piece::HatOpen)
            .then(|| next_hat_secs(notes, i))
            .flatten();
        let stroke = shaped(&takes[pick], piece, note, stop, rate_hz);
        let (pan, level) = place(piece, style);
        let curve = if is_metal(piece) { 1.2 } else { 1.5 };
        let gain = level * note.velocity.powf(curve);
        let (l, r) = ((1.0 - pan).min(1.0), (1.0 + pan).min(1.0));
        canvas.add_stereo(canvas.frame_at(note.at_secs), &stroke, [gain * l, gain * r]);
    }
    Ok(())
}

fn record(piece: Piece, style: &Style, seed: u32, rate_hz: f32) -> Vec<Stroke> {
    let takes = if piece == Piece::Crash { 2 } else { TAKES };
    (0..takes)
        .map(|take| {
            let mut noise = Noise::new(seed ^ (piece as u32 * 977 + take * 131 + 7));
            strike(piece, style, &mut noise, rate_hz)
        })
        .collect()
}

fn strike(piece: Piece, style: &Style, noise: &mut Noise, rate_hz: f32) -> Stroke {
    let tight = if style.room < 0.35 { 1.0 } else { 0.0 };
    let mono = match piece {
        Piece::Kick => drums::kick(style.electronic, tight, noise, rate_hz),
        Piece::Snare => drums::snare(style.electronic, tight, noise, rate_hz),
        Piece::SideStick => drums::side_stick(noise, rate_hz),
        Piece::BrushSnare => drums::brush_snare(noise, rate_hz),
        Piece::TomHigh => drums::tom(172.0, noise, rate_hz),
        Piece::TomMid => drums::tom(124.0, noise, rate_hz),
        Piece::TomLow => drums::tom(84.0, noise, rate_hz),
        Piece::Clap => drums::clap(noise, rate_hz),
        Piece::CongaOpen => drums::conga(247.0, 0.14, 0.15, noise, rate_hz),
        Piece::CongaLow => drums::conga(176.0, 0.11, 0.1, noise, rate_hz),
        Piece::CongaSlap => drums::conga(268.0, 0.035, 1.0, noise, rate_hz),
        Piece::Shaker => return metal::shaker(noise, rate_hz),
        Piece::HatClosed => return metal::strike(&metal::HAT_CLOSED, noise, rate_hz),
        Piece::HatOpen => return metal::strike(&metal::HAT_OPEN, noise, rate_hz),
        Piece::HatBrush => return metal::strike(&metal::HAT_BRUSH, noise, rate_hz),
        Piece::Ride => return metal::strike(&metal::RIDE, noise, rate_hz),
        Piece::Crash => return metal::strike(&metal::CRASH, noise, rate_hz),
        Piece::Tambourine => return metal::strike(&metal::TAMBOURINE, noise, rate_hz),
    };
    mono.into_iter().map(|s| [s, s]).collect()
}

/// Where a piece stands (−1…1, drummer's view narrowed by the style) and how loud it is in the kit.
fn place(piece: Piece, style: &Style) -> (f32, f32) {
    let (pan, level) = match piece {
        Piece::Kick => (0.0, 1.0),
        Piece::Snare => (0.04, 0.86),
        Piece::SideStick => (0.06, 0.7),
        Piece::BrushSnare => (0.05, 0.8),
        Piece::HatClosed => (0.5, 0.46),
        Piece::HatOpen => (0.5, 0.42),
        Piece::HatBrush => (0.48, 0.6),
        Piece::Ride => (-0.55, 0.42),
        Piece::Crash => (-0.3, 0.5),
        Piece::TomHigh => (0.45, 0.8),
        Piece::TomMid => (-0.05, 0.82),
        Piece::TomLow => (-0.55, 0.9),
        Piece::Clap => (0.0, 0.5),
        Piece::Shaker => (0.5, 0.4),
        Piece::CongaOpen => (-0.35, 0.8),
        Piece::CongaLow => (-0.15, 0.85),
        Piece::CongaSlap => (-0.35, 0.7),
        Piece::Tambourine => (0.4, 0.4),
    };
    ((pan * (style.width / 0.6) as f32).clamp(-1.0, 1.0), level)
}

fn next_hat_secs(notes: &[Note], from: usize) -> Option<f32> {
    let at = notes[from].at_secs;
    let hat = |n: &&Note| {
        let same = [Piece::HatClosed, Piece::HatOpen, Piece::HatBrush];
        n.at_secs > at && same.iter().any(|p| n.sound == Sound::Kit(*p))
    };
    let next = notes[from + 1..].iter().find(hat);
    next.map(|n| (n.at_secs - at) as f32)
}

/// Metal stays bright and speaks even when it is hardly touched.
fn is_metal(piece: Piece) -> bool {
    use Piece::{Crash, HatBrush, HatClosed, HatOpen, Ride, Shaker, Tambourine};
    matches!(
        piece,
        Crash | HatBrush | HatClosed | HatOpen | Ride | Shaker | Tambourine
    )
}

/// A softer stroke is darker; an open hat ends when the next one is struck.
fn shaped(take: &Stroke, piece: Piece, note: &Note, stop: Option<f32>, rate_hz: f32) -> Stroke {
    let reach = if is_metal(piece) { 8000.0 } else { 3000.0 };
    let cutoff = reach + 15000.0 * note.velocity * note.velocity;
    let keep = (1.0 - (-std::f32::consts::TAU * cutoff / rate_hz).exp()).min(1.0);
    let end = stop.map_or(take.len(), |secs| ((secs + CHOKE_SECS) * rate_hz) as usize);
    let choke_from = stop.map_or(f32::MAX, |secs| secs * rate_hz);
    let mut held = [0.0f32; 2];
    let frames = take.iter().take(end).enumerate();
    frames
        .map(|(i, s)| {
            let fade = 1.0 - ((i as f32 - choke_from) / (CHOKE_SECS * rate_hz)).clamp(0.0, 1.0);
            for side in 0..2 {
                held[side] += keep * (s[side] - held[side]);
            }
            [held[0] * fade, held[1] * fade]
        })
        .collect()
}
