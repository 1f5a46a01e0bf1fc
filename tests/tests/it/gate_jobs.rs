//! Jobs behind the GPU queue: the built service, the simulated queue, and everything between them.

use crate::{
    api_support::{job, long_job},
    gate_support::service_behind,
};
use serde_json::{Value, json};
use sideman_tests::{
    gpu_queue::{GpuQueue, Ledger},
    service::{PATIENCE, Service},
    songs,
};
use std::{
    io::Write as _,
    net::TcpStream,
    time::{Duration, Instant},
};

fn wait_for_health(service: &Service, wished: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let health = service.send(service.get("/health")).json();
        if wished(&health) {
            return health;
        }
        assert!(begun.elapsed() < PATIENCE, "still {health:#}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_waiting_job_says_that_it_waits_and_where_it_stands() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    queue.foreign("another", 1_000);
    let service = service_behind(&queue).start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    let waiting = service.wait_for(&job_id, |job| job["queue"]["position"] == 2);
    assert_eq!(
        (&waiting["state"], &waiting["stage"]),
        (&json!("running"), &json!("waiting_for_gpu"))
    );
    assert_eq!(waiting["queue"]["eta_secs"], 60.0);
    queue.foreign_ends("other");
    service.wait_for(&job_id, |job| job["queue"]["position"] == 1);
    queue.foreign_ends("another");
    let done = service.finish(&job_id);
    assert_eq!(
        (&done["state"], &done["queue"]),
        (&json!("succeeded"), &Value::Null)
    );
}

#[test]
fn a_job_whose_queue_is_away_says_so_and_goes_on_by_itself() {
    let mut queue = GpuQueue::start(1_000);
    queue.go_away();
    let service = service_behind(&queue).start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    let waiting = service.wait_for(&job_id, |job| job["error"].is_object());
    assert_eq!(waiting["state"], "running", "{waiting:#}");
    assert_eq!(waiting["error"]["code"], "gate_unreachable");
    let health = wait_for_health(&service, |health| health["gate"]["healthy"] == false);
    assert!(
        health["gate"]["detail"]
            .as_str()
            .unwrap()
            .contains("does not answer")
    );
    assert_eq!(health["status"], "ok", "jobs are still accepted");
    queue.come_back();
    let done = service.finish(&job_id);
    assert_eq!(
        (&done["state"], &done["error"]),
        (&json!("succeeded"), &Value::Null)
    );
    queue.wait_for("released", |ledger| ledger.ended("completed") == 1);
}

/// Without a single question after the first: only the webhook can have told it.
#[test]
fn a_webhook_starts_the_job_also_behind_keys() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    let service = service_behind(&queue)
        .env("SIDEMAN_GPU_QUEUE_SERVICE_ADMISSION", "webhook")
        .env("SIDEMAN_GPU_QUEUE_SERVICE_POLL_MAX_SECS", 600)
        .env("SIDEMAN_AUTH_KEYS", "studio:a-long-secret")
        .start();
    queue.announce_to(service.base());
    let with_key = |request: reqwest::blocking::RequestBuilder| {
        service.send(request.bearer_auth("a-long-secret"))
    };
    let upload = service
        .post("/v1/sources")
        .header("content-type", "audio/wav");
    let source = with_key(upload.body(songs::song_wav(1.0, 120.0))).json();
    let request = job(source["source_id"].as_str().unwrap(), &["drums"]);
    let submitted = with_key(service.post("/v1/jobs").json(&request)).json();
    queue.wait_for("in line", |ledger| ledger.queued() == 1);
    queue.foreign_ends("other");
    let ledger = queue.wait_for("released", |ledger| ledger.ended("completed") == 1);
    assert_eq!(ledger.looks, 0);
    let path = format!("/v1/jobs/{}", submitted["job_id"].as_str().unwrap());
    assert_eq!(with_key(service.get(&path)).json()["error"], Value::Null);
}

#[test]
fn the_webhook_answers_as_its_sender_expects() {
    let queue = GpuQueue::start(1_000);
    let service = service_behind(&queue).start();
    let notify = |service: &Service, body: &str| {
        let request = service.post("/task_notification");
        let request = request
            .header("x-notification-id", "n-1")
            .body(body.to_owned());
        let answer = service.send(request);
        (answer.status, answer.json())
    };
    let received = json!({"status": "received", "notification_id": "n-1",
        "message": "Task notification received for processing"});
    let ready = r#"{"session_id": "nobody", "status": "ready", "type": "x"}"#;
    assert_eq!(notify(&service, ready), (200, received));
    let refused = |message: &str| (400, json!({"status": "error", "message": message}));
    assert_eq!(notify(&service, "{}"), refused("Missing session_id"));
    assert_eq!(notify(&service, "ready"), refused("No JSON data received"));
    let local = Service::start();
    assert_eq!(notify(&local, ready).0, 404);
}

