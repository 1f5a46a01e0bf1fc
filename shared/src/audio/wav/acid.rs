//! The `acid` chunk that loop-aware programs read: tempo, beats, meter, root note.

use super::{WavSpec, WavTags, chunk};
use crate::music::{Bpm, KeyScale, Meter};

const ONE_SHOT: u32 = 1;
const ROOT_SET: u32 = 2;
const STRETCH: u32 = 4;
/// The MIDI note of the C that root notes are counted from.
const ROOT_C: u16 = 60;
/// A file this close to whole bars loops; further off, stretching it to the grid would shift the music.
const BAR_TOLERANCE_SECS: f64 = 0.005;
/// Longer files are songs, not loops.
const MAX_LOOP_BARS: f64 = 64.0;

/// `None` without a tempo: then there is nothing to say.
pub(super) fn body(tags: &WavTags, spec: WavSpec, frames: u64) -> Option<Vec<u8>> {
    let bpm = tags.bpm?;
    let secs = frames as f64 / f64::from(spec.sample_rate_hz);
    let mut flags = if is_loop(secs, bpm, tags.meter) {
        STRETCH
    } else {
        ONE_SHOT
    };
    let mut root = ROOT_C;
    if let Some(key) = tags.key {
        flags |= ROOT_SET;
        root += key.tonic.index() as u16;
    }
    let beats = (secs / bpm.beat_secs()).round() as u32;
    let mut body = Vec::with_capacity(24);
    body.extend_from_slice(&flags.to_le_bytes());
    body.extend_from_slice(&root.to_le_bytes());
    // Two fields that nobody has explained; every known writer stores these values.
    body.extend_from_slice(&0x8000_u16.to_le_bytes());
    body.extend_from_slice(&0_f32.to_le_bytes());
    body.extend_from_slice(&beats.to_le_bytes());
    body.extend_from_slice(&u16::from(tags.meter.beat_unit()).to_le_bytes());
    body.extend_from_slice(&u16::from(tags.meter.beats_per_bar()).to_le_bytes());
    body.extend_from_slice(&(bpm.get() as f32).to_le_bytes());
    Some(body)
}

fn is_loop(secs: f64, bpm: Bpm, meter: Meter) -> bool {
    let bar_secs = bpm.beat_secs() * meter.quarters_per_bar();
    let bars = (secs / bar_secs).round();
    (1.0..=MAX_LOOP_BARS).contains(&bars) && (secs - bars * bar_secs).abs() < BAR_TOLERANCE_SECS
}

pub(super) fn read(body: &[u8], tags: &mut WavTags) {
    let number = |at| chunk::u16_at(body, at).and_then(|n| u8::try_from(n).ok());
    if let Some(tempo) = chunk::u32_at(body, 20).map(f32::from_bits) {
        // The chunk stores single precision: 92.3 must not come back as 92.30000305.
        let shortest = tempo.to_string().parse().ok().and_then(Bpm::new);
        tags.bpm = shortest;
    }
    if let (Some(unit), Some(beats)) = (number(16), number(18)) {
        tags.meter = Meter::new(beats, unit).unwrap_or_default();
    }
    let flags = chunk::u32_at(body, 0).unwrap_or(0);
    if flags & ROOT_SET != 0
        && tags.key.is_none()
        && let Some(root) = chunk::u16_at(body, 4)
    {
        tags.key = Some(major_on(root));
    }
}

/// The chunk knows a root but no mode; `LIST/INFO` may say better.
fn major_on(root: u16) -> KeyScale {
    use crate::music::{Mode, PitchClass};
    KeyScale {
        tonic: PitchClass::wrapping(i32::from(root) - i32::from(ROOT_C)),
        mode: Mode::Major,
    }
}
