//! Voices made of sawtooths: bowed strings, horns, synth pluck and pad.

use super::dsp::{Filter, Noise, Saw, TICK, frames, gate, midi_hz};
use crate::engine::sketch::score::Note;
use std::f32::consts::TAU;

/// What differs between them. Times in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    attack: f32,
    release: f32,
    /// Cents between the outermost of the three sawtooths.
    spread_cents: f32,
    /// The filter rests at `dark` × the note's pitch and opens by `open` × more.
    dark: f32,
    open: f32,
    /// How fast it opens, and how fast it falls back (0 = stays).
    opens_in: f32,
    falls_in: f32,
    resonance: f32,
    vibrato_cents: f32,
    /// Swells over the note, 0–1.
    swell: f32,
    /// The filter never opens beyond this.
    ceiling_hz: f32,
}

pub const STRINGS: Recipe = Recipe {
    attack: 0.22,
    release: 0.32,
    spread_cents: 16.0,
    dark: 4.0,
    open: 6.5,
    opens_in: 0.5,
    falls_in: 0.0,
    resonance: 0.6,
    vibrato_cents: 11.0,
    swell: 0.35,
    ceiling_hz: 7000.0,
};
pub const HORN: Recipe = Recipe {
    attack: 0.022,
    release: 0.07,
    spread_cents: 9.0,
    dark: 2.2,
    open: 8.5,
    opens_in: 0.035,
    falls_in: 0.35,
    resonance: 0.8,
    vibrato_cents: 6.0,
    swell: 0.25,
    ceiling_hz: 6500.0,
};
pub const SYNTH_PLUCK: Recipe = Recipe {
    attack: 0.003,
    release: 0.14,
    spread_cents: 13.0,
    dark: 2.0,
    open: 9.0,
    opens_in: 0.002,
    falls_in: 0.13,
    resonance: 1.2,
    vibrato_cents: 0.0,
    swell: 0.0,
    ceiling_hz: 9000.0,
};
pub const SYNTH_PAD: Recipe = Recipe {
    attack: 0.4,
    release: 0.6,
    spread_cents: 22.0,
    dark: 2.0,
    open: 3.0,
    opens_in: 1.2,
    falls_in: 0.0,
    resonance: 0.8,
    vibrato_cents: 5.0,
    swell: 0.2,
    ceiling_hz: 4500.0,
};

/// Renders one note; `tone` −1 dark … 1 bright. Mono.
pub fn play(recipe: &Recipe, note: &Note, tone: f32, seed: u32, rate_hz: f32) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    let held = (note.length_secs as f32).max(recipe.attack.min(0.05));
    let total = frames(held + recipe.release, rate_hz);
    let hz = midi_hz(note.pitch as f32);
    let mut saws = [0.0; 3].map(|_: f32| Saw::new(noise.between(0.0, 1.0)));
    let cents = [-0.5, 0.04, 0.5].map(|c: f32| (c * recipe.spread_cents / 1200.0).exp2());
    let mut filters = [Filter::low_pass(hz * 2.0, recipe.resonance, rate_hz); 2];
    let vibrato_hz = noise.between(4.8, 5.6);
    let phase = noise.between(0.0, 1.0);
    let mut out = Vec::with_capacity(total + TICK);
    while out.len() < total {
        let at = out.len() as f32 / rate_hz;
        let depth = recipe.vibrato_cents * ((at - 0.25) / 0.5).clamp(0.0, 1.0) / 1200.0;
        let bend = (depth * (TAU * (vibrato_hz * at + phase)).sin()).exp2();
        let cutoff = cutoff_hz(recipe, note, at, hz, tone);
        filters[0].tune(cutoff, recipe.resonance);
        filters[1].tune(cutoff * 1.3, 0.6);
        let steps = cents.map(|c| hz * bend * c / rate_hz);
        let swell = 1.0 - recipe.swell + recipe.swell * (at / held.max(0.3)).min(1.0);
        let level = note.velocity * swell * 0.22;
        for k in 0..TICK {
            let secs = at + k as f32 / rate_hz;
            let edge = gate(secs, recipe.attack, held, recipe.release);
            let raw: f32 = saws
                .iter_mut()
                .zip(steps)
                .map(|(s, step)| s.next(step))
                .sum();
            let once = filters[0].run(raw);
            out.push(filters[1].run(once) * edge * level);
        }
    }
    // The last tick may reach past the release, where the gate is shut.
    out.truncate(total);
    out
}

fn cutoff_hz(recipe: &Recipe, note: &Note, at: f32, hz: f32, tone: f32) -> f32 {
    let rise = 1.0 - (-at / recipe.opens_in).exp();
    let fall = if recipe.falls_in > 0.0 {
        (-at / recipe.falls_in).exp()
    } else {
        1.0
    };
    let bright = note.velocity * (1.0 + 0.6 * tone);
    let open = recipe.open * bright * rise * (0.25 + 0.75 * fall);
    (hz * (recipe.dark + open)).clamp(180.0, recipe.ceiling_hz * (1.0 + 0.4 * tone))
}
