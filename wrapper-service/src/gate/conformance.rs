//! What every gate promises, for the tests of whoever writes one. Checked on gates with room for one.

use super::{Ask, Gate, GateError, Outcome, Permit, WaitNews};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Far beyond what a grant needs.
const DEADLINE: Duration = Duration::from_secs(60);
/// Long enough for a gate to let in somebody whom it should not.
const TEMPTATION: Duration = Duration::from_millis(300);

/// # Panics
/// When a promise is broken.
pub async fn check<G: Gate>(one_place: impl Fn() -> G) {
    admits_one_at_a_time(one_place()).await;
    a_dropped_permit_is_released(one_place()).await;
    a_cancelled_wait_takes_nothing(one_place()).await;
    a_dropped_wait_takes_nothing(one_place()).await;
}

fn ask(n: u32) -> Ask {
    Ask {
        job_id: format!("job-{n:08}"),
        source_secs: 1.0,
    }
}

async fn admitted(gate: &impl Gate, n: u32) -> Permit {
    let never = CancellationToken::new();
    let news = WaitNews::ignore();
    let admitted = tokio::time::timeout(DEADLINE, gate.acquire(ask(n), &news, &never)).await;
    let admitted = admitted.unwrap_or_else(|_| panic!("{n} was not admitted in time"));
    admitted.unwrap_or_else(|error| panic!("{n} was not admitted: {error}"))
}

/// All that was released has arrived, so that the next test meets an empty queue.
async fn settled(gate: &impl Gate) {
    let settled = tokio::time::timeout(DEADLINE, gate.settled()).await;
    assert!(settled.is_ok(), "a release did not arrive in time");
}

async fn admits_one_at_a_time(gate: impl Gate) {
    let gate = Arc::new(gate);
    let first = admitted(&*gate, 1).await;
    let mut waiting = tokio::spawn({
        let gate = Arc::clone(&gate);
        async move { admitted(&*gate, 2).await }
    });
    let second = tokio::time::timeout(TEMPTATION, &mut waiting).await;
    assert!(second.is_err(), "two were admitted to one place");
    first.release(Outcome::Succeeded);
    let second = waiting.await.unwrap_or_else(|error| panic!("{error}"));
    second.release(Outcome::Cancelled);
    admitted(&*gate, 3).await.release(Outcome::Failed);
    assert!(gate.status().await.healthy);
    settled(&*gate).await;
}

async fn a_dropped_permit_is_released(gate: impl Gate) {
    drop(admitted(&gate, 1).await);
    drop(admitted(&gate, 2).await);
    settled(&gate).await;
}

async fn a_cancelled_wait_takes_nothing(gate: impl Gate) {
    let held = admitted(&gate, 1).await;
    let cancel = CancellationToken::new();
    let news = WaitNews::ignore();
    let waiting = gate.acquire(ask(2), &news, &cancel);
    let cancelling = async {
        tokio::time::sleep(TEMPTATION / 3).await;
        cancel.cancel();
    };
    let (refused, ()) = tokio::join!(waiting, cancelling);
    assert_eq!(refused.err(), Some(GateError::Cancelled));
    let refused = gate.acquire(ask(3), &news, &cancel).await;
    assert_eq!(
        refused.err(),
        Some(GateError::Cancelled),
        "cancelled before it began"
    );
    held.release(Outcome::Succeeded);
    drop(admitted(&gate, 4).await);
    settled(&gate).await;
}

async fn a_dropped_wait_takes_nothing(gate: impl Gate) {
    let held = admitted(&gate, 1).await;
    let never = CancellationToken::new();
    let news = WaitNews::ignore();
    let waiting = gate.acquire(ask(2), &news, &never);
    assert!(tokio::time::timeout(TEMPTATION / 3, waiting).await.is_err());
    held.release(Outcome::Succeeded);
    drop(admitted(&gate, 3).await);
    settled(&gate).await;
}
