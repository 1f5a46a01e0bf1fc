//! `/v1` as a client meets it.

use super::*;
use crate::{
    config::{ApiKey, KeyRights, Secret},
    testing::{Act, Rig, ScriptedEngine, song},
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header},
};
use serde_json::{Value, json};
use sideman_shared::protocol::{Code, JobState, Problem};
use tower::ServiceExt;

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status);
        assert_eq!(problem.request_id, self.header("x-request-id"));
        problem
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

async fn ask(rig: &Rig, request: Request<Body>) -> Answer {
    let response = router(rig.state.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = crate::testing::within(to_bytes(body, usize::MAX))
        .await
        .unwrap();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    }
}

fn call(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

async fn get(rig: &Rig, path: &str) -> Answer {
    ask(rig, call("GET", path).body(Body::empty()).unwrap()).await
}

async fn post_json(rig: &Rig, path: &str, body: &Value) -> Answer {
    let request = call("POST", path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    ask(rig, request.unwrap()).await
}

async fn upload(rig: &Rig, bytes: Vec<u8>) -> Answer {
    let request = call("POST", "/v1/sources").header(header::CONTENT_TYPE, "audio/wav");
    ask(rig, request.body(Body::from(bytes)).unwrap()).await
}

async fn rig() -> Rig {
    Rig::start(&ScriptedEngine::new([])).await
}

fn kept_files(rig: &Rig) -> usize {
    fn count(dir: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
        entries
            .map(|p| if p.is_dir() { count(&p) } else { 1 })
            .sum()
    }
    count(&rig.state.config.data_dir.join("artifacts"))
}

async fn succeeded(rig: &Rig) -> Value {
    let source = rig.upload(2.0).await;
    let body = json!({"source_id": source.source_id, "tracks": ["drums"], "bpm": 120.0,
        "key_scale": "A minor", "seed": 7});
    let job = post_json(rig, "/v1/jobs", &body).await.json();
    let job_id = job["job_id"].as_str().unwrap().to_owned();
    rig.reached(&job_id, JobState::Succeeded).await;
    get(rig, &format!("/v1/jobs/{job_id}")).await.json()
}

#[tokio::test]
async fn a_source_is_its_bytes() {
    let rig = rig().await;
    let bytes = song(2.0);
    let id = blake3::hash(&bytes).to_hex().to_string();
    let head = || {
        ask(
            &rig,
            call("HEAD", &format!("/v1/sources/{id}"))
                .body(Body::empty())
                .unwrap(),
        )
    };
    assert_eq!(head().await.status, 404);
    let first = upload(&rig, bytes.clone()).await;
    assert_eq!(first.status, 201);
    let expected = json!({
        "source_id": id, "duration_secs": 2.0, "sample_rate_hz": 8000, "channels": 1,
        "frames": 16000, "bytes": bytes.len(),
    });
    assert_eq!(first.json(), expected);
    assert_eq!(head().await.status, 200);
    let again = upload(&rig, bytes.clone()).await;
    assert_eq!((again.status, again.json()), (200, expected.clone()));
    let mut form = b"--b\r\nContent-Disposition: form-data; name=\"audio_file\"; \
        filename=\"a.wav\"\r\n\r\n"
        .to_vec();
    form.extend(&bytes);
    form.extend(b"\r\n--b--\r\n");
    let request = call("POST", "/v1/sources")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(form));
    let by_form = ask(&rig, request.unwrap()).await;
    assert_eq!((by_form.status, by_form.json()), (200, expected));
}

#[tokio::test]
async fn a_refused_upload_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let engine = ScriptedEngine::new([]);
    let rig = Rig::start_in(dir, &engine, |c| c.limits.max_upload_bytes = 40_000).await;
    let cases = [
        (b"this is no audio".to_vec(), 422, Code::AudioUnreadable),
        (song(0.1), 422, Code::AudioTooShort),
        (song(3.0), 413, Code::UploadTooLarge),
    ];
    for (bytes, status, code) in cases {
        let refused = upload(&rig, bytes).await;
        assert_eq!((refused.status, refused.problem().code), (status, code));
    }
    // Without a Content-Length the bytes are counted as they come.
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 8_000]));
    let request = call("POST", "/v1/sources").body(Body::from_stream(endless));
    let refused = ask(&rig, request.unwrap()).await;
    assert_eq!(refused.problem().code, Code::UploadTooLarge);
    let text = call("POST", "/v1/sources").header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(
        ask(&rig, text.body(Body::empty()).unwrap()).await.status,
        415
    );
    assert_eq!(kept_files(&rig), 0);
}