#[test]
fn a_cancelled_wait_leaves_the_queue() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    let service = service_behind(&queue).start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    queue.wait_for("in line", |ledger| ledger.queued() == 1);
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    assert_eq!(service.finish(&job_id)["state"], "cancelled");
    let ledger = queue.wait_for("withdrawn", Ledger::is_settled);
    let account = ledger.accounts.values().next().unwrap();
    assert_eq!(
        (account.granted, account.ended.as_deref()),
        (0, Some("failed"))
    );
}

#[test]
fn a_wait_has_a_limit_of_its_own() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    let service = service_behind(&queue)
        .env("SIDEMAN_JOBS_GPU_WAIT_TIMEOUT_SECS", 3)
        .start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    let failed = service.finish(&job_id);
    assert_eq!(failed["error"]["code"], "gate_unreachable", "{failed:#}");
    let detail = failed["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("not free within 3 s"), "{detail}");
    queue.wait_for("withdrawn", Ledger::is_settled);
}

#[test]
fn a_lego_client_is_held_while_its_job_waits_and_takes_it_along_when_it_goes() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    let service = service_behind(&queue).start();
    let field = |name: &str, value: &str| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body = field("track_type", "drums") + &field("bpm", "120");
    body +=
        "--X\r\nContent-Disposition: form-data; name=\"audio_file\"; filename=\"s.wav\"\r\n\r\n";
    let mut body = body.into_bytes();
    body.extend(songs::song_wav(1.0, 120.0));
    body.extend(b"\r\n--X--\r\n");
    let mut stream = TcpStream::connect(service.base().trim_start_matches("http://")).unwrap();
    let length = body.len();
    let head = format!(
        "POST /lego HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    queue.wait_for("in line", |ledger| ledger.queued() == 1);
    let list = service.send(service.get("/v1/jobs")).json();
    let job_id = list["jobs"][0]["job_id"].as_str().unwrap().to_owned();
    drop(stream);
    assert_eq!(service.finish(&job_id)["state"], "cancelled");
    queue.wait_for("withdrawn", Ledger::is_settled);
}

/// A job that waits for the GPU has not begun: at the end it goes back at once, without the drain.
#[cfg(unix)]
#[test]
fn a_stopping_service_gives_a_waiting_job_back_at_once() {
    let queue = GpuQueue::start(1_000);
    queue.foreign("other", 1_000);
    let service = service_behind(&queue).arg("--drain").arg("3600").start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    queue.wait_for("in line", |ledger| ledger.queued() == 1);
    service.terminate();
    let (status, _, data) = service.wait_for_exit();
    assert_eq!(status.code(), Some(0));
    assert!(
        queue.ledger().is_settled(),
        "the place in the queue was kept"
    );
    queue.foreign_ends("other");
    let service = service_behind(&queue).data(data).start();
    assert_eq!(service.finish(&job_id)["state"], "succeeded");
}

#[test]
fn the_doctor_asks_the_queue() {
    let mut queue = GpuQueue::start(1_000);
    let dir = tempfile::tempdir().unwrap();
    let check = |queue: &GpuQueue| {
        let mut command = sideman_tests::service::command();
        command.args(["check", "--gate", "gpu-queue-service", "--data-dir"]);
        command.arg(dir.path()).env("QUEUE_URL", queue.url());
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, said) = check(&queue);
    assert!(
        code == Some(0) && said.contains("gate     ok    gpu-queue-service: http"),
        "{said}"
    );
    assert!(said.contains("(auto) answers; 1000 tokens a job"), "{said}");
    queue.go_away();
    let (code, said) = check(&queue);
    assert!(
        code == Some(1) && said.contains("gate     FAIL  gpu-queue-service: http"),
        "{said}"
    );
    assert!(said.contains("does not answer"), "{said}");
}

/// Long enough to be met while it plays.
#[test]
fn a_running_job_that_is_cancelled_gives_its_tokens_back() {
    let queue = GpuQueue::start(1_000);
    let service = service_behind(&queue).start();
    let source_id = service.upload(songs::song_wav(10.0, 120.0));
    let job_id = service.submit(&long_job(&source_id));
    queue.wait_for("playing", |l| l.accounts.values().any(|a| a.begun > 0));
    assert_eq!(queue.ledger().held(), 1);
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    assert_eq!(service.finish(&job_id)["state"], "cancelled");
    let ledger = queue.wait_for("released", Ledger::is_settled);
    assert_eq!(ledger.ended("failed"), 1);
}
