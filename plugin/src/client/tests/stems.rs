//! Jobs with several stems: each comes as it is finished, and none keeps the others.

use super::{
    super::{ClientEvent, ClientRequest, flac},
    Bench, ID, is_done, run,
    server::{self, FRAMES, JOB, Reply, STEM, Server, wav},
    words,
};
use serde_json::{Value, json};
use sideman_shared::{music::Track, protocol::JobRequest};
use std::sync::atomic::AtomicBool;

const SECOND: &str = "stem-00000002";

fn second() -> Value {
    let mut stem = server::stem();
    stem["stem_id"] = json!(SECOND);
    stem["track"] = json!("bass");
    stem
}

fn job(state: &str, stems: &[Value]) -> Value {
    let mut job = server::job(state);
    job["request"]["tracks"] = json!(["drums", "bass"]);
    job["stems"] = json!(stems);
    job
}

fn wav_reply() -> Reply {
    Reply::Full {
        status: 200,
        headers: Vec::new(),
        body: wav(FRAMES),
    }
}

/// A service whose job says this in its event stream; both stems can be fetched.
fn telling(events: String) -> Server {
    Server::start(move |r| {
        if r.path.ends_with("/events") {
            return Some(Reply::events(&events));
        }
        (r.path == format!("/v1/stems/{SECOND}")).then(wav_reply)
    })
}

/// As [`telling`], but the stream stays open behind it.
fn telling_on(events: String) -> Server {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n".to_owned();
    Server::start(move |r| {
        let sent = format!("{head}{events}").into_bytes();
        r.path.ends_with("/events").then_some(Reply::Hang(sent))
    })
}

fn arrived(bench: &Bench) -> Vec<String> {
    let ready = bench.seen.iter().filter_map(|e| match e {
        ClientEvent::StemReady { stem, .. } => Some(stem.stem_id.clone()),
        _ => None,
    });
    ready.collect()
}

#[test]
fn a_finished_stem_comes_while_the_next_is_played_and_stays_after_a_cancel() {
    let running = job("running", &[]);
    for events in [
        format!(
            "event: progress\ndata: {}\n\n",
            job("running", &[server::stem()])
        ),
        format!(
            "event: state\ndata: {running}\n\nevent: stem\ndata: {}\n\n",
            server::stem()
        ),
    ] {
        let server = telling_on(events);
        let mut bench = Bench::new(&server.address());
        bench.start();
        let ready = bench.until(|e| matches!(e, ClientEvent::StemReady { .. }));
        let ClientEvent::StemReady { path, .. } = ready else {
            unreachable!()
        };
        let local_id = ID.to_owned();
        assert!(bench.client.send(ClientRequest::Cancel { local_id }));
        assert!(matches!(bench.end(), ClientEvent::Cancelled { .. }));
        server.wait_for("DELETE", &format!("/v1/jobs/{JOB}"));
        assert!(path.is_file(), "what came stays");
    }
}

#[test]
fn several_stems_come_in_their_order_and_those_at_hand_are_left_alone() {
    let end = job("succeeded", &[server::stem(), second()]);
    let events = format!("event: end\ndata: {end}\n\n");
    let server = telling(events.clone());
    let (bench, end) = run(&server);
    assert!(is_done(&end), "{:#?}", bench.seen);
    assert_eq!(arrived(&bench), [STEM, SECOND]);

    let server = telling(events);
    let mut bench = Bench::new(&server.address());
    bench.resume(&[STEM]);
    assert!(is_done(&bench.end()));
    assert_eq!(arrived(&bench), [SECOND]);
    assert_eq!(server.count("GET", &format!("/v1/stems/{STEM}")), 0);
}

#[test]
fn a_stem_that_cannot_be_had_does_not_keep_the_others() {
    let mut lost = server::stem();
    lost["stem_id"] = json!("stem-gone-0001");
    let end = job("succeeded", &[lost, second()]);
    let server = telling(format!("event: end\ndata: {end}\n\n"));
    let (bench, end) = run(&server);
    assert!(words(&end).contains("not_found"), "{end:?}");
    assert_eq!(arrived(&bench), [SECOND]);
}

#[test]
fn a_job_that_fails_halfway_leaves_what_it_has_played() {
    let mut failed = job("failed", &[server::stem()]);
    failed["error"] = json!({"code": "engine_silent", "title": "Silence.", "detail": "-inf"});
    let server = telling(format!("event: end\ndata: {failed}\n\n"));
    let (bench, end) = run(&server);
    assert!(words(&end).starts_with("Silence."));
    assert_eq!(arrived(&bench), [STEM]);
}

#[test]
fn a_comment_is_a_sign_of_life() {
    let server = telling_on(": alive\n\n".into());
    let mut bench = Bench::new(&server.address());
    bench.start();
    bench.until(|e| matches!(e, ClientEvent::Alive { .. }));
}

