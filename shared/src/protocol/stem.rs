use crate::music::Track;
use serde::{Deserialize, Serialize};

/// A finished part. Its first frame is the source's first frame; at the source's sample rate it has
/// exactly the source's frame count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stem {
    pub stem_id: String,
    pub track: Track,
    /// 1 for the first candidate.
    pub variation: u8,
    pub seed: u32,
    pub engine: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub frames: u64,
    pub sample_rate_hz: u32,
    pub channels: u16,
    pub duration_secs: f64,
    /// Relative to the service's address, e.g. `/v1/stems/…`.
    pub url: String,
    pub report: StemReport,
}

/// What the service measured before it handed the stem out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StemReport {
    pub peak_dbfs: f64,
    pub rms_dbfs: f64,
    /// Integrated loudness, EBU R 128; absent (null) when too short or too quiet to measure.
    pub lufs: Option<f64>,
    pub silent: bool,
    /// Frames with a sample at or above full scale.
    pub clipped_frames: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing_offset_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_ms: Option<f64>,
    #[serde(default)]
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioFormat {
    #[default]
    Wav,
    Flac,
    Mp3,
}

impl AudioFormat {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Mp3 => "audio/mpeg",
        }
    }
}
