//! What is kept about jobs, stems and sources, and how a job is shown.

use super::{attempt::Failure, state::Life};
use serde::{Deserialize, Serialize};
use sideman_shared::{
    music::{Bpm, KeyScale, Meter},
    protocol::{AudioFormat, Code, Job, JobRequest, QueuePlace, Stage, Stem},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A job as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRecord {
    /// Rises with every accepted job.
    pub seq: i64,
    pub job_id: String,
    /// The name of the key that made it.
    pub owner: String,
    pub request: JobRequest,
    /// The asked or chosen seed of the first variation.
    pub seed: u32,
    pub life: Life,
    /// 0–1; never falls within an attempt.
    pub progress: f64,
    pub stage: Stage,
    pub created_at_ms: i64,
    /// Rises with every change of the job; the `id:` of its events.
    pub version: u64,
}

/// A job about to be accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    pub job_id: String,
    pub owner: String,
    pub request: JobRequest,
    pub seed: u32,
    pub idempotency: Option<Idempotency>,
    pub created_at_ms: i64,
}

/// The client's promise that two submissions are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    pub key: String,
    /// BLAKE3 of the request, to tell a repeat from a mistake.
    pub request_hash: String,
}

/// A finished stem as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StemRecord {
    pub job_id: String,
    pub owner: String,
    pub source_id: String,
    /// The job's version when the stem was added.
    pub version: u64,
    pub stem: Stem,
    pub words: StemWords,
    /// What is sent when no format is asked.
    pub format: AudioFormat,
}

/// The musical facts written into a stem's files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StemWords {
    pub bpm: Bpm,
    pub meter: Meter,
    pub key: Option<KeyScale>,
    pub caption: String,
    pub song_position_secs: Option<f64>,
}

/// One encoding of a stem among the artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StemFile {
    pub format: AudioFormat,
    /// BLAKE3 of the bytes, hex.
    pub hash: String,
    pub bytes: u64,
}

/// How many stems a request asks for.
pub fn candidates(request: &JobRequest) -> u32 {
    request.tracks.len() as u32 * u32::from(request.variations)
}

impl JobRecord {
    /// The job as the contract shows it. `stems` in the order they were finished. A wait that does not
    /// go on is shown as the error that it is, though the job is not lost.
    pub fn show(
        &self,
        stems: &[StemRecord],
        queue: Option<QueuePlace>,
        trouble: Option<&str>,
    ) -> Job {
        let waits_in_vain =
            trouble.map(|trouble| Failure::transient(Code::GateUnreachable, trouble).job_error());
        Job {
            job_id: self.job_id.clone(),
            state: self.life.state,
            source_id: self.request.source_id.clone(),
            request: self.request.clone(),
            created_at: rfc3339(self.created_at_ms),
            started_at: self.life.started_at_ms.map(rfc3339),
            finished_at: self.life.finished_at_ms.map(rfc3339),
            queue: queue.filter(|_| !self.life.state.is_terminal()),
            progress: self.progress,
            stage: self.stage,
            attempt: self.life.attempt.max(1),
            stems: stems.iter().map(|s| s.stem.clone()).collect(),
            error: self.life.error.clone().or(waits_in_vain),
        }
    }
}

/// Milliseconds of Unix time as `2026-01-31T12:00:00.25Z`.
pub fn rfc3339(unix_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// Now, in milliseconds of Unix time.
pub fn now_ms() -> i64 {
    (OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_500), "1970-01-01T00:00:01.5Z");
    }
}
