//! From an engine's raw audio to a stem that keeps the contract.

mod level;
mod shape;

use super::{AudioError, Probe, resample};
use sideman_shared::{audio::AudioBuffer, protocol::StemReport};

/// A stem that keeps the contract: the source's first frame, rate and frame count; never clipped.
#[derive(Debug)]
pub struct Finished {
    pub audio: AudioBuffer,
    pub report: StemReport,
}

/// A length off by more than this is told to the user; less is an engine's rounding.
const NOTABLE_SECS: f64 = 0.1;

/// Brings an engine's raw audio to the source's rate and exact length (pad or trim with a short fade),
/// tames peaks above −0.3 dBFS (true peak) by scaling, takes out a constant offset, and measures the
/// result. `report.silent` is true for silence or non-finite samples: the caller must not hand such a
/// stem out. `report.clipped_frames` counts what came in; everything else describes what goes out.
///
/// # Errors
/// Only when resampling is impossible.
pub fn finish(mut raw: AudioBuffer, source: &Probe) -> Result<Finished, AudioError> {
    let mut warnings = Vec::new();
    let not_finite = shape::silence_non_finite(&mut raw);
    if not_finite > 0 {
        warnings.push(format!(
            "the engine returned {not_finite} samples that are not numbers"
        ));
    }
    let clipped_frames = level::clipped_frames(&raw);
    if clipped_frames > 0 {
        warnings.push(format!(
            "the engine returned {clipped_frames} clipped frames; they may sound distorted"
        ));
    }
    if let Some(offset) = shape::remove_offset(&mut raw) {
        warnings.push(format!("a constant offset of {offset:.3} was removed"));
    }
    let raw_secs = raw.duration_secs();
    let mut audio = resample(raw, source.sample_rate_hz)?;
    // Counted from a file that was decoded into memory: it fits.
    let frames = usize::try_from(source.frames).unwrap_or(usize::MAX);
    shape::fit_length(&mut audio, frames);
    warnings.extend(length_warning(raw_secs, source.duration_secs()));
    if let Some(gain_db) = level::tame_peaks(&mut audio) {
        warnings.push(format!(
            "turned down by {:.1} dB so that it cannot clip",
            -gain_db
        ));
    }
    let measured = level::measure(&audio);
    let silent = not_finite > 0 || measured.rms_dbfs < level::SILENCE_DBFS;
    Ok(Finished {
        report: StemReport {
            peak_dbfs: measured.peak_dbfs,
            rms_dbfs: measured.rms_dbfs,
            lufs: measured.lufs,
            silent,
            clipped_frames,
            timing_offset_ms: None,
            drift_ms: None,
            warnings,
        },
        audio,
    })
}

