//! A job as the window shows it.

use sideman_shared::{
    music::Track,
    protocol::{Code, Stage},
};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// The plugin's own id: known before the service gives one.
    pub id: String,
    /// In the order they are played; never empty.
    pub tracks: Vec<Track>,
    /// Stems asked for.
    pub wanted: usize,
    /// Stems that are here already.
    pub arrived: usize,
    /// The stem being played now, where that is known.
    pub part: Option<Part>,
    pub phase: JobPhase,
    /// How long nothing new was heard; `None` while nothing is missed.
    pub quiet: Option<Quiet>,
    /// Asked with a seed: another one may do better.
    pub seeded: bool,
    /// For whoever is asked for help; only of a failed job.
    pub report: Option<Arc<str>>,
}

/// One of the stems of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub track: Track,
    /// 1 for the first candidate.
    pub variation: u8,
    /// Candidates of this track.
    pub variations: u8,
}

/// Nothing has changed for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quiet {
    pub secs: f64,
    /// The line to the service lives all the same.
    pub connected: bool,
}

/// Between these two, if it goes on as it went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeLeft {
    pub low_secs: f64,
    pub high_secs: f64,
}

impl TimeLeft {
    pub fn exactly(secs: f64) -> Self {
        Self {
            low_secs: secs,
            high_secs: secs,
        }
    }

    /// What is left of it after `secs` more.
    pub fn after(self, secs: f64) -> Self {
        Self {
            low_secs: (self.low_secs - secs).max(0.0),
            high_secs: (self.high_secs - secs).max(0.0),
        }
    }
}

/// *Submitting → Queued → Running → Downloading → (stem rows) | Failed | Cancelled*
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
        left: Option<TimeLeft>,
    },
    Running {
        stage: Stage,
        /// Of the whole job, 0–1.
        progress: f64,
        left: Option<TimeLeft>,
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
        /// The service's word for it.
        code: Option<Code>,
        /// What the service's operator finds it by.
        request_id: Option<String>,
    },
    Cancelled,
}
