//! Takes jobs in turn and sees every one of them to an end: played, failed, stopped or given back.

use super::{
    attempt::{self, Failure, RetryPolicy, Verdict},
    reaper::Reaper,
    record::{JobRecord, now_ms},
    service::JobService,
    state::Event,
    store::StoreError,
    turn::TurnWaits,
    work::{Desk, Stop},
    work_clock::WorkClock,
};
use crate::{artifacts::Artifacts, audio::AudioLimits};
use sideman_shared::protocol::{Code, JobState};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinHandle},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

/// Submissions wake the runner; this is for waits that end by the clock.
const POLL: Duration = Duration::from_millis(500);
/// How long a cancelled engine may take to let go of the GPU before it is dropped.
const LET_GO_DEADLINE: Duration = Duration::from_secs(20);
/// After the last job: how long the GPU may take to be freed.
const TURN_END_DEADLINE: Duration = Duration::from_secs(40);
/// Tries to tell the store how a job ended; with doubling waits about half a minute in all.
const SETTLE_TRIES: u32 = 6;

#[derive(Debug, Clone, Copy)]
pub struct RunnerSettings {
    /// Jobs that run at once, ≥ 1.
    pub concurrency: u32,
    /// For one try of one job, without the wait for the GPU.
    pub attempt_deadline: Duration,
    pub turn: TurnWaits,
    pub retry: RetryPolicy,
    pub audio: AudioLimits,
}

pub struct Runner {
    jobs: Arc<JobService>,
    desk: Arc<Desk>,
    settings: RunnerSettings,
}

/// How a try ended.
#[derive(Debug, PartialEq)]
enum Ended {
    Played,
    Stopped,
    GivenBack,
    Badly(Failure),
}

impl Runner {
    pub fn new(
        jobs: Arc<JobService>,
        artifacts: Arc<Artifacts>,
        reaper: Reaper,
        settings: RunnerSettings,
    ) -> Self {
        let desk = Arc::new(Desk::new(
            Arc::clone(&jobs),
            artifacts,
            reaper,
            settings.audio,
            settings.turn,
        ));
        Self {
            jobs,
            desk,
            settings,
        }
    }

