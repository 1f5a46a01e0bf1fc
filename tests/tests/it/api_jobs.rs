//! `/v1/jobs`: from the request to the stems, and all that can be wrong on the way.

use crate::api_support::{Sheet, TRACKS, events, job, long_job};
use serde_json::{Value, json};
use sideman_tests::{service::Service, songs};

fn post(service: &Service, body: &str) -> sideman_tests::service::Answer {
    let request = service
        .post("/v1/jobs")
        .header("content-type", "application/json");
    service.send(request.header("x-request-id", "test").body(body.to_owned()))
}

#[test]
fn a_job_brings_back_a_stem_as_long_as_the_source() {
    let service = Service::start();
    let song = songs::song_wav(4.0, 120.0);
    let frames = (song.len() - 44) / 4;
    let source_id = service.upload(song);
    let mut sheet = Sheet::new();
    let accepted = post(&service, &job(&source_id, &["drums"]).to_string());
    let job_id = accepted.json()["job_id"].as_str().unwrap().to_owned();
    assert_eq!(accepted.header("location"), format!("/v1/jobs/{job_id}"));
    let done = service.finish(&job_id);
    assert_eq!(done["stems"][0]["frames"], frames, "{done:#}");
    assert_eq!(done["stems"][0]["seed"], 7);
    let again = service
        .get(&format!("/v1/jobs/{job_id}"))
        .header("x-request-id", "test");
    sheet.add("when it has ended", &service.send(again));
    sheet.check("jobs_succeeded");
    let state = accepted.json()["state"].as_str().unwrap().to_owned();
    assert!(["queued", "running"].contains(&state.as_str()), "{state}");
}

#[test]
fn twelve_tracks_and_two_variations_are_twenty_four_different_stems() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(4.0, 120.0));
    let mut request = job(&source_id, &TRACKS);
    request["variations"] = 2.into();
    let done = service.finish(&service.submit(&request));
    assert_eq!(done["state"], "succeeded", "{done:#}");
    let stems = done["stems"].as_array().unwrap();
    let parts: std::collections::BTreeSet<String> = stems
        .iter()
        .map(|stem| format!("{} {}", stem["track"], stem["variation"]))
        .collect();
    assert_eq!((stems.len(), parts.len()), (24, 24));
    assert!(
        stems.iter().all(|stem| stem["report"]["silent"] == false),
        "{done:#}"
    );
}

#[test]
fn the_same_seed_plays_the_same_stem_and_another_does_not() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(4.0, 120.0));
    let play = |seed: u32| {
        let mut request = job(&source_id, &["drums"]);
        request["seed"] = seed.into();
        let done = service.finish(&service.submit(&request));
        let url = done["stems"][0]["url"].as_str().unwrap().to_owned();
        // Not the whole file: it says when it was made.
        let wav = service.send(service.get(&url)).body;
        let reader = hound::WavReader::new(std::io::Cursor::new(wav)).unwrap();
        reader
            .into_samples::<i32>()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    let first = play(7);
    // Not assert_eq: nobody wants to read the samples.
    assert!(first == play(7), "the same seed played something else");
    assert!(first != play(8), "another seed played the same");
}

#[test]
fn what_is_wrong_is_named() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(2.0, 120.0));
    let with = |field: &str, value: Value| {
        let mut request = job(&source_id, &["drums"]);
        request[field] = value;
        request.to_string()
    };
    let mut without_source = job(&source_id, &["drums"]);
    without_source.as_object_mut().unwrap().remove("source_id");
    let mut backwards = job(&source_id, &["drums"]);
    backwards["region"] = json!({"start_secs": 1.5, "end_secs": 0.5});
    backwards["base_stem_id"] = "0".repeat(32).into();
    let cases = [
        ("no JSON", "{\"source_id\":".to_owned()),
        ("an array", "[]".to_owned()),
        ("no source", without_source.to_string()),
        (
            "an unknown source",
            with("source_id", "0".repeat(64).into()),
        ),
        (
            "a source that is no id",
            with("source_id", "../../etc/passwd".into()),
        ),
        ("an unknown field", with("tempo", 120.into())),
        ("no tracks", with("tracks", json!([]))),
        ("an unknown track", with("tracks", json!(["kazoo"]))),
        ("a track twice", with("tracks", json!(["drums", "drums"]))),
        ("bpm too low", with("bpm", 19.9.into())),
        ("bpm too high", with("bpm", 401.into())),
        ("bpm as a text", with("bpm", "fast".into())),
        ("no such key", with("key_scale", "H minor".into())),
        ("no such meter", with("time_signature", "4/3".into())),
        ("no variations", with("variations", 0.into())),
        ("five variations", with("variations", 5.into())),
        ("a negative seed", with("seed", (-1).into())),
        (
            "a seed beyond 32 bits",
            with("seed", 4_294_967_296_u64.into()),
        ),
        ("no such format", with("format", "aiff".into())),
        ("no such priority", with("priority", "urgent".into())),
        ("a region backwards", backwards.to_string()),
        (
            "a region without a base",
            with("region", json!({"start_secs": 0.5, "end_secs": 1.5})),
        ),
        ("steps out of range", with("steps", 0.into())),
        (
            "a huge caption",
            with("caption", "x".repeat(100_000).into()),
        ),
    ];
    let mut sheet = Sheet::new();
    for (what, body) in cases {
        let answer = post(&service, &body);
        assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
        sheet.add(what, &answer);
    }
    let form = service.post("/v1/jobs").header("x-request-id", "test");
    sheet.add(
        "not said to be JSON",
        &service.send(form.body("tracks=drums")),
    );
    sheet.check("jobs_refused");
    let list = service.send(service.get("/v1/jobs")).json();
    assert_eq!(list["jobs"], json!([]), "a refused job was kept");
}

