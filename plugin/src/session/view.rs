use crate::capture::{TakeId, TempoMap};
use serde::{Deserialize, Serialize};
use sideman_shared::{
    music::Track,
    protocol::{Stage, StemReport},
};
use std::{path::PathBuf, sync::Arc};

/// All the window draws, made by the session after each step. Cheap to clone: big parts are shared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionView {
    pub capture: CaptureView,
    pub source: Option<SourceView>,
    pub memory: MemoryView,
    /// Earlier sources that can come back, newest first.
    pub recent: Vec<RecentTake>,
    /// What a crash has left, in a sentence; it waits for an answer.
    pub recovered: Option<String>,
    pub form: Form,
    /// In flight, or ended without stems (failed, cancelled); newest first.
    pub jobs: Vec<JobView>,
    /// Finished stems; newest first.
    pub stems: Vec<StemRow>,
    pub service: ServiceView,
    pub settings: Settings,
    /// Tempo the host gives now; `None` when it gives none.
    pub host_bpm: Option<f64>,
    pub host_playing: bool,
    pub notices: Vec<Notice>,
    /// A deleted stem can still be brought back.
    pub can_undo_delete: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub enum CaptureView {
    #[default]
    Off,
    /// On, waiting for the host to play.
    Armed,
    Rolling {
        secs: f64,
        lost_frames: u64,
        peaks: Peaks,
    },
}

/// What the host has played, kept without being asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryView {
    pub is_on: bool,
    /// Where `peaks` begin on the memory's axis.
    pub from_frame: u64,
    pub frames: u64,
    pub sample_rate_hz: u32,
    pub peaks: Peaks,
    /// Uninterrupted pieces of the song, in order.
    pub passages: Arc<Vec<Passage>>,
    /// The host has played nothing but silence for a while.
    pub is_quiet: bool,
}

impl MemoryView {
    pub fn secs(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }
}

/// A piece of the memory without a jump in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// From where the memory's drawing begins.
    pub from_frame: u64,
    pub map: TempoMap,
}

/// A take that can be the source again.
#[derive(Debug, Clone, PartialEq)]
pub struct RecentTake {
    pub id: TakeId,
    pub title: String,
}

/// What was heard in a take. Confidences 0–1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hearing {
    pub bpm: Option<(f64, f64)>,
    /// Seconds from the first frame.
    pub downbeat_secs: Option<f64>,
    /// As the form wants it.
    pub key: Option<(String, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeardField {
    Tempo,
    Key,
}

/// Min/max pairs, one per `bucket_frames` frames.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Peaks {
    pub pairs: Arc<Vec<(f32, f32)>>,
    pub bucket_frames: usize,
    pub sample_rate_hz: u32,
}

/// The take that Generate would send.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceView {
    pub id: TakeId,
    /// `Captured 0:42, bars 17–32` or the file's name.
    pub title: String,
    pub duration_secs: f64,
    pub sample_rate_hz: u32,
    pub channels: u16,
    /// Host tempo at its start.
    pub tempo_bpm: Option<f64>,
    pub meter: Option<String>,
    /// Song position of its first frame in quarter notes.
    pub start_beats: Option<f64>,
    pub tempo_changed: bool,
    pub lost_frames: u64,
    pub peaks: Peaks,
    pub playing: bool,
    /// Where its bars lie: as the host said, else as heard (`map_is_heard`), else without marks.
    pub map: Arc<TempoMap>,
    pub map_is_heard: bool,
    /// A part of a longer take, which can come back.
    pub is_trimmed: bool,
    /// What the form could use; what the host told is not in it.
    pub heard: Hearing,
}

/// What the user set for the next job. Persisted in the project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    pub track: Track,
    /// As typed; empty = the host's tempo, else heard by the service.
    pub bpm: String,
    /// As typed or chosen, e.g. `A minor`; empty = heard by the service.
    pub key: String,
    /// Empty = the track's default.
    pub caption: String,
    /// As typed; empty = a new one each time.
    pub seed: String,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            track: Track::Vocals,
            bpm: String::new(),
            key: String::new(),
            caption: String::new(),
            seed: String::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// The plugin's own id: known before the service gives one.
    pub id: String,
    pub track: Track,
    pub phase: JobPhase,
}

/// *Submitting → Queued → Running → Downloading → (a stem row) | Failed | Cancelled*
#[derive(Debug, Clone, PartialEq)]
pub enum JobPhase {
    /// The service is away; the job goes out by itself when it is back.
    WaitingForService {
        reason: String,
        retry_in_secs: f64,
    },
    /// Encoding, uploading, posting. 0–1.
    Submitting {
        fraction: f64,
    },
    Queued {
        position: Option<u32>,
        eta_secs: Option<f64>,
    },
    Running {
        stage: Stage,
        progress: f64,
        eta_secs: Option<f64>,
    },
    Downloading {
        fraction: f64,
    },
    Cancelling,
    Failed {
        title: String,
        detail: String,
        hint: Option<String>,
        can_retry: bool,
    },
    Cancelled,
}

/// A finished stem.
#[derive(Debug, Clone, PartialEq)]
pub struct StemRow {
    pub id: String,
    pub track: Track,
    /// `Drums · 92.5 BPM · seed 7`
    pub title: String,
    pub path: PathBuf,
    pub duration_secs: f64,
    pub seed: u32,
    pub engine: String,
    pub caption: String,
    pub bpm: Option<f64>,
    pub key: Option<String>,
    pub report: StemReport,
    pub peaks: Peaks,
    pub auditioning: bool,
    pub gain_db: f32,
    /// Song position of its first frame in quarter notes.
    pub start_beats: Option<f64>,
    /// The file is gone from the disk (moved or deleted by someone else).
    pub missing: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceView {
    pub address: String,
    pub health: Health,
    /// One sentence in words, e.g. `Connected: sketch engine, nothing waiting.`
    pub words: String,
    /// Tracks the engine can play; empty while unknown (then all are offered).
    pub tracks: Vec<Track>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Health {
    #[default]
    Unknown,
    Good,
    /// Reachable but cannot run a job now.
    Degraded,
    Away,
}

/// The settings tab. Persisted in the project, except the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `http://127.0.0.1:8002`
    pub service_address: String,
    /// Where takes and stems lie; empty = the user's data folder.
    pub cache_folder: Option<PathBuf>,
    /// A key is stored for this address (never the key itself).
    #[serde(skip)]
    pub has_api_key: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            service_address: "http://127.0.0.1:8002".into(),
            cache_folder: None,
            has_api_key: false,
        }
    }
}

/// Something the user should read once; dismissed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: u64,
    pub is_error: bool,
    pub text: String,
}
