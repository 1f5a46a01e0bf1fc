//! The rate voices are rendered at, and the way from there to the source's rate.

use super::{canvas::Canvas, watch::Watch};
use crate::engine::EngineError;
use rubato::{
    Fft, FixedSync, Indexing, Resampler, audioadapter_buffers::direct::SequentialSliceOfVecs,
};
use sideman_shared::audio::AudioBuffer;

/// Voices sound right between these; rendering faster only costs time.
const LOWEST_HZ: u32 = 32_000;
const HIGHEST_HZ: u32 = 50_000;
const CHUNK: usize = 4096;

/// A rate within the voices' range that is a whole multiple or fraction of the source's, so that
/// resampling keeps frames in place; the source's own where there is none.
pub fn rendering_hz(source_hz: u32) -> u32 {
    if source_hz < LOWEST_HZ {
        let factor = LOWEST_HZ.div_ceil(source_hz.max(1));
        return source_hz.max(1) * factor;
    }
    let divisors = 1..=(source_hz / LOWEST_HZ).max(1);
    let mut whole = divisors
        .filter(|d| source_hz.is_multiple_of(*d))
        .map(|d| source_hz / d);
    whole.find(|hz| *hz <= HIGHEST_HZ).unwrap_or(source_hz)
}

/// The canvas at `rate_hz` with exactly `frames` frames and no peak above `ceiling`.
///
/// # Errors
/// `Cancelled` when the watch says so; `Failed` if the resampler refuses the rates.
pub fn deliver(
    canvas: Canvas,
    rate_hz: u32,
    frames: usize,
    ceiling: f32,
    watch: &Watch,
) -> Result<AudioBuffer, EngineError> {
    let from_hz = canvas.rate_hz as u32;
    let mut channels = if from_hz == rate_hz {
        vec![canvas.left, canvas.right]
    } else {
        resample(vec![canvas.left, canvas.right], from_hz, rate_hz, watch)?
    };
    let peak = channels
        .iter()
        .flatten()
        .fold(0.0f32, |p, s| p.max(s.abs()));
    let gain = if peak > ceiling { ceiling / peak } else { 1.0 };
    for channel in &mut channels {
        channel.resize(frames, 0.0);
        channel.iter_mut().for_each(|s| *s *= gain);
    }
    AudioBuffer::new(channels, rate_hz)
        .ok_or_else(|| EngineError::Failed("the source has a sample rate of 0 Hz".into()))
}

/// Whole clip, the resampler's delay removed; in chunks, so that it can be cancelled.
fn resample(
    input: Vec<Vec<f32>>,
    from_hz: u32,
    to_hz: u32,
    watch: &Watch,
) -> Result<Vec<Vec<f32>>, EngineError> {
    let refused = |e: &dyn std::fmt::Display| {
        EngineError::Failed(format!("resampling {from_hz} Hz to {to_hz} Hz: {e}"))
    };
    let mut fft = Fft::<f32>::new(from_hz as usize, to_hz as usize, CHUNK, 2, FixedSync::Input)
        .map_err(|e| refused(&e))?;
    let frames = input[0].len();
    let wanted = (frames as f64 * f64::from(to_hz) / f64::from(from_hz)).ceil() as usize;
    let delay = fft.output_delay();
    let room = wanted + delay + 2 * fft.output_frames_max();
    let mut output = vec![vec![0.0f32; room]; 2];
    let source = SequentialSliceOfVecs::new(&input, 2, frames).map_err(|e| refused(&e))?;
    let mut sink = SequentialSliceOfVecs::new_mut(&mut output, 2, room).map_err(|e| refused(&e))?;
    let (mut read, mut written) = (0, 0);
    while written < wanted + delay {
        watch.check()?;
        let left = frames.saturating_sub(read);
        let mut place = Indexing::new()
            .input_offset(read.min(frames))
            .output_offset(written);
        if left < fft.input_frames_next() {
            place = place.partial_len(left);
        }
        let (taken, made) = fft
            .process_into_buffer(&source, &mut sink, Some(&place))
            .map_err(|e| refused(&e))?;
        read += taken;
        written += made;
    }
    for channel in &mut output {
        channel.drain(..delay);
        channel.truncate(wanted);
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_rendered_at_a_whole_multiple_or_fraction() {
        for (source, rendered) in [
            (8_000, 32_000),
            (11_025, 33_075),
            (22_050, 44_100),
            (44_100, 44_100),
            (48_000, 48_000),
            (88_200, 44_100),
            (96_000, 48_000),
            (192_000, 48_000),
            (95_999, 95_999),
        ] {
            assert_eq!(rendering_hz(source), rendered, "{source}");
        }
    }
}
