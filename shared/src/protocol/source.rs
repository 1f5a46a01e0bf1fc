use crate::music::{Bpm, KeyScale};
use serde::{Deserialize, Serialize};

/// An uploaded song or loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// BLAKE3 of the bytes, hex.
    pub source_id: String,
    pub duration_secs: f64,
    pub sample_rate_hz: u32,
    pub channels: u16,
    pub frames: u64,
    pub bytes: u64,
}

/// What was heard in a source; times are seconds from its first frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceAnalysis {
    pub bpm: Bpm,
    /// 0–1.
    pub bpm_confidence: f64,
    pub beats: Vec<f64>,
    pub downbeats: Vec<f64>,
    pub key_scale: Option<KeyScale>,
    /// 0–1: how often such a key is right.
    pub key_confidence: f64,
}
