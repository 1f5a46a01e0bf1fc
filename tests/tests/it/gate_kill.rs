//! The plug is pulled at every step of a lease's life: the job goes on, and its tokens come back.

use crate::{
    api_support::{TRACKS, job},
    gate_support::service_behind,
};
use sideman_tests::{
    gpu_queue::{Fault, GpuQueue, Ledger, Step},
    service::Setup,
    songs,
};

/// On a busy machine an honest answer may take, and what is answered late is told again.
fn patient(queue: &GpuQueue) -> Setup {
    service_behind(queue).env("SIDEMAN_GPU_QUEUE_SERVICE_REQUEST_TIMEOUT_SECS", 30)
}

#[test]
fn while_waiting() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    let service = patient(&queue).start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    let before = queue.wait_for("in line", |ledger| ledger.queued() == 1);
    let data = service.pull_the_plug();

    let service = patient(&queue).data(data).start();
    queue.wait_for("in line again", |l| {
        l.accounts.len() == 2 && l.queued() == 1
    });
    queue.foreign_ends("other");
    assert_eq!(service.finish(&job_id)["state"], "succeeded");
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    let old = before.accounts.keys().next().unwrap();
    assert_eq!(
        ledger.accounts[old].granted, 0,
        "the dead one's place was kept"
    );
    assert_eq!((ledger.ended("completed"), ledger.told_again()), (1, 0));
}

#[test]
fn while_playing() {
    let queue = GpuQueue::start(1_000);
    let service = patient(&queue).start();
    let source_id = service.upload(songs::song_wav(10.0, 120.0));
    let job_id = service.submit(&job(&source_id, &TRACKS));
    service.wait_for(&job_id, |job| !job["stems"].as_array().unwrap().is_empty());
    assert_eq!(queue.ledger().held(), 1, "too late to pull the plug");
    let data = service.pull_the_plug();
    assert_eq!(queue.ledger().held(), 1);

    // There is room for one: it must be the old lease that makes room for the new one.
    let service = patient(&queue).data(data).start();
    let done = service.finish(&job_id);
    assert_eq!(
        (&done["state"], &done["attempt"]),
        (&"succeeded".into(), &2.into())
    );
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!((ledger.ended("failed"), ledger.ended("completed")), (1, 1));
    assert_eq!(ledger.told_again(), 0);
}

#[test]
fn while_releasing() {
    for fault in [Fault::Error, Fault::Lost] {
        let queue = GpuQueue::start(1_000);
        queue.fail(Step::End, fault, 100_000);
        let service = service_behind(&queue).start();
        let source_id = service.upload(songs::song_wav(1.0, 120.0));
        let job_id = service.submit(&job(&source_id, &["drums"]));
        assert_eq!(service.finish(&job_id)["state"], "succeeded");
        let data = service.pull_the_plug();
        queue.heal();

        let service = service_behind(&queue).data(data).start();
        let ledger = queue.wait_for("released", |ledger| ledger.ended("completed") == 1);
        assert_eq!((ledger.accounts.len(), ledger.held()), (1, 0), "{fault:?}");
        assert_eq!(service.finish(&job_id)["attempt"], 1, "it was played again");
    }
}

/// A grant whose owner died before it could say that it begins.
#[test]
fn between_the_grant_and_the_first_word() {
    let queue = GpuQueue::start(1_000);
    queue.fail(Step::Begin, Fault::Hang, 100_000);
    let service = service_behind(&queue)
        .env("SIDEMAN_GPU_QUEUE_SERVICE_REQUEST_TIMEOUT_SECS", 60)
        .start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    queue.wait_for("granted", |ledger| ledger.held() == 1);
    let data = service.pull_the_plug();
    queue.heal();

    let service = service_behind(&queue).data(data).start();
    assert_eq!(service.finish(&job_id)["state"], "succeeded");
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!((ledger.ended("failed"), ledger.ended("completed")), (1, 1));
}
