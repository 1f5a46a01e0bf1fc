//! From a file to what is drawn ([`Peaks`]) and what is played ([`Clip`]).

use super::decode::{Format, decode};
use crate::{
    audition::{Clip, PEAK_BUCKET_FRAMES},
    capture::{Take, TakeId, TakeOrigin},
    session::Peaks,
};
use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::SequentialSliceOfVecs};
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

/// Frames that the resampler takes at a time.
const RESAMPLE_CHUNK_FRAMES: usize = 1024;
/// A stem needs at least a beat or two to play along with.
const MIN_SOURCE_SECS: f64 = 0.5;

/// The waveform overview of a whole file.
///
/// # Errors
/// The end of a sentence for the user.
pub fn peaks(path: &Path, stop: &AtomicBool) -> Result<(Peaks, Format), String> {
    let mut folder = PeakFolder::default();
    let format = decode(path, stop, |planes| folder.fold(planes))?;
    let peaks = Peaks {
        pairs: Arc::new(folder.finish()),
        bucket_frames: PEAK_BUCKET_FRAMES,
        sample_rate_hz: format.sample_rate_hz,
    };
    Ok((peaks, format))
}

/// The user's own file as a source.
///
/// # Errors
/// The end of a sentence for the user.
pub fn inspect(path: &Path, stop: &AtomicBool) -> Result<(Take, Peaks), String> {
    let path = std::path::absolute(path).map_err(|e| e.to_string())?;
    let (peaks, format) = peaks(&path, stop)?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    let take = Take {
        id: TakeId::fresh(),
        origin: TakeOrigin::File(name.to_string_lossy().into_owned()),
        path,
        frames: format.frames,
        sample_rate_hz: format.sample_rate_hz,
        channels: format.channels as u16,
        tempo_bpm: None,
        meter: None,
        key: None,
        start_beats: None,
        start_samples: None,
        tempo_changed: false,
        lost_frames: 0,
        tempo_map: Vec::new(),
        downbeat_secs: None,
    };
    if take.duration_secs() < MIN_SOURCE_SECS {
        return Err(format!(
            "it is shorter than {MIN_SOURCE_SECS} s. Choose a longer part."
        ));
    }
    Ok((take, peaks))
}

/// The audio of a file at `sample_rate_hz`, mono or stereo, at place 0 and gain 1.
///
/// # Errors
/// The end of a sentence for the user.
pub fn load(path: &Path, sample_rate_hz: u32, stop: &AtomicBool) -> Result<Clip, String> {
    let mut channels: Vec<Vec<f32>> = Vec::new();
    let format = decode(path, stop, |planes| {
        channels.resize_with(planes.len(), Vec::new);
        for (whole, piece) in channels.iter_mut().zip(planes) {
            whole.extend_from_slice(piece);
        }
    })?;
    let channels = to_stereo(channels);
    let channels = resample(channels, format.sample_rate_hz, sample_rate_hz)?;
    Ok(Clip::new(channels))
}

/// More than two channels: the odd ones go left, the even ones right.
fn to_stereo(mut channels: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    if channels.len() <= 2 {
        return channels;
    }
    let rest = channels.split_off(2);
    let gain = 2.0 / (rest.len() + 2) as f32;
    for (i, extra) in rest.iter().enumerate() {
        for (out, sample) in channels[i % 2].iter_mut().zip(extra) {
            *out += sample;
        }
    }
    channels.iter_mut().flatten().for_each(|s| *s *= gain);
    channels
}