/// The stem as a FLAC file.
fn flac_bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.wav"), folder.path().join("a.flac"));
    std::fs::write(&from, wav(FRAMES)).unwrap();
    flac::encode(&from, &to, &AtomicBool::new(false)).unwrap();
    std::fs::read(to).unwrap()
}

fn serving_flac(body: Vec<u8>) -> Server {
    Server::start(move |r| {
        if r.path.ends_with("/events") {
            let mut end = server::job("succeeded");
            end["request"]["format"] = json!("flac");
            return Some(Reply::events(&format!("event: end\ndata: {end}\n\n")));
        }
        (r.path == format!("/v1/stems/{STEM}")).then(|| Reply::Full {
            status: 200,
            headers: Vec::new(),
            body: body.clone(),
        })
    })
}

#[test]
fn a_flac_stem_is_checked_to_its_last_frame() {
    let whole = flac_bytes();
    let (bench, end) = run(&serving_flac(whole.clone()));
    assert!(is_done(&end), "{:#?}", bench.seen);
    let file = std::fs::read_dir(bench.stems()).unwrap().next().unwrap();
    assert_eq!(file.unwrap().path().extension().unwrap(), "flac");

    let cut = whole[..whole.len() / 2].to_vec();
    let (bench, end) = run(&serving_flac(cut));
    assert!(words(&end).contains("FLAC"), "{end:?}");
    assert_eq!(std::fs::read_dir(bench.stems()).unwrap().count(), 0);
    let (_bench, end) = run(&serving_flac(wav(FRAMES)));
    assert!(words(&end).contains("FLAC"), "{end:?}");
}

#[test]
fn a_service_that_is_away_is_told_of_a_cancel_until_it_knows() {
    let delete = format!("/v1/jobs/{JOB}");
    let path = delete.clone();
    let server = Server::start(move |r| {
        if r.path.ends_with("/events") {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hi\n\n";
            return Some(Reply::Hang(head.to_vec()));
        }
        let away = r.is("DELETE", &path) && r.earlier < 12;
        away.then(|| Reply::problem(503, "engine_unreachable", &json!({})))
    });
    let mut bench = Bench::new(&server.address());
    bench.start();
    server.wait_for("GET", &format!("/v1/jobs/{JOB}/events"));
    let local_id = ID.to_owned();
    assert!(bench.client.send(ClientRequest::Cancel { local_id }));
    bench.until(|e| matches!(e, ClientEvent::CancelTold { .. }));
    assert_eq!(server.count("DELETE", &delete), 13);
}

#[test]
fn a_cancel_is_told_where_the_job_runs_not_where_the_user_is_now() {
    let (old, new) = (Server::good(), Server::good());
    let mut bench = Bench::new(&new.address());
    bench.ask(ClientRequest::TellCancel {
        local_id: ID.into(),
        address: old.address(),
        job_id: Some(JOB.into()),
        request: Box::new(JobRequest::new("s", vec![Track::Drums])),
    });
    bench.until(|e| matches!(e, ClientEvent::CancelTold { .. }));
    let delete = format!("/v1/jobs/{JOB}");
    assert_eq!(
        (old.count("DELETE", &delete), new.count("DELETE", &delete)),
        (1, 0)
    );
    // The key of the service in use is none of the other's business.
    let log = old.log.lock();
    assert!(log.iter().all(|r| r.header("authorization").is_none()));
}

#[test]
fn a_cancel_while_nothing_may_be_sent_is_not_taken_for_told() {
    let server = Server::good();
    let mut bench = Bench::new(&server.address());
    bench.ask(ClientRequest::Disconnect);
    let local_id = ID.to_owned();
    bench.ask(ClientRequest::Cancel { local_id });
    assert!(matches!(bench.end(), ClientEvent::Cancelled { .. }));
    let address = server.address();
    bench.ask(ClientRequest::Connect { address });
    bench.until(|e| matches!(e, ClientEvent::Healthy { .. }));
    let told = |e: &ClientEvent| matches!(e, ClientEvent::CancelTold { .. });
    assert!(!bench.seen.iter().any(told), "{:#?}", bench.seen);
}

#[test]
fn a_cancel_of_an_earlier_life_is_told_with_or_without_the_job_s_id() {
    for job_id in [Some(JOB.to_owned()), None] {
        let server = Server::good();
        let mut bench = Bench::new(&server.address());
        let posts = usize::from(job_id.is_none());
        assert!(bench.client.send(ClientRequest::TellCancel {
            local_id: ID.into(),
            address: server.address(),
            job_id,
            request: Box::new(JobRequest::new("s", vec![Track::Drums])),
        }));
        bench.until(|e| matches!(e, ClientEvent::CancelTold { .. }));
        assert_eq!(server.count("DELETE", &format!("/v1/jobs/{JOB}")), 1);
        assert_eq!(server.count("POST", "/v1/jobs"), posts);
        let log = server.log.lock();
        let post = log.iter().find(|r| r.is("POST", "/v1/jobs"));
        assert!(post.is_none_or(|r| r.header("idempotency-key") == Some(ID)));
    }
}
