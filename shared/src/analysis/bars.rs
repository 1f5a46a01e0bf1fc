//! What each bar sounds like.

use super::{
    Bar,
    chords::{BarTones, find_chords},
    chroma::Chroma,
    curve::Curve,
    onset::Onsets,
    sections::{BarCharacter, loudness_db, section_starts},
};
use crate::{audio::AudioBuffer, music::KeyScale};

/// Pitches are heard through frames that reach into the neighbouring bars; this much is left out.
const MARGIN_SECS: f64 = 0.09;

/// Cuts the whole clip at its downbeats and describes every bar.
pub(super) fn describe(
    clip: &AudioBuffer,
    downbeats_secs: &[f64],
    onsets: &Onsets,
    chroma: &Chroma,
    key: Option<KeyScale>,
) -> Vec<Bar> {
    let spans = spans(downbeats_secs, clip.duration_secs());
    let tones: Vec<BarTones> = spans
        .iter()
        .map(|&(start, end)| {
            let (from, to) = inner(start, end);
            BarTones {
                all: chroma.all_between(from, to),
                bass: chroma.bass_between(from, to),
            }
        })
        .collect();
    let characters: Vec<BarCharacter> = spans
        .iter()
        .zip(&tones)
        .map(|(&(start, end), tones)| BarCharacter {
            loudness_db: loudness_db(clip, start, end),
            onsets: [&onsets.low, &onsets.mid, &onsets.high].map(|c| mean_between(c, start, end)),
            tones: tones.all,
        })
        .collect();
    let sections = section_starts(&characters);
    let chords = find_chords(&tones, key);
    let described = spans.iter().zip(&characters).zip(chords).zip(sections);
    described
        .map(
            |(((&(start_secs, end_secs), character), chord), section_start)| Bar {
                start_secs,
                end_secs,
                chord,
                loudness_db: character.loudness_db,
                section_start,
            },
        )
        .collect()
}

/// The part of a stretch of time in which its neighbours' pitches are not heard.
pub(super) fn inner(start_secs: f64, end_secs: f64) -> (f64, f64) {
    let margin = MARGIN_SECS.min((end_secs - start_secs) / 4.0);
    (start_secs + margin, end_secs - margin)
}

/// Start and end of every bar; together they are the whole clip.
pub(super) fn spans(downbeats_secs: &[f64], duration_secs: f64) -> Vec<(f64, f64)> {
    if duration_secs <= 0.0 {
        return Vec::new();
    }
    let mut edges = vec![0.0];
    edges.extend(
        downbeats_secs
            .iter()
            .copied()
            .filter(|d| *d > 0.0 && *d < duration_secs),
    );
    edges.push(duration_secs);
    edges.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn mean_between(curve: &Curve, from_secs: f64, to_secs: f64) -> f64 {
    let index = |secs: f64| {
        ((secs - curve.first_secs) / curve.hop_secs)
            .round()
            .max(0.0) as usize
    };
    let to = index(to_secs).min(curve.values.len());
    let stretch = curve.values.get(index(from_secs)..to).unwrap_or(&[]);
    f64::from(stretch.iter().sum::<f32>()) / stretch.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_cover_the_clip_without_gaps() {
        assert_eq!(
            spans(&[0.5, 2.5], 4.0),
            [(0.0, 0.5), (0.5, 2.5), (2.5, 4.0)]
        );
        assert_eq!(spans(&[0.0, 2.0], 3.0), [(0.0, 2.0), (2.0, 3.0)]);
        assert_eq!(spans(&[], 3.0), [(0.0, 3.0)]);
        assert!(spans(&[], 0.0).is_empty());
    }
}
