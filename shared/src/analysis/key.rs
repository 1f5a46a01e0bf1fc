//! Which of the 24 keys the music fits, and how surely.
//!
//! A conditional logit: what is heard for each key is summed with weights, and the exponentials of
//! the sums are the odds of the keys (McFadden, "Conditional logit analysis of qualitative choice
//! behavior", 1974). So the weights are fitted, and the confidence is the best key's share of the
//! odds; see `docs/decisions/036-hearing-key.md`. The scale says which seven tones are at home,
//! the chords which of its relatives, and of its neighbours by a fifth, is.

use super::{
    bars::{inner, spans},
    chroma::{Chroma, PitchClasses},
    profiles::{TRIADS, correlation, scale, triad, triad_shares},
};
use crate::music::KeyScale;

/// What likeness to the key's scale (a correlation, −1..1) is worth, in logits.
const SCALE: f64 = 4.56;
/// What a chord that is e times as usual in the key is worth, in logits.
const CHORDS: f64 = 6.19;
/// How fast a triad's odds rise with its likeness to the tones of a half bar.
const CHORD_SHARPNESS: f32 = 15.0;
/// So much of what is played is any of the triads, foreign to the key or misheard.
const ANY_CHORD: f32 = 0.25;
/// No key of a clip is ever certain.
const SUREST: f64 = 0.99;

/// What sounds in half a bar.
#[derive(Debug, Clone, Copy)]
struct HalfBar {
    tones: PitchClasses,
    secs: f64,
}

/// The likeliest key of a clip and its confidence (0–0.99: how often such a key is right); `None`
/// where no pitch is heard.
pub(super) fn hear_key(
    chroma: &Chroma,
    downbeats_secs: &[f64],
    duration_secs: f64,
) -> Option<(KeyScale, f64)> {
    let halves: Vec<HalfBar> = half_bars(downbeats_secs, duration_secs)
        .into_iter()
        .map(|(start, end)| {
            let (from, to) = inner(start, end);
            HalfBar {
                tones: chroma.all_between(from, to),
                secs: end - start,
            }
        })
        .collect();
    find_key(&chroma.all_between(0.0, duration_secs), &halves)
}

/// Start and end of every half bar: chords change with them more often than between them. What is
/// cut off at the clip's ends stays whole where it is nearer to half a bar than to a bar.
fn half_bars(downbeats_secs: &[f64], duration_secs: f64) -> Vec<(f64, f64)> {
    let bar_secs = match downbeats_secs {
        [first, .., last] => (last - first) / (downbeats_secs.len() - 1) as f64,
        _ => duration_secs,
    };
    spans(downbeats_secs, duration_secs)
        .into_iter()
        .flat_map(|(start, end)| {
            let middle = 0.5 * (start + end);
            if end - start < 0.75 * bar_secs {
                vec![(start, end)]
            } else {
                vec![(start, middle), (middle, end)]
            }
        })
        .collect()
}

fn find_key(all: &PitchClasses, halves: &[HalfBar]) -> Option<(KeyScale, f64)> {
    if all.iter().sum::<f32>() <= 0.0 {
        return None;
    }
    let chords = heard_triads(halves);
    let logit = |key: KeyScale| {
        SCALE * f64::from(correlation(all, &scale(key))) + CHORDS * usualness(&chords, key)
    };
    let rated: Vec<(KeyScale, f64)> = KeyScale::all().map(|key| (key, logit(key))).collect();
    let (key, best) = rated.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let odds: f64 = rated.iter().map(|(_, logit)| (logit - best).exp()).sum();
    Some((key, (1.0 / odds).min(SUREST)))
}

/// For each half bar that sounds, how probably it is each triad, and how long it is (seconds).
fn heard_triads(halves: &[HalfBar]) -> Vec<([f32; TRIADS], f64)> {
    let triads: [PitchClasses; TRIADS] = std::array::from_fn(triad);
    halves
        .iter()
        .filter(|half| half.tones.iter().sum::<f32>() > 0.0)
        .map(|half| {
            // A likeness is at most 1, so the exponential is within range.
            let odds = triads.map(|t| (CHORD_SHARPNESS * correlation(&half.tones, &t)).exp());
            let total: f32 = odds.iter().sum();
            (odds.map(|o| o / total), half.secs)
        })
        .collect()
}

