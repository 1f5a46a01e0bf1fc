//! Hears tempo, beats, downbeats, key, chords and loudness. Pure: audio in, numbers out.

use crate::{
    audio::AudioBuffer,
    music::{Bpm, KeyScale, Meter, PitchClass},
};

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
    /// 0–1; 1 when the key was given.
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
    /// True where the music changes character here (verse to chorus, drop, break).
    pub section_start: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chord {
    pub root: PitchClass,
    pub quality: ChordQuality,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChordQuality {
    Major,
    Minor,
    Dominant7,
    Minor7,
    Diminished,
}

/// Hears a clip.
///
/// # Errors
/// A clip shorter than 0.5 s or wholly silent has no pulse to hear, unless the tempo is given.
pub fn analyse(_clip: &AudioBuffer, _hints: &Hints) -> Result<Analysis, AnalysisError> {
    Err(AnalysisError::TooShort)
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    #[error("the clip is too short to hear a tempo")]
    TooShort,
    #[error("the clip is silent")]
    Silent,
}
