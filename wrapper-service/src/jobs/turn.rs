//! A job's turn at the GPU: tokens, then the model; and back in the opposite order, whatever happens.
//! Tokens stand for memory and for the card's time: what a cancelled job has left running at an engine
//! that cannot stop it keeps them.

use super::{
    attempt::Failure, progress::Progress, record::JobRecord, service::JobService, work::Stop,
    work_clock::WorkClock,
};
use crate::{
    gate::{Ask, GateError, Outcome, Permit, WaitNews},
    gpu::InUse,
};
use sideman_shared::protocol::{Code, Stage};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument as _;

/// Where turns are taken.
pub struct Turns {
    jobs: Arc<JobService>,
    waits: TurnWaits,
    taken: Taken,
    ending: TaskTracker,
}

#[derive(Debug, Clone, Copy)]
pub struct TurnWaits {
    /// The longest that a job may wait for the GPU.
    pub gpu: Duration,
    /// The longest that work nobody wants any more may keep the tokens.
    pub abandoned: Duration,
}

/// The jobs whose turn it is.
type Taken = Arc<Mutex<HashSet<String>>>;

/// The GPU is ours and the model is there. Dropped without a word, the turn ends as failed.
pub struct Turn {
    jobs: Arc<JobService>,
    job_id: String,
    taken: Taken,
    held: Option<(Permit, InUse)>,
    abandoned: Duration,
    ending: TaskTracker,
    /// Where the end runs; a drop may come from anywhere.
    handle: Handle,
}

impl Turns {
    pub fn new(jobs: Arc<JobService>, waits: TurnWaits) -> Self {
        Self {
            jobs,
            waits,
            taken: Taken::default(),
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
        let in_use = self.jobs.model().begin();
        let loading = || progress.report(Stage::LoadingModel, 0, 0.0);
        let loaded = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Stop::Cancelled),
            loaded = in_use.load(loading) => loaded.map_err(|e| Failure::from(e).into()),
        };
        lock(&self.taken).insert(job.job_id.clone());
        let turn = Turn {
            jobs: Arc::clone(&self.jobs),
            job_id: job.job_id.clone(),
            taken: Arc::clone(&self.taken),
            held: Some((permit, in_use)),
            abandoned: self.waits.abandoned,
            ending: self.ending.clone(),
            handle: Handle::current(),
        };
        match loaded {
            Ok(()) => Ok(turn),
            Err(stop) => {
                turn.end(stop.outcome());
                Err(stop)
            }
        }
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
            () = tokio::time::sleep(self.waits.gpu) => Err(Failure::lasting(
                Code::GateUnreachable,
                format!("the GPU was not free within {} s", self.waits.gpu.as_secs()),
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
        let (jobs, taken) = (Arc::clone(&self.jobs), Arc::clone(&self.taken));
        let job_id = std::mem::take(&mut self.job_id);
        let until = Instant::now() + self.abandoned;
        let ending = async move {
            let work_waits = || jobs.work_waits(|id| lock(&taken).contains(id));
            let model_goes = in_use.ends_with_unload(work_waits().await);
            let settled = settle(&jobs, model_goes, until).await;
            // That may have taken a while.
            let work_waits = !model_goes && work_waits().await;
            lock(&taken).remove(&job_id);
            in_use.end(work_waits).await;
            if settled && model_goes {
                // It may have stayed after all, for a job that came in between.
                settle(&jobs, false, until).await;
            }
            permit.release(outcome);
        };
        self.ending.spawn_on(ending.in_current_span(), &self.handle);
    }
}

/// Waits for work that nobody wants any more, but not for ever.
async fn settle(jobs: &JobService, model_goes: bool, until: Instant) -> bool {
    let engine = jobs.playing_engines().engine();
    let settled = tokio::select! {
        settled = tokio::time::timeout_at(until, engine.settled(model_goes)) => settled,
        // Who stops cannot give anything back later.
        () = jobs.draining.cancelled() => return true,
    };
    if settled.is_err() {
        tracing::warn!(
            "cancelled work still runs at the engine after model.abandoned_timeout_secs; its GPU \
             tokens go back all the same"
        );
    }
    settled.is_ok()
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.finish(Outcome::Failed);
    }
}

fn lock(taken: &Taken) -> std::sync::MutexGuard<'_, HashSet<String>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}
