//! Which beat of the bar comes first.
//!
//! Evidence after Goto, "An audio-based real-time beat tracking system for music with or without
//! drum-sounds" (2001): harmony changes and bass and kick fall on the first beat, snares beside it.

use super::{
    chroma::Chroma,
    evidence::{Evidence, Heard, hear, mean},
    onset::Onsets,
};
use crate::music::Meter;

/// What a kind of evidence is worth at each place of the bar. A conditional logit (McFadden, 1974)
/// over all grids and first beats, fitted to songs whose bars are known: `docs/decisions/034`.
const DOWNBEAT: Evidence = [1.06, 0.19, 0.26, 0.32, 1.97, 0.31];
const BACKBEAT: Evidence = [-0.38, 0.60, 0.41, 0.34, -0.20, -0.29];
const MIDDLE: Evidence = [0.38, -0.46, 0.45, 0.27, -0.37, 0.78];
const OTHER: Evidence = [-0.01, 0.15, 0.17, 0.19, -0.02, -0.02];
const INNER: Evidence = [-0.17, 0.05, 0.16, 0.09, -0.03, -0.02];
/// The same for onsets half-way between the beats.
const BETWEEN: [f32; 4] = [0.72, 0.34, -0.11, 0.08];

/// A way to place the beats.
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
    /// The logarithm of how likely this is, but for what all of a clip's fits have in common:
    /// comparable between its tempi.
    pub rating: f32,
}

/// Rates every place of the bar in every candidate.
pub(super) fn fit_bars(
    candidates: &[Candidate],
    meter: Meter,
    onsets: &Onsets,
    chroma: &Chroma,
) -> Fit {
    let per_bar = usize::from(meter.beats_per_bar());
    let grids: Vec<&[f64]> = candidates.iter().map(|c| c.beats.as_slice()).collect();
    let heard = hear(&grids, meter, onsets, chroma);
    let places = expected_places(meter);
    let mut best = Fit {
        candidate: 0,
        first_downbeat: 0,
        rating: f32::MIN,
    };
    for (index, (candidate, heard)) in candidates.iter().zip(&heard).enumerate() {
        let between = weigh(&heard.between, &BETWEEN);
        for first in 0..per_bar {
            let at_start = first == 0 && candidate.beats.first() == Some(&0.0);
            let bonus = if at_start { candidate.start_bonus } else { 0.0 };
            let rating = rate(heard, &places, first) + between + bonus;
            if rating > best.rating {
                best = Fit {
                    candidate: index,
                    first_downbeat: first,
                    rating,
                };
            }
        }
    }
    best
}

fn rate(heard: &Heard, places: &[Evidence], first: usize) -> f32 {
    let rate_place = |(place, expected): (usize, &Evidence)| {
        let at = (first + place) % places.len();
        let on_place = || heard.beats.iter().skip(at).step_by(places.len());
        let evidence: Evidence = std::array::from_fn(|kind| mean(on_place().map(|b| b[kind])));
        weigh(&evidence, expected)
    };
    places.iter().enumerate().map(rate_place).sum()
}

fn weigh<const N: usize>(evidence: &[f32; N], weights: &[f32; N]) -> f32 {
    evidence.iter().zip(weights).map(|(e, w)| e * w).sum()
}

/// What each beat of the bar is expected to bring. Places of one kind share its weight.
fn expected_places(meter: Meter) -> Vec<Evidence> {
    let per_bar = usize::from(meter.beats_per_bar());
    let group = if is_compound(meter) { 3 } else { 1 };
    let pulses = per_bar / group;
    let kinds: Vec<&Evidence> = (0..per_bar)
        .map(|place| match (place / group, place % group) {
            (0, 0) => &DOWNBEAT,
            (pulse, 0) if pulses % 2 == 0 && pulse % 2 == 1 => &BACKBEAT,
            (_, 0) if pulses == 4 => &MIDDLE,
            (_, 0) => &OTHER,
            _ => &INNER,
        })
        .collect();
    let share = |kind: &&Evidence| {
        let alike = kinds.iter().filter(|other| *other == kind).count();
        kind.map(|weight| weight / alike as f32)
    };
    kinds.iter().map(share).collect()
}

/// Meters whose pulse has three parts: 6/8, 9/8, 12/8.
pub(super) fn is_compound(meter: Meter) -> bool {
    meter.beat_unit() >= 8 && meter.beats_per_bar() > 3 && meter.beats_per_bar().is_multiple_of(3)
}

#[cfg(test)]
mod tests {
    use super::{super::evidence::CHANGE, *};

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
                assert!(places[1..].iter().all(|p| p[CHANGE] < places[0][CHANGE]));
            }
        }
    }
}
