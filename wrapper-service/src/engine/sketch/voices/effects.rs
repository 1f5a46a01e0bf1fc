//! Risers, impacts and falls. Stereo.

use super::dsp::{Decay, Filter, Noise, Saw, Sine, TICK, frames, gate, midi_hz};
use crate::engine::sketch::score::Note;

/// Noise and a tone that climb two octaves and stop dead at the note's end.
pub fn riser(note: &Note, seed: u32, rate_hz: f32) -> Vec<[f32; 2]> {
    let mut noise = Noise::new(seed);
    let length = note.length_secs as f32;
    let total = frames(length, rate_hz);
    let mut bands = [Filter::band_pass(400.0, 1.6, rate_hz); 2];
    let mut saws = [Saw::new(0.0), Saw::new(0.3)];
    let mut dark = [Filter::low_pass(600.0, 1.0, rate_hz); 2];
    let mut out = Vec::with_capacity(total + TICK);
    while out.len() < total {
        let through = out.len() as f32 / total as f32;
        let sweep = 350.0 * (through * 4.4).exp2();
        let hz = midi_hz(note.pitch as f32 + 24.0 * through * through);
        for side in 0..2 {
            bands[side].tune(sweep * if side == 0 { 0.95 } else { 1.05 }, 1.6);
            dark[side].tune(sweep * 0.8, 1.0);
        }
        let start = out.len();
        for k in 0..TICK {
            let secs = (start + k) as f32 / rate_hz;
            let level = (secs / length).powi(2) * gate(secs, 0.01, length - 0.012, 0.012);
            let mut frame = [0.0; 2];
            for side in 0..2 {
                let detune = if side == 0 { 0.996 } else { 1.004 };
                let tone = dark[side].run(saws[side].next(hz * detune / rate_hz));
                let wind = bands[side].run(noise.next());
                frame[side] = (wind * 1.1 + tone * 0.16) * level * note.velocity;
            }
            out.push(frame);
        }
    }
    out.truncate(total);
    out
}

/// A low boom with a burst of air on top.
pub fn impact(note: &Note, seed: u32, rate_hz: f32) -> Vec<[f32; 2]> {
    let mut noise = Noise::new(seed);
    let total = frames(3.0, rate_hz);
    let mut boom = Sine::default();
    let (mut drop, mut ring) = (Decay::new(0.05, rate_hz), Decay::new(0.7, rate_hz));
    let mut hiss = Decay::new(0.4, rate_hz);
    let mut air = [Filter::low_pass(2600.0, 0.7, rate_hz); 2];
    let hz = midi_hz(note.pitch as f32).min(70.0);
    (0..total)
        .map(|i| {
            let secs = i as f32 / rate_hz;
            let edge = gate(secs, 0.002, 2.6, 0.4);
            let low = boom.next(hz * (1.0 + 2.5 * drop.next()) / rate_hz, 0.0) * ring.next();
            let burst = hiss.next();
            let mut side = |f: &mut Filter| f.run(noise.next() * burst) * 0.3;
            let (l, r) = (side(&mut air[0]), side(&mut air[1]));
            let gain = edge * note.velocity;
            [(low * 0.8 + l) * gain, (low * 0.8 + r) * gain]
        })
        .collect()
}

/// A wash of air that darkens as it goes.
pub fn fall(note: &Note, seed: u32, rate_hz: f32) -> Vec<[f32; 2]> {
    let mut noise = Noise::new(seed);
    let length = note.length_secs as f32;
    let total = frames(length, rate_hz);
    let mut bands = [Filter::band_pass(6000.0, 1.0, rate_hz); 2];
    let mut out = Vec::with_capacity(total + TICK);
    while out.len() < total {
        let through = out.len() as f32 / total as f32;
        let hz = 7000.0 * (-4.5 * through).exp2();
        bands[0].tune(hz, 1.0);
        bands[1].tune(hz * 1.1, 1.0);
        let fade = (1.0 - through).powi(2) * note.velocity;
        let start = out.len();
        for k in 0..TICK {
            let level = fade * gate((start + k) as f32 / rate_hz, 0.004, length, 0.01);
            out.push([
                bands[0].run(noise.next()) * level * 0.6,
                bands[1].run(noise.next()) * level * 0.6,
            ]);
        }
    }
    out.truncate(total);
    out
}
