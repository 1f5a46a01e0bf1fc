//! Whatever answers at the address need not be a Sideman service, nor an honest one.

use super::{
    run,
    server::{self, JOB, Reply, STEM, Server, wav},
    words,
};
use serde_json::json;

/// The failure when `path` is answered so.
fn failure(method: &'static str, path: &'static str, reply: Reply) -> String {
    let server = Server::start(move |r| r.is(method, path).then(|| reply.clone()));
    let (bench, end) = run(&server);
    let leftovers = std::fs::read_dir(bench.stems()).unwrap().count();
    assert_eq!(leftovers, 0, "nothing untrue stays on the disk");
    words(&end)
}

#[test]
fn a_web_page_is_not_a_service() {
    for path in ["/v1/sources", "/v1/jobs"] {
        let said = failure("POST", path, Reply::html());
        assert!(said.contains("not a Sideman service"), "{said}");
        assert!(said.contains("Router login"), "quoted: {said}");
        assert!(said.contains("Settings"), "{said}");
    }
}

#[test]
fn an_endless_answer_is_not_read() {
    let said = failure(
        "POST",
        "/v1/jobs",
        Reply::Full {
            status: 200,
            headers: Vec::new(),
            body: vec![b' '; 3 << 20],
        },
    );
    assert!(said.contains("larger than"), "{said}");
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let said = failure(
        "POST",
        "/v1/jobs",
        Reply::Full {
            status: 307,
            headers: vec![("Location", "/v1/jobs".into())],
            body: Vec::new(),
        },
    );
    assert!(said.contains("circle"), "{said}");
}

#[test]
fn another_source_than_the_one_sent_is_noticed() {
    let other = json!({"source_id": "00", "duration_secs": 1.0, "sample_rate_hz": 1, "channels": 1,
                       "frames": 1, "bytes": 1});
    let said = failure("POST", "/v1/sources", Reply::json(201, &other));
    assert!(said.contains("not the audio that was sent"), "{said}");
}

#[test]
fn an_id_that_is_a_path_is_refused() {
    let mut job = server::job("queued");
    job["job_id"] = json!("../../admin");
    let said = failure("POST", "/v1/jobs", Reply::json(202, &job));
    assert!(said.contains("is not an id"), "{said}");
}

fn stem_answer(body: Vec<u8>, etag: &str) -> String {
    let path: &'static str = Box::leak(format!("/v1/stems/{STEM}").into_boxed_str());
    failure(
        "GET",
        path,
        Reply::Full {
            status: 200,
            headers: vec![("ETag", etag.into())],
            body,
        },
    )
}

#[test]
fn a_stem_that_is_not_what_was_announced_is_not_delivered() {
    let short = stem_answer(wav(server::FRAMES - 1), "\"x\"");
    assert!(short.contains("4799 frames"), "{short}");
    let page = stem_answer(b"<html>".to_vec(), "\"x\"");
    assert!(page.contains("not a WAV"), "{page}");
    let mut cut = wav(server::FRAMES);
    cut.truncate(cut.len() / 2);
    let cut = stem_answer(cut, "\"x\"");
    assert!(
        cut.contains("bytes long") || cut.contains("not a WAV"),
        "{cut}"
    );
    let hash = format!("\"{}\"", "0".repeat(64));
    let other = stem_answer(wav(server::FRAMES), &hash);
    assert!(other.contains("not those the service announced"), "{other}");
    let huge = stem_answer(vec![0; 3 << 20], "\"x\"");
    assert!(huge.contains("larger than"), "{huge}");
}

#[test]
fn success_without_a_stem_is_no_success() {
    let server = Server::start(|r| {
        (r.path == format!("/v1/jobs/{JOB}/events")).then(|| {
            let mut job = server::job("succeeded");
            job["stems"] = json!([]);
            Reply::events(&format!("event: end\ndata: {job}\n\n"))
        })
    });
    let (_bench, end) = run(&server);
    assert!(words(&end).contains("without a stem"));
}

#[test]
fn something_that_speaks_no_http_is_given_up() {
    let said = failure(
        "POST",
        "/v1/jobs",
        Reply::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()),
    );
    assert!(said.contains("does not answer"), "{said}");
}
