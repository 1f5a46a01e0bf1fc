//! One chord for each bar.
//!
//! Template matching after Fujishima, "Realtime chord recognition of musical sound" (1999), with
//! the bass and the key as further witnesses and a best path over the bars (Viterbi).

use super::{
    Chord, ChordQuality,
    chroma::PitchClasses,
    profiles::{correlation, profile},
};
use crate::music::{KeyScale, PitchClass};

/// `(quality, [(semitones above the root, weight)], what a rarer chord must be better by)`.
type Template = (ChordQuality, &'static [(usize, f32)], f32);
const TEMPLATES: [Template; 5] = [
    (ChordQuality::Major, &[(0, 1.0), (4, 0.85), (7, 0.9)], 0.0),
    (ChordQuality::Minor, &[(0, 1.0), (3, 0.85), (7, 0.9)], 0.0),
    (
        ChordQuality::Dominant7,
        &[(0, 1.0), (4, 0.8), (7, 0.75), (10, 0.7)],
        0.06,
    ),
    (
        ChordQuality::Minor7,
        &[(0, 1.0), (3, 0.8), (7, 0.75), (10, 0.7)],
        0.06,
    ),
    (
        ChordQuality::Diminished,
        &[(0, 1.0), (3, 0.9), (6, 0.9)],
        0.08,
    ),
];
/// Below this likeness to any template a bar has no chord.
const WORST_LIKENESS: f32 = 0.45;
const BASS_WEIGHT: f32 = 0.25;
const KEY_WEIGHT: f32 = 0.10;
/// What staying on a chord is worth against changing it.
const STAY: f32 = 0.015;

/// The pitch classes of one bar.
#[derive(Debug, Clone, Copy)]
pub(super) struct BarTones {
    pub all: PitchClasses,
    pub bass: PitchClasses,
}

/// The chord of each bar, in order.
pub(super) fn find_chords(bars: &[BarTones], key: Option<KeyScale>) -> Vec<Option<Chord>> {
    let scale = key.map(profile);
    let rated: Vec<Vec<f32>> = bars.iter().map(|bar| rate(bar, scale.as_ref())).collect();
    let path = best_path(&rated);
    bars.iter()
        .zip(path)
        .map(|(bar, state)| (likeness(bar, state) >= WORST_LIKENESS).then(|| chord(state)))
        .collect()
}

fn chord(state: usize) -> Chord {
    Chord {
        root: PitchClass::wrapping((state % 12) as i32),
        quality: TEMPLATES[state / 12].0,
    }
}

/// The weight of each pitch class in a chord, C first.
fn template(state: usize) -> PitchClasses {
    let mut weights = [0.0; 12];
    for (above, weight) in TEMPLATES[state / 12].1 {
        weights[(state + above) % 12] = *weight;
    }
    weights
}

fn likeness(bar: &BarTones, state: usize) -> f32 {
    correlation(&bar.all, &template(state))
}

/// How well each of the 60 chords fits a bar.
fn rate(bar: &BarTones, scale: Option<&PitchClasses>) -> Vec<f32> {
    let bass_total = bar.bass.iter().sum::<f32>();
    let bass = |root: usize| {
        if bass_total > 0.0 {
            bar.bass[root % 12] / bass_total
        } else {
            0.0
        }
    };
    let own = |weights: &PitchClasses| scale.map_or(0.0, |scale| correlation(weights, scale));
    (0..12 * TEMPLATES.len())
        .map(|state| {
            let from_bass = bass(state) + 0.3 * bass(state + 7);
            likeness(bar, state) + BASS_WEIGHT * from_bass + KEY_WEIGHT * own(&template(state))
                - TEMPLATES[state / 12].2
        })
        .collect()
}

/// The path through the ratings with the best sum, staying being worth a little.
fn best_path(rated: &[Vec<f32>]) -> Vec<usize> {
    let top = |ratings: &[f32]| {
        (0..ratings.len())
            .max_by(|a, b| ratings[*a].total_cmp(&ratings[*b]))
            .unwrap_or(0)
    };
    let mut from: Vec<Vec<usize>> = Vec::with_capacity(rated.len());
    let mut sums: Vec<f32> = Vec::new();
    for ratings in rated {
        if sums.is_empty() {
            sums.clone_from(ratings);
            from.push(Vec::new());
            continue;
        }
        let best = top(&sums);
        let stays = |state: usize| sums[state] + STAY >= sums[best];
        let choice: Vec<usize> = (0..ratings.len())
            .map(|s| if stays(s) { s } else { best })
            .collect();
        sums = (0..ratings.len())
            .map(|s| ratings[s] + (sums[s] + STAY).max(sums[best]))
            .collect();
        from.push(choice);
    }
    let mut state = top(&sums);
    let mut path = vec![state; rated.len()];
    for i in (1..rated.len()).rev() {
        state = from[i][state];
        path[i - 1] = state;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(root: usize, above: &[usize]) -> BarTones {
        let mut tones = BarTones {
            all: [0.02; 12],
            bass: [0.0; 12],
        };
        for step in above {
            tones.all[(root + step) % 12] += 1.0;
        }
        tones.bass[root] = 1.0;
        tones
    }

    fn heard(bars: &[BarTones]) -> Vec<(usize, ChordQuality)> {
        let chords = find_chords(bars, None);
        chords
            .into_iter()
            .flatten()
            .map(|c| (c.root.index(), c.quality))
            .collect()
    }

    #[test]
    fn each_quality_is_told_apart() {
        use ChordQuality::*;
        let bars = [
            bar(0, &[0, 4, 7]),
            bar(9, &[0, 3, 7]),
            bar(7, &[0, 4, 7, 10]),
            bar(2, &[0, 3, 7, 10]),
            bar(11, &[0, 3, 6]),
        ];
        let expected = [
            (0, Major),
            (9, Minor),
            (7, Dominant7),
            (2, Minor7),
            (11, Diminished),
        ];
        assert_eq!(heard(&bars), expected);
    }

    #[test]
    fn silence_and_flat_noise_have_no_chord() {
        let silent = BarTones {
            all: [0.0; 12],
            bass: [0.0; 12],
        };
        let noise = BarTones {
            all: [1.0; 12],
            bass: [1.0; 12],
        };
        assert_eq!(find_chords(&[silent, noise], None), [None, None]);
        assert!(find_chords(&[], None).is_empty());
    }

    #[test]
    fn the_bass_decides_between_relatives() {
        let mut six = bar(9, &[0, 3, 7, 10]);
        six.bass = [0.0; 12];
        six.bass[9] = 1.0;
        assert_eq!(heard(&[six])[0].0, 9);
    }
}
