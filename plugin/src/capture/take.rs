use super::{TempoMap, TempoMark, timeline::TakeStart};
use serde::{Deserialize, Serialize};
use sideman_shared::music::{KeyScale, Meter};
use std::path::PathBuf;

/// Unique among all instances and projects (UUID v7: sorts by time).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct TakeId(pub String);

impl TakeId {
    pub fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().simple().to_string())
    }
}

/// A stretch of the song, finished and on disk. Written beside its WAV as `take.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Take {
    pub id: TakeId,
    /// 32-bit float WAV (captured) or the user's own file (dropped or picked: never changed or deleted).
    pub path: PathBuf,
    pub origin: TakeOrigin,
    pub frames: u64,
    pub sample_rate_hz: u32,
    pub channels: u16,
    /// Host tempo at the take's first frame, quarter notes per minute; `None` when the host gave none.
    pub tempo_bpm: Option<f64>,
    pub meter: Option<Meter>,
    pub key: Option<KeyScale>,
    /// Song position of the first frame in quarter notes.
    pub start_beats: Option<f64>,
    /// Song position of the first frame in frames at `sample_rate_hz`; may be negative in a pre-roll.
    pub start_samples: Option<i64>,
    /// Tempo or meter moved while the take rolled.
    pub tempo_changed: bool,
    /// Frames that the audio thread had to drop because the disk fell behind; 0 in a clean take.
    pub lost_frames: u64,
    /// Tempo, meter and song position from frame 0 on, wherever they change. Empty for a user's file.
    #[serde(default)]
    pub tempo_map: Vec<TempoMark>,
    /// The first downbeat as Sideman heard it when a stem was asked for, seconds from frame 0. Only where the host
    /// told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downbeat_secs: Option<f64>,
}

impl Take {
    /// A captured take in `path` that begins at `start`.
    pub(super) fn captured(id: TakeId, path: PathBuf, start: &TakeStart, frames: u64) -> Self {
        Self {
            id,
            path,
            origin: TakeOrigin::Captured,
            frames,
            sample_rate_hz: start.sample_rate_hz,
            channels: start.channels,
            tempo_bpm: start.tempo_bpm,
            meter: start.meter,
            key: None,
            start_beats: start.start_beats,
            start_samples: start.start_samples,
            tempo_changed: false,
            lost_frames: 0,
            tempo_map: vec![start.mark()],
            downbeat_secs: None,
        }
    }

    /// Where its bars lie. A take from before there were maps has the one it began with.
    pub fn tempo_map(&self) -> TempoMap {
        let first = || TempoMark {
            frame: 0,
            bpm: self.tempo_bpm,
            meter: self.meter,
            beats: self.start_beats,
            bar_beats: None,
        };
        let marks = if !self.tempo_map.is_empty() {
            self.tempo_map.clone()
        } else if self.tempo_changed {
            Vec::new()
        } else {
            vec![first()]
        };
        TempoMap {
            marks,
            frames: self.frames,
            sample_rate_hz: self.sample_rate_hz,
        }
    }

    pub fn duration_secs(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }

    /// Where in the song the take begins, seconds.
    pub fn start_secs(&self) -> Option<f64> {
        self.start_samples
            .map(|s| s as f64 / f64::from(self.sample_rate_hz.max(1)))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeOrigin {
    Captured,
    /// Dropped or picked; the file's own name.
    File(String),
}
