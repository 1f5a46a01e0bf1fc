use super::{AudioFormat, Code, Stem};
use crate::music::{Bpm, KeyScale, Meter, Track};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sources shorter than this are loops, unless the request says otherwise.
pub const LOOP_ASSIST_BELOW_SECS: f64 = 60.0;

/// What the user wants played, and to what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobRequest {
    /// BLAKE3 (hex) of an uploaded source.
    pub source_id: String,
    /// 1–12 different tracks.
    pub tracks: Vec<Track>,
    /// Heard from the source when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bpm: Option<Bpm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_scale: Option<KeyScale>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_signature: Option<Meter>,
    /// Each track's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Caption>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lyrics: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Chosen and reported when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// Candidates per track, 1–4.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub variations: u8,
    /// Regenerate only this part; needs `base_stem_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The stem that stays, bit for bit, outside `region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_stem_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance_scale: Option<f32>,
    /// One of the engine's `features.loras`: a trained style that its model puts on for this job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora: Option<String>,
    /// How strongly, 0–1; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora_scale: Option<f32>,
    /// On for sources shorter than 60 s when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loop_assist: Option<bool>,
    #[serde(default)]
    pub priority: Priority,
    #[serde(default)]
    pub format: AudioFormat,
    /// Where in the song the source begins; written into the stem's `bext` TimeReference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub song_position_secs: Option<f64>,
}

fn one() -> u8 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_one(n: &u8) -> bool {
    *n == 1
}

impl JobRequest {
    pub fn new(source_id: impl Into<String>, tracks: Vec<Track>) -> Self {
        Self {
            source_id: source_id.into(),
            tracks,
            bpm: None,
            key_scale: None,
            time_signature: None,
            caption: None,
            lyrics: None,
            language: None,
            seed: None,
            variations: 1,
            region: None,
            base_stem_id: None,
            steps: None,
            guidance_scale: None,
            lora: None,
            lora_scale: None,
            loop_assist: None,
            priority: Priority::default(),
            format: AudioFormat::default(),
            song_position_secs: None,
        }
    }

    /// Whether a source of this length is to be repeated for a player that needs context.
    pub fn wants_loop_assist(&self, source_secs: f64) -> bool {
        self.loop_assist
            .unwrap_or(source_secs < LOOP_ASSIST_BELOW_SECS)
    }

    /// What the player of `track` is told: the user's words, else the track's default.
    pub fn caption_for(&self, track: Track) -> &str {
        let said = match &self.caption {
            Some(Caption::Same(text)) => Some(text.as_str()),
            Some(Caption::PerTrack(texts)) => texts.get(&track).map(String::as_str),
            None => None,
        };
        said.filter(|text| !text.trim().is_empty())
            .unwrap_or(track.default_caption())
    }
}

/// One caption for all tracks, or one each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Caption {
    Same(String),
    PerTrack(BTreeMap<Track, String>),
}

/// A part of the source, in seconds from its first frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    pub start_secs: f64,
    pub end_secs: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Interactive,
    #[default]
    Normal,
    Batch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Running,
    /// The user said stop and the engine has not yet let go of the GPU.
    Cancelling,
    Succeeded,
    Failed,
    Cancelled,
}

impl JobState {
    /// Terminal is final.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    WaitingForGpu,
    LoadingModel,
    Generating,
    Decoding,
    Checking,
    Storing,
}

/// A waiting job's place: 1 is next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QueuePlace {
    pub position: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_secs: Option<f64>,
}

/// Why a job failed, in the words of [`super::Problem`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobError {
    pub code: Code,
    /// One sentence for a musician.
    pub title: String,
    /// The technical cause.
    pub detail: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A job as the service shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub job_id: String,
    pub state: JobState,
    pub source_id: String,
    pub request: JobRequest,
    /// RFC 3339, UTC.
    pub created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueuePlace>,
    /// 0–1; never falls within an attempt.
    pub progress: f64,
    pub stage: Stage,
    /// 1 for the first try.
    pub attempt: u32,
    /// Finished stems, those of a running job too.
    #[serde(default)]
    pub stems: Vec<Stem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<JobError>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobList {
    pub jobs: Vec<Job>,
    pub next_cursor: Option<String>,
}

/// The `event:` names of a job's SSE stream. `stem` carries a [`Stem`], the others the [`Job`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobEventName {
    State,
    Progress,
    Stem,
    End,
}

impl JobEventName {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Progress => "progress",
            Self::Stem => "stem",
            Self::End => "end",
        }
    }
}
