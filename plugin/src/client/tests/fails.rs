//! A service that refuses, fails, or is away.

use super::{
    super::ClientEvent,
    Bench, is_done, run,
    server::{self, Reply, Server},
    words,
};
use serde_json::json;

#[test]
fn a_refusal_is_told_in_the_service_s_words() {
    for (status, code) in [
        (401, "unauthorized"),
        (403, "forbidden"),
        (409, "bad_request"),
        (413, "upload_too_large"),
        (422, "audio_too_long"),
        (429, "quota_exceeded"),
        (507, "storage_full"),
    ] {
        for at in ["/v1/sources", "/v1/jobs"] {
            let server = Server::start(move |r| {
                r.is("POST", at)
                    .then(|| Reply::problem(status, code, &json!({})))
            });
            let (bench, end) = run(&server);
            let said = words(&end);
            let expected = format!("Title of {code}. | detail of {code} | Hint of {code}.");
            assert_eq!(said, expected);
            let ClientEvent::Failed { request_id, .. } = &end else {
                unreachable!("words come from a failure");
            };
            assert_eq!(request_id.as_deref(), Some("req-1"));
            assert!(!bench.waited(), "{status} at {at}");
        }
    }
}

#[test]
fn a_bare_status_still_says_what_to_do() {
    for (status, word) in [
        (401, "API key"),
        (403, "operator"),
        (404, "not a Sideman service"),
        (405, "not a Sideman service"),
        (413, "too large"),
    ] {
        let server = Server::start(move |r| {
            r.is("POST", "/v1/jobs").then(|| Reply::Full {
                status,
                headers: Vec::new(),
                body: b"<h1>nginx</h1>".to_vec(),
            })
        });
        let (_bench, end) = run(&server);
        let said = words(&end);
        assert!(said.contains(word), "{status}: {said}");
    }
}

#[test]
fn a_job_that_failed_at_the_service_brings_its_reason() {
    let server = Server::start(|r| {
        r.path.ends_with("/events").then(|| {
            let mut failed = server::job("failed");
            failed["error"] = json!({"code": "engine_silent", "title": "Silence came back.",
                                     "detail": "peak -inf", "hint": "Another seed."});
            Reply::events(&format!("event: end\ndata: {failed}\n\n"))
        })
    });
    let (_bench, end) = run(&server);
    assert_eq!(
        words(&end),
        "Silence came back. | peak -inf | Another seed."
    );
}

#[test]
fn too_many_requests_and_passing_trouble_are_waited_out() {
    for (status, code) in [
        (429, "queue_full"),
        (429, "rate_limited"),
        (500, "internal"),
        (502, "engine_failed"),
        (503, "engine_unreachable"),
    ] {
        let server = Server::start(move |r| {
            let first = r.is("POST", "/v1/jobs") && r.earlier == 0;
            first.then(|| Reply::problem(status, code, &json!({"retry_after_secs": 0})))
        });
        let (bench, end) = run(&server);
        assert!(is_done(&end), "{status}: {:#?}", bench.seen);
        assert!(bench.waited());
        assert_eq!(server.count("POST", "/v1/jobs"), 2);
        let log = server.log.lock();
        let keys = log.iter().filter(|r| r.is("POST", "/v1/jobs"));
        let keys: Vec<_> = keys.map(|r| r.header("idempotency-key")).collect();
        assert_eq!(keys[0], keys[1], "it stays one job");
    }
}

#[test]
fn the_service_says_how_long_to_wait() {
    let server = Server::start(|r| {
        r.is("POST", "/v1/jobs")
            .then(|| Reply::problem(429, "queue_full", &json!({"retry_after_secs": 7})))
    });
    let mut bench = Bench::new(&server.address());
    bench.start();
    let waiting = bench.until(|e| matches!(e, ClientEvent::Waiting { .. }));
    let ClientEvent::Waiting {
        retry_in_secs,
        reason,
        ..
    } = waiting
    else {
        unreachable!()
    };
    assert_eq!(retry_in_secs, 7.0);
    assert_eq!(reason, "Title of queue_full.");
}

#[test]
fn a_service_that_keeps_failing_is_given_up() {
    let server = Server::start(|r| {
        r.is("POST", "/v1/jobs")
            .then(|| Reply::problem(500, "internal", &json!({})))
    });
    let (bench, end) = run(&server);
    assert!(words(&end).starts_with("Title of internal."));
    assert!(bench.waited());
    assert_eq!(server.count("POST", "/v1/jobs"), 6);
}

#[test]
fn a_job_waits_for_a_service_that_is_away_and_goes_on_by_itself() {
    // A port that nothing listens at, until the second server takes it.
    let port = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let mut bench = Bench::new(&format!("127.0.0.1:{port}"));
    bench.start();
    for _ in 0..8 {
        let waiting = bench.until(|e| matches!(e, ClientEvent::Waiting { .. }));
        assert!(format!("{waiting:?}").contains("does not answer"));
    }
    let _server = Server::at(port, |_| None);
    let end = bench.end();
    assert!(is_done(&end), "{:#?}", bench.seen);
}

#[test]
fn a_service_that_goes_away_in_the_middle_is_followed_again() {
    let server = Server::start(|r| {
        let is_job = r.path.starts_with(&format!("/v1/jobs/{}", server::JOB));
        (is_job && r.earlier < 3).then(|| Reply::Full {
            status: 503,
            headers: Vec::new(),
            body: Vec::new(),
        })
    });
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    assert!(bench.waited());
    assert_eq!(server.count("POST", "/v1/jobs"), 1);
}
