//! Which beat of the bar comes first.
//!
//! Evidence after Goto, "An audio-based real-time beat tracking system for music with or without
//! drum-sounds" (2001): harmony changes and bass and kick fall on the first beat, snares beside it.

use super::{
    chroma::{Chroma, distance},
    onset::Onsets,
};
use crate::music::Meter;

/// A beat's onsets are sought this far around it.
const REACH_SECS: f64 = 0.03;
/// What strong onsets on all beats are worth beside the pattern of the bar.
const ON_BEAT: f32 = 1.5;

/// What each place in the bar is expected to bring, in units of each feature's spread.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    low: f32,
    high: f32,
    change: f32,
}

/// What was heard at one beat.
#[derive(Debug, Clone, Copy)]
struct Heard {
    low: f32,
    high: f32,
    all: f32,
    change: f32,
}

/// A way to place the beats, and how strongly its onsets speak for it beside the others.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub beats: Vec<f64>,
    /// What a downbeat on the clip's first frame is worth beyond its own evidence.
    pub start_bonus: f32,
}

/// The candidate whose bars fit best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub candidate: usize,
    /// The first beat that begins a bar, `0..beats_per_bar`.
    pub first_downbeat: usize,
    /// How clearly the bars repeat the pattern of the meter: about 0 by chance, 2 and more for a
    /// plain beat. Comparable between tempi.
    pub pattern: f32,
}

/// Rates every place of the bar in every candidate.
pub(super) fn fit_bars(
    candidates: &[Candidate],
    meter: Meter,
    onsets: &Onsets,
    chroma: &Chroma,
) -> Fit {
    let per_bar = usize::from(meter.beats_per_bar());
    let mut heard: Vec<Vec<Heard>> = candidates
        .iter()
        .map(|c| hear(&c.beats, meter, onsets, chroma))
        .collect();
    standardise(&mut heard);
    let places = expected_places(meter);
    let mut best = (
        f32::MIN,
        Fit {
            candidate: 0,
            first_downbeat: 0,
            pattern: 0.0,
        },
    );
    for (index, (candidate, heard)) in candidates.iter().zip(&heard).enumerate() {
        let on_beat = ON_BEAT * mean(heard.iter().map(|h| h.all));
        for first in 0..per_bar {
            let at_start = first == 0 && candidate.beats.first() == Some(&0.0);
            let bonus = if at_start { candidate.start_bonus } else { 0.0 };
            let pattern = rate(heard, &places, first);
            let rating = on_beat + bonus + pattern;
            if rating > best.0 {
                best = (
                    rating,
                    Fit {
                        candidate: index,
                        first_downbeat: first,
                        pattern,
                    },
                );
            }
        }
    }
    best.1
}

fn rate(heard: &[Heard], places: &[Expected], first: usize) -> f32 {
    let rate_place = |(place, expected): (usize, &Expected)| {
        let at = (first + place) % places.len();
        let on_place = || heard.iter().skip(at).step_by(places.len());
        expected.low * mean(on_place().map(|h| h.low))
            + expected.high * mean(on_place().map(|h| h.high))
            + expected.change * mean(on_place().map(|h| h.change))
    };
    places.iter().enumerate().map(rate_place).sum()
}

fn hear(beats: &[f64], meter: Meter, onsets: &Onsets, chroma: &Chroma) -> Vec<Heard> {
    let unit_secs = match beats {
        [first, .., last] => (last - first) / (beats.len() - 1) as f64,
        _ => 0.5,
    };
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
    beats
        .iter()
        .map(|&beat| Heard {
            low: onsets.low.max_near(beat, REACH_SECS),
            high: onsets.high.max_near(beat, REACH_SECS),
            all: onsets.all.max_near(beat, REACH_SECS),
            change: if beat > around_secs {
                change(beat, around_secs) + change(beat, 2.0 * around_secs)
            } else {
                f32::NAN
            },
        })
        .collect()
}

/// Takes each feature's mean away and divides by its spread, both over all candidates; what could
/// not be heard is average.
fn standardise(heard: &mut [Vec<Heard>]) {
    let features: [fn(&mut Heard) -> &mut f32; 4] = [
        |h| &mut h.low,
        |h| &mut h.high,
        |h| &mut h.all,
        |h| &mut h.change,
    ];
    for feature in features {
        let known: Vec<f32> = heard
            .iter_mut()
            .flatten()
            .map(|h| *feature(h))
            .filter(|v| v.is_finite())
            .collect();
        let centre = mean(known.iter().copied());
        let spread = mean(known.iter().map(|v| (v - centre).powi(2)))
            .sqrt()
            .max(1e-3);
        for h in heard.iter_mut().flatten() {
            let value = (*feature(h) - centre) / spread;
            *feature(h) = if value.is_finite() {
                value.clamp(-3.0, 3.0)
            } else {
                0.0
            };
        }
    }
}

/// What each beat of the bar is expected to bring.
fn expected_places(meter: Meter) -> Vec<Expected> {
    let per_bar = usize::from(meter.beats_per_bar());
    let group = if is_compound(meter) { 3 } else { 1 };
    let pulses = per_bar / group;
    (0..per_bar)
        .map(|place| {
            let (pulse, inner) = (place / group, place % group);
            match (pulse, inner) {
                (0, 0) => Expected {
                    low: 0.8,
                    high: -0.3,
                    change: 1.0,
                },
                (_, 0) if pulses % 2 == 0 && pulse % 2 == 1 => Expected {
                    low: -0.3,
                    high: 0.5,
                    change: 0.0,
                },
                (_, 0) if pulses == 4 => Expected {
                    low: 0.3,
                    high: -0.2,
                    change: 0.2,
                },
                (_, 0) => Expected {
                    low: -0.2,
                    high: 0.2,
                    change: 0.0,
                },
                _ => Expected {
                    low: -0.2,
                    high: -0.1,
                    change: -0.2,
                },
            }
        })
        .collect()
}

/// Meters whose pulse has three parts: 6/8, 9/8, 12/8.
pub(super) fn is_compound(meter: Meter) -> bool {
    meter.beat_unit() >= 8 && meter.beats_per_bar() > 3 && meter.beats_per_bar().is_multiple_of(3)
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), v| (sum + v, count + 1));
    if count > 0 { sum / count as f32 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_meters_are_told_from_simple_ones() {
        for (text, compound) in [
            ("6/8", true),
            ("12/8", true),
            ("3/8", false),
            ("3/4", false),
            ("7/8", false),
        ] {
            assert_eq!(is_compound(text.parse().unwrap()), compound, "{text}");
        }
    }

    #[test]
    fn every_meter_expects_the_most_of_its_first_place() {
        for per_bar in 1..=32 {
            for unit in [1, 2, 4, 8, 16, 32] {
                let places = expected_places(Meter::new(per_bar, unit).unwrap());
                assert_eq!(places.len(), usize::from(per_bar));
                assert!(places[1..].iter().all(|p| p.change < places[0].change));
            }
        }
    }
}
