//! What becomes of a wait when the queue misbehaves.

use crate::gate_support::{Door, Heard, acquire, ask, begin, gate, settings, within};
use serde_json::json;
use sideman_tests::gpu_queue::{Fault, GpuQueue, Ledger, Step};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use wrapper_service::gate::{
    Gate as _, GateError, Noticed, Outcome, WaitNews, gpu_queue_service::Admission,
};

const FOR_EVER: u32 = 100_000;

/// What went wrong, how often; then how many sessions it took to be granted, and how often a release
/// had to be told again because its answer was lost.
type Row = (Step, Fault, u32, usize, u32);

/// A queue that says 404 about an `End` has nothing left to release: that row would be about a liar.
const TABLE: [Row; 19] = [
    // step          fault      times  sessions  told again
    (Step::Enqueue, Fault::Error, 3, 1, 0),
    (Step::Enqueue, Fault::Hang, 1, 1, 0),
    (Step::Enqueue, Fault::Lost, 1, 1, 0),
    (Step::Enqueue, Fault::Page, 2, 1, 0),
    (Step::Enqueue, Fault::Unknown, 2, 1, 0),
    (Step::Look, Fault::Error, 3, 1, 0),
    (Step::Look, Fault::Hang, 1, 1, 0),
    (Step::Look, Fault::Lost, 1, 1, 0),
    (Step::Look, Fault::Page, 3, 1, 0),
    (Step::Look, Fault::Unknown, 2, 1, 0),
    // The queue must have forgotten: a second session, and the first is withdrawn.
    (Step::Look, Fault::Unknown, FOR_EVER, 2, 0),
    (Step::Begin, Fault::Error, 9, 1, 0),
    (Step::Begin, Fault::Hang, 1, 1, 0),
    (Step::Begin, Fault::Unknown, 1, 1, 0),
    (Step::End, Fault::Error, 3, 1, 0),
    (Step::End, Fault::Hang, 1, 1, 0),
    (Step::End, Fault::Page, 2, 1, 0),
    (Step::End, Fault::Lost, 1, 1, 1),
    (Step::Notify, Fault::Twice, 1, 1, 0),
];

