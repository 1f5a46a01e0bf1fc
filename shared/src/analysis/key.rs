//! Which of the 24 keys the pitch classes fit.
//!
//! Profile matching after Krumhansl & Schmuckler (Krumhansl, "Cognitive foundations of musical
//! pitch", 1990). The profiles are derived here: each scale degree weighs what the triads of a key
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

/// What the tonic's share of the bass is worth, and of the opening bass.
const BASS: f32 = 0.15;
const OPENING: f32 = 0.12;

/// The best key and how clearly (0–1) it beats the next; `None` where no pitch is heard.
///
/// `all` is the whole clip's pitch classes, `bass` those of its bass alone, `opening_bass` those of
/// the first bar's bass: relative keys share their tones, and clips tend to begin at home.
pub(super) fn find_key(
    all: &PitchClasses,
    bass: &PitchClasses,
    opening_bass: &PitchClasses,
) -> Option<(KeyScale, f64)> {
    if all.iter().sum::<f32>() <= 0.0 {
        return None;
    }
    let share = |classes: &PitchClasses, of: usize| {
        classes[of] / classes.iter().sum::<f32>().max(f32::MIN_POSITIVE)
    };
    let rating = |key: KeyScale| {
        let likeness = correlation(all, &profile(key));
        let tonic = key.tonic.index();
        likeness + BASS * share(bass, tonic) + OPENING * share(opening_bass, tonic)
    };
    let mut rated: Vec<(KeyScale, f32)> = KeyScale::all().map(|key| (key, rating(key))).collect();
    rated.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (key, best) = rated[0];
    let lead = f64::from(best - rated[1].1) / 0.15;
    Some((
        key,
        (lead * 0.6 + f64::from(best.max(0.0)) * 0.4).clamp(0.0, 1.0),
    ))
}

/// The pitch class weights of a key, C first.
pub(super) fn profile(key: KeyScale) -> PitchClasses {
    let triads = match key.mode {
        Mode::Major => &MAJOR_TRIADS,
        Mode::Minor => &MINOR_TRIADS,
    };
    let mut weights = [0.0; 12];
    let mut add = |degree: usize, weight: f32| {
        weights[(key.tonic.index() + degree) % 12] += weight;
    };
    for (root, minor, share) in triads {
        let third = if *minor { 3 } else { 4 };
        for (above, weight) in [0, third, 7].into_iter().zip(TRIAD) {
            add(root + above, weight * share);
        }
    }
    for (degree, weight) in HOME {
        add(degree, weight);
    }
    weights
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
    fn every_profile_is_nearest_to_its_own_key() {
        for key in KeyScale::all() {
            let (heard, confidence) = find_key(&profile(key), &[0.0; 12], &[0.0; 12]).unwrap();
            assert_eq!(heard, key);
            assert!((0.0..=1.0).contains(&confidence));
        }
    }

    #[test]
    fn the_scale_outweighs_what_is_foreign_to_it() {
        let weights = profile("C major".parse().unwrap());
        let lowest_own = [0, 2, 4, 5, 7, 9, 11]
            .map(|i| weights[i])
            .into_iter()
            .fold(1.0, f32::min);
        assert!([1, 3, 6, 8].iter().all(|i| weights[*i] < lowest_own));
    }

    #[test]
    fn no_pitch_no_key() {
        assert_eq!(find_key(&[0.0; 12], &[0.0; 12], &[0.0; 12]), None);
    }
}
