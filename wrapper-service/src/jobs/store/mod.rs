//! Where jobs, stems and sources are remembered. Every accepted word is durable when a method returns.

pub mod sqlite;

#[cfg(test)]
pub mod conformance;

use super::{
    record::{JobRecord, NewJob, StemFile, StemRecord},
    state::{Event, Refused},
};
use async_trait::async_trait;
use sideman_shared::{
    music::Track,
    protocol::{JobState, Source, SourceAnalysis, Stage},
};
use std::collections::HashSet;

/// All parts of a store.
pub trait Store: JobStore + StemStore + SourceStore + TaskStore {}

impl<T: JobStore + StemStore + SourceStore + TaskStore> Store for T {}

#[async_trait]
pub trait JobStore: Send + Sync + 'static {
    /// For the doctor and `/health`.
    fn name(&self) -> &'static str;

    /// Accepts a job, unless its idempotency key is known or the owner has `max_waiting` queued.
    async fn submit(&self, job: &NewJob, max_waiting: u32) -> Result<Submitted, StoreError>;

    async fn job(&self, job_id: &str) -> Result<Option<JobRecord>, StoreError>;

    /// Newest first.
    async fn list(&self, page: &Page) -> Result<Vec<JobRecord>, StoreError>;

    /// Takes the next job that may begin now: by priority, then by age. It is then running, and no
    /// other caller gets it.
    async fn claim(&self, now_ms: i64) -> Result<Option<JobRecord>, StoreError>;

    /// Applies `event` by the rules of [`super::state`], atomically.
    async fn step(&self, job_id: &str, event: &Event, now_ms: i64) -> Result<Stepped, StoreError>;

    /// Notes how far try number `attempt` is; ignored once the job is elsewhere. Progress never falls.
    async fn report(
        &self,
        job_id: &str,
        attempt: u32,
        stage: Stage,
        progress: f64,
    ) -> Result<(), StoreError>;

    /// Jobs that a worker holds, or held when it died.
    async fn held(&self) -> Result<Vec<JobRecord>, StoreError>;

    async fn counts(&self) -> Result<Counts, StoreError>;

    /// What stands between a queued job and its turn.
    async fn outlook(&self, job: &JobRecord) -> Result<Outlook, StoreError>;

    /// Finished jobs, oldest end first; those that ended before `finished_before_ms`.
    async fn finished(
        &self,
        finished_before_ms: i64,
        limit: u32,
    ) -> Result<Vec<String>, StoreError>;

    /// Forgets a finished job and its stems; the hashes of their files, which others may still need.
    async fn forget_job(&self, job_id: &str) -> Result<Vec<String>, StoreError>;
}

#[async_trait]
pub trait StemStore: Send + Sync + 'static {
    /// Adds a finished stem to its job. A second stem of the same track and variation is ignored.
    async fn add_stem(&self, stem: &StemRecord, files: &[StemFile]) -> Result<(), StoreError>;

    /// In the order they were finished.
    async fn stems(&self, job_id: &str) -> Result<Vec<StemRecord>, StoreError>;

    async fn stem(&self, stem_id: &str) -> Result<Option<StemRecord>, StoreError>;

    async fn stem_files(&self, stem_id: &str) -> Result<Vec<StemFile>, StoreError>;

    /// Remembers a converted file.
    async fn add_stem_file(&self, stem_id: &str, file: &StemFile) -> Result<(), StoreError>;
}

#[async_trait]
pub trait SourceStore: Send + Sync + 'static {
    /// True if it was not known before.
    async fn put_source(&self, source: &Source, now_ms: i64) -> Result<bool, StoreError>;

    /// The source, and a note that somebody wants it.
    async fn use_source(&self, source_id: &str, now_ms: i64) -> Result<Option<Source>, StoreError>;

    async fn analysis(&self, source_id: &str) -> Result<Option<SourceAnalysis>, StoreError>;

    async fn put_analysis(
        &self,
        source_id: &str,
        analysis: &SourceAnalysis,
    ) -> Result<(), StoreError>;

    /// Sources that no job needs and nobody asked for since `used_before_ms`, longest unused first.
    async fn idle_sources(
        &self,
        used_before_ms: i64,
        limit: u32,
    ) -> Result<Vec<String>, StoreError>;

    /// False if a job needs it after all.
    async fn forget_source(&self, source_id: &str) -> Result<bool, StoreError>;

    /// Bytes of all sources and stem files, each hash once.
    async fn bytes_kept(&self) -> Result<u64, StoreError>;

    /// The hashes of all files that something still needs.
    async fn hashes(&self) -> Result<HashSet<String>, StoreError>;

    async fn needs_hash(&self, hash: &str) -> Result<bool, StoreError>;
}

/// Work begun in an engine elsewhere. It goes with its stem, or with its job.
#[async_trait]
pub trait TaskStore: Send + Sync + 'static {
    async fn task(&self, key: &TaskKey) -> Result<Option<String>, StoreError>;

    /// `None` forgets it.
    async fn put_task(&self, key: &TaskKey, task: Option<&str>) -> Result<(), StoreError>;
}

/// One candidate and the seed it is played with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskKey {
    pub job_id: String,
    pub track: Track,
    pub variation: u8,
    pub seed: u32,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq)]
pub enum Submitted {
    New(JobRecord),
    /// The same submission came before.
    Same(JobRecord),
    /// The idempotency key belongs to this other job.
    Conflict {
        job_id: String,
    },
    QueueFull {
        waiting: u32,
    },
}

/// A page of an owner's jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub owner: String,
    pub state: Option<JobState>,
    /// Only jobs older than this sequence number.
    pub before_seq: Option<i64>,
    pub limit: u32,
}

/// A job after an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    pub job: JobRecord,
    /// False if the event changed nothing.
    pub moved: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub waiting: u64,
    pub running: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outlook {
    /// Queued jobs that will be taken first.
    pub jobs_ahead: u32,
    /// Stems those jobs, and the running ones, have still to play.
    pub stems_ahead: u32,
    /// The mean of the last jobs that succeeded; none yet on a fresh service.
    pub secs_per_stem: Option<f64>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk of the job store is full: {0}")]
    Full(String),
    #[error("job store: {0}")]
    Broken(String),
    #[error("no such job: {0}")]
    NoSuchJob(String),
    #[error(transparent)]
    Refused(#[from] Refused),
}
