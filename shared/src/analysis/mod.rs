//! Hears tempo, beats, downbeats, key, chords and loudness. Pure: audio in, numbers out.

mod autocorrelation;
mod bars;
mod beats;
mod chords;
mod chroma;
mod curve;
mod decimate;
mod downbeats;
mod evidence;
mod grid;
mod key;
mod lags;
mod onset;
mod profiles;
mod sections;
mod spectrum;
mod tempo;
#[cfg(test)]
mod tests;
mod tracking;

use self::{beats::find_beats, chroma::Chroma, decimate::Mono, onset::Onsets};
use crate::{
    audio::AudioBuffer,
    music::{Bpm, KeyScale, Meter, PitchClass},
};

const SHORTEST_SECS: f64 = 0.5;
/// −100 dB below full scale.
const SILENT_PEAK: f32 = 1e-5;

/// What the caller already knows; given values are taken as true and only the rest is heard.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints {
    /// The tempo of the whole clip. With it the grid is exactly even and only its phase is heard.
    pub bpm: Option<Bpm>,
    pub meter: Meter,
    pub key: Option<KeyScale>,
}

/// What was heard in a clip. All times are seconds from the clip's first frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    pub bpm: Bpm,
    /// 0–1; 1 when the tempo was given.
    pub bpm_confidence: f64,
    pub meter: Meter,
    /// Every beat (of the meter's unit) inside the clip, rising.
    pub beats_secs: Vec<f64>,
    /// The beats that begin a bar; a subset of `beats_secs`.
    pub downbeats_secs: Vec<f64>,
    pub key: Option<KeyScale>,
    /// How often such a key is right, 0–0.99; 1 when the key was given.
    pub key_confidence: f64,
    /// The whole clip without gaps: a pick-up before the first downbeat is its own short bar.
    pub bars: Vec<Bar>,
}

/// One bar of the clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub start_secs: f64,
    /// The next bar's start, or the clip's end.
    pub end_secs: f64,
    pub chord: Option<Chord>,
    /// RMS level of the bar, dB below full scale (≤ 0); −120 for silence.
    pub loudness_db: f64,
    /// True where the music changes character here (verse to chorus, drop, break);
    /// never on the first bar, which changes from nothing.
    pub section_start: bool,
}

/// A chord by its root; inversions are not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chord {
    pub root: PitchClass,
    pub quality: ChordQuality,
}

/// The kinds of chord that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChordQuality {
    Major,
    Minor,
    Dominant7,
    Minor7,
    Diminished,
}

/// Hears a clip. Linear in its length; works on a decimated mono mix, so a long clip at a high rate
/// costs little more memory than the clip itself.
///
/// # Errors
/// A clip shorter than 0.5 s or wholly silent has no pulse to hear, unless the tempo is given.
pub fn analyse(clip: &AudioBuffer, hints: &Hints) -> Result<Analysis, AnalysisError> {
    let duration_secs = clip.duration_secs();
    if hints.bpm.is_none() {
        if duration_secs < SHORTEST_SECS {
            return Err(AnalysisError::TooShort);
        }
        if !clip
            .channels()
            .iter()
            .flatten()
            .any(|s| s.is_finite() && s.abs() > SILENT_PEAK)
        {
            return Err(AnalysisError::Silent);
        }
    }
    let mono = Mono::of(clip);
    let onsets = Onsets::of(&mono);
    let chroma = Chroma::of(&mono);
    let beats = find_beats(&onsets, &chroma, hints, duration_secs);
    let (key, key_confidence) = match hints.key {
        Some(key) => (Some(key), 1.0),
        None => key::hear_key(&chroma, &beats.downbeats_secs, duration_secs)
            .map_or((None, 0.0), |(key, confidence)| (Some(key), confidence)),
    };
    Ok(Analysis {
        bpm: beats.bpm,
        bpm_confidence: beats.confidence,
        meter: hints.meter,
        bars: bars::describe(clip, &beats.downbeats_secs, &onsets, &chroma, key),
        beats_secs: beats.beats_secs,
        downbeats_secs: beats.downbeats_secs,
        key,
        key_confidence,
    })
}

/// Why a clip's tempo cannot be heard.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    #[error(
        "the clip is shorter than 0.5 s, too short to hear a tempo: give the tempo or a longer clip"
    )]
    TooShort,
    #[error(
        "the clip is silent, so no tempo can be heard: give the tempo or capture while it plays"
    )]
    Silent,
}
