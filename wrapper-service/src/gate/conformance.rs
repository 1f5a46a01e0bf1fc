//! What every gate promises, checked on gates with room for one.

use super::{Ask, Gate, GateError, Outcome, Permit};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

pub async fn check<G: Gate>(one_place: impl Fn() -> G) {
    admits_one_at_a_time(one_place()).await;
    a_dropped_permit_is_released(one_place()).await;
    a_cancelled_wait_takes_nothing(one_place()).await;
}

fn ask(n: u32) -> Ask {
    Ask {
        job_id: format!("job-{n:08}"),
    }
}

async fn admits_one_at_a_time(gate: impl Gate) {
    let gate = Arc::new(gate);
    let never = CancellationToken::new();
    let first = gate.acquire(ask(1), &never).await.unwrap();
    let waiting = tokio::spawn({
        let gate = Arc::clone(&gate);
        async move { gate.acquire(ask(2), &CancellationToken::new()).await }
    });
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "two were admitted to one place");
    first.release(Outcome::Succeeded);
    let second = waiting.await.unwrap().unwrap();
    second.release(Outcome::Cancelled);
    gate.acquire(ask(3), &never)
        .await
        .unwrap()
        .release(Outcome::Failed);
    assert!(gate.status().await.healthy);
}

async fn a_dropped_permit_is_released(gate: impl Gate) {
    let never = CancellationToken::new();
    drop(gate.acquire(ask(1), &never).await.unwrap());
    drop(gate.acquire(ask(2), &never).await.unwrap());
}

async fn a_cancelled_wait_takes_nothing(gate: impl Gate) {
    let never = CancellationToken::new();
    let held = gate.acquire(ask(1), &never).await.unwrap();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let refused = gate.acquire(ask(2), &cancel).await;
    assert_eq!(refused.err(), Some(GateError::Cancelled));
    held.release(Outcome::Succeeded);
    drop(gate.acquire(ask(3), &never).await.unwrap());
}

#[test]
fn a_permit_speaks_exactly_once() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let permit = || {
        let heard = Arc::clone(&heard);
        Permit::new(move |outcome| heard.lock().unwrap().push(outcome))
    };
    permit().release(Outcome::Succeeded);
    drop(permit());
    assert_eq!(
        *heard.lock().unwrap(),
        [Outcome::Succeeded, Outcome::Failed]
    );
}
