//! A task's answers and the server's counts over time, on a clock of ours.

use super::*;
use crate::engine::acestep::wire::JobCounts;
use std::time::Duration;

fn running(progress: f64) -> Verdict {
    Verdict::Running {
        progress,
        stage: "Generating music".into(),
        doubted: false,
    }
}

fn stats(total: u64, running: u64) -> Stats {
    Stats {
        jobs: JobCounts { total, running },
        queue_size: 0,
    }
}

struct Clock(Instant);

impl Clock {
    fn at(&self, secs: u64) -> Instant {
        self.0 + Duration::from_secs(secs)
    }
}

#[test]
fn an_unknown_task_is_lost_after_a_grace_and_not_before() {
    let (clock, waits) = (Clock(Instant::now()), Waits::default());
    let mut patience = Patience::new(clock.at(0));
    assert!(
        patience
            .hear(&Verdict::Unknown, clock.at(0), &waits)
            .is_none()
    );
    assert!(
        patience
            .hear(&Verdict::Unknown, clock.at(4), &waits)
            .is_none()
    );
    assert!(
        patience
            .hear(&Verdict::Queued, clock.at(5), &waits)
            .is_none()
    );
    assert!(
        patience
            .hear(&Verdict::Unknown, clock.at(6), &waits)
            .is_none()
    );
    let end = patience.hear(&Verdict::Unknown, clock.at(11), &waits);
    assert!(matches!(end, Some(End::Lost(_))));
}

#[test]
fn a_mute_task_is_alive_as_long_as_something_runs() {
    let (clock, waits) = (Clock(Instant::now()), Waits::default());
    let mut patience = Patience::new(clock.at(0));
    for secs in (0..300).step_by(5) {
        assert!(
            patience
                .hear(&running(0.52), clock.at(secs), &waits)
                .is_none()
        );
        if patience.wonders(clock.at(secs), &waits) {
            assert!(
                patience
                    .weigh(&stats(3, 1), clock.at(secs), &waits)
                    .is_none()
            );
        }
    }
    assert!(patience.wonders(clock.at(300), &waits));
    assert!(
        patience
            .weigh(&stats(3, 0), clock.at(300), &waits)
            .is_none()
    );
    let end = patience.weigh(&stats(3, 0), clock.at(305), &waits);
    assert!(matches!(end, Some(End::Lost(_))));
}

#[test]
fn a_restart_shows_in_the_counts_even_when_others_run() {
    let (clock, waits) = (Clock(Instant::now()), Waits::default());
    let mut patience = Patience::new(clock.at(0));
    patience.hear(&running(0.6), clock.at(1), &waits);
    assert!(patience.wonders(clock.at(1), &waits));
    assert!(patience.weigh(&stats(8, 1), clock.at(1), &waits).is_none());
    patience.miss();
    // At once, and not when it has not moved for long enough.
    assert!(patience.wonders(clock.at(2), &waits));
    let end = patience.weigh(&stats(1, 1), clock.at(2), &waits);
    assert!(matches!(end, Some(End::Lost(_))));
}

#[test]
fn a_server_that_clears_its_old_jobs_away_was_not_restarted() {
    let (clock, waits) = (Clock(Instant::now()), Waits::default());
    let mut patience = Patience::new(clock.at(0));
    patience.hear(&running(0.6), clock.at(1), &waits);
    for (total, secs) in [(30, 1), (4, 20), (5, 30), (1, 40)] {
        let end = patience.weigh(&stats(total, 1), clock.at(secs), &waits);
        assert!(end.is_none(), "{total} after {secs} s");
    }
    // Out of reach, and back with what it had.
    patience.miss();
    assert!(patience.weigh(&stats(1, 1), clock.at(50), &waits).is_none());
}

#[test]
fn a_waiting_task_may_be_counted_nowhere_while_the_model_is_loaded_for_it() {
    let (clock, waits) = (Clock(Instant::now()), Waits::default());
    let mut patience = Patience::new(clock.at(0));
    for secs in (0..120).step_by(5) {
        let end = patience.hear(&Verdict::Queued, clock.at(secs), &waits);
        assert!(end.is_none());
        let end = patience.weigh(&stats(1, 0), clock.at(secs), &waits);
        assert!(end.is_none(), "after {secs} s");
    }
    patience.hear(&running(0.6), clock.at(120), &waits);
    assert!(
        patience
            .weigh(&stats(1, 0), clock.at(135), &waits)
            .is_none()
    );
    let end = patience.weigh(&stats(1, 0), clock.at(140), &waits);
    assert!(matches!(end, Some(End::Lost(_))));
}

#[test]
fn nothing_is_waited_for_for_ever() {
    let (clock, waits) = (Clock(Instant::now()), Waits::default());
    let mut patience = Patience::new(clock.at(0));
    let end = patience.hear(&running(0.6), clock.at(3_601), &waits);
    assert!(matches!(end, Some(End::Failed(EngineError::Timeout(_)))));
}
