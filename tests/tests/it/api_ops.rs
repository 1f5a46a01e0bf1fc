//! What probes and operators ask.

use crate::api_support::{Sheet, long_job};
use sideman_tests::{service::Service, songs};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

fn get(service: &Service, path: &str) -> sideman_tests::service::Answer {
    service.send(service.get(path).header("x-request-id", "test"))
}

#[test]
fn probes_and_engines() {
    let service = Service::start();
    let mut sheet = Sheet::new();
    for path in ["/health", "/livez", "/readyz", "/v1/engines"] {
        sheet.add(path, &get(&service, path));
    }
    sheet.check("ops");
}

#[test]
fn what_is_not_there_is_a_problem_with_a_request_id() {
    let service = Service::start();
    let mut sheet = Sheet::new();
    sheet.add("GET /nowhere", &get(&service, "/nowhere"));
    let put = service
        .http
        .put(service.url("/v1/jobs"))
        .header("x-request-id", "test");
    sheet.add("PUT /v1/jobs", &service.send(put));
    let delete = service.delete("/health").header("x-request-id", "test");
    sheet.add("DELETE /health", &service.send(delete));
    sheet.check("ops_refused");
    let without = service.send(service.get("/nowhere"));
    let id = without.header("x-request-id").to_owned();
    assert!(id.len() >= 16, "{id}");
    assert_eq!(without.json()["request_id"], id);
}

/// A machine without an NVIDIA GPU says so; one with it says how full it is.
#[test]
fn gpu_figures_are_numbers_or_not_found() {
    let service = Service::start();
    let answer = get(&service, "/gpu/stats");
    let body = answer.json();
    match answer.status {
        404 => assert_eq!(body["code"], "not_found"),
        200 => {
            let mb = |name: &str| body[name].as_u64().unwrap();
            assert!(mb("vram_total") >= mb("vram_allocated"), "{body}");
            assert!(!body["gpus"].as_array().unwrap().is_empty());
        }
        other => panic!("{other}: {body}"),
    }
}

#[test]
fn the_pages_are_one_self_contained_file_each() {
    let service = Service::start();
    for (path, asks_for) in [
        ("/", ["'/v1/jobs?limit=50'", "'/health'"]),
        ("/docs", ["\"/openapi.json\"", "Authorization"]),
    ] {
        let answer = get(&service, path);
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/html"));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        let page = answer.text();
        for foreign in ["http://", "https://", "src=", "@import"] {
            assert!(!page.contains(foreign), "{path} fetches {foreign}");
        }
        for asked in asks_for {
            assert!(page.contains(asked), "{path} does not ask for {asked}");
        }
    }
}

#[test]
fn figures_and_the_description_are_there_for_programs() {
    let service = Service::start();
    let figures = get(&service, "/metrics");
    assert_eq!(
        figures.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let waiting = "sideman_jobs{state=\"waiting\"} 0";
    assert!(
        figures.text().lines().any(|l| l == waiting),
        "{}",
        figures.text()
    );
    let told = get(&service, "/openapi.json").json();
    assert_eq!(told["openapi"], "3.1.0");
    assert!(told["paths"]["/lego"]["post"].is_object());
}

/// The probe of JUCE clients on Windows: a bare socket, one second for everything, the body framed by
/// Content-Length or in one chunk; also while a job runs.
#[test]
fn a_bare_socket_gets_its_health_within_a_second_while_a_job_runs() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(20.0, 120.0));
    let job_id = service.submit(&long_job(&source_id));
    service.wait_for(&job_id, |job| job["state"] == "running");
    let address = service.base().trim_start_matches("http://");
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let request = format!(
        "GET /health HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let took = begun.elapsed();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let length = format!("content-length: {}", body.len());
    assert!(head.to_lowercase().contains(&length), "{head}");
    let health: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["queue"]["running"], 1, "{health}");
    // The deadline is the client's, not a measure of speed: later is as if there were no answer.
    assert!(took < Duration::from_secs(1), "{took:?}");
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
}
