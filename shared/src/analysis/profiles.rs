//! What each of the 24 keys plays: its triads, and the pitch classes that these bring.
//!
//! The profiles are derived rather than measured: each scale degree weighs what the triads of a key
//! bring it when they are played as often as popular music plays them.

use super::chroma::PitchClasses;
use crate::music::{KeyScale, Mode};

/// `(root above the tonic, minor third?, share)`: how often a major key plays each triad.
const MAJOR_TRIADS: [(usize, bool, f32); 8] = [
    (0, false, 0.33),
    (7, false, 0.20),
    (5, false, 0.20),
    (9, true, 0.12),
    (2, true, 0.07),
    (4, true, 0.04),
    (10, false, 0.03),
    (2, false, 0.01),
];
const MINOR_TRIADS: [(usize, bool, f32); 8] = [
    (0, true, 0.36),
    (8, false, 0.15),
    (10, false, 0.14),
    (5, true, 0.13),
    (3, false, 0.10),
    (7, true, 0.06),
    (7, false, 0.05),
    (5, false, 0.01),
];
/// What root, third and fifth of a triad weigh.
const TRIAD: [f32; 3] = [1.0, 0.75, 0.8];
/// The tonic also sounds where melody and bass return to it, and the fifth with it.
const HOME: [(usize, f32); 2] = [(0, 0.12), (7, 0.04)];

/// How many triads there are: major and minor ones on twelve roots.
pub(super) const TRIADS: usize = 24;

/// How often a key plays each triad, 0–1: the major ones from C up, then the minor ones.
pub(super) fn triad_shares(key: KeyScale) -> [f32; TRIADS] {
    let mut shares = [0.0; TRIADS];
    for (root, minor, share) in triads(key.mode) {
        let root = (key.tonic.index() + root) % 12;
        shares[root + if *minor { 12 } else { 0 }] += share;
    }
    shares
}

/// The tones of a triad, numbered as in [`triad_shares`].
pub(super) fn triad(index: usize) -> PitchClasses {
    let third = if index < 12 { 4 } else { 3 };
    let mut weights = [0.0; 12];
    for (above, weight) in [0, third, 7].into_iter().zip(TRIAD) {
        weights[(index + above) % 12] = weight;
    }
    weights
}

/// 1 for the tones of the scale (minor: the natural one), 0 for the others, C first.
pub(super) fn scale(key: KeyScale) -> PitchClasses {
    let mut weights = [0.0; 12];
    for degree in key.mode.scale() {
        weights[(key.tonic.index() + degree) % 12] = 1.0;
    }
    weights
}

/// The pitch class weights of a key, C first.
pub(super) fn profile(key: KeyScale) -> PitchClasses {
    let mut weights = [0.0; 12];
    for (index, share) in triad_shares(key).into_iter().enumerate() {
        for (sum, weight) in weights.iter_mut().zip(triad(index)) {
            *sum += weight * share;
        }
    }
    for (degree, weight) in HOME {
        weights[(key.tonic.index() + degree) % 12] += weight;
    }
    weights
}

fn triads(mode: Mode) -> &'static [(usize, bool, f32); 8] {
    match mode {
        Mode::Major => &MAJOR_TRIADS,
        Mode::Minor => &MINOR_TRIADS,
    }
}

/// Pearson's correlation; 0 where either does not vary.
pub(super) fn correlation(a: &PitchClasses, b: &PitchClasses) -> f32 {
    let mean = |v: &PitchClasses| v.iter().sum::<f32>() / 12.0;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - mean_a) * (y - mean_b);
        aa += (x - mean_a).powi(2);
        bb += (y - mean_b).powi(2);
    }
    let norm = (aa * bb).sqrt();
    if norm > 0.0 { ab / norm } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_nearest_to_itself() {
        for key in KeyScale::all() {
            let likeness = |other: &KeyScale| correlation(&profile(key), &profile(*other));
            let nearest = KeyScale::all().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            assert_eq!(nearest, Some(key));
        }
    }

    #[test]
    fn the_scale_outweighs_what_is_foreign_to_it() {
        for key in ["C major", "A minor", "F# minor"] {
            let key = key.parse().unwrap();
            let weights = |own: f32| {
                let scale = scale(key).into_iter();
                let kept = scale.zip(profile(key)).filter(move |(s, _)| *s == own);
                kept.map(|(_, weight)| weight)
            };
            let lowest_own = weights(1.0).fold(1.0, f32::min);
            assert!(weights(0.0).all(|foreign| foreign < lowest_own), "{key}");
        }
    }

    #[test]
    fn every_key_s_triads_are_all_it_plays() {
        for key in KeyScale::all() {
            let sum: f32 = triad_shares(key).iter().sum();
            assert!((sum - 1.0).abs() < 1e-5, "{key}: {sum}");
        }
    }
}
