//! Electric piano: a tine struck against a tone bar, by frequency modulation.

use super::dsp::{Decay, Sine, frames, gate, midi_hz};
use crate::engine::sketch::score::Note;

/// `tone` −1 dark … 1 bright. Mono.
pub fn electric_piano(note: &Note, tone: f32, rate_hz: f32) -> Vec<f32> {
    const RELEASE_SECS: f32 = 0.14;
    let hz = midi_hz(note.pitch as f32);
    let step = hz / rate_hz;
    let held = note.length_secs as f32;
    let total = frames(held + RELEASE_SECS, rate_hz);
    let velocity = note.velocity;
    let low = (60.0 - note.pitch as f32).max(0.0) / 24.0;
    let (mut carrier, mut modulator) = (Sine::default(), Sine::default());
    let (mut tine, mut bell) = (Sine::default(), Sine::default());
    let mut body = Decay::new(1.5 + 1.2 * low, rate_hz);
    let mut bark = Decay::new(0.4, rate_hz);
    let mut ping = Decay::new(0.11, rate_hz);
    // The tine's overtone must stay below what the rate can hold.
    let ratio = if hz * 14.0 < rate_hz * 0.4 { 14.0 } else { 5.0 };
    let index = (0.08 + 0.3 * velocity * velocity) * (1.0 + 0.6 * tone);
    let chime = 0.05 * velocity * (1.0 + 0.7 * tone);
    (0..total)
        .map(|i| {
            let secs = i as f32 / rate_hz;
            let bend = modulator.next(step, 0.0) * index * (0.25 + 0.75 * bark.next());
            let ring = tine.next(step * ratio, 0.0) * chime * ping.next();
            let second = bell.next(step * 2.0, 0.0) * 0.06;
            let edge = if secs < 0.0015 || secs > held {
                gate(secs, 0.0015, held, RELEASE_SECS)
            } else {
                1.0
            };
            (carrier.next(step, bend + ring) + second) * body.next() * edge * velocity * 0.5
        })
        .collect()
}