/// The mean, over the clip's time, of the logarithm of how often the key plays what is heard.
fn usualness(chords: &[([f32; TRIADS], f64)], key: KeyScale) -> f64 {
    let shares = triad_shares(key).map(|s| (1.0 - ANY_CHORD) * s + ANY_CHORD / TRIADS as f32);
    let (mut sum, mut secs) = (0.0, 0.0);
    for (probable, lasts_secs) in chords {
        let played: f32 = probable
            .iter()
            .zip(shares)
            .map(|(p, share)| p * share)
            .sum();
        sum += lasts_secs * f64::from(played).ln();
        secs += lasts_secs;
    }
    if secs > 0.0 { sum / secs } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half bars of the triads whose roots lie so far above `tonic`; `true` for minor.
    fn played(tonic: usize, triads: &[(usize, bool)]) -> Vec<HalfBar> {
        let half = |&(above, minor): &(usize, bool)| HalfBar {
            tones: triad((tonic + above) % 12 + if minor { 12 } else { 0 }).map(|w| w + 0.1),
            secs: 1.0,
        };
        triads.iter().map(half).collect()
    }

    fn heard(halves: &[HalfBar]) -> (KeyScale, f64) {
        let all = std::array::from_fn(|i| halves.iter().map(|half| half.tones[i]).sum());
        find_key(&all, halves).unwrap()
    }

    const MAJOR_CADENCE: [(usize, bool); 4] = [(0, false), (5, false), (7, false), (0, false)];
    const MINOR_CADENCE: [(usize, bool); 4] = [(0, true), (5, true), (7, true), (0, true)];

    #[test]
    fn a_cadence_tells_its_key() {
        for (i, key) in KeyScale::all().enumerate() {
            let minor = i % 2 == 1;
            let cadence = if minor { MINOR_CADENCE } else { MAJOR_CADENCE };
            let (found, confidence) = heard(&played(key.tonic.index(), &cadence));
            assert_eq!(found, key);
            assert!(confidence > 0.8 && confidence <= SUREST, "{confidence}");
        }
    }

    #[test]
    fn relatives_are_told_apart_by_their_chords_alone() {
        let all = scale("C major".parse().unwrap());
        for (tonic, cadence, key) in [(0, MAJOR_CADENCE, "C major"), (9, MINOR_CADENCE, "A minor")]
        {
            let found = find_key(&all, &played(tonic, &cadence)).unwrap().0;
            assert_eq!(found, key.parse().unwrap());
        }
    }

    #[test]
    fn a_longer_chord_counts_more() {
        let mut halves = played(0, &[(0, false), (9, true)]);
        halves[1].secs = 3.0;
        assert_eq!(heard(&halves).0, "A minor".parse().unwrap());
        halves[1].secs = 0.5;
        assert_eq!(heard(&halves).0, "C major".parse().unwrap());
    }

    #[test]
    fn what_many_keys_play_leaves_doubt() {
        let (_, one_chord) = heard(&played(0, &[(0, false)]));
        let (_, cadence) = heard(&played(0, &MAJOR_CADENCE));
        assert!(one_chord < cadence, "{one_chord} {cadence}");
        let noise = HalfBar {
            tones: [1.0; 12],
            secs: 1.0,
        };
        let (_, nothing) = heard(&[noise]);
        assert!((nothing - 1.0 / 24.0).abs() < 0.01, "{nothing}");
    }

    #[test]
    fn no_pitch_no_key() {
        assert_eq!(find_key(&[0.0; 12], &[]), None);
    }

    #[test]
    fn half_bars_cover_the_clip() {
        let halves = half_bars(&[0.5, 2.5, 4.5], 6.0);
        let expected = [0.0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.25, 6.0];
        let starts: Vec<f64> = halves.iter().map(|half| half.0).collect();
        assert_eq!(starts, expected[..7]);
        assert!(
            halves
                .iter()
                .zip(&expected[1..])
                .all(|(half, end)| half.1 == *end)
        );
        assert_eq!(half_bars(&[], 3.0), [(0.0, 1.5), (1.5, 3.0)]);
    }
}
