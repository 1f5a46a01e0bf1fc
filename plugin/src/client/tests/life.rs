//! Jobs that reach their end, the straight way and around obstacles.

use super::{
    super::ClientEvent,
    Bench, ID, KEY, is_done, run,
    server::{self, JOB, Reply, STEM, Server, wav},
};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

fn stem_path() -> String {
    format!("/v1/stems/{STEM}")
}

#[test]
fn a_take_becomes_a_stem_on_disk() {
    let server = Server::good();
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    let ready = bench.seen.iter().find_map(|e| match e {
        ClientEvent::StemReady { path, stem, .. } => Some((path.clone(), stem.clone())),
        _ => None,
    });
    let (path, stem) = ready.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), wav(server::FRAMES));
    assert!(
        path.ends_with("stems/drums-92.5-7-00000001.wav"),
        "{path:?}"
    );
    assert_eq!(stem.seed, 7);
    // Nothing half-done stays, neither in the stems nor where the upload was encoded.
    assert_eq!(std::fs::read_dir(bench.stems()).unwrap().count(), 1);
    let downloads = bench.folder.path().join("downloads");
    assert_eq!(std::fs::read_dir(downloads).unwrap().count(), 0);

    let log = server.log.lock();
    let post = log.iter().find(|r| r.is("POST", "/v1/jobs")).unwrap();
    assert_eq!(post.header("idempotency-key"), Some(ID));
    let upload = log.iter().find(|r| r.is("POST", "/v1/sources")).unwrap();
    assert_eq!(upload.header("content-type"), Some("audio/flac"));
    assert!(upload.body.starts_with(b"fLaC"));
    let sent: serde_json::Value = serde_json::from_slice(&post.body).unwrap();
    let id = blake3::hash(&upload.body).to_hex().to_string();
    assert_eq!(sent["source_id"], json!(id));
    let bearer = format!("Bearer {KEY}");
    assert!(
        log.iter()
            .all(|r| r.header("authorization") == Some(&bearer))
    );
    assert!(!format!("{:?}", bench.seen).contains(KEY));
}

#[test]
fn a_source_that_is_there_is_not_sent_again() {
    let server = Server::start(|r| {
        let there = r.method == "HEAD";
        there.then(|| Reply::json(200, &json!({})))
    });
    let (_bench, end) = run(&server);
    assert!(is_done(&end));
    assert_eq!(server.count("POST", "/v1/sources"), 0);
}

#[test]
fn a_source_swept_away_meanwhile_is_sent_once_more() {
    let server = Server::start(|r| {
        let gone = r.is("POST", "/v1/jobs") && r.earlier == 0;
        gone.then(|| Reply::problem(404, "not_found", &json!({})))
    });
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    assert_eq!(server.count("POST", "/v1/sources"), 2);
}

#[test]
fn a_cut_event_stream_goes_on_after_the_last_event() {
    let events = format!("/v1/jobs/{JOB}/events");
    let path = events.clone();
    let server = Server::start(move |r| {
        if r.is("GET", &path) && r.earlier == 0 {
            let running = server::job("running");
            return Some(Reply::events(&format!(
                "id: e-41\nevent: state\ndata: {running}\n\nid: e-42\nevent: progress\nda"
            )));
        }
        // The job itself still runs when it is asked in between.
        r.is("GET", &format!("/v1/jobs/{JOB}"))
            .then(|| Reply::json(200, &server::job("running")))
    });
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    let log = server.log.lock();
    let asked: Vec<_> = log.iter().filter(|r| r.is("GET", &events)).collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].header("last-event-id"), None);
    assert_eq!(asked[1].header("last-event-id"), Some("e-41"));
}

#[test]
fn without_event_streams_the_job_is_asked() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |r| {
        if r.path.ends_with("/events") {
            return Some(Reply::html());
        }
        let is_job = r.is("GET", &format!("/v1/jobs/{JOB}"));
        let still = is_job && asked.fetch_add(1, Ordering::Relaxed) < 8;
        still.then(|| Reply::json(200, &server::job("running")))
    });
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    let events = format!("/v1/jobs/{JOB}/events");
    assert_eq!(server.count("GET", &events), 3, "then no more");
}

#[test]
fn a_cut_download_goes_on_where_it_ended() {
    let server = Server::start(|r| {
        if r.path != stem_path() {
            return None;
        }
        let body = wav(server::FRAMES);
        let etag = format!("\"{}\"", blake3::hash(&body).to_hex());
        let headers = vec![("ETag", etag)];
        Some(match r.header("range") {
            None => Reply::Cut {
                headers,
                body,
                sent: 10_000,
            },
            Some(range) => {
                assert_eq!(r.header("if-range"), Some(headers[0].1.as_str()));
                let from: usize = range["bytes=".len()..range.len() - 1].parse().unwrap();
                let range = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
                Reply::Full {
                    status: 206,
                    headers: [headers, vec![("Content-Range", range)]].concat(),
                    body: body[from..].to_vec(),
                }
            }
        })
    });
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    let log = server.log.lock();
    let ranges: Vec<_> = log
        .iter()
        .filter(|r| r.path == stem_path())
        .map(|r| r.header("range").map(str::to_owned))
        .collect();
    assert_eq!(ranges, [None, Some("bytes=10000-".to_owned())]);
}

#[test]
fn a_cut_download_begins_anew_where_it_cannot_go_on() {
    let server = Server::start(|r| {
        let first = r.path == stem_path() && r.earlier == 0;
        first.then(|| Reply::Cut {
            headers: vec![("ETag", "\"old\"".into())],
            body: wav(server::FRAMES),
            sent: 10_000,
        })
    });
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    assert_eq!(server.count("GET", &stem_path()), 2);
}

#[test]
fn a_job_is_found_again_after_the_project_was_closed() {
    let server = Server::good();
    let mut bench = Bench::new(&server.address());
    bench.resume(&[]);
    assert!(is_done(&bench.end()));
    assert_eq!(server.count("POST", "/v1/jobs"), 0);
    assert_eq!(server.count("GET", &stem_path()), 1);
    // Once more: the file is there and is not fetched again.
    bench.resume(&[]);
    assert!(is_done(&bench.end()));
    assert_eq!(server.count("GET", &stem_path()), 1);
}

#[test]
fn a_job_that_the_service_has_lost_says_so() {
    let server = Server::start(|r| {
        let lost = r.path.starts_with("/v1/jobs/");
        lost.then(|| Reply::problem(404, "not_found", &json!({})))
    });
    let mut bench = Bench::new(&server.address());
    bench.resume(&[]);
    let said = super::words(&bench.end());
    assert!(said.contains("does not know this job"), "{said}");
}
