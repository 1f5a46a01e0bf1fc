//! Small things every voice needs.

use biquad::{Biquad, Coefficients, DirectForm2Transposed, Hertz, Type};
use std::f32::consts::TAU;

/// Frames between two updates of slow controls (pitch, filters, envelopes).
pub const TICK: usize = 32;

/// A second-order filter that stays inside what the rate can do.
#[derive(Clone, Copy)]
pub struct Filter {
    inner: DirectForm2Transposed<f32>,
    kind: Type<f32>,
    rate_hz: f32,
}

impl Filter {
    pub fn new(kind: Type<f32>, hz: f32, q: f32, rate_hz: f32) -> Self {
        Self {
            inner: DirectForm2Transposed::new(coefficients(kind, hz, q, rate_hz)),
            kind,
            rate_hz,
        }
    }

    pub fn low_pass(hz: f32, q: f32, rate_hz: f32) -> Self {
        Self::new(Type::LowPass, hz, q, rate_hz)
    }

    pub fn high_pass(hz: f32, q: f32, rate_hz: f32) -> Self {
        Self::new(Type::HighPass, hz, q, rate_hz)
    }

    /// Unity gain at its centre.
    pub fn band_pass(hz: f32, q: f32, rate_hz: f32) -> Self {
        Self::new(Type::BandPass, hz, q, rate_hz)
    }

    /// Moves the filter without a click.
    pub fn tune(&mut self, hz: f32, q: f32) {
        let coefficients = coefficients(self.kind, hz, q, self.rate_hz);
        self.inner.update_coefficients(coefficients);
    }

    pub fn run(&mut self, sample: f32) -> f32 {
        self.inner.run(sample)
    }
}

fn coefficients(kind: Type<f32>, hz: f32, q: f32, rate_hz: f32) -> Coefficients<f32> {
    let hz = hz.clamp(5.0, rate_hz * 0.45);
    let pair = Hertz::from_hz(rate_hz).ok().zip(Hertz::from_hz(hz).ok());
    let made =
        pair.and_then(|(rate, hz)| Coefficients::from_params(kind, rate, hz, q.max(0.05)).ok());
    let mut c = made.expect("the frequency is clamped below Nyquist and q is positive");
    if kind == Type::BandPass {
        // The crate's band-pass peaks at q.
        let unity = 1.0 / q.max(0.05);
        c.b0 *= unity;
        c.b2 *= unity;
    }
    c
}

/// White noise −1..1: small, fast and repeatable (xorshift).
#[derive(Debug, Clone, Copy)]
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Self {
        // Zero is the one state xorshift cannot leave.
        Self(seed.wrapping_mul(0x9E37_79B9) | 1)
    }

    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / 2_147_483_648.0 - 1.0
    }

    /// Between `low` and `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (self.next() * 0.5 + 0.5) * (high - low)
    }
}

/// A band-limited sawtooth.
#[derive(Debug, Clone, Copy)]
pub struct Saw {
    phase: f32,
}

impl Saw {
    pub fn new(phase: f32) -> Self {
        Self {
            phase: phase.rem_euclid(1.0),
        }
    }

    /// `step`: cycles per frame.
    pub fn next(&mut self, step: f32) -> f32 {
        self.phase += step;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
        }
        let t = self.phase;
        let corner = if t < step {
            let x = t / step;
            x + x - x * x - 1.0
        } else if t > 1.0 - step {
            let x = (t - 1.0) / step;
            x * x + x + x + 1.0
        } else {
            0.0
        };
        2.0 * t - 1.0 - corner
    }
}

/// A sine by phase accumulation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sine {
    phase: f32,
}

impl Sine {
    /// `step`: cycles per frame; `bend`: phase modulation in cycles.
    pub fn next(&mut self, step: f32, bend: f32) -> f32 {
        self.phase += step;
        if self.phase >= 1.0 {
            self.phase -= self.phase.floor();
        }
        ((self.phase + bend) * TAU).sin()
    }
}

/// An exponential fall: 1 at first, 1/e after `secs`.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    level: f32,
    factor: f32,
}

impl Decay {
    pub fn new(secs: f32, rate_hz: f32) -> Self {
        Self {
            level: 1.0,
            factor: (-1.0 / (secs.max(1e-4) * rate_hz)).exp(),
        }
    }

    pub fn next(&mut self) -> f32 {
        let now = self.level;
        self.level *= self.factor;
        now
    }
}

/// 0 → 1 over `attack`, held, then 1 → 0 over `release` after `held`; raised cosines, so no clicks.
pub fn gate(at_secs: f32, attack: f32, held: f32, release: f32) -> f32 {
    let smooth = |x: f32| 0.5 - 0.5 * (x.clamp(0.0, 1.0) * std::f32::consts::PI).cos();
    let up = smooth(at_secs / attack.max(1e-4));
    let down = 1.0 - smooth((at_secs - held) / release.max(1e-4));
    up * down
}

pub fn midi_hz(note: f32) -> f32 {
    440.0 * ((note - 69.0) / 12.0).exp2()
}

pub fn db(db: f32) -> f32 {
    10.0f32.powf(db / 20.0)
}

/// Frames that `secs` last.
pub fn frames(secs: f32, rate_hz: f32) -> usize {
    (secs * rate_hz).ceil().max(1.0) as usize
}
