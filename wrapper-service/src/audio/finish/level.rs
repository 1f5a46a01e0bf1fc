//! How loud a stem is, and that it never clips.

use ebur128::{EbuR128, Mode};
use sideman_shared::audio::AudioBuffer;

/// No lower level is told: −∞ does not exist in JSON.
const FLOOR_DBFS: f64 = -120.0;
/// Below this effective level a stem counts as silent.
pub(super) const SILENCE_DBFS: f64 = -60.0;
const CEILING_DBFS: f64 = -0.3;
/// Rounding to 24 bit and to single precision must not lift a peak back over the ceiling.
const ROUNDING_MARGIN: f64 = 1.0 - 1e-6;
/// Frames handed to the meter at a time.
const BLOCK_FRAMES: usize = 8192;

pub(super) struct Levels {
    pub(super) peak_dbfs: f64,
    pub(super) rms_dbfs: f64,
    /// `None` when too short or too quiet to measure.
    pub(super) lufs: Option<f64>,
}

/// Frames with a sample at or above full scale.
pub(super) fn clipped_frames(audio: &AudioBuffer) -> u64 {
    let clips = |frame: &usize| audio.channels().iter().any(|c| c[*frame].abs() >= 1.0);
    (0..audio.frames()).filter(clips).count() as u64
}

/// Scales the whole stem down when it peaks above the ceiling, between the samples included. Returns the
/// gain in dB when there was one.
pub(super) fn tame_peaks(audio: &mut AudioBuffer) -> Option<f64> {
    let peak = true_peak(audio).max(f64::from(audio.peak()));
    let ceiling = 10_f64.powf(CEILING_DBFS / 20.0);
    if peak <= ceiling {
        return None;
    }
    let gain = ceiling * ROUNDING_MARGIN / peak;
    for sample in audio.channels_mut().flatten() {
        *sample = (f64::from(*sample) * gain) as f32;
    }
    Some(20.0 * gain.log10())
}

pub(super) fn measure(audio: &AudioBuffer) -> Levels {
    let samples = audio.channels().iter().flatten();
    let count = (audio.channel_count() * audio.frames()).max(1) as f64;
    let energy = samples.map(|&s| f64::from(s).powi(2)).sum::<f64>() / count;
    let lufs = metered(audio, Mode::I).and_then(|meter| meter.loudness_global().ok());
    Levels {
        peak_dbfs: dbfs(audio.peak().into()),
        rms_dbfs: dbfs(energy.sqrt()),
        lufs: lufs.filter(|l| l.is_finite()),
    }
}

/// The highest value of the wave between the samples, 0 when the meter does not know the rate.
fn true_peak(audio: &AudioBuffer) -> f64 {
    let Some(meter) = metered(audio, Mode::TRUE_PEAK) else {
        return 0.0;
    };
    (0..meter.channels())
        .filter_map(|channel| meter.true_peak(channel).ok())
        .fold(0.0, f64::max)
}

fn metered(audio: &AudioBuffer, mode: Mode) -> Option<EbuR128> {
    let channels = u32::try_from(audio.channel_count()).ok()?;
    let mut meter = EbuR128::new(channels, audio.sample_rate_hz(), mode).ok()?;
    for start in (0..audio.frames()).step_by(BLOCK_FRAMES) {
        let end = (start + BLOCK_FRAMES).min(audio.frames());
        let block: Vec<&[f32]> = audio.channels().iter().map(|c| &c[start..end]).collect();
        meter.add_frames_planar_f32(&block).ok()?;
    }
    Some(meter)
}

fn dbfs(amplitude: f64) -> f64 {
    (20.0 * amplitude.log10()).max(FLOOR_DBFS)
}