#[test]
fn a_repeated_submission_is_the_same_job() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(2.0, 120.0));
    let send = |seed: u32| {
        let mut request = job(&source_id, &["drums"]);
        request["seed"] = seed.into();
        let post = service.post("/v1/jobs").header("idempotency-key", "once");
        service.send(post.header("x-request-id", "test").json(&request))
    };
    let first = send(1);
    let second = send(1);
    assert_eq!((first.status, second.status), (202, 202));
    assert_eq!(first.json()["job_id"], second.json()["job_id"]);
    let mut sheet = Sheet::new();
    sheet.add("the same key for another job", &send(2));
    sheet.check("jobs_idempotency");
    let list = service.send(service.get("/v1/jobs")).json();
    assert_eq!(list["jobs"].as_array().unwrap().len(), 1);
}

#[test]
fn jobs_are_listed_in_pages_newest_first() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(1.0, 120.0));
    let ids: Vec<String> = (0..5)
        .map(|_| service.submit(&job(&source_id, &["drums"])))
        .collect();
    let mut listed = Vec::new();
    let mut path = "/v1/jobs?limit=2".to_owned();
    loop {
        let page = service.send(service.get(&path)).json();
        let jobs = page["jobs"].as_array().unwrap();
        assert!(jobs.len() <= 2);
        listed.extend(
            jobs.iter()
                .map(|job| job["job_id"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/jobs?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    listed.reverse();
    assert_eq!(listed, ids);
    for id in &ids {
        service.finish(id);
    }
    let done = service.send(service.get("/v1/jobs?state=succeeded")).json();
    assert_eq!(done["jobs"].as_array().unwrap().len(), 5);
    let failed = service.send(service.get("/v1/jobs?state=failed")).json();
    assert_eq!(failed["jobs"], json!([]));
    let mut sheet = Sheet::new();
    for query in [
        "state=asleep",
        "limit=0",
        "limit=many",
        "cursor=%22",
        "page=2",
    ] {
        let get = service
            .get(&format!("/v1/jobs?{query}"))
            .header("x-request-id", "test");
        sheet.add(query, &service.send(get));
    }
    sheet.check("jobs_list_refused");
}

#[test]
fn a_waiting_job_is_cancelled_at_once_and_a_running_one_soon() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(20.0, 120.0));
    let running = service.submit(&long_job(&source_id));
    service.wait_for(&running, |job| job["state"] == "running");
    let waiting = service.submit(&job(&source_id, &["drums"]));
    let queued = service
        .send(service.get(&format!("/v1/jobs/{waiting}")))
        .json();
    assert_eq!(queued["queue"]["position"], 1, "{queued:#}");

    let answer = service.send(service.delete(&format!("/v1/jobs/{waiting}")));
    assert_eq!(
        (answer.status, &answer.json()["state"]),
        (200, &json!("cancelled"))
    );
    let answer = service.send(service.delete(&format!("/v1/jobs/{running}")));
    assert_eq!(answer.status, 200);
    let state = answer.json()["state"].clone();
    assert!(state == "cancelling" || state == "cancelled", "{state}");
    assert_eq!(service.finish(&running)["state"], "cancelled");
    // The place on the GPU is free again, and cancelling twice changes nothing.
    let next = service.submit(&job(&source_id, &["drums"]));
    assert_eq!(service.finish(&next)["state"], "succeeded");
    for (id, state) in [(&next, "succeeded"), (&waiting, "cancelled")] {
        let answer = service.send(service.delete(&format!("/v1/jobs/{id}")));
        assert_eq!(
            (answer.status, &answer.json()["state"]),
            (200, &json!(state))
        );
    }
}

#[test]
fn events_tell_the_whole_story_in_order() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(8.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums", "bass", "strings"]));
    let path = format!("/v1/jobs/{job_id}/events");
    let told = events(service.get(&path).send().unwrap());
    let names: Vec<&str> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(
        names.iter().filter(|name| **name == "stem").count(),
        3,
        "{names:?}"
    );
    assert_eq!(names.iter().filter(|name| **name == "end").count(), 1);
    assert_eq!(names.last(), Some(&"end"));
    let end = &told.last().unwrap().data;
    assert_eq!(
        (&end["state"], &end["progress"]),
        (&json!("succeeded"), &json!(1.0))
    );
    let progress: Vec<f64> = told
        .iter()
        .filter(|event| event.name != "stem")
        .map(|event| event.data["progress"].as_f64().unwrap())
        .collect();
    assert!(progress.is_sorted(), "{progress:?}");
    // A client that was cut off after the first stem hears the rest, and the first not again.
    let first = told.iter().find(|event| event.name == "stem").unwrap();
    let rest = service.get(&path).header("last-event-id", &first.id);
    let rest = events(rest.send().unwrap());
    let stems: Vec<&Value> = rest
        .iter()
        .filter(|event| event.name == "stem")
        .map(|event| &event.data["track"])
        .collect();
    assert!(
        !stems.contains(&&first.data["track"]) && stems.len() == 2,
        "{stems:?}"
    );
    assert_eq!(rest.last().unwrap().name, "end");
}

#[test]
fn an_unknown_job_is_not_found_everywhere() {
    let service = Service::start();
    let mut sheet = Sheet::new();
    let path = format!("/v1/jobs/{}", "0".repeat(32));
    let requests = [
        ("GET", service.get(&path)),
        ("DELETE", service.delete(&path)),
        ("GET events", service.get(&format!("{path}/events"))),
        ("GET a path", service.get("/v1/jobs/..%2F..%2Fetc")),
    ];
    for (what, request) in requests {
        sheet.add(what, &service.send(request.header("x-request-id", "test")));
    }
    sheet.check("jobs_unknown");
}