#[tokio::test]
async fn a_job_is_accepted_once_per_idempotency_key() {
    let rig = rig().await;
    let source = rig.upload(2.0).await;
    let send = |seed: u32| {
        let body = json!({"source_id": source.source_id, "tracks": ["drums"], "seed": seed});
        let request = call("POST", "/v1/jobs")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "take-1")
            .body(Body::from(body.to_string()));
        ask(&rig, request.unwrap())
    };
    let (first, again, other) = (send(1).await, send(1).await, send(2).await);
    let id = first.json()["job_id"].clone();
    assert_eq!((first.status, again.status, other.status), (202, 202, 409));
    assert_eq!(
        first.header("location"),
        format!("/v1/jobs/{}", id.as_str().unwrap())
    );
    assert_eq!(again.json()["job_id"], id);
    assert!(other.problem().detail.starts_with("Idempotency-Key: "));
}

#[tokio::test]
async fn wrong_requests_are_refused_by_field() {
    let rig = rig().await;
    let source = rig.upload(2.0).await;
    let id = &source.source_id;
    for (body, status, word) in [
        (
            json!({"source_id": id, "tracks": ["drums"], "tempo": 1}),
            400,
            "`tempo`",
        ),
        (
            json!({"source_id": id, "tracks": ["drums"], "bpm": 10}),
            400,
            "bpm",
        ),
        (json!({"source_id": id, "tracks": []}), 400, "tracks"),
        (
            json!({"source_id": id, "tracks": ["drums"], "key_scale": "H"}),
            400,
            "key_scale",
        ),
        (
            json!({"source_id": id, "tracks": ["vocals"]}),
            422,
            "drums, bass",
        ),
        (
            json!({"source_id": "0000", "tracks": ["drums"]}),
            404,
            "source_id",
        ),
    ] {
        let refused = post_json(&rig, "/v1/jobs", &body).await;
        assert_eq!(refused.status, status, "{body}");
        let detail = refused.problem().detail;
        assert!(detail.contains(word), "{detail}");
    }
    assert_eq!(get(&rig, "/v1/jobs?state=lost").await.status, 400);
    assert_eq!(get(&rig, "/v1/jobs?cursor=zz").await.status, 400);
    assert_eq!(get(&rig, "/v1/jobs?limit=0").await.status, 400);
}

#[tokio::test]
async fn every_error_is_a_problem_with_the_callers_id() {
    let rig = rig().await;
    let request = call("GET", "/v1/nothing").header("x-request-id", "mine-1");
    let lost = ask(&rig, request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (lost.status, lost.problem().request_id.as_str()),
        (404, "mine-1")
    );
    let wrong = ask(&rig, call("PUT", "/v1/jobs").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (wrong.status, wrong.problem().code),
        (405, Code::BadRequest)
    );
    let broken = call("POST", "/v1/jobs").header(header::CONTENT_TYPE, "application/json");
    let broken = ask(&rig, broken.body(Body::from("{")).unwrap()).await;
    assert_eq!(
        (broken.status, broken.problem().code),
        (400, Code::BadRequest)
    );
    let untyped = ask(
        &rig,
        call("POST", "/v1/jobs").body(Body::from("{}")).unwrap(),
    )
    .await;
    assert_eq!(
        (untyped.status, untyped.problem().code),
        (415, Code::BadRequest)
    );
    assert_eq!(
        get(&rig, "/v1/jobs/unknown-1").await.problem().code,
        Code::NotFound
    );
    assert_eq!(
        get(&rig, "/v1/stems/unknown-1").await.problem().code,
        Code::NotFound
    );
    let panicking = Router::new()
        .route(
            "/",
            axum::routing::get(|| async { panic!("on purpose") as String }),
        )
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(request_id::layer));
    let request = call("GET", "/").body(Body::empty()).unwrap();
    let response = panicking.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let engine = ScriptedEngine::new([Act::Linger]);
    let rig = Rig::start_in(dir, &engine, |c| c.limits.max_waiting_per_key = 1).await;
    let request = rig.request().await;
    rig.submit(request.clone()).await;
    engine.called(1).await;
    rig.submit(request.clone()).await;
    let full = post_json(&rig, "/v1/jobs", &serde_json::to_value(&request).unwrap()).await;
    let problem = full.problem();
    assert_eq!((full.status, problem.code), (429, Code::QueueFull));
    assert_eq!(
        problem.retry_after_secs.unwrap().to_string(),
        full.header("retry-after")
    );
}

#[tokio::test]
async fn jobs_are_listed_in_pages() {
    let rig = rig().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, succeeded(&rig).await["job_id"].clone());
    }
    let first = get(&rig, "/v1/jobs?limit=2&state=succeeded").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = get(&rig, &format!("/v1/jobs?limit=2&cursor={cursor}"))
        .await
        .json();
    assert_eq!(rest["next_cursor"], Value::Null);
    let listed = [&first["jobs"][0], &first["jobs"][1], &rest["jobs"][0]];
    assert_eq!(listed.map(|j| j["job_id"].clone()).to_vec(), ids);
}

