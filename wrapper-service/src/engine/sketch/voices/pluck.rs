//! Plucked strings: a delay line that loses its brightness as it rings.

use super::dsp::{Decay, Filter, Noise, Sine, frames, gate, midi_hz};
use crate::engine::sketch::score::Note;

/// One kind of string.
#[derive(Debug, Clone, Copy)]
pub struct StringKind {
    /// Seconds to fall by 60 dB at A3 if let ring.
    ring_secs: f32,
    /// 0 bright … 0.5 dull loop.
    loss: f32,
    /// Brightness of the pluck at full strength.
    pick_hz: f32,
    /// Where along the string it is plucked, 0–0.5.
    pick_at: f32,
    release_secs: f32,
    /// Final tone control.
    body_hz: f32,
    /// Level of the ground tone laid under the string, for what a small loop cannot carry.
    ground: f32,
}

pub const GUITAR: StringKind = StringKind {
    ring_secs: 4.5,
    loss: 0.24,
    pick_hz: 5200.0,
    pick_at: 0.17,
    release_secs: 0.12,
    body_hz: 5200.0,
    ground: 0.0,
};
pub const BASS: StringKind = StringKind {
    ring_secs: 5.0,
    loss: 0.42,
    pick_hz: 1500.0,
    pick_at: 0.13,
    release_secs: 0.07,
    body_hz: 1100.0,
    ground: 0.5,
};
pub const VIOLIN: StringKind = StringKind {
    ring_secs: 0.9,
    loss: 0.35,
    pick_hz: 3500.0,
    pick_at: 0.2,
    release_secs: 0.15,
    body_hz: 4000.0,
    ground: 0.0,
};

/// `tone` −1 dark … 1 bright. Mono.
pub fn pluck(kind: &StringKind, note: &Note, tone: f32, seed: u32, rate_hz: f32) -> Vec<f32> {
    let hz = midi_hz(note.pitch as f32).min(rate_hz * 0.2);
    let held = note.length_secs as f32;
    let total = frames(held + kind.release_secs, rate_hz);
    let period = rate_hz / hz;
    // The loop filter delays by `loss` frames; an all-pass takes up the fraction that is left.
    let whole = (period - kind.loss - 0.5).floor().max(2.0);
    let fraction = (period - kind.loss - whole).clamp(0.1, 1.6);
    let allpass = (1.0 - fraction) / (1.0 + fraction);
    let ring = kind.ring_secs * (220.0 / hz).sqrt().clamp(0.4, 1.6);
    let feedback = 10.0f32.powf(-3.0 * period / (ring * rate_hz));
    let mut line = excite(kind, note.velocity, tone, whole as usize, seed, rate_hz);
    let mut body = Filter::low_pass(kind.body_hz * (1.0 + 0.5 * tone), 0.7, rate_hz);
    let (mut ground, mut fading) = (Sine::default(), Decay::new(ring * 0.3, rate_hz));
    let (mut at, mut last, mut ap_in, mut ap_out) = (0, 0.0, 0.0, 0.0);
    let mut out = Vec::with_capacity(total);
    for i in 0..total {
        let sample = line[at];
        let damped = ((1.0 - kind.loss) * sample + kind.loss * last) * feedback;
        last = sample;
        let tuned = allpass * damped + ap_in - allpass * ap_out;
        (ap_in, ap_out) = (damped, tuned);
        line[at] = tuned;
        at = if at + 1 == line.len() { 0 } else { at + 1 };
        let secs = i as f32 / rate_hz;
        let edge = if secs < 0.0008 || secs > held {
            gate(secs, 0.0008, held, kind.release_secs)
        } else {
            1.0
        };
        let low = kind.ground * ground.next(hz / rate_hz, 0.0) * fading.next();
        out.push((body.run(sample) + low) * edge * note.velocity);
    }
    out
}

/// One period of noise, as dark as the pluck is soft, with the comb of the plucking place.
fn excite(
    kind: &StringKind,
    velocity: f32,
    tone: f32,
    period: usize,
    seed: u32,
    rate_hz: f32,
) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    let cutoff = kind.pick_hz * (0.35 + 0.65 * velocity) * (1.0 + 0.5 * tone);
    let mut soften = Filter::low_pass(cutoff, 0.6, rate_hz);
    let shift = ((period as f32 * kind.pick_at) as usize).max(1);
    // A few periods settle the filter before the one that is kept.
    let raw: Vec<f32> = (0..period * 2 + shift)
        .map(|_| soften.run(noise.next()))
        .collect();
    let kept = &raw[period..];
    let mut line: Vec<f32> = (0..period).map(|i| kept[i + shift] - kept[i]).collect();
    let mean = line.iter().sum::<f32>() / period as f32;
    line.iter_mut().for_each(|s| *s -= mean);
    let rms = (line.iter().map(|s| s * s).sum::<f32>() / period as f32).sqrt();
    let scale = 0.35 / rms.max(1e-6);
    line.iter_mut().for_each(|s| *s *= scale);
    line
}
