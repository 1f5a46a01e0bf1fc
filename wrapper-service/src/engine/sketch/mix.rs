//! From voices to a stem: double, room, level, ceiling.

use super::{
    canvas::Canvas,
    limiter,
    reverb::{self, Room},
    style::Style,
    voices::{Filter, db},
    watch::Watch,
};
use crate::engine::EngineError;
use ebur128::{EbuR128, Mode};
use sideman_shared::music::Track;

/// Loudness of a stem told neither soft nor loud.
const TARGET_LUFS: f64 = -16.0;
/// Peaks stay below this, with room for what resampling adds.
const CEILING_DB: f32 = -1.5;
/// The limiter is not asked for more than this: a stem of few strokes stays quieter instead.
const MOST_LIMITING_DB: f32 = 5.0;
/// The end is faded over this time, lest a ringing note be cut with a click.
const FADE_OUT_SECS: f32 = 0.012;
/// Frames between two looks at the watch.
const BLOCK: usize = 16384;

/// # Errors
/// `Cancelled` when the watch says so; `Failed` if the loudness meter refuses the rate.
pub fn finish(
    track: Track,
    style: &Style,
    canvas: &mut Canvas,
    watch: &Watch,
) -> Result<(), EngineError> {
    watch.at(0.72)?;
    if let Some((depth_ms, level)) = double(track) {
        widen(canvas, depth_ms, level * style.width as f32, watch)?;
    }
    watch.at(0.76)?;
    reverb::add(&room(track, style), canvas, watch)?;
    watch.at(0.86)?;
    clean_lows(track, canvas, watch)?;
    let loudness = loudness_lufs(canvas, watch)?;
    let gain = gain_db(loudness, canvas.peak(), style);
    canvas.scale(db(gain));
    watch.at(0.92)?;
    limiter::limit(canvas, db(CEILING_DB), watch)?;
    fade_out(canvas);
    watch.at(0.96)
}

fn room(track: Track, style: &Style) -> Room {
    let amount = 0.4 + 0.6 * style.room as f32 / 0.35;
    let (decay_secs, size, damping, pre_delay_secs, wet) = match track {
        Track::Drums => (0.45, 0.55, 0.3, 0.003, 0.3),
        Track::Percussion => (0.65, 0.6, 0.3, 0.006, 0.26),
        Track::Bass => (0.3, 0.4, 0.7, 0.0, 0.03),
        Track::Vocals => (1.6, 0.95, 0.22, 0.028, 0.3),
        Track::BackingVocals => (1.9, 1.1, 0.28, 0.02, 0.4),
        Track::Guitar | Track::Keyboard => (1.1, 0.8, 0.35, 0.012, 0.22),
        Track::Strings => (2.1, 1.3, 0.35, 0.02, 0.36),
        Track::Brass | Track::Woodwinds => (1.6, 1.1, 0.35, 0.018, 0.3),
        Track::Synth | Track::Fx => (2.2, 1.2, 0.3, 0.015, 0.3),
    };
    Room {
        decay_secs: decay_secs * (0.7 + 0.3 * amount),
        size,
        damping,
        pre_delay_secs,
        wet: wet * amount,
    }
}

/// Sounds that come from one spot get a quiet double on each side.
fn double(track: Track) -> Option<(f32, f32)> {
    match track {
        Track::Vocals => Some((14.0, 0.2)),
        Track::BackingVocals => Some((17.0, 0.3)),
        Track::Bass => None,
        Track::Guitar | Track::Keyboard | Track::Synth => Some((9.0, 0.35)),
        Track::Strings | Track::Brass | Track::Woodwinds => Some((12.0, 0.3)),
        Track::Drums | Track::Percussion | Track::Fx => None,
    }
}

/// A slowly moving delay of about `depth_ms` from each side to the other.
fn widen(canvas: &mut Canvas, depth_ms: f32, level: f32, watch: &Watch) -> Result<(), EngineError> {
    let rate_hz = canvas.rate_hz;
    let dry = [canvas.left.clone(), canvas.right.clone()];
    let frames = canvas.frames();
    let channels = canvas.channels_mut();
    for (side, channel) in channels.into_iter().enumerate() {
        let from = &dry[1 - side];
        let slow_hz = if side == 0 { 0.31 } else { 0.43 };
        let mut phase = 0.25 * side as f32;
        for i in 0..frames {
            if i % BLOCK == 0 {
                watch.check()?;
            }
            phase = (phase + slow_hz / rate_hz).fract();
            // A parabola is near enough to a sine for a slow sway.
            let sway = 4.0 * (phase - 0.5) * (1.0 - (2.0 * phase - 1.0).abs()) * 2.0;
            let back = (depth_ms * (1.0 + 0.12 * sway) + 5.0 * side as f32) * rate_hz / 1000.0;
            let whole = back as usize;
            let part = back - whole as f32;
            if i > whole {
                let delayed = from[i - whole] * (1.0 - part) + from[i - whole - 1] * part;
                channel[i] += level * delayed;
            }
        }
    }
    Ok(())
}

/// Rumble goes: below the kick for drums and bass, higher for what has no business down there.
fn clean_lows(track: Track, canvas: &mut Canvas, watch: &Watch) -> Result<(), EngineError> {
    let hz = match track {
        Track::Drums | Track::Bass | Track::Fx => 26.0,
        Track::Vocals | Track::BackingVocals | Track::Woodwinds => 90.0,
        _ => 50.0,
    };
    let rate_hz = canvas.rate_hz;
    for channel in canvas.channels_mut() {
        let mut cut = Filter::high_pass(hz, 0.7, rate_hz);
        for block in channel.chunks_mut(BLOCK) {
            watch.check()?;
            block.iter_mut().for_each(|s| *s = cut.run(*s));
        }
    }
    Ok(())
}

fn loudness_lufs(canvas: &Canvas, watch: &Watch) -> Result<f64, EngineError> {
    let refused = |e| EngineError::Failed(format!("the loudness meter refused the stem: {e}"));
    let mut meter = EbuR128::new(2, canvas.rate_hz as u32, Mode::I).map_err(refused)?;
    for from in (0..canvas.frames()).step_by(BLOCK) {
        watch.check()?;
        let to = (from + BLOCK).min(canvas.frames());
        let block = [&canvas.left[from..to], &canvas.right[from..to]];
        meter.add_frames_planar_f32(&block).map_err(refused)?;
    }
    meter.loudness_global().map_err(refused)
}

/// A clip too short to be measured is brought to a sensible peak instead.
fn gain_db(loudness_lufs: f64, peak: f32, style: &Style) -> f32 {
    let peak_db = 20.0 * peak.max(1e-6).log10();
    let room = CEILING_DB + MOST_LIMITING_DB - peak_db;
    if !loudness_lufs.is_finite() {
        return -6.0 - peak_db;
    }
    let wanted = TARGET_LUFS + 2.0 * style.dynamics - loudness_lufs;
    (wanted as f32).min(room)
}

fn fade_out(canvas: &mut Canvas) {
    let rate_hz = canvas.rate_hz;
    let length = ((FADE_OUT_SECS * rate_hz) as usize).min(canvas.frames());
    for channel in canvas.channels_mut() {
        let from = channel.len() - length;
        for (i, s) in channel[from..].iter_mut().enumerate() {
            *s *= 1.0 - (i + 1) as f32 / length as f32;
        }
    }
}