#[tokio::test]
async fn a_finished_jobs_stream_tells_all_and_closes() {
    let rig = rig().await;
    let job = succeeded(&rig).await;
    let path = format!("/v1/jobs/{}/events", job["job_id"].as_str().unwrap());
    let answer = get(&rig, &path).await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = String::from_utf8(answer.body).unwrap();
    let names: Vec<_> = text
        .lines()
        .filter_map(|l| l.strip_prefix("event: "))
        .collect();
    assert_eq!(names, ["stem", "state", "end"]);
    let last = text
        .lines()
        .filter_map(|l| l.strip_prefix("id: "))
        .next_back();
    let request = call("GET", &path).header("last-event-id", last.unwrap());
    let resumed = ask(&rig, request.body(Body::empty()).unwrap()).await;
    let text = String::from_utf8(resumed.body).unwrap();
    assert_eq!(text.matches("event: ").count(), 1);
    let data = text.lines().find_map(|l| l.strip_prefix("data: ")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(data).unwrap(), job);
}

#[tokio::test]
async fn a_stream_tells_a_job_from_queue_to_end() {
    let engine = ScriptedEngine::new([Act::Await]);
    let rig = Rig::start(&engine).await;
    let job = rig.submit(rig.request().await).await;
    engine.called(1).await;
    let path = format!("/v1/jobs/{}/events", job.job_id);
    let (answer, ()) = tokio::join!(get(&rig, &path), async {
        tokio::task::yield_now().await;
        engine.go_on();
    });
    let text = String::from_utf8(answer.body).unwrap();
    let names: Vec<_> = text
        .lines()
        .filter_map(|l| l.strip_prefix("event: "))
        .collect();
    assert!(names.contains(&"stem"), "{names:?}");
    assert_eq!(names.last(), Some(&"end"));
    let ids: Vec<u64> = text
        .lines()
        .filter_map(|l| l.strip_prefix("id: ")?.parse().ok())
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[tokio::test]
async fn stems_are_sent_whole_in_part_and_converted() {
    let rig = rig().await;
    let job = succeeded(&rig).await;
    let url = job["stems"][0]["url"].as_str().unwrap().to_owned();
    let whole = get(&rig, &url).await;
    assert_eq!(
        (whole.status, whole.header("content-type")),
        (200, "audio/wav")
    );
    let named = "attachment; filename=\"drums-120-A_minor-7.wav\"";
    assert_eq!(whole.header("content-disposition"), named);
    let etag = whole.header("etag").to_owned();
    let with = |name: &'static str, value: &str| {
        let request = call("GET", &url).header(name, value);
        ask(&rig, request.body(Body::empty()).unwrap())
    };
    let part = with("range", "bytes=4-9").await;
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[4..10]));
    let range = format!("bytes 4-9/{}", whole.body.len());
    assert_eq!(part.header("content-range"), range);
    assert_eq!(with("range", "bytes=999999999-").await.status, 416);
    assert_eq!(with("if-none-match", &etag).await.status, 304);
    let before = kept_files(&rig);
    let flac = get(&rig, &format!("{url}?format=flac")).await;
    assert_eq!(
        (flac.header("content-type"), &flac.body[..4]),
        ("audio/flac", &b"fLaC"[..])
    );
    let again = get(&rig, &format!("{url}?format=flac")).await;
    assert_eq!(again.body, flac.body);
    assert_eq!(kept_files(&rig), before + 1);
    assert_eq!(get(&rig, &format!("{url}?format=ogg")).await.status, 400);
}

#[tokio::test]
async fn a_key_sees_only_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let key = |name: &str| ApiKey {
        name: name.into(),
        secret: Secret::new(format!("{name}-secret")),
        may: KeyRights::All,
    };
    let rig = Rig::start_in(dir, &ScriptedEngine::new([]), |c| {
        c.auth.keys = vec![key("ann"), key("bob")];
    })
    .await;
    let request = rig.request().await;
    let job = rig
        .state
        .jobs
        .submit("ann", request, None)
        .await
        .unwrap()
        .job;
    let job = crate::testing::within(rig.state.jobs.wait("ann", &job.job_id))
        .await
        .unwrap();
    let paths = [
        format!("/v1/jobs/{}", job.job_id),
        format!("/v1/jobs/{}/events", job.job_id),
        job.stems[0].url.clone(),
    ];
    for path in &paths {
        let with = |secret: &str| {
            let request = call("GET", path).header("authorization", format!("Bearer {secret}"));
            ask(&rig, request.body(Body::empty()).unwrap())
        };
        assert_eq!(with("ann-secret").await.status, 200);
        assert_eq!(with("bob-secret").await.status, 404);
        assert_eq!(with("eve-secret").await.status, 401);
        let nobody = get(&rig, path).await;
        assert_eq!(
            (nobody.status, nobody.header("www-authenticate")),
            (401, "Bearer")
        );
    }
}

#[tokio::test]
async fn engines_say_what_they_can() {
    let rig = rig().await;
    let engines = get(&rig, "/v1/engines").await.json();
    assert_eq!(engines["engines"][0]["name"], "scripted");
    assert_eq!(engines["engines"][0]["tracks"], json!(["drums", "bass"]));
}
