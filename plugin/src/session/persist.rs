//! What the DAW project keeps of a session: settings, form, and references to files. Never the API
//! key, never audio.

use super::{Fades, Form, Monitoring, SavedMove, ServiceEntry, Settings, StemMarks};
use crate::capture::Take;
use serde::{Deserialize, Serialize};
use sideman_shared::{
    music::Track,
    protocol::{JobRequest, StemReport},
};
use std::path::PathBuf;

/// Saved with the project and given back by [`SessionHandle::restore`](super::SessionHandle::restore).
/// Fields that a newer Sideman added are ignored by an older one, and the other way round.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectState {
    /// Names this instance's folder. A duplicated track carries the same id and gets a fresh one.
    pub instance_id: String,
    pub settings: Settings,
    pub form: Form,
    pub capture_on: bool,
    pub source: Option<Take>,
    /// What `source` was trimmed from.
    pub whole_source: Option<Take>,
    /// Earlier sources, newest first.
    pub recent: Vec<Take>,
    pub listening: Listening,
    /// Newest first.
    pub stems: Vec<SavedStem>,
    /// Not yet finished when the project was saved.
    pub jobs: Vec<SavedJob>,
    pub monitoring: Monitoring,
    /// A move of the folder that was not over when the project was saved.
    pub moving: Option<SavedMove>,
    /// Stopped by the user, and the service has not been told yet.
    pub cancels: Vec<SavedCancel>,
}

/// Whether this instance remembers what its host plays, and what comes in while that stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listening {
    pub on: bool,
    pub while_stopped: bool,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            on: true,
            while_stopped: false,
        }
    }
}

/// A stem by reference: where its file lies and what it is. Also the sidecar's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedStem {
    pub id: String,
    pub track: Track,
    pub path: PathBuf,
    pub frames: u64,
    pub sample_rate_hz: u32,
    pub duration_secs: f64,
    pub seed: u32,
    pub engine: String,
    /// What the player was told.
    pub caption: String,
    pub bpm: Option<f64>,
    pub key: Option<String>,
    pub report: StemReport,
    /// Song position of the first frame.
    pub start_beats: Option<f64>,
    pub start_secs: Option<f64>,
    #[serde(default)]
    pub gain_db: f32,
    /// What was asked, and to what: another stem like this one is made from them. Older projects have
    /// neither.
    #[serde(default)]
    pub request: Option<JobRequest>,
    #[serde(default)]
    pub take: Option<Take>,
    #[serde(default)]
    pub fades: Fades,
    /// Heard in place when the project was saved, and so when it is opened again.
    #[serde(default)]
    pub auditioning: bool,
    #[serde(default)]
    pub marks: StemMarks,
    /// 1 for the first candidate of its job.
    #[serde(default = "first")]
    pub variation: u8,
    #[serde(default)]
    pub model: Option<String>,
}

fn first() -> u8 {
    1
}

impl SavedStem {
    /// The service's name for it: what comes after the job's.
    pub fn service_stem_id(&self) -> Option<&str> {
        self.id.split_once('.').map(|(_, id)| id)
    }
}

/// A job that goes on when the project is opened again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedJob {
    /// The plugin's own id, which is also the idempotency key.
    pub id: String,
    /// The service's id, once accepted.
    pub job_id: Option<String>,
    pub take: Take,
    /// With its `source_id` once it may have been posted.
    pub request: JobRequest,
    /// Where it runs, whichever service is in use later. Empty in older projects: the one in use.
    #[serde(default)]
    pub service: ServiceEntry,
    /// Stems that are here already.
    #[serde(default)]
    pub delivered: Vec<Delivered>,
}

/// A stem that has come; deleting it later does not bring it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The service's id.
    pub stem_id: String,
    pub track: Track,
    pub variation: u8,
}

/// A job to be cancelled at the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedCancel {
    /// The job's own id, which was its idempotency key.
    pub id: String,
    /// The job's service, by name and address.
    #[serde(default)]
    pub service_name: String,
    pub address: String,
    /// The service's id; without one, the same request gives it.
    pub job_id: Option<String>,
    pub request: JobRequest,
}

impl SavedJob {
    pub fn new(id: String, take: Take, request: JobRequest) -> Self {
        Self {
            id,
            job_id: None,
            take,
            request,
            service: ServiceEntry::default(),
            delivered: Vec::new(),
        }
    }
}