fn length_warning(raw_secs: f64, wanted_secs: f64) -> Option<String> {
    if raw_secs < wanted_secs - NOTABLE_SECS {
        Some(format!(
            "the engine stopped after {raw_secs:.1} s of {wanted_secs:.1} s; the rest is silence"
        ))
    } else if raw_secs > wanted_secs + NOTABLE_SECS {
        Some(format!(
            "the engine played {raw_secs:.1} s for {wanted_secs:.1} s; the end was cut"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn source(frames: u64, sample_rate_hz: u32) -> Probe {
        Probe {
            frames,
            sample_rate_hz,
            channels: 2,
        }
    }

    fn tone(level: f32, frames: usize, rate_hz: u32) -> AudioBuffer {
        let channel: Vec<f32> = (0..frames)
            .map(|i| (TAU * 997.0 * i as f64 / f64::from(rate_hz)).sin() as f32 * level)
            .collect();
        AudioBuffer::new(vec![channel.clone(), channel], rate_hz).unwrap()
    }

    #[test]
    fn rate_and_length_become_the_sources() {
        for (raw_frames, raw_rate, frames, rate) in [
            (48_000, 48_000, 44_100, 44_100),
            (48_000, 48_000, 44_101, 44_100),
            (44_100, 44_100, 44_100, 44_100),
            (30_000, 48_000, 96_000, 96_000),
            (99_000, 48_000, 48_000, 48_000),
            (0, 48_000, 4_000, 8_000),
        ] {
            let finished = finish(tone(0.5, raw_frames, raw_rate), &source(frames, rate)).unwrap();
            assert_eq!(finished.audio.frames() as u64, frames);
            assert_eq!(finished.audio.sample_rate_hz(), rate);
        }
    }

    #[test]
    fn a_good_stem_passes_untouched_and_is_measured() {
        let raw = tone(0.5, 96_000, 48_000);
        let finished = finish(raw.clone(), &source(96_000, 48_000)).unwrap();
        assert_eq!(finished.audio, raw);
        let report = finished.report;
        assert!((report.peak_dbfs - -6.02).abs() < 0.01, "{report:?}");
        assert!((report.rms_dbfs - -9.03).abs() < 0.01, "{report:?}");
        // A 997 Hz sine in both channels: peak level − 3.01 + 3.01, as BS.1770 is calibrated.
        assert!((report.lufs.unwrap() - -6.02).abs() < 0.1, "{report:?}");
        assert!(!report.silent && report.warnings.is_empty(), "{report:?}");
    }

    #[test]
    fn loud_stems_are_turned_down_not_clipped() {
        let finished = finish(tone(1.7, 48_000, 48_000), &source(48_000, 48_000)).unwrap();
        let report = &finished.report;
        assert!(
            report.peak_dbfs <= -0.3 && report.peak_dbfs > -0.5,
            "{report:?}"
        );
        assert!(report.clipped_frames > 20_000, "{report:?}");
        assert_eq!(report.warnings.len(), 2, "{report:?}");
        // Scaled as a whole: the shape of the wave is unchanged.
        let ratio = finished.audio.channels()[0][7] / tone(1.7, 48_000, 48_000).channels()[0][7];
        assert!((ratio * 1.7 - finished.audio.peak()).abs() < 1e-3);
    }

    #[test]
    fn peaks_between_the_samples_count() {
        // A quarter of the rate, sampled at 45°: samples reach 0.98, the wave between them 1.39.
        let channel: Vec<f32> = (0..48_000)
            .map(|i| [0.98, 0.98, -0.98, -0.98][i % 4])
            .collect();
        let raw = AudioBuffer::new(vec![channel], 48_000).unwrap();
        let finished = finish(raw, &source(48_000, 48_000)).unwrap();
        assert!(finished.report.peak_dbfs < -2.5, "{:?}", finished.report);
    }

    #[test]
    fn silence_and_garbage_are_silent_and_fit_into_json() {
        let mut poisoned = tone(0.5, 48_000, 48_000);
        poisoned.channels_mut().for_each(|c| c[5] = f32::NAN);
        let mut infinite = tone(0.5, 48_000, 48_000);
        infinite.channels_mut().for_each(|c| c[9] = f32::INFINITY);
        for raw in [
            AudioBuffer::silent(2, 48_000, 48_000),
            tone(0.000_9, 48_000, 48_000),
            poisoned,
            infinite,
        ] {
            let finished = finish(raw, &source(48_000, 48_000)).unwrap();
            assert!(finished.report.silent, "{:?}", finished.report);
            assert!(finished.report.rms_dbfs >= -120.0 && finished.report.peak_dbfs >= -120.0);
            assert!(
                finished
                    .audio
                    .channels()
                    .iter()
                    .flatten()
                    .all(|s| s.is_finite())
            );
            let json = serde_json::to_value(&finished.report).unwrap();
            assert!(
                json["peak_dbfs"].is_f64() && json["rms_dbfs"].is_f64(),
                "{json}"
            );
        }
        assert!(
            !finish(tone(0.01, 48_000, 48_000), &source(48_000, 48_000))
                .unwrap()
                .report
                .silent
        );
    }

    #[test]
    fn the_user_hears_about_a_wrong_length() {
        let warnings = |raw_frames| {
            let finished = finish(tone(0.5, raw_frames, 48_000), &source(96_000, 48_000)).unwrap();
            finished.report.warnings.join("; ")
        };
        assert_eq!(warnings(95_900), "");
        assert!(warnings(48_000).contains("stopped after 1.0 s of 2.0 s"));
        assert!(warnings(144_000).contains("played 3.0 s for 2.0 s"));
    }

    #[test]
    fn a_large_offset_goes_a_small_one_stays() {
        let with_offset = |offset: f32| {
            let mut raw = tone(0.3, 48_000, 48_000);
            raw.channels_mut().flatten().for_each(|s| *s += offset);
            finish(raw, &source(48_000, 48_000)).unwrap()
        };
        let mean = |f: &Finished| f.audio.channels()[0].iter().sum::<f32>() / 48_000.0;
        let large = with_offset(0.2);
        assert!(mean(&large).abs() < 1e-3);
        assert!(large.report.warnings[0].contains("offset"));
        let small = with_offset(0.005);
        assert!((mean(&small) - 0.005).abs() < 1e-3 && small.report.warnings.is_empty());
    }
}
