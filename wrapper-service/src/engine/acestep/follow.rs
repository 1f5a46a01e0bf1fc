//! Listening to one task, and telling how far it is.

use super::{
    AceStep, ENDED, SENT,
    outcome::{Verdict, shown},
    pace::{Load, estimate},
    patience::End,
    tasks::{Listening, State},
};
use crate::engine::ProgressSink;
use sideman_shared::protocol::Stage;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often an estimate is told while the server says nothing new.
const TELL_EVERY: Duration = Duration::from_millis(500);

impl AceStep {
    /// Listens to the end, telling how far it is: what the server says, or what such work took before if
    /// that is further.
    pub(super) async fn follow(
        &self,
        listening: &mut Listening,
        load: &Load,
        progress: &ProgressSink,
    ) -> End {
        let expected = self.pace.expect(load);
        let mut furthest = 0.0_f64;
        let mut playing_since: Option<Instant> = None;
        loop {
            let seen = listening.borrow_and_update().clone();
            match seen.state {
                State::Over(end) => {
                    if let (End::Done(_), Some(since)) = (&end, playing_since) {
                        self.learn(*load, since.elapsed()).await;
                    }
                    return end;
                }
                State::Going(Verdict::Running {
                    progress: theirs,
                    stage,
                    ..
                }) => {
                    let since = *playing_since.get_or_insert_with(Instant::now);
                    let (stage, fraction) = shown(&stage, theirs);
                    let ours = expected.map_or(0.0, |e| estimate(since.elapsed(), e));
                    furthest = furthest.max(fraction).max(ours);
                    progress.report(stage, SENT + (ENDED - SENT) * furthest);
                }
                State::Going(Verdict::Queued) => progress.report(Stage::WaitingForGpu, SENT),
                State::Going(_) | State::Accepted => progress.report(Stage::Generating, SENT),
                State::Sending => {}
            }
            let news = tokio::time::timeout(TELL_EVERY, listening.changed()).await;
            if matches!(news, Ok(Err(_))) {
                return End::Lost("its follower broke off");
            }
        }
    }

    async fn learn(&self, load: Load, took: Duration) {
        let pace = Arc::clone(&self.pace);
        // Not having learned is no failure.
        let _ = tokio::task::spawn_blocking(move || pace.learn(&load, took)).await;
    }
}
