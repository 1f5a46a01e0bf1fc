//! What is heard at and between the beats of a grid.

use super::{
    chroma::{Chroma, distance},
    onset::Onsets,
};
use crate::music::Meter;

/// A beat's onsets are sought this far around it.
const REACH_SECS: f64 = 0.03;
/// Where the onset between two beats lies, straight or swung, as shares of the beat.
const BETWEEN: (f64, f64) = (0.42, 0.70);

/// How many kinds of evidence a beat has.
const KINDS: usize = 6;
/// Which of them tells of harmony.
#[cfg(test)]
pub(super) const CHANGE: usize = 4;

/// Onsets below 150 Hz, of tones, above 1650 Hz, and of both of these at once, which is a snare;
/// then how much the harmony changes over a half note and over a bar.
pub(super) type Evidence = [f32; KINDS];

/// What a grid's beats bring.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub beats: Vec<Evidence>,
    /// Onsets (the first four kinds) half-way to the next beat, the mean of all.
    pub between: [f32; 4],
}

/// Listens to every grid and puts all evidence on one scale: each kind's mean over all grids is
/// taken away and the rest divided by its spread; what could not be heard is average.
pub(super) fn hear(grids: &[&[f64]], meter: Meter, onsets: &Onsets, chroma: &Chroma) -> Vec<Heard> {
    let mut heard: Vec<Heard> = grids
        .iter()
        .map(|beats| hear_grid(beats, meter, onsets, chroma))
        .collect();
    for kind in 0..KINDS {
        let known: Vec<f32> = heard
            .iter()
            .flat_map(|h| h.beats.iter().map(|b| b[kind]))
            .filter(|v| v.is_finite())
            .collect();
        let centre = mean(known.iter().copied());
        let spread = mean(known.iter().map(|v| (v - centre).powi(2)))
            .sqrt()
            .max(1e-3);
        let scaled = |v: f32| {
            let value = (v - centre) / spread;
            if value.is_finite() {
                value.clamp(-3.0, 3.0)
            } else {
                0.0
            }
        };
        for h in &mut heard {
            h.beats.iter_mut().for_each(|b| b[kind] = scaled(b[kind]));
            if let Some(between) = h.between.get_mut(kind) {
                *between = scaled(*between);
            }
        }
    }
    heard
}

fn hear_grid(beats: &[f64], meter: Meter, onsets: &Onsets, chroma: &Chroma) -> Heard {
    let unit_secs = match beats {
        [first, .., last] => (last - first) / (beats.len() - 1) as f64,
        _ => 0.5,
    };
    let bar_secs = unit_secs * f64::from(meter.beats_per_bar());
    // Harmony is compared over about a half note on either side, whatever the beat unit.
    let around_secs = unit_secs * f64::from(meter.beat_unit()) / 4.0;
    let change = |beat: f64, span: f64| {
        let all = distance(
            &chroma.all_between(beat - span, beat),
            &chroma.all_between(beat, beat + span),
        );
        let bass = distance(
            &chroma.bass_between(beat - span, beat),
            &chroma.bass_between(beat, beat + span),
        );
        all + 0.5 * bass
    };
    let strikes = |at: f64, reach: f64| {
        let [low, mid, high] =
            [&onsets.low, &onsets.mid, &onsets.high].map(|curve| curve.max_near(at, reach));
        [low, mid, high, mid.min(high)]
    };
    let at_beat = |&beat: &f64| {
        let [low, mid, high, snare] = strikes(beat, REACH_SECS);
        // Nothing is known of what came before the clip.
        let heard = beat > around_secs;
        let short = if heard {
            change(beat, around_secs) + change(beat, 2.0 * around_secs)
        } else {
            f32::NAN
        };
        let long = if heard {
            change(beat, bar_secs)
        } else {
            f32::NAN
        };
        [low, mid, high, snare, short, long]
    };
    let middle = 0.5 * (BETWEEN.0 + BETWEEN.1) * unit_secs;
    let reach = 0.5 * (BETWEEN.1 - BETWEEN.0) * unit_secs;
    let between: Vec<[f32; 4]> = beats.iter().map(|b| strikes(b + middle, reach)).collect();
    Heard {
        beats: beats.iter().map(at_beat).collect(),
        between: std::array::from_fn(|kind| mean(between.iter().map(|b| b[kind]))),
    }
}

pub(super) fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), v| (sum + v, count + 1));
    if count > 0 { sum / count as f32 } else { 0.0 }
}
