//! Short-time power spectra whose frames know their centre in time.

use super::decimate::Mono;
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};
use std::sync::Arc;

/// Takes Hann-windowed power spectra of a clip; outside the clip is silence.
pub(super) struct Spectrum<'a> {
    mono: &'a Mono,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
}

impl<'a> Spectrum<'a> {
    /// `size`: samples per frame, even. The power is scaled so that a full-scale sine gives 1.
    pub fn new(mono: &'a Mono, size: usize) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(size);
        let hann = |i: usize| {
            let turn = std::f64::consts::TAU * (i as f64 + 0.5) / size as f64;
            ((0.5 - 0.5 * turn.cos()) * 4.0 / size as f64) as f32
        };
        Self {
            mono,
            window: (0..size).map(hann).collect(),
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; size / 2 + 1],
            fft,
        }
    }

    pub fn bin_hz(&self) -> f64 {
        self.mono.rate_hz / self.window.len() as f64
    }

    /// The power of each bin, 0 Hz first, of the frame whose middle is at sample `centre`.
    pub fn at(&mut self, centre: i64) -> &[f32] {
        let size = self.window.len();
        let first = centre - size as i64 / 2;
        let skipped = usize::try_from(-first).unwrap_or(0).min(size);
        let start = usize::try_from(first)
            .unwrap_or(0)
            .min(self.mono.samples.len());
        let heard = &self.mono.samples[start..];
        let heard = &heard[..heard.len().min(size - skipped)];
        self.input.fill(0.0);
        let placed = self.input[skipped..]
            .iter_mut()
            .zip(&self.window[skipped..]);
        for ((to, window), sample) in placed.zip(heard) {
            *to = sample * window;
        }
        self.fft
            .process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch)
            .expect("the buffers were made by the plan, so their lengths fit");
        for (p, c) in self.power.iter_mut().zip(&self.output) {
            *p = c.norm_sqr();
        }
        &self.power
    }
}

/// The even power of two nearest to `secs` at `rate_hz`, at least 64.
pub(super) fn frame_size(secs: f64, rate_hz: f64) -> usize {
    let exponent = (secs * rate_hz).max(1.0).log2().round() as u32;
    1 << exponent.clamp(6, 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_stands_in_its_bin_with_power_one() {
        let rate_hz = 22_050.0;
        let hz = rate_hz / 1_024.0 * 40.0;
        let wave = |i: usize| (std::f64::consts::TAU * hz * i as f64 / rate_hz).sin() as f32;
        let samples: Vec<f32> = (0..4_096).map(wave).collect();
        let mono = Mono { samples, rate_hz };
        let mut spectrum = Spectrum::new(&mono, frame_size(0.046, rate_hz));
        let power = spectrum.at(2_000);
        assert!((power[40] - 1.0).abs() < 0.01, "{}", power[40]);
        assert!(power[60] < 1e-6);
        assert!(spectrum.at(-5_000).iter().all(|p| *p == 0.0));
        assert!(spectrum.at(50_000).iter().all(|p| *p == 0.0));
    }
}
