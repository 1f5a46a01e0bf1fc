use super::{record::JobRecord, service::JobService};
use crate::engine::ProgressSink;
use sideman_shared::protocol::Stage;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::watch;

/// At most this often is progress written down and told.
const EVERY: Duration = Duration::from_millis(250);

/// How far a try is, thinned out: engines may report as often as they like.
#[derive(Clone)]
pub struct Progress {
    now: Arc<watch::Sender<(Stage, f64)>>,
    candidates: f64,
}

impl Progress {
    /// `candidates`: stems that the whole job asks for.
    pub fn new(candidates: u32) -> Self {
        let now = watch::Sender::new((Stage::WaitingForGpu, 0.0));
        Self {
            now: Arc::new(now),
            candidates: f64::from(candidates.max(1)),
        }
    }

    /// `fraction` of the candidate after the `done` ones. Never goes back.
    pub fn report(&self, stage: Stage, done: usize, fraction: f64) {
        let progress = (done as f64 + fraction.clamp(0.0, 1.0)) / self.candidates;
        self.now.send_if_modified(|now| {
            let next = (stage, progress.clamp(now.1, 1.0));
            let changed = *now != next;
            *now = next;
            changed
        });
    }

    /// For the engine that plays the candidate after the `done` ones. Its end is not the stem's.
    pub fn sink(&self, done: usize) -> ProgressSink {
        const ENGINE_SHARE: f64 = 0.95;
        let this = self.clone();
        ProgressSink::new(move |stage, fraction| {
            this.report(stage, done, fraction * ENGINE_SHARE);
        })
    }

    /// Writes progress down as it comes, until dropped.
    pub async fn pump(&self, jobs: &JobService, job: &JobRecord) -> Infallible {
        let mut news = self.now.subscribe();
        loop {
            // The sender lives in `self`: this cannot end.
            if news.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            let (stage, progress) = *news.borrow_and_update();
            let (id, attempt) = (&job.job_id, job.life.attempt);
            match jobs.store().report(id, attempt, stage, progress).await {
                Ok(()) => jobs.changes().tell(id),
                Err(error) => tracing::warn!(%error, "cannot note the progress"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_counts_all_candidates_and_never_falls() {
        let progress = Progress::new(4);
        let now = || *progress.now.borrow();
        progress.report(Stage::Generating, 1, 0.5);
        assert_eq!(now(), (Stage::Generating, 0.375));
        progress.report(Stage::Decoding, 1, 0.2);
        assert_eq!(now(), (Stage::Decoding, 0.375));
        progress.sink(3).report(Stage::Generating, 7.0);
        assert!(now().1 < 1.0);
        progress.report(Stage::Storing, 9, 1.0);
        assert_eq!(now().1, 1.0);
    }
}
