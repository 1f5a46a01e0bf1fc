//! A job's turn at the GPU: tokens, then the model; and back in the opposite order, whatever happens.

use super::{
    attempt::Failure, progress::Progress, record::JobRecord, service::JobService, work::Stop,
    work_clock::WorkClock,
};
use crate::{
    gate::{Ask, GateError, Outcome, Permit, WaitNews},
    gpu::InUse,
};
use sideman_shared::protocol::{Code, Stage};
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Where turns are taken.
pub struct Turns {
    jobs: Arc<JobService>,
    gpu_wait: Duration,
    ending: TaskTracker,
}

/// The GPU is ours and the model is there. Dropped without a word, the turn ends as failed.
pub struct Turn {
    jobs: Arc<JobService>,
    held: Option<(Permit, InUse)>,
    ending: TaskTracker,
    /// Where the end runs; a drop may come from anywhere.
    handle: Handle,
}

impl Turns {
    /// `gpu_wait`: the longest that a job may wait.
    pub fn new(jobs: Arc<JobService>, gpu_wait: Duration) -> Self {
        Self {
            jobs,
            gpu_wait,
            ending: TaskTracker::new(),
        }
    }

    /// # Errors
    /// Cancelled; given back, because the service stops; the gate or the model failed.
    pub async fn take(
        &self,
        job: &JobRecord,
        source_secs: f64,
        progress: &Progress,
        clock: &WorkClock,
        cancel: &CancellationToken,
    ) -> Result<Turn, Stop> {
        let permit = self.admit(job, source_secs, clock, cancel).await?;
        let loading = || progress.report(Stage::LoadingModel, 0, 0.0);
        let in_use = tokio::select! {
            biased;
            () = cancel.cancelled() => {
                permit.release(Outcome::Cancelled);
                return Err(Stop::Cancelled);
            }
            in_use = self.jobs.model().begin(loading) => in_use.map_err(Failure::from)?,
        };
        Ok(Turn {
            jobs: Arc::clone(&self.jobs),
            held: Some((permit, in_use)),
            ending: self.ending.clone(),
            handle: Handle::current(),
        })
    }

    async fn admit(
        &self,
        job: &JobRecord,
        source_secs: f64,
        clock: &WorkClock,
        cancel: &CancellationToken,
    ) -> Result<Permit, Stop> {
        let _paused = clock.pause();
        let _entered = self.jobs.waits.enter(&job.job_id);
        let ask = Ask {
            job_id: job.job_id.clone(),
            source_secs,
        };
        let news = self.news_of(&job.job_id);
        let admitted = self.jobs.gate().acquire(ask, &news, cancel);
        tokio::select! {
            biased;
            admitted = admitted => match admitted {
                Ok(permit) => Ok(permit),
                Err(GateError::Cancelled) => Err(Stop::Cancelled),
                Err(error) => Err(Failure::from(error).into()),
            },
            // Nothing is lost by giving a job back that has not begun.
            () = self.jobs.draining.cancelled() => Err(Stop::GivenBack),
            () = tokio::time::sleep(self.gpu_wait) => Err(Failure::lasting(
                Code::GateUnreachable,
                format!("the GPU was not free within {} s", self.gpu_wait.as_secs()),
            )
            .into()),
        }
    }

    fn news_of(&self, job_id: &str) -> WaitNews {
        let (jobs, job_id) = (Arc::downgrade(&self.jobs), job_id.to_owned());
        WaitNews::new(move |waiting| {
            if let Some(jobs) = jobs.upgrade() {
                jobs.waits.tell(&job_id, waiting);
                jobs.changes().tell(&job_id);
            }
        })
    }

    /// Returns once all turns that were taken have really ended. The caller bounds the wait.
    pub async fn ended(&self) {
        self.ending.close();
        self.ending.wait().await;
    }
}

impl Turn {
    /// Frees the GPU in the background: the client need not wait for that.
    pub fn end(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: Outcome) {
        let Some((permit, in_use)) = self.held.take() else {
            return;
        };
        let jobs = Arc::clone(&self.jobs);
        let ending = async move {
            // Tokens stand for memory: they go back once the memory is free.
            in_use.end(jobs.work_waits().await).await;
            permit.release(outcome);
        };
        self.ending.spawn_on(ending, &self.handle);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.finish(Outcome::Failed);
    }
}
