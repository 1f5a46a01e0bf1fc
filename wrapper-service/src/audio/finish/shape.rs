//! What goes into a stem: finite samples around zero, exactly as many as wanted.

use sideman_shared::audio::AudioBuffer;

const FADE_SECS: f64 = 0.005;
/// −34 dBFS: an offset that eats headroom and clicks at every cut.
const LARGE_OFFSET: f64 = 0.02;

/// Replaces samples that are no numbers by 0 and counts them.
pub(super) fn silence_non_finite(audio: &mut AudioBuffer) -> u64 {
    let mut count = 0;
    for sample in audio.channels_mut().flatten().filter(|s| !s.is_finite()) {
        *sample = 0.0;
        count += 1;
    }
    count
}

/// Subtracts each channel's mean when it is large; returns the largest that was subtracted.
pub(super) fn remove_offset(audio: &mut AudioBuffer) -> Option<f64> {
    let mut largest: Option<f64> = None;
    for channel in audio.channels_mut().filter(|c| !c.is_empty()) {
        let mean = channel.iter().map(|&s| f64::from(s)).sum::<f64>() / channel.len() as f64;
        if mean.abs() >= LARGE_OFFSET {
            channel.iter_mut().for_each(|s| *s -= mean as f32);
            largest = Some(largest.map_or(mean, |l| if mean.abs() > l.abs() { mean } else { l }));
        }
    }
    largest
}

/// Cuts or fills with silence to exactly `frames`, fading over the last 5 ms before the edge so that it
/// does not click. Audio of the right length is left alone.
pub(super) fn fit_length(audio: &mut AudioBuffer, frames: usize) {
    if audio.frames() == frames {
        return;
    }
    let rate_hz = audio.sample_rate_hz();
    let kept = audio.frames().min(frames);
    let fade = ((FADE_SECS * f64::from(rate_hz)) as usize).min(kept);
    let mut fitted = AudioBuffer::silent(audio.channel_count(), frames, rate_hz);
    for (fitted, given) in fitted.channels_mut().zip(audio.channels()) {
        fitted[..kept].copy_from_slice(&given[..kept]);
        for (step, sample) in fitted[kept - fade..kept].iter_mut().enumerate() {
            *sample *= 1.0 - (step + 1) as f32 / fade as f32;
        }
    }
    *audio = fitted;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_five_milliseconds_fade() {
        for frames in [900, 1100] {
            let mut audio = AudioBuffer::new(vec![vec![1.0; 1000]], 8000).unwrap();
            fit_length(&mut audio, frames);
            let channel = &audio.channels()[0];
            let edge = frames.min(1000);
            assert_eq!(channel.len(), frames);
            assert!(channel[..edge - 40].iter().all(|&s| s == 1.0));
            assert!(channel[edge - 40..edge].is_sorted_by(|a, b| a > b));
            assert!(channel[edge - 1..].iter().all(|&s| s == 0.0));
        }
    }
}
