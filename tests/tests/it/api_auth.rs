//! API keys: who may, who may only look, and that nobody sees what is another's.

use crate::api_support::{Sheet, job};
use serde_json::json;
use sideman_tests::{
    service::{Answer, Service, Setup},
    songs,
};

const KEYS: &str = "ann:ann-swordfish,bob:bob-swordfish,wall:wall-swordfish:read";

fn with_keys() -> Service {
    Setup::new()
        .env("SIDEMAN_AUTH_KEYS", KEYS)
        .env("SIDEMAN_LOG_FILTER", "debug")
        .start()
}

fn ask(service: &Service, request: reqwest::blocking::RequestBuilder, key: &str) -> Answer {
    let request = request.header("x-request-id", "test");
    service.send(match key {
        "" => request,
        key => request.bearer_auth(key),
    })
}

#[test]
fn without_a_key_only_the_probes_answer() {
    let service = with_keys();
    for path in ["/livez", "/readyz", "/health"] {
        assert_eq!(ask(&service, service.get(path), "").status, 200, "{path}");
    }
    for path in [
        "/",
        "/docs",
        "/openapi.json",
        "/metrics",
        "/gpu/stats",
        "/v1/jobs",
        "/v1/engines",
        "/v1/stems/0",
        "/nowhere",
    ] {
        assert_eq!(ask(&service, service.get(path), "").status, 401, "{path}");
    }
    let mut sheet = Sheet::new();
    sheet.add("no key", &ask(&service, service.get("/v1/jobs"), ""));
    sheet.add(
        "a wrong key",
        &ask(&service, service.get("/v1/jobs"), "ann-swordfis"),
    );
    let basic = service
        .get("/v1/jobs")
        .basic_auth("ann", Some("ann-swordfish"));
    sheet.add("another scheme", &ask(&service, basic, ""));
    sheet.add(
        "upload without a key",
        &ask(&service, service.post("/v1/sources"), ""),
    );
    sheet.add(
        "lego without a key",
        &ask(&service, service.post("/lego"), ""),
    );
    sheet.check("auth_401");
}

#[test]
fn a_reading_key_may_look_and_not_touch() {
    let service = with_keys();
    let upload = service
        .post("/v1/sources")
        .body(songs::song_wav(1.0, 120.0));
    let mut sheet = Sheet::new();
    sheet.add("POST", &ask(&service, upload, "wall-swordfish"));
    let delete = service.delete("/v1/jobs/00000000000000000000000000000000");
    sheet.add("DELETE", &ask(&service, delete, "wall-swordfish"));
    sheet.check("auth_403");
    assert_eq!(
        ask(&service, service.get("/v1/jobs"), "wall-swordfish").status,
        200
    );
}

#[test]
fn a_key_sees_only_its_own() {
    let service = with_keys();
    let song = songs::song_wav(1.0, 120.0);
    let upload = service.post("/v1/sources").body(song);
    let source = ask(&service, upload, "ann-swordfish").json();
    let source_id = source["source_id"].as_str().unwrap();
    let submit = service.post("/v1/jobs").json(&job(source_id, &["drums"]));
    let submitted = ask(&service, submit, "ann-swordfish").json();
    let job_path = format!("/v1/jobs/{}", submitted["job_id"].as_str().unwrap());
    let begun = std::time::Instant::now();
    let done = loop {
        let job = ask(&service, service.get(&job_path), "ann-swordfish").json();
        if job["state"] == "succeeded" {
            break job;
        }
        assert!(
            begun.elapsed() < sideman_tests::service::PATIENCE,
            "{job:#}"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let stem_path = done["stems"][0]["url"].as_str().unwrap();

    for (path, key, status) in [
        (job_path.as_str(), "ann-swordfish", 200),
        (stem_path, "ann-swordfish", 200),
        (&job_path, "bob-swordfish", 404),
        (&format!("{job_path}/events"), "bob-swordfish", 404),
        (stem_path, "bob-swordfish", 404),
    ] {
        assert_eq!(
            ask(&service, service.get(path), key).status,
            status,
            "{path} {key}"
        );
    }
    let cancel = ask(&service, service.delete(&job_path), "bob-swordfish");
    assert_eq!(cancel.status, 404);
    let list = ask(&service, service.get("/v1/jobs"), "bob-swordfish").json();
    assert_eq!(list["jobs"], json!([]));
    let log = service.log();
    assert!(log.contains("request_id"), "the log is on");
    assert!(!log.contains("swordfish"), "a secret is in the log");
}
