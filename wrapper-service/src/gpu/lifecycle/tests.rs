use super::*;
use crate::testing::within;
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(50);

/// Notes what it is told.
#[derive(Default)]
struct Notes {
    told: Mutex<Vec<&'static str>>,
    news: Notify,
    stuck: AtomicBool,
    refuses: AtomicBool,
    /// A load waits for `go_on`, and is noted once more at its end.
    slow: AtomicBool,
    go_on: Notify,
}

impl Notes {
    fn note(&self, word: &'static str) {
        self.told.lock().unwrap().push(word);
        self.news.notify_one();
    }

    fn told(&self) -> Vec<&'static str> {
        self.told.lock().unwrap().clone()
    }

    async fn reached(&self, count: usize) -> Vec<&'static str> {
        within(async {
            while self.told().len() < count {
                self.news.notified().await;
            }
        })
        .await;
        self.told()
    }
}

#[async_trait]
impl Model for Notes {
    async fn load(&self) -> Result<(), EngineError> {
        self.note("load");
        if self.slow.load(Ordering::Relaxed) {
            self.go_on.notified().await;
            self.note("loaded");
        }
        Ok(())
    }

    async fn unload(&self) -> Result<(), EngineError> {
        self.note("unload");
        if self.stuck.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if self.refuses.load(Ordering::Relaxed) {
            return Err(EngineError::Rejected("no way".into()));
        }
        Ok(())
    }
}

fn lifecycle(unload: Unload, warm_grace: Duration) -> (Arc<Notes>, Lifecycle) {
    let notes = Arc::new(Notes::default());
    let policy = ModelPolicy {
        load_on_demand: true,
        unload,
        warm_grace,
        unload_timeout: SHORT,
    };
    let lifecycle = Lifecycle::new(Some(Arc::clone(&notes) as _), policy);
    (notes, lifecycle)
}

async fn begin(lifecycle: &Lifecycle) -> InUse {
    let in_use = lifecycle.begin();
    within(in_use.load(|| {})).await.unwrap();
    in_use
}

#[tokio::test]
async fn after_each_job_the_memory_is_free_when_the_end_returns() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, LONG);
    for _ in 0..2 {
        begin(&lifecycle).await.end(false).await;
    }
    assert_eq!(notes.told(), ["load", "unload", "load", "unload"]);
    assert_eq!(lifecycle.status().unwrap().detail, "not in GPU memory");
}

#[tokio::test]
async fn between_consecutive_jobs_it_stays_warm() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, LONG);
    begin(&lifecycle).await.end(true).await;
    let mut loading = false;
    let second = lifecycle.begin();
    second.load(|| loading = true).await.unwrap();
    assert!(!loading, "a warm model was said to be loading");
    second.end(false).await;
    assert_eq!(notes.told(), ["load", "load", "unload"]);
}

#[tokio::test]
async fn a_job_that_is_not_admitted_in_time_does_not_keep_it_warm() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, SHORT);
    begin(&lifecycle).await.end(true).await;
    assert_eq!(notes.reached(2).await, ["load", "unload"]);
}

#[tokio::test]
async fn it_is_never_unloaded_under_a_job() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, SHORT);
    let (one, two) = (begin(&lifecycle).await, begin(&lifecycle).await);
    one.end(false).await;
    tokio::time::sleep(SHORT * 3).await;
    lifecycle.close().await;
    assert_eq!(notes.told(), ["load"], "unloaded under the second job");
    drop(two);
    assert_eq!(notes.reached(2).await, ["load", "unload"]);
}

#[tokio::test]
async fn a_second_user_does_not_load_again_and_the_next_first_one_looks() {
    let (notes, lifecycle) = lifecycle(Unload::Never, SHORT);
    let (one, two) = (begin(&lifecycle).await, begin(&lifecycle).await);
    assert_eq!(notes.told(), ["load"]);
    one.end(false).await;
    two.end(false).await;
    begin(&lifecycle).await.end(false).await;
    assert_eq!(notes.told(), ["load", "load"]);
}

#[tokio::test]
async fn a_load_that_nobody_waits_for_any_more_goes_on() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, LONG);
    notes.slow.store(true, Ordering::Relaxed);
    let in_use = lifecycle.begin();
    let given_up = tokio::time::timeout(SHORT, in_use.load(|| {})).await;
    assert!(given_up.is_err(), "it was not slow");
    notes.go_on.notify_one();
    assert_eq!(notes.reached(2).await, ["load", "loaded"]);
    assert!(in_use.ends_with_unload(false) && !in_use.ends_with_unload(true));
}

#[tokio::test]
async fn idle_means_idle_and_never_means_never() {
    let (notes, idle) = lifecycle(Unload::WhenIdle(SHORT), LONG);
    begin(&idle).await.end(false).await;
    assert_eq!(notes.reached(2).await, ["load", "unload"]);
    let (notes, never) = lifecycle(Unload::Never, SHORT);
    begin(&never).await.end(false).await;
    never.close().await;
    assert_eq!(notes.told(), ["load"]);
}

#[tokio::test]
async fn an_unload_that_fails_is_bounded_shown_and_tried_again() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, LONG);
    notes.stuck.store(true, Ordering::Relaxed);
    within(begin(&lifecycle).await.end(false)).await;
    let status = lifecycle.status().unwrap();
    assert!(
        !status.healthy && status.detail.contains("not done within"),
        "{status:?}"
    );
    notes.stuck.store(false, Ordering::Relaxed);
    within(async {
        while !lifecycle.status().unwrap().healthy {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(notes.told().len() >= 3, "{:?}", notes.told());
}

#[tokio::test]
async fn an_engine_that_cannot_unload_is_asked_once() {
    let (notes, lifecycle) = lifecycle(Unload::AfterEachJob, LONG);
    notes.refuses.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        begin(&lifecycle).await.end(false).await;
    }
    assert_eq!(notes.told(), ["load", "unload", "load", "load"]);
    let status = lifecycle.status().unwrap();
    assert!(
        !status.healthy && status.detail.contains("no way"),
        "{status:?}"
    );
}

#[tokio::test]
async fn what_a_crash_left_in_memory_goes_soon_after_the_start() {
    let (notes, _lifecycle) = lifecycle(Unload::AfterEachJob, SHORT);
    assert_eq!(notes.reached(1).await, ["unload"]);
}