/// In every row exactly one session works, its end is told truly, and no token stays out.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_at_every_step_ends_in_one_grant_and_one_release() {
    for (step, fault, times, sessions, told_again) in TABLE {
        let row = format!("{step:?} {fault:?} ×{times}");
        let queue = GpuQueue::start(1000);
        let door = Door::open().await;
        let admission = match step {
            Step::Notify => {
                queue.announce_to(&door.base);
                Admission::Webhook
            }
            _ => Admission::Poll,
        };
        // Somebody else works, so that there is a wait to be disturbed.
        queue.foreign("other", 1000);
        queue.fail(step, fault, times);
        let gate = door.lead_to(gate(settings(&queue, admission)));
        let waiting = begin(&gate, WaitNews::ignore());
        queue.wait_for("in line", |ledger| ledger.queued() > 0);
        if times == FOR_EVER {
            queue.wait_for("asked anew", |ledger| ledger.accounts.len() == 2);
            queue.heal();
        }
        if step == Step::Look {
            queue.wait_for("disturbed", |_| queue.is_out_of_script(step));
        }
        queue.foreign_ends("other");
        let permit = within(waiting).await.unwrap();
        let permit = permit.unwrap_or_else(|error| panic!("{row}: {error}"));
        permit.release(Outcome::Succeeded);
        within(gate.settled()).await;
        let ledger = queue.wait_for("settled", Ledger::is_settled);
        let found = (
            ledger.accounts.len(),
            ledger.told_again(),
            ledger.ended("completed"),
        );
        assert_eq!(found, (sessions, told_again, 1), "{row}: {ledger:#?}");
        let all = ledger.accounts.values();
        assert_eq!(
            all.map(|a| a.enqueued).max(),
            Some(1),
            "{row}: queued twice"
        );
        assert!(ledger.most_out <= 1000, "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_forgot_everything_is_asked_anew() {
    for admission in [Admission::Auto, Admission::Webhook] {
        let queue = GpuQueue::start(1000);
        let door = Door::open().await;
        queue.announce_to(&door.base);
        queue.foreign("other", 1000);
        let gate = door.lead_to(gate(settings(&queue, admission)));
        let waiting = begin(&gate, WaitNews::ignore());
        queue.wait_for("in line", |ledger| ledger.queued() == 1);
        queue.restart();
        let permit = within(waiting).await.unwrap().unwrap();
        permit.release(Outcome::Failed);
        within(gate.settled()).await;
        let ledger = queue.wait_for("settled", Ledger::is_settled);
        assert_eq!((ledger.accounts.len(), ledger.ended("failed")), (2, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_away_is_waited_for_and_the_waiting_job_is_told() {
    let mut queue = GpuQueue::start(1000);
    queue.go_away();
    let gate = gate(settings(&queue, Admission::Poll));
    let heard = Heard::default();
    let waiting = begin(&gate, heard.news());
    let trouble = |heard: &Heard| heard.all().into_iter().find_map(|w| w.trouble);
    while trouble(&heard).is_none() {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "started without a grant");
    let sentence = trouble(&heard).unwrap();
    assert!(
        sentence.contains(queue.url()) && sentence.contains("asks again"),
        "{sentence}"
    );
    let status = gate.status().await;
    assert!(
        !status.healthy && status.detail.contains("does not answer"),
        "{status:?}"
    );
    queue.come_back();
    let permit = within(waiting).await.unwrap().unwrap();
    assert!(gate.status().await.healthy);
    permit.release(Outcome::Succeeded);
    queue.wait_for("released", |ledger| ledger.ended("completed") == 1);
    assert_eq!(
        heard.all().last().unwrap().trouble,
        None,
        "the trouble was never over"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn patience_ends_only_where_it_was_told_to_and_then_as_told() {
    let mut queue = GpuQueue::start(1000);
    queue.go_away();
    let mut impatient = settings(&queue, Admission::Auto);
    impatient.fail_after = Duration::from_millis(200);
    let gave_up = acquire(&gate(impatient.clone())).await.err();
    assert!(
        matches!(gave_up, Some(GateError::Unreachable(_))),
        "{gave_up:?}"
    );
    impatient.start_without_grant = true;
    let reckless = gate(impatient);
    let permit = acquire(&reckless).await.unwrap();
    queue.come_back();
    permit.release(Outcome::Succeeded);
    within(reckless.settled()).await;
    assert_eq!(queue.ledger().held(), 0);
}

/// The grant may come in the very moment of the cancel: either way nothing stays out.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_at_any_moment_leaves_nothing_in_the_queue() {
    let queue = GpuQueue::start(1000);
    let gate = gate(settings(&queue, Admission::Poll));
    for wait_ms in 0..40 {
        queue.foreign("other", 1000);
        let cancel = CancellationToken::new();
        let cancelling = async {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            cancel.cancel();
        };
        let granting = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            queue.foreign_ends("other");
        };
        let news = WaitNews::ignore();
        let acquiring = gate.acquire(ask("job-1"), &news, &cancel);
        let (acquired, (), ()) = tokio::join!(acquiring, cancelling, granting);
        drop(acquired);
    }
    within(gate.settled()).await;
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!(ledger.told_again(), 0, "{ledger:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_the_queue_is_passed_on_and_never_rises() {
    let queue = GpuQueue::start(1000);
    for (session, tokens) in [("a", 1000), ("b", 1000), ("c", 1000)] {
        queue.foreign(session, tokens);
    }
    let gate = gate(settings(&queue, Admission::Poll));
    let heard = Heard::default();
    let waiting = begin(&gate, heard.news());
    let last = |heard: &Heard| heard.all().last().and_then(|w| w.place);
    for (leaves, place) in [("a", 3), ("b", 2), ("c", 1)] {
        let begun = Instant::now();
        while last(&heard) != Some(place) {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{:?}",
                heard.all()
            );
            tokio::task::yield_now().await;
        }
        queue.foreign_ends(leaves);
    }
    drop(within(waiting).await.unwrap().unwrap());
    let places: Vec<_> = heard.all().iter().filter_map(|w| w.place).collect();
    assert!(places.is_sorted_by(|a, b| a >= b), "{places:?}");
    assert!(heard.all()[0].eta_secs.is_some_and(|secs| secs >= 30.0));
}

/// Nobody can talk a job into starting who does not know its session.
#[tokio::test(flavor = "multi_thread")]
async fn words_for_nobody_start_nothing() {
    let queue = GpuQueue::start(1000);
    queue.foreign("other", 1000);
    let gate = gate(settings(&queue, Admission::Webhook));
    let waiting = begin(&gate, WaitNews::ignore());
    let ledger = queue.wait_for("in line", |ledger| ledger.queued() == 1);
    let notice = |id: &str, status: &str| {
        gate.notify(
            None,
            &json!({"session_id": id, "status": status, "type": "x"}),
        )
    };
    assert_eq!(notice("sideman-guess", "ready"), Noticed::Taken);
    assert_eq!(
        gate.notify(None, &json!({"status": "ready"})),
        Noticed::NoSession
    );
    let session = ledger.accounts.keys().next().unwrap();
    assert_eq!(notice(session, "queued"), Noticed::Taken);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "started without a grant");
    assert_eq!(notice(session, "ready"), Noticed::Taken);
    drop(within(waiting).await.unwrap().unwrap());
    within(gate.settled()).await;
    assert!(queue.ledger().is_settled());
}
