//! A flute: few overtones, much air, a vibrato of breath.

use super::dsp::{Filter, Noise, Sine, TICK, frames, gate, midi_hz};
use crate::engine::sketch::score::Note;
use std::f32::consts::TAU;

pub fn play(note: &Note, tone: f32, seed: u32, rate_hz: f32) -> Vec<f32> {
    const RELEASE_SECS: f32 = 0.09;
    let mut noise = Noise::new(seed);
    let hz = midi_hz(note.pitch as f32);
    let held = (note.length_secs as f32).max(0.06);
    let total = frames(held + RELEASE_SECS, rate_hz);
    let mut partials = [Sine::default(); 4];
    let shares = [1.0, 0.3 + 0.15 * tone, 0.13 + 0.06 * tone, 0.04];
    let mut air = Filter::band_pass(hz * 2.0, 2.5, rate_hz);
    let mut wind = Filter::band_pass(3800.0, 0.6, rate_hz);
    let vibrato_hz = noise.between(4.7, 5.4);
    let mut out = Vec::with_capacity(total + TICK);
    while out.len() < total {
        let at = out.len() as f32 / rate_hz;
        let settled = ((at - 0.22) / 0.4).clamp(0.0, 1.0);
        let wave = (TAU * vibrato_hz * at).sin() * settled;
        // It speaks a little flat and from the air.
        let scoop = -0.35 * (-at / 0.03).exp();
        let step = hz * ((0.14 * wave + scoop) / 12.0).exp2() / rate_hz;
        let level = note.velocity * (0.85 + 0.12 * wave);
        let bright = 0.6 + 0.5 * note.velocity;
        let chiff = 0.05 + 0.3 * (-at / 0.035).exp();
        for k in 0..TICK {
            let secs = at + k as f32 / rate_hz;
            let edge = gate(secs, 0.045, held, RELEASE_SECS);
            let mut tone = 0.0;
            for (n, partial) in partials.iter_mut().enumerate() {
                let share = if n == 0 { 1.0 } else { shares[n] * bright };
                tone += share * partial.next(step * (n + 1) as f32, 0.0);
            }
            let raw = noise.next();
            let breath = air.run(raw) * chiff + wind.run(raw) * 0.014;
            out.push((tone * 0.3 + breath) * edge * level);
        }
    }
    out.truncate(total);
    out
}
