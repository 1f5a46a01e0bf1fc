//! Cancelling and closing, in every phase of a job's life.

use super::{
    super::{ClientEvent, ClientRequest},
    Bench, ID,
    server::{JOB, Reply, STEM, Server},
};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
const STREAM_HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: nothing yet\n\n";

/// Where a service can leave a client hanging: what is asked there, and how it hangs.
fn phases() -> Vec<(&'static str, String, &'static [u8])> {
    vec![
        ("POST", "/v1/sources".into(), b""),
        ("POST", "/v1/jobs".into(), b""),
        ("POST", "/v1/jobs".into(), HEAD),
        ("GET", format!("/v1/jobs/{JOB}/events"), STREAM_HEAD),
        ("GET", format!("/v1/stems/{STEM}"), HEAD),
    ]
}

/// A job that hangs in this phase, the first time it gets there.
fn hanging(method: &'static str, path: &str, sent: &'static [u8]) -> (Server, Bench) {
    let hangs_at = path.to_owned();
    let server = Server::start(move |r| {
        (r.is(method, &hangs_at) && r.earlier == 0).then(|| Reply::Hang(sent.to_vec()))
    });
    let bench = Bench::new(&server.address());
    bench.start();
    server.wait_for(method, path);
    (server, bench)
}

#[test]
fn closing_takes_no_time_in_any_phase() {
    for (method, path, sent) in phases() {
        let (_server, bench) = hanging(method, &path, sent);
        assert!(bench.client.shutdown(), "{method} {path}");
    }
}

#[test]
fn closing_while_nothing_answers_takes_no_time() {
    let mut bench = Bench::new("127.0.0.1:1");
    bench.start();
    bench.until(|e| matches!(e, ClientEvent::Waiting { .. }));
    assert!(bench.client.shutdown());
}

#[test]
fn cancelling_answers_at_once_and_tells_the_service_what_it_may_have() {
    for (method, path, sent) in phases() {
        let (server, mut bench) = hanging(method, &path, sent);
        let local_id = ID.to_owned();
        assert!(bench.client.send(ClientRequest::Cancel { local_id }));
        let end = bench.end();
        assert!(matches!(end, ClientEvent::Cancelled { .. }), "{end:?}");
        let delete = format!("/v1/jobs/{JOB}");
        if path == "/v1/sources" {
            assert_eq!(server.count("DELETE", &delete), 0, "nothing was submitted");
        } else {
            server.wait_for("DELETE", &delete);
        }
    }
}

#[test]
fn cancelling_what_is_unknown_is_cancelled() {
    let server = Server::good();
    let mut bench = Bench::new(&server.address());
    let local_id = "never-heard-of".to_owned();
    assert!(bench.client.send(ClientRequest::Cancel { local_id }));
    assert!(matches!(bench.end(), ClientEvent::Cancelled { .. }));
}
