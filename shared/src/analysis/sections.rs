//! Loudness of the bars, and where the music changes character.

use super::chroma::{PitchClasses, distance};
use crate::audio::AudioBuffer;

/// What silence is said to have.
pub(super) const SILENCE_DB: f64 = -120.0;
/// Bars compared on either side of a change.
const SIDE_BARS: usize = 4;
/// Sections are at least this long.
const SHORTEST_BARS: usize = 4;
/// A change is one when it is at least this strong; see [`BarCharacter::difference`].
const CHANGE: f64 = 1.0;

/// RMS of all channels over a stretch of the clip, −120..0 dB below full scale.
pub(super) fn loudness_db(clip: &AudioBuffer, from_secs: f64, to_secs: f64) -> f64 {
    let rate = f64::from(clip.sample_rate_hz());
    let frame = |secs: f64| ((secs * rate).round().max(0.0) as usize).min(clip.frames());
    let (from, to) = (frame(from_secs), frame(to_secs));
    if from >= to {
        return SILENCE_DB;
    }
    let square = |s: &f32| {
        if s.is_finite() {
            f64::from(*s) * f64::from(*s)
        } else {
            0.0
        }
    };
    let sum: f64 = clip
        .channels()
        .iter()
        .flat_map(|c| &c[from..to])
        .map(square)
        .sum();
    let mean = sum / ((to - from) * clip.channel_count()) as f64;
    (10.0 * mean.max(1e-12).log10()).clamp(SILENCE_DB, 0.0)
}

/// What a bar sounds like, for telling sections apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct BarCharacter {
    pub loudness_db: f64,
    /// Mean onset strength of the lows, mids and highs.
    pub onsets: [f64; 3],
    pub tones: PitchClasses,
}

impl BarCharacter {
    fn mean(bars: &[Self]) -> Self {
        let count = bars.len().max(1) as f64;
        let mut mean = Self {
            loudness_db: 0.0,
            onsets: [0.0; 3],
            tones: [0.0; 12],
        };
        for bar in bars {
            mean.loudness_db += bar.loudness_db.max(-60.0) / count;
            for (m, v) in mean.onsets.iter_mut().zip(bar.onsets) {
                *m += v / count;
            }
            for (m, v) in mean.tones.iter_mut().zip(bar.tones) {
                *m += v;
            }
        }
        mean
    }

    /// 1 is a clear change: 6 dB, or drums entering, or all new chords, or some of each.
    fn difference(&self, other: &Self) -> f64 {
        let loudness = (self.loudness_db - other.loudness_db).abs() / 6.0;
        let parts = self.onsets.iter().zip(other.onsets);
        let onsets: f64 = parts
            .map(|(a, b)| ((a + 0.1) / (b + 0.1)).ln().abs())
            .sum::<f64>()
            / 3.0;
        let tones = f64::from(distance(&self.tones, &other.tones)) * 1.5;
        loudness.min(1.5) + onsets.min(1.5) + tones
    }
}

/// For each bar, whether a new section starts with it; never the first. Checkerboard novelty after
/// Foote, "Automatic audio segmentation using a measure of audio novelty" (2000), on whole bars,
/// with a liking for multiples of four from the last section.
pub(super) fn section_starts(bars: &[BarCharacter]) -> Vec<bool> {
    let mut starts = vec![false; bars.len()];
    let novelty: Vec<f64> = (0..bars.len()).map(|i| novelty(bars, i)).collect();
    let mut last = 0;
    for i in SHORTEST_BARS.min(2)..bars.len() {
        let near = i.saturating_sub(2)..(i + 3).min(bars.len());
        let highest = near.into_iter().all(|j| novelty[j] <= novelty[i]);
        let needed = if (i - last) % 4 == 0 {
            CHANGE
        } else {
            1.35 * CHANGE
        };
        if highest && novelty[i] >= needed && (last == 0 || i - last >= SHORTEST_BARS) {
            starts[i] = true;
            last = i;
        }
    }
    starts
}

/// How different the bars before `at` are from those from `at` on.
fn novelty(bars: &[BarCharacter], at: usize) -> f64 {
    let before = &bars[at.saturating_sub(SIDE_BARS)..at];
    let after = &bars[at..(at + SIDE_BARS).min(bars.len())];
    if before.is_empty() || after.len() < 2 {
        return 0.0;
    }
    // A change must also be one from bar to bar, or its neighbours would look as new.
    let wide = BarCharacter::mean(before).difference(&BarCharacter::mean(after));
    let near = bars[at - 1].difference(&bars[at]);
    0.8 * wide + 0.2 * near.min(2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(loudness_db: f64, tone: usize) -> BarCharacter {
        let mut tones = [0.1; 12];
        tones[tone] = 1.0;
        BarCharacter {
            loudness_db,
            onsets: [1.0; 3],
            tones,
        }
    }

    #[test]
    fn a_drop_begins_a_section_and_steady_bars_do_not() {
        let mut bars = vec![bar(-24.0, 0); 8];
        bars.extend(vec![bar(-10.0, 0); 8]);
        let starts = section_starts(&bars);
        assert_eq!((0..16).filter(|i| starts[*i]).collect::<Vec<_>>(), [8]);
        assert!(section_starts(&vec![bar(-12.0, 3); 16]).iter().all(|s| !s));
        assert!(section_starts(&[]).is_empty());
    }

    #[test]
    fn loudness_is_that_of_the_stretch() {
        let mut samples = vec![0.5; 1_000];
        samples[500..].fill(0.0);
        let clip = AudioBuffer::new(vec![samples.clone(), samples], 1_000).unwrap();
        assert!((loudness_db(&clip, 0.0, 0.5) + 6.02).abs() < 0.01);
        assert_eq!(loudness_db(&clip, 0.5, 1.0), SILENCE_DB);
        assert_eq!(loudness_db(&clip, 2.0, 3.0), SILENCE_DB);
    }
}
