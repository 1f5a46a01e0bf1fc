//! Metal and seeds: hats, ride, crash, tambourine, shaker. Stereo: the two sides ring differently.

use super::dsp::{Decay, Filter, Noise, frames, gate};
use std::f32::consts::TAU;

/// What a piece of metal is made of.
pub struct Metal {
    /// Lowest and highest mode.
    modes_hz: (f32, f32),
    modes: usize,
    /// How long the lowest modes ring; the highest ring a third of that.
    ring_secs: f32,
    modes_gain: f32,
    noise_secs: f32,
    noise_hz: (f32, f32),
    noise_gain: f32,
    attack_secs: f32,
    length_secs: f32,
}

pub const HAT_CLOSED: Metal = Metal {
    modes_hz: (3100.0, 14000.0),
    modes: 22,
    ring_secs: 0.05,
    modes_gain: 0.5,
    noise_secs: 0.028,
    noise_hz: (6500.0, 15000.0),
    noise_gain: 0.9,
    attack_secs: 0.0004,
    length_secs: 0.25,
};
pub const HAT_OPEN: Metal = Metal {
    ring_secs: 0.36,
    noise_secs: 0.24,
    length_secs: 1.1,
    modes_gain: 0.55,
    noise_gain: 0.65,
    ..HAT_CLOSED
};
pub const HAT_BRUSH: Metal = Metal {
    modes_gain: 0.16,
    noise_secs: 0.042,
    noise_hz: (4200.0, 11000.0),
    noise_gain: 0.85,
    attack_secs: 0.003,
    ..HAT_CLOSED
};
pub const RIDE: Metal = Metal {
    modes_hz: (420.0, 11000.0),
    modes: 60,
    ring_secs: 0.9,
    modes_gain: 0.8,
    noise_secs: 0.016,
    noise_hz: (3500.0, 9000.0),
    noise_gain: 0.6,
    attack_secs: 0.0004,
    length_secs: 2.2,
};
pub const CRASH: Metal = Metal {
    modes_hz: (480.0, 14500.0),
    modes: 130,
    ring_secs: 1.1,
    modes_gain: 0.5,
    noise_secs: 0.55,
    noise_hz: (3200.0, 15000.0),
    noise_gain: 0.85,
    attack_secs: 0.0015,
    length_secs: 3.2,
};
pub const TAMBOURINE: Metal = Metal {
    modes_hz: (5200.0, 13000.0),
    modes: 16,
    ring_secs: 0.11,
    modes_gain: 0.6,
    noise_secs: 0.05,
    noise_hz: (5500.0, 12000.0),
    noise_gain: 0.6,
    attack_secs: 0.001,
    length_secs: 0.4,
};

pub fn strike(metal: &Metal, noise: &mut Noise, rate_hz: f32) -> Vec<[f32; 2]> {
    let mut out = vec![[0.0; 2]; frames(metal.length_secs, rate_hz)];
    ring(metal, noise, rate_hz, &mut out);
    for side in 0..2 {
        let mut low = Filter::high_pass(metal.noise_hz.0, 0.7, rate_hz);
        let mut high = Filter::low_pass(metal.noise_hz.1, 0.7, rate_hz);
        let mut fall = Decay::new(metal.noise_secs, rate_hz);
        for s in &mut out {
            let hiss = high.run(low.run(noise.next() * fall.next()));
            s[side] += hiss * metal.noise_gain;
        }
    }
    edges(&mut out, metal.attack_secs, rate_hz);
    out
}

/// Inharmonic modes, spaced evenly in pitch with a dash of chance, each a decaying rotation.
fn ring(metal: &Metal, noise: &mut Noise, rate_hz: f32, out: &mut [[f32; 2]]) {
    let (low, high) = metal.modes_hz;
    let gain = metal.modes_gain * 1.6 / (metal.modes as f32).sqrt();
    for k in 0..metal.modes {
        let place = (k as f32 + noise.between(0.0, 1.0)) / metal.modes as f32;
        let hz = low * (high / low).powf(place);
        if hz > rate_hz * 0.45 {
            continue;
        }
        let ring_secs = metal.ring_secs * (1.0 - 0.67 * place) * noise.between(0.7, 1.2);
        let fall = (-1.0 / (ring_secs * rate_hz)).exp();
        let (sin, cos) = (TAU * hz / rate_hz).sin_cos();
        let (rot_re, rot_im) = (cos * fall, sin * fall);
        let phase = noise.between(0.0, TAU);
        let apart = noise.between(-1.2, 1.2);
        // The low modes of thin metal are weak, or it would be a gong.
        let weight = gain * noise.between(0.4, 1.0) * (0.35 + 0.65 * (place * 3.0).min(1.0));
        let (mut re, mut im) = (phase.cos() * weight, phase.sin() * weight);
        let (mix_re, mix_im) = (apart.cos(), apart.sin());
        for s in out.iter_mut() {
            s[0] += im;
            s[1] += im * mix_re + re * mix_im;
            (re, im) = (re * rot_re - im * rot_im, re * rot_im + im * rot_re);
        }
    }
}

fn edges(out: &mut [[f32; 2]], attack_secs: f32, rate_hz: f32) {
    let length = out.len() as f32 / rate_hz;
    let edge = (length - 0.05).max(0.0);
    for (i, s) in out.iter_mut().enumerate() {
        let at = i as f32 / rate_hz;
        if at < attack_secs || at > edge {
            let g = gate(at, attack_secs, edge, 0.05);
            s[0] *= g;
            s[1] *= g;
        }
    }
}

/// Seeds thrown forward and back: a soft rise, then the accent's fall.
pub fn shaker(noise: &mut Noise, rate_hz: f32) -> Vec<[f32; 2]> {
    let mut out = vec![[0.0; 2]; frames(0.14, rate_hz)];
    let centre = noise.between(5600.0, 6400.0);
    for side in 0..2 {
        let mut band = Filter::band_pass(centre, 0.9, rate_hz);
        let mut low = Filter::high_pass(3000.0, 0.7, rate_hz);
        let mut fall = Decay::new(0.028, rate_hz);
        for s in &mut out {
            s[side] = low.run(band.run(noise.next() * fall.next())) * 2.0;
        }
    }
    edges(&mut out, 0.004, rate_hz);
    out
}
