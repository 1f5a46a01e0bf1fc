//! What clients can do with jobs. Everything asked over HTTP passes here; nothing here knows HTTP.

use super::{
    changes::Changes,
    engines::Engines,
    follow::{self, JobEvent, Snapshot},
    record::{JobRecord, now_ms},
    runner::Cancels,
    state::Event,
    store::{Page, Store, StoreError},
    waits::Waits,
};
use crate::{
    error::AppError,
    gate::{Gate, Noticed},
    gpu::Lifecycle,
};
use futures_util::{Stream, StreamExt};
use sideman_shared::protocol::{Code, EngineInfo, Job, JobList, JobState, QueuePlace};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What a client is told to wait when nothing better is known.
pub(super) const DEFAULT_RETRY_SECS: u64 = 30;

/// What a [`JobService`] is made of.
pub struct JobServiceParts {
    pub store: Arc<dyn Store>,
    pub engines: Engines,
    pub gate: Arc<dyn Gate>,
    /// The playing engine's model.
    pub model: Lifecycle,
    pub max_waiting_per_owner: u32,
    pub max_stems_per_job: u32,
    /// Jobs that run at once; for the estimate of the wait.
    pub concurrency: u32,
}

/// Submit, look, follow, cancel.
pub struct JobService {
    pub(super) parts: JobServiceParts,
    changes: Changes,
    wake: Notify,
    pub(super) cancels: Cancels,
    pub(super) waits: Waits,
    pub(super) draining: CancellationToken,
    closing: CancellationToken,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListQuery {
    pub state: Option<JobState>,
    /// 1–100; 50 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl JobService {
    pub fn new(parts: JobServiceParts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            changes: Changes::default(),
            wake: Notify::new(),
            cancels: Cancels::default(),
            waits: Waits::default(),
            draining: CancellationToken::new(),
            closing: CancellationToken::new(),
        })
    }

    /// # Errors
    /// Not found, or another key's.
    pub async fn get(&self, owner: &str, job_id: &str) -> Result<Job, AppError> {
        Ok(self.snapshot(owner, job_id).await?.show())
    }

    /// A page of the owner's jobs, newest first.
    ///
    /// # Errors
    /// A limit outside 1–100, a cursor that was not ours.
    pub async fn list(&self, owner: &str, query: ListQuery) -> Result<JobList, AppError> {
        let limit = query.limit.unwrap_or(50);
        if !(1..=100).contains(&limit) {
            return Err(AppError::bad_field(
                "limit",
                format!("{limit} is outside 1–100"),
            ));
        }
        let before_seq = query.cursor.as_deref().map(read_cursor).transpose()?;
        let page = Page {
            owner: owner.to_owned(),
            state: query.state,
            before_seq,
            // One more than asked tells whether there is a next page.
            limit: limit + 1,
        };
        let mut records = self.parts.store.list(&page).await?;
        let more = records.len() > limit as usize;
        records.truncate(limit as usize);
        let last = records.last().filter(|_| more);
        let next_cursor = last.map(|r| format!("{:016x}", r.seq));
        let mut jobs = Vec::with_capacity(records.len());
        for record in records {
            jobs.push(self.snapshot_of(record).await?.show());
        }
        Ok(JobList { jobs, next_cursor })
    }

    /// Stops a job: at once if it waits, as soon as the engine lets go if it runs. A finished job
    /// stays as it is.
    ///
    /// # Errors
    /// Not found, or another key's.
    pub async fn cancel(&self, owner: &str, job_id: &str) -> Result<Job, AppError> {
        self.snapshot(owner, job_id).await?;
        let stepped = self
            .parts
            .store
            .step(job_id, &Event::Cancel, now_ms())
            .await?;
        // After the store knows, so that the runner finds the user's word there.
        self.cancels.cancel(job_id);
        if stepped.moved {
            tracing::info!(job_id, state = stepped.job.life.state.as_str(), "cancel");
            self.changes.tell(job_id);
        }
        Ok(self.snapshot_of(stepped.job).await?.show())
    }

    /// The job's events after `seen_id` (an earlier event's id), then as they happen.
    ///
    /// # Errors
    /// Not found, or another key's.
    pub async fn subscribe(
        self: &Arc<Self>,
        owner: &str,
        job_id: &str,
        seen_id: Option<u64>,
    ) -> Result<impl Stream<Item = JobEvent> + Send + 'static + use<>, AppError> {
        self.snapshot(owner, job_id).await?;
        Ok(follow::follow(
            Arc::clone(self),
            owner.to_owned(),
            job_id.to_owned(),
            seen_id.unwrap_or(0),
        ))
    }

    /// Waits until the job has ended. The caller bounds the wait by dropping it.
    ///
    /// # Errors
    /// Not found, or the service closes first.
    pub async fn wait(self: &Arc<Self>, owner: &str, job_id: &str) -> Result<Job, AppError> {
        let events = self.subscribe(owner, job_id, None).await?;
        tokio::pin!(events);
        while let Some(event) = events.next().await {
            if let follow::Told::End(job) = event.told {
                return Ok(*job);
            }
        }
        Err(shutting_down())
    }

    /// What every engine can do now.
    pub async fn engines(&self) -> Vec<EngineInfo> {
        self.parts.engines.infos().await
    }

    /// No further job is accepted; running ones go on.
    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// All streams of events end.
    pub fn close(&self) {
        self.closing.cancel();
    }

    pub(super) async fn closing(&self) {
        self.closing.cancelled().await;
    }

    pub(super) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Fires when there may be something to claim.
    pub(super) fn wake(&self) -> &Notify {
        &self.wake
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.parts.store.as_ref()
    }

    pub(super) fn shared_store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.parts.store)
    }

    pub(super) fn model(&self) -> &Lifecycle {
        &self.parts.model
    }

    /// Whether another job is about to need the model.
    pub(super) async fn work_waits(&self) -> bool {
        let queued = self.parts.store.counts().await;
        self.waits.anybody() || queued.is_ok_and(|counts| counts.waiting > 0)
    }

    pub(super) fn playing_engines(&self) -> &Engines {
        &self.parts.engines
    }

    pub(super) fn gate(&self) -> &dyn Gate {
        self.parts.gate.as_ref()
    }

    /// The job as it is now, if it is the owner's.
    pub(super) async fn snapshot(&self, owner: &str, job_id: &str) -> Result<Snapshot, AppError> {
        let record = self.parts.store.job(job_id).await?;
        match record.filter(|r| r.owner == owner) {
            Some(record) => self.snapshot_of(record).await,
            None => Err(AppError::new(
                Code::NotFound,
                format!("job_id: there is no job {job_id:.64}"),
            )),
        }
    }

    pub(super) async fn snapshot_of(&self, record: JobRecord) -> Result<Snapshot, AppError> {
        let stems = self.parts.store.stems(&record.job_id).await?;
        let mut trouble = None;
        let queue = match record.life.state {
            JobState::Queued => Some(self.place_of(&record).await?),
            JobState::Running => self.waits.of(&record.job_id).and_then(|waiting| {
                trouble = waiting.trouble;
                Some(QueuePlace {
                    position: waiting.place?,
                    eta_secs: waiting.eta_secs,
                })
            }),
            _ => None,
        };
        Ok(Snapshot {
            record,
            stems,
            queue,
            trouble,
        })
    }

    async fn place_of(&self, record: &JobRecord) -> Result<QueuePlace, StoreError> {
        let outlook = self.parts.store.outlook(record).await?;
        let lanes = f64::from(self.parts.concurrency.max(1));
        let wait = |secs: f64| (secs * f64::from(outlook.stems_ahead) / lanes).round();
        Ok(QueuePlace {
            position: outlook.jobs_ahead + 1,
            eta_secs: outlook.secs_per_stem.map(wait),
        })
    }
}

impl JobService {
    /// A word of the GPU queue that came by itself. `id` tells repeats apart.
    pub fn gate_notice(&self, id: Option<&str>, body: &serde_json::Value) -> Noticed {
        self.parts.gate.notify(id, body)
    }
}

fn read_cursor(cursor: &str) -> Result<i64, AppError> {
    i64::from_str_radix(cursor, 16)
        .map_err(|_| AppError::bad_field("cursor", "not a next_cursor of this service"))
}

pub(super) fn shutting_down() -> AppError {
    AppError::unavailable("the service is shutting down")
        .with_hint("Try again in a minute.")
        .retry_after(DEFAULT_RETRY_SECS)
}
