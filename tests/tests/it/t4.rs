//! The deployment on one shared GPU, whole: plugin's side, service, GPU queue and ACE-Step.

use crate::{api_support::job, gate_support::service_behind};
use serde_json::{Value, json};
use sideman_tests::{
    acestep::{Flavour, Setup as SimulatorSetup, Simulator},
    gpu_queue::{GpuQueue, Ledger},
    service::{Service, Setup},
    songs,
};
use std::time::Duration;

const SOURCE_SECS: f64 = 8.0;
const POOL: u32 = 13_000;

/// As `deploy/t4` has it: the memory is free before the tokens go back.
fn behind(queue: &GpuQueue, engine: &Simulator) -> Setup {
    service_behind(queue)
        .arg("--engine")
        .arg("acestep")
        .env("ACESTEP_URL", engine.url())
        .env("QUEUE_TOKENS", 9_500)
        .env("SIDEMAN_MODEL_UNLOAD", "after_each_job")
        .env("SIDEMAN_MODEL_UNLOAD_TIMEOUT_SECS", 3)
        // On a busy machine an honest answer may take.
        .env("SIDEMAN_GPU_QUEUE_SERVICE_REQUEST_TIMEOUT_SECS", 30)
}

fn submit(service: &Service, tracks: &[&str]) -> String {
    let source_id = service.upload(songs::song_wav(SOURCE_SECS, 120.0));
    service.submit(&job(&source_id, tracks))
}

fn frames(job: &Value) -> Vec<&Value> {
    let stems = job["stems"].as_array().unwrap();
    stems.iter().map(|stem| &stem["frames"]).collect()
}

#[test]
fn a_job_of_each_flavour_goes_all_the_way() {
    for flavour in [Flavour::Lego, Flavour::April] {
        let (queue, engine) = (GpuQueue::start(POOL), Simulator::start(flavour));
        let service = behind(&queue, &engine).start();
        let job_id = submit(&service, &["vocals", "drums"]);
        let done = service.finish(&job_id);
        assert_eq!(done["state"], "succeeded", "{done:#}\n{}", service.log());
        let exact = json!((SOURCE_SECS * 44_100.0) as u64);
        assert_eq!(frames(&done), [&exact, &exact]);
        let ledger = queue.wait_for("settled", Ledger::is_settled);
        let account = ledger.accounts.values().next().unwrap();
        assert_eq!((ledger.accounts.len(), account.tokens), (1, 9_500));
        assert_eq!(
            (account.begun, account.ended.as_deref()),
            (1, Some("completed"))
        );
        // Upstream has no call to unload.
        assert_eq!(engine.is_loaded(), flavour == Flavour::April);
    }
}

#[test]
fn jobs_in_a_row_keep_the_model_and_the_last_gives_it_up() {
    let (queue, engine) = (GpuQueue::start(POOL), Simulator::start(Flavour::Lego));
    let service = behind(&queue, &engine).start();
    let jobs: Vec<_> = (0..3).map(|_| submit(&service, &["drums"])).collect();
    for job_id in &jobs {
        assert_eq!(service.finish(job_id)["state"], "succeeded");
    }
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!(ledger.ended("completed"), 3);
    assert!(!engine.is_loaded());
    assert_eq!(engine.calls("/v1/unload"), 1, "{}", service.log());
}

/// Never both: another model's tokens and our model's memory.
#[test]
fn a_foreign_model_ahead_gets_the_memory_too() {
    let (queue, engine) = (GpuQueue::start(POOL), Simulator::start(Flavour::Lego));
    queue.foreign("other", 9_500);
    let service = behind(&queue, &engine)
        .env("SIDEMAN_MODEL_WARM_GRACE_SECS", 0.2)
        .start();
    let job_id = submit(&service, &["drums"]);
    queue.wait_for("in line", |ledger| ledger.queued() == 1);
    assert!(engine.tasks().is_empty(), "begun without a grant");
    queue.foreign_ends("other");
    assert_eq!(service.finish(&job_id)["state"], "succeeded");
    queue.wait_for("settled", Ledger::is_settled);
    assert!(!engine.is_loaded());
}

