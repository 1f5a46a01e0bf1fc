use super::AudioError;
use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::SequentialSliceOfVecs};
use sideman_shared::audio::AudioBuffer;

/// The filter's block on the slower side, in frames: flat to within 2 % of that side's Nyquist frequency.
const BLOCK_FRAMES: usize = 1024;

/// The whole clip at another rate: first frame stays first frame (the filter's delay is taken out),
/// length is `frames · to / from`, rounded up.
///
/// # Errors
/// Rates the resampler cannot relate, or not enough memory for its filter.
pub fn resample(audio: AudioBuffer, to_rate_hz: u32) -> Result<AudioBuffer, AudioError> {
    let from_rate_hz = audio.sample_rate_hz();
    if from_rate_hz == to_rate_hz || audio.frames() == 0 {
        return AudioBuffer::new(audio.into_channels(), to_rate_hz)
            .ok_or_else(|| failed(from_rate_hz, to_rate_hz, "a rate of 0 Hz"));
    }
    let (channels, frames) = (audio.channel_count(), audio.frames());
    let fail = |e: &dyn std::fmt::Display| failed(from_rate_hz, to_rate_hz, &e.to_string());
    let mut resampler = Fft::<f32>::new_custom(
        from_rate_hz as usize,
        to_rate_hz as usize,
        chunk_frames(from_rate_hz as usize, to_rate_hz as usize),
        1,
        channels,
        rubato::WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    )
    .map_err(|e| fail(&e))?;
    let input =
        SequentialSliceOfVecs::new(audio.channels(), channels, frames).map_err(|e| fail(&e))?;
    let interleaved = resampler
        .process_all(&input, frames, None)
        .map_err(|e| fail(&e))?
        .take_data();
    // In integers: the resampler's own count is rounded from floating point and may be one too many.
    let exact_frames = (frames as u64 * u64::from(to_rate_hz)).div_ceil(from_rate_hz.into());
    let plane = |channel| {
        let samples = interleaved.iter().skip(channel).step_by(channels).copied();
        let padded = samples.chain(std::iter::repeat(0.0));
        padded.take(exact_frames as usize).collect()
    };
    let planes = (0..channels).map(plane).collect();
    AudioBuffer::new(planes, to_rate_hz)
        .ok_or_else(|| failed(from_rate_hz, to_rate_hz, "no channel came out"))
}

/// Input frames per step. The filter delays by half a block of output; only an even block has a whole
/// half, and anything else would shift the audio by half a sample.
fn chunk_frames(from_rate_hz: usize, to_rate_hz: usize) -> usize {
    let divisor = greatest_common_divisor(from_rate_hz, to_rate_hz);
    let (smallest_in, smallest_out) = (from_rate_hz / divisor, to_rate_hz / divisor);
    let multiple = BLOCK_FRAMES.div_ceil(smallest_in.min(smallest_out));
    smallest_in * multiple.next_multiple_of(2)
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn failed(from_rate_hz: u32, to_rate_hz: u32, why: &str) -> AudioError {
    AudioError::Resample {
        from_rate_hz,
        to_rate_hz,
        detail: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn sine(freq_hz: f64, frames: usize, rate_hz: u32) -> Vec<f32> {
        (0..frames)
            .map(|i| (TAU * freq_hz * i as f64 / f64::from(rate_hz)).sin() as f32 * 0.5)
            .collect()
    }

    /// A sine's value at every frame fixes its timing far below one sample.
    #[test]
    fn a_sine_keeps_its_phase_and_level_at_every_rate() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (48_000, 96_000),
            (48_000, 8_000),
            (32_000, 192_000),
            (48_000, 47_999),
            (22_050, 44_100),
        ] {
            let secs = 2;
            let audio = AudioBuffer::new(
                vec![
                    sine(440.0, from * secs, from as u32),
                    sine(1000.0, from * secs, from as u32),
                ],
                from as u32,
            )
            .unwrap();
            let out = resample(audio, to as u32).unwrap();
            assert_eq!(out.frames(), to * secs, "{from} to {to}");
            for (channel, freq) in out.channels().iter().zip([440.0, 1000.0]) {
                let expected = sine(freq, to * secs, to as u32);
                // The edges ring: the signal begins and ends there.
                let middle = to / 10..to * secs - to / 10;
                let worst = middle
                    .map(|i| (channel[i] - expected[i]).abs())
                    .fold(0.0, f32::max);
                // One sample at 8 kHz would be an error of 0.17 and more.
                assert!(worst < 2e-3, "{from} to {to}, {freq} Hz: {worst}");
            }
        }
    }

    #[test]
    fn the_same_rate_changes_nothing_and_short_clips_work() {
        let audio = AudioBuffer::new(vec![sine(100.0, 3, 48_000)], 48_000).unwrap();
        assert_eq!(resample(audio.clone(), 48_000).unwrap(), audio);
        assert_eq!(resample(audio, 96_000).unwrap().frames(), 6);
        let nothing = AudioBuffer::silent(2, 0, 48_000);
        assert_eq!(resample(nothing, 44_100).unwrap().frames(), 0);
    }
}
