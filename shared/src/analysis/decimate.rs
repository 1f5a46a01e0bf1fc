//! The clip as one channel at a rate that is cheap to hear, with every frame still in its place.

use crate::audio::AudioBuffer;

/// Hearing needs nothing above about 8 kHz, so rates come down to the first step above this.
const TARGET_RATE_HZ: u32 = 22_050;
/// The filter's reach on either side, in output samples.
const HALF_WIDTH: usize = 8;
/// Pass band edge as a share of the output rate; the Blackman skirt ends at about 0.53.
const CUTOFF: f64 = 0.36;

/// One channel; sample `i` lies at exactly `i / rate_hz` seconds.
#[derive(Debug, Clone)]
pub(super) struct Mono {
    pub samples: Vec<f32>,
    pub rate_hz: f64,
}

impl Mono {
    /// Mixes and decimates by a whole factor. The filter is symmetric, so nothing is delayed, and
    /// the full-rate mix is never held: memory is that of the result. Samples that are not finite
    /// count as silence.
    pub fn of(clip: &AudioBuffer) -> Self {
        let factor = (clip.sample_rate_hz() / TARGET_RATE_HZ).max(1) as usize;
        Self {
            samples: decimate(clip, factor),
            rate_hz: f64::from(clip.sample_rate_hz()) / factor as f64,
        }
    }
}

fn decimate(clip: &AudioBuffer, factor: usize) -> Vec<f32> {
    let frames = clip.frames();
    if factor == 1 {
        let mut mixed = vec![0.0; frames];
        mix(clip, 0, &mut mixed);
        return mixed;
    }
    let taps = low_pass(factor);
    let reach = taps.len() - 1;
    let mut out = Vec::with_capacity(frames.div_ceil(factor));
    // A block of outputs at a time; the mix overlaps by the filter's reach on either side.
    const BLOCK: usize = 4_096;
    let mut mixed = vec![0.0_f32; BLOCK * factor + 2 * reach];
    for block_start in (0..frames.div_ceil(factor)).step_by(BLOCK) {
        let block_end = (block_start + BLOCK).min(frames.div_ceil(factor));
        let first = (block_start * factor) as i64 - reach as i64;
        mix(clip, first, &mut mixed);
        for i in 0..block_end - block_start {
            let centre = i * factor + reach;
            let before = mixed[centre - reach..centre].iter().rev();
            let after = mixed[centre + 1..=centre + reach].iter();
            let sides: f32 = before
                .zip(after)
                .zip(&taps[1..])
                .map(|((b, a), t)| (b + a) * t)
                .sum();
            out.push(sides + taps[0] * mixed[centre]);
        }
    }
    out
}

/// Writes the mean of all channels from frame `first` (which may lie before the clip) into `out`.
fn mix(clip: &AudioBuffer, first: i64, out: &mut [f32]) {
    out.fill(0.0);
    let skipped = usize::try_from(-first).unwrap_or(0).min(out.len());
    let start = usize::try_from(first).unwrap_or(0);
    let gain = 1.0 / clip.channel_count().max(1) as f32;
    for channel in clip.channels() {
        let Some(rest) = channel.get(start..) else {
            continue;
        };
        for (o, s) in out[skipped..].iter_mut().zip(rest) {
            *o += if s.is_finite() {
                s.clamp(-16.0, 16.0) * gain
            } else {
                0.0
            };
        }
    }
}

/// One half of a symmetric windowed-sinc low-pass (Blackman window), centre tap first, unit gain.
fn low_pass(factor: usize) -> Vec<f32> {
    let reach = HALF_WIDTH * factor;
    let cutoff = CUTOFF / factor as f64;
    let tap = |i: usize| {
        let x = i as f64;
        let turn = std::f64::consts::PI * x / (reach as f64 + 1.0);
        let window = 0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
        let angle = 2.0 * std::f64::consts::PI * cutoff * x;
        let sinc = if i == 0 { 1.0 } else { angle.sin() / angle };
        window * sinc
    };
    let taps: Vec<f64> = (0..=reach).map(tap).collect();
    let sum = taps[0] + 2.0 * taps[1..].iter().sum::<f64>();
    taps.iter().map(|t| (t / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_an_impulse_in_its_place_at_every_rate() {
        for rate in [44_100_u32, 48_000, 96_000, 192_000, 22_050, 8_000] {
            let mut samples = vec![0.0; rate as usize];
            let at = rate as usize * 3 / 5;
            samples[at] = 1.0;
            let mono = Mono::of(&AudioBuffer::new(vec![samples], rate).unwrap());
            let loudest = (0..mono.samples.len())
                .max_by(|a, b| mono.samples[*a].abs().total_cmp(&mono.samples[*b].abs()))
                .unwrap();
            let heard_secs = loudest as f64 / mono.rate_hz;
            assert!(
                (heard_secs - 0.6).abs() <= 0.5 / mono.rate_hz,
                "{rate}: {heard_secs}"
            );
        }
    }

    #[test]
    fn keeps_low_tones_and_drops_what_would_alias() {
        let tone = |hz: f32| {
            let wave = |i: usize| (std::f32::consts::TAU * hz * i as f32 / 96_000.0).sin();
            let clip = AudioBuffer::new(vec![(0..96_000).map(wave).collect()], 96_000).unwrap();
            let mono = Mono::of(&clip);
            let inner = &mono.samples[2_000..mono.samples.len() - 2_000];
            inner.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()))
        };
        assert!((tone(440.0) - 1.0).abs() < 0.01);
        assert!(tone(20_000.0) < 0.01);
    }

    #[test]
    fn what_is_not_a_number_is_silence() {
        let clip = AudioBuffer::new(vec![vec![f32::NAN, f32::INFINITY, 0.5]], 8_000).unwrap();
        assert_eq!(Mono::of(&clip).samples, [0.0, 0.0, 0.5]);
    }
}