    /// Takes back what a worker held when it died. Call before [`Runner::run`].
    ///
    /// # Errors
    /// The store.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let died = Failure::transient(
            Code::Internal,
            "the service was stopped while this job was playing",
        );
        for job in self.jobs.store().held().await? {
            let event = match job.life.state {
                JobState::Cancelling => Event::Stopped,
                _ => match self.after(&died, &job) {
                    // The wait is for engines; a service that is back is back.
                    Event::Retry { .. } => Event::Retry { not_before_ms: 0 },
                    other => other,
                },
            };
            tracing::info!(job_id = %job.job_id, ?event, "taking back an interrupted job");
            self.jobs
                .store()
                .step(&job.job_id, &event, now_ms())
                .await?;
        }
        Ok(())
    }

    /// Plays jobs until `stop` fires; then lets running ones finish for up to `drain` and gives the
    /// rest back to the queue.
    pub async fn run(self, stop: CancellationToken, drain: Duration) {
        let this = Arc::new(self);
        let places = this.settings.concurrency.max(1) as usize;
        let places = Arc::new(Semaphore::new(places));
        let running = TaskTracker::new();
        let give_back = CancellationToken::new();
        while let Some((job, place)) = this.next(&places, &stop).await {
            let this = Arc::clone(&this);
            let give_back = give_back.clone();
            let span = tracing::info_span!("job", job_id = %job.job_id, attempt = job.life.attempt);
            let see_through = async move {
                this.see_through(job, &give_back).await;
                drop(place);
            };
            running.spawn(see_through.instrument(span));
        }
        running.close();
        if tokio::time::timeout(drain, running.wait()).await.is_err() {
            tracing::info!("the drain time is over; running jobs go back to the queue");
            give_back.cancel();
            running.wait().await;
        }
        if tokio::time::timeout(TURN_END_DEADLINE, this.desk.turns.ended())
            .await
            .is_err()
        {
            tracing::warn!("the GPU is not freed in time; the next start sees to it");
        }
    }

    /// The next job and a place to run it, or `None` once `stop` fires.
    async fn next(
        &self,
        places: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(JobRecord, OwnedSemaphorePermit)> {
        let place = tokio::select! {
            biased;
            () = stop.cancelled() => return None,
            place = Arc::clone(places).acquire_owned() => place.ok()?,
        };
        while !stop.is_cancelled() {
            match self.jobs.store().claim(now_ms()).await {
                Ok(Some(job)) => return Some((job, place)),
                Ok(None) => self.jobs.changes().tidy(),
                Err(error) => tracing::warn!(%error, "cannot take the next job"),
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = self.jobs.wake().notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
        None
    }

    /// One try from claim to its recorded end.
    async fn see_through(&self, job: JobRecord, give_back: &CancellationToken) {
        let cancel = give_back.child_token();
        let _registered = self.jobs.cancels.register(&job.job_id, cancel.clone());
        self.jobs.changes().tell(&job.job_id);
        // A cancel that came between the claim and the registration left its word in the store.
        let now = self.jobs.store().job(&job.job_id).await;
        if matches!(now, Ok(Some(j)) if j.life.state == JobState::Cancelling) {
            cancel.cancel();
        }
        let desk = Arc::clone(&self.desk);
        let clock = Arc::new(WorkClock::start());
        let (playing, ticking, token) = (job.clone(), Arc::clone(&clock), cancel.clone());
        let attempt = async move { desk.play(&playing, &ticking, &token).await };
        let attempt = tokio::spawn(attempt.in_current_span());
        let limit = self.settings.attempt_deadline;
        let event = match supervise(attempt, &cancel, &clock, limit).await {
            Ended::Played => Event::Finish,
            Ended::GivenBack => Event::Return,
            Ended::Stopped if give_back.is_cancelled() => Event::Return,
            Ended::Stopped => Event::Stopped,
            Ended::Badly(failure) => {
                tracing::warn!(code = failure.code.as_str(), detail = %failure.detail, "try failed");
                self.after(&failure, &job)
            }
        };
        self.settle(&job.job_id, &event).await;
    }

    fn after(&self, failure: &Failure, job: &JobRecord) -> Event {
        match attempt::decide(failure, job.life.failures, &self.settings.retry) {
            Verdict::Again { wait_ms } => Event::Retry {
                not_before_ms: now_ms() + wait_ms,
            },
            Verdict::GiveUp => Event::Fail(failure.job_error()),
        }
    }

    /// Tells the store, with patience: a job whose end is not recorded is played again after a restart.
    async fn settle(&self, job_id: &str, event: &Event) {
        for tried in 0..SETTLE_TRIES {
            match self.jobs.store().step(job_id, event, now_ms()).await {
                Ok(stepped) => {
                    tracing::info!(state = stepped.job.life.state.as_str(), "try ended");
                    self.jobs.changes().tell(job_id);
                    return;
                }
                Err(error @ (StoreError::Refused(_) | StoreError::NoSuchJob(_))) => {
                    tracing::error!(%error, "the end of this try came too late");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, "cannot record how the try ended");
                    tokio::time::sleep(Duration::from_secs(1 << tried)).await;
                }
            }
        }
    }
}

/// Bounds a try by its deadline, and a cancelled one by the time to let go.
async fn supervise(
    mut attempt: JoinHandle<Result<(), Stop>>,
    cancel: &CancellationToken,
    clock: &WorkClock,
    deadline: Duration,
) -> Ended {
    let mut late = false;
    let joined = tokio::select! {
        biased;
        joined = &mut attempt => joined,
        () = cancel.cancelled() => let_go(attempt).await,
        () = clock.has_worked(deadline) => {
            late = true;
            cancel.cancel();
            let_go(attempt).await
        }
    };
    match joined {
        Ok(Ok(())) => Ended::Played,
        _ if late => Ended::Badly(Failure::lasting(
            Code::EngineTimeout,
            format!("no result within {} s", deadline.as_secs()),
        )),
        Ok(Err(Stop::Cancelled)) => Ended::Stopped,
        Ok(Err(Stop::GivenBack)) => Ended::GivenBack,
        Ok(Err(Stop::Failed(failure))) => Ended::Badly(failure),
        Err(e) if e.is_cancelled() => Ended::Stopped,
        Err(_) => Ended::Badly(Failure::lasting(
            Code::Internal,
            "a fault in the service while playing; its log has the cause",
        )),
    }
}

async fn let_go(mut attempt: JoinHandle<Result<(), Stop>>) -> Result<Result<(), Stop>, JoinError> {
    match tokio::time::timeout(LET_GO_DEADLINE, &mut attempt).await {
        Ok(joined) => joined,
        Err(_) => {
            tracing::warn!("the engine did not let go in time; dropping it");
            attempt.abort();
            attempt.await
        }
    }
}

/// How running jobs are told to stop.
#[derive(Debug, Default)]
pub(super) struct Cancels(Mutex<HashMap<String, CancellationToken>>);

pub(super) struct Registered<'a> {
    cancels: &'a Cancels,
    job_id: String,
}

impl Cancels {
    fn register(&self, job_id: &str, token: CancellationToken) -> Registered<'_> {
        self.lock().insert(job_id.to_owned(), token);
        Registered {
            cancels: self,
            job_id: job_id.to_owned(),
        }
    }

    pub(super) fn cancel(&self, job_id: &str) {
        if let Some(token) = self.lock().get(job_id) {
            token.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.cancels.lock().remove(&self.job_id);
    }
}

#[cfg(test)]
mod tests;