#[test]
fn after_the_plug_was_pulled_the_finished_result_is_fetched_not_played_again() {
    let queue = GpuQueue::start(POOL);
    let engine = SimulatorSetup {
        job: Duration::from_secs(2),
        ..SimulatorSetup::new(Flavour::Lego)
    }
    .start();
    let service = behind(&queue, &engine).start();
    let job_id = submit(&service, &["drums"]);
    service.wait_for(&job_id, |job| job["stage"] == "generating");
    let data = service.pull_the_plug();
    engine.wait_until("played", |e| e.tasks().iter().all(|task| task.over));

    let service = behind(&queue, &engine).data(data).start();
    let done = service.finish(&job_id);
    assert_eq!(done["state"], "succeeded", "{done:#}\n{}", service.log());
    assert_eq!(engine.tasks().len(), 1, "played twice");
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!((ledger.ended("failed"), ledger.ended("completed")), (1, 1));
}

/// A service with a job that was cancelled while the engine plays it.
fn cancelled(queue: &GpuQueue, engine: &Simulator, setup: Setup) -> Service {
    let service = setup.start();
    let job_id = submit(&service, &["drums"]);
    engine.wait_until("a task", |e| e.tasks().len() == 1);
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    assert_eq!(service.finish(&job_id)["state"], "cancelled");
    assert_eq!(
        queue.ledger().held(),
        1,
        "given back while the engine plays"
    );
    service
}

fn slow(flavour: Flavour, job: Duration) -> Simulator {
    SimulatorSetup {
        job,
        ..SimulatorSetup::new(flavour)
    }
    .start()
}

/// The server cannot cancel: until the task has ended there, the card is taken, and says so.
#[test]
fn a_cancelled_jobs_tokens_come_back_when_the_engine_is_done_and_its_memory_free() {
    let (queue, engine) = (
        GpuQueue::start(POOL),
        slow(Flavour::Lego, Duration::from_secs(4)),
    );
    let setup = behind(&queue, &engine).env("SIDEMAN_MODEL_UNLOAD_TIMEOUT_SECS", 1);
    let service = cancelled(&queue, &engine, setup);
    let next = submit(&service, &["drums"]);
    queue.wait_for("the first is settled", |ledger| ledger.ended("failed") == 1);
    assert!(engine.tasks()[0].over, "{}", service.log());
    assert_eq!(service.finish(&next)["state"], "succeeded");
    queue.wait_for("settled", Ledger::is_settled);
    assert!(!engine.is_loaded());
}

#[test]
fn a_task_that_never_ends_keeps_the_tokens_up_to_a_limit_and_the_log_says_so() {
    let (queue, engine) = (
        GpuQueue::start(POOL),
        slow(Flavour::Lego, Duration::from_secs(600)),
    );
    let setup = behind(&queue, &engine)
        .env("SIDEMAN_MODEL_UNLOAD_TIMEOUT_SECS", 0.5)
        .env("SIDEMAN_MODEL_ABANDONED_TIMEOUT_SECS", 2);
    let service = cancelled(&queue, &engine, setup);
    queue.wait_for("settled", Ledger::is_settled);
    assert!(
        service.log().contains("abandoned_timeout_secs"),
        "{}",
        service.log()
    );
    assert!(engine.is_loaded(), "unloaded under a running task");
}

/// Where the memory is freed by stopping the server, that ends the task too.
#[cfg(unix)]
#[test]
fn a_server_stopped_by_command_gives_the_tokens_back_at_once() {
    let (queue, engine) = (
        GpuQueue::start(POOL),
        slow(Flavour::April, Duration::from_secs(600)),
    );
    let setup = behind(&queue, &engine)
        .env("SIDEMAN_ACESTEP_LOAD_COMMAND", "true")
        .env("SIDEMAN_ACESTEP_UNLOAD_COMMAND", "true")
        .env("SIDEMAN_MODEL_UNLOAD_TIMEOUT_SECS", 30);
    let service = setup.start();
    let job_id = submit(&service, &["drums"]);
    engine.wait_until("a task", |e| e.tasks().len() == 1);
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!(ledger.ended("failed"), 1, "{}", service.log());
    assert!(!engine.tasks()[0].over);
}

/// Its tasks died with it, which shows in its counts.
#[test]
fn an_engine_that_dies_costs_no_tokens() {
    let queue = GpuQueue::start(POOL);
    let mut engine = slow(Flavour::Lego, Duration::from_secs(600));
    let setup = behind(&queue, &engine);
    let _service = cancelled(&queue, &engine, setup);
    engine.crash();
    engine.restart();
    let ledger = queue.wait_for("settled", Ledger::is_settled);
    assert_eq!((ledger.held(), ledger.told_again()), (0, 0));
}