fn resample(channels: Vec<Vec<f32>>, from_hz: u32, to_hz: u32) -> Result<Vec<Vec<f32>>, String> {
    let (count, frames) = (channels.len(), channels.first().map_or(0, Vec::len));
    if from_hz == to_hz || frames == 0 {
        return Ok(channels);
    }
    let failed =
        |why: String| format!("it cannot be brought from {from_hz} to {to_hz} Hz ({why}).");
    let mut resampler = Fft::<f32>::new(
        from_hz as usize,
        to_hz as usize,
        RESAMPLE_CHUNK_FRAMES,
        count,
        FixedSync::Both,
    )
    .map_err(|e| failed(e.to_string()))?;
    let input =
        SequentialSliceOfVecs::new(&channels, count, frames).map_err(|e| failed(e.to_string()))?;
    let interleaved = resampler
        .process_all(&input, frames, None)
        .map_err(|e| failed(e.to_string()))?
        .take_data();
    // The resampler counts in floats and may end a frame late.
    let out_frames = (frames as u64 * u64::from(to_hz)).div_ceil(u64::from(from_hz)) as usize;
    Ok((0..count)
        .map(|channel| {
            interleaved
                .iter()
                .skip(channel)
                .step_by(count)
                .take(out_frames)
                .copied()
                .collect()
        })
        .collect())
}

/// Folds all channels into one min/max pair per bucket.
#[derive(Default)]
struct PeakFolder {
    pairs: Vec<(f32, f32)>,
    /// Frames in the last pair.
    filled: usize,
}

impl PeakFolder {
    fn fold(&mut self, planes: &[Vec<f32>]) {
        for frame in 0..planes.first().map_or(0, Vec::len) {
            if self.filled == 0 {
                self.pairs.push((f32::INFINITY, f32::NEG_INFINITY));
            }
            if let Some((low, high)) = self.pairs.last_mut() {
                for plane in planes {
                    *low = low.min(plane[frame]);
                    *high = high.max(plane[frame]);
                }
            }
            self.filled = (self.filled + 1) % PEAK_BUCKET_FRAMES;
        }
    }

    /// A bucket of nothing but NaN is drawn as silence.
    fn finish(mut self) -> Vec<(f32, f32)> {
        for pair in &mut self.pairs {
            if !(pair.0.is_finite() && pair.1.is_finite()) {
                *pair = (0.0, 0.0);
            }
        }
        self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::stereo_wav;
    use std::path::PathBuf;

    /// A stereo WAV: left a ramp, right its negative.
    fn wav(folder: &Path, frames: u32, rate_hz: u32) -> PathBuf {
        let left = (0..frames).map(|i| i as f32 / frames as f32);
        stereo_wav(folder.join("ramp.wav"), rate_hz, left)
    }

    #[test]
    fn peaks_fold_the_channels_and_cover_the_last_frames() {
        let folder = tempfile::tempdir().unwrap();
        let path = wav(folder.path(), 1000, 48_000);
        let (peaks, format) = peaks(&path, &AtomicBool::new(false)).unwrap();
        assert_eq!(format.frames, 1000);
        assert_eq!(peaks.pairs.len(), 4, "1000 frames in buckets of 256");
        assert_eq!(peaks.pairs[0], (-0.255, 0.255));
        assert_eq!(peaks.pairs[3], (-0.999, 0.999));
    }

    #[test]
    fn a_clip_has_the_host_s_rate_and_its_first_frame_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = wav(folder.path(), 44_100, 44_100);
        let stop = AtomicBool::new(false);
        let same = load(&path, 44_100, &stop).unwrap();
        assert_eq!((same.frames(), same.channels.len()), (44_100, 2));
        let other = load(&path, 48_000, &stop).unwrap();
        assert_eq!(other.frames(), 48_000);
        // The ramp is where it was: no delay from the filter.
        let middle = other.channels[0][24_000];
        assert!((middle - 0.5).abs() < 1e-3, "{middle}");
    }

    #[test]
    fn a_file_that_is_no_audio_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "lyrics").unwrap();
        let stop = AtomicBool::new(false);
        assert!(inspect(&path, &stop).unwrap_err().contains("not audio"));
        let short = wav(folder.path(), 100, 48_000);
        assert!(inspect(&short, &stop).unwrap_err().contains("shorter"));
        let (take, _) = inspect(&wav(folder.path(), 48_000, 48_000), &stop).unwrap();
        assert_eq!(take.origin, TakeOrigin::File("ramp.wav".into()));
        assert!(take.path.is_absolute());
    }
}
