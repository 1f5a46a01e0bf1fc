//! `POST /lego` as a form: curl, scripts, and the clients of the first wrapper.

use crate::api_support::Sheet;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::json;
use sideman_tests::{
    service::{Answer, PATIENCE, Service},
    songs,
};
use std::{
    io::Write as _,
    net::TcpStream,
    time::{Duration, Instant},
};

fn form(fields: &[(&'static str, &'static str)], secs: f64) -> Form {
    let part = Part::bytes(songs::song_wav(secs, 120.0)).file_name("song.wav");
    let form = Form::new().part("audio_file", part);
    fields
        .iter()
        .fold(form, |form, (name, value)| form.text(*name, *value))
}

fn lego(service: &Service, form: Form, accept: &str) -> Answer {
    let request = service.post("/lego").header("x-request-id", "test");
    let request = match accept {
        "" => request,
        accept => request.header("accept", accept),
    };
    service.send(request.multipart(form))
}

const DRUMS: [(&str, &str); 3] = [("track_type", "drums"), ("bpm", "120"), ("seed", "7")];

#[test]
fn the_answer_is_the_stem() {
    let service = Service::start();
    let mut sheet = Sheet::new();
    for (asked, accept) in [
        ("nothing said", ""),
        ("WAV accepted", "audio/wav"),
        ("FLAC preferred", "audio/mpeg;q=0.5, audio/flac"),
        ("anything", "*/*"),
    ] {
        let answer = lego(&service, form(&DRUMS, 2.0), accept);
        assert!(answer.body.len() > 1000, "{answer:?}");
        sheet.add(asked, &with_hidden_audio(answer));
    }
    let mut fields = DRUMS.to_vec();
    fields.push(("format", "wav"));
    sheet.add(
        "format=wav",
        &with_hidden_audio(lego(&service, form(&fields, 2.0), "")),
    );
    sheet.check("lego");
    let list = service.send(service.get("/v1/jobs")).json();
    assert_eq!(
        list["jobs"].as_array().unwrap().len(),
        5,
        "they are ordinary jobs"
    );
}

/// What the stem sounds like is no part of these snapshots.
fn with_hidden_audio(mut answer: Answer) -> Answer {
    answer.headers.remove("etag");
    let magic: &[u8] = match answer.header("content-type") {
        "audio/wav" => b"RIFF",
        "audio/flac" => b"fLaC",
        _ => b"",
    };
    assert!(answer.body.starts_with(magic));
    answer.body = b"...".to_vec();
    answer
}

#[test]
fn every_field_is_understood_and_json_lists_all_candidates() {
    let service = Service::start();
    let fields = [
        ("track_type", "backing_vocals"),
        ("bpm", "92.5"),
        ("key_scale", "F# minor"),
        ("audio_duration", "2.0"),
        ("batch_size", "2"),
        ("caption", "close harmony"),
        ("seed", "11"),
        ("steps", "32"),
        ("format", "flac"),
    ];
    let answer = lego(&service, form(&fields, 2.0), "application/json");
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut sheet = Sheet::new();
    sheet.add("JSON", &answer);
    sheet.check("lego_json");
    let said = answer.json();
    assert_eq!(answer.header("x-job-id"), said["job_id"]);
    for stem in said["stems"].as_array().unwrap() {
        let audio = service.send(service.get(stem["url"].as_str().unwrap()));
        assert!(audio.body.starts_with(b"fLaC"), "{stem}");
    }
    let job = service.send(service.get(&format!("/v1/jobs/{}", said["job_id"].as_str().unwrap())));
    let request = &job.json()["request"];
    assert_eq!(
        (&request["bpm"], &request["key_scale"], &request["steps"]),
        (&json!(92.5), &json!("F# minor"), &json!(32))
    );
}

#[test]
fn what_is_wrong_is_named_and_leaves_nothing() {
    let service = Service::start();
    let before = service.files();
    let cases: [(&str, &[(&str, &str)]); 12] = [
        ("no track_type", &[("bpm", "120")]),
        (
            "an unknown track",
            &[("track_type", "kazoo"), ("bpm", "120")],
        ),
        ("no bpm", &[("track_type", "drums")]),
        (
            "bpm out of range",
            &[("track_type", "drums"), ("bpm", "401")],
        ),
        (
            "bpm as a word",
            &[("track_type", "drums"), ("bpm", "allegro")],
        ),
        (
            "no such key",
            &[("track_type", "drums"), ("bpm", "120"), ("key_scale", "H")],
        ),
        (
            "three candidates",
            &[("track_type", "drums"), ("bpm", "120"), ("batch_size", "3")],
        ),
        (
            "a negative seed",
            &[("track_type", "drums"), ("bpm", "120"), ("seed", "-1")],
        ),
        (
            "no steps",
            &[("track_type", "drums"), ("bpm", "120"), ("steps", "0")],
        ),
        (
            "no such format",
            &[("track_type", "drums"), ("bpm", "120"), ("format", "ogg")],
        ),
        (
            "an unknown field",
            &[("track_type", "drums"), ("bpm", "120"), ("tempo", "1")],
        ),
        (
            "a field twice",
            &[("track_type", "drums"), ("bpm", "120"), ("bpm", "121")],
        ),
    ];
    let mut sheet = Sheet::new();
    for (what, fields) in cases {
        sheet.add(what, &lego(&service, form(fields, 1.0), ""));
        assert_eq!(service.files(), before, "{what} left something behind");
    }
    let no_file = Form::new().text("track_type", "drums").text("bpm", "120");
    sheet.add("no audio_file", &lego(&service, no_file, ""));
    let text = Part::bytes(&b"not a song"[..]).file_name("song.wav");
    let text = Form::new()
        .text("track_type", "drums")
        .text("bpm", "120")
        .part("audio_file", text);
    sheet.add("not audio", &lego(&service, text, ""));
    sheet.add(
        "an unknown Accept",
        &lego(&service, form(&DRUMS, 1.0), "image/png"),
    );
    let no_form = service.post("/lego").header("x-request-id", "test");
    sheet.add(
        "no form",
        &service.send(no_form.header("content-type", "text/plain").body("x")),
    );
    assert_eq!(service.files(), before);
    sheet.check("lego_refused");
    let list = service.send(service.get("/v1/jobs")).json();
    assert_eq!(list["jobs"], json!([]), "a refused request became a job");
}

/// The client sends everything, waits, and goes away before the answer.
#[test]
fn a_client_that_goes_away_takes_its_job_with_it() {
    let service = Service::start();
    let song = songs::song_wav(120.0, 120.0);
    let field = |name: &str, value: &str| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body =
        field("track_type", "strings") + &field("bpm", "120") + &field("batch_size", "2");
    body +=
        "--X\r\nContent-Disposition: form-data; name=\"audio_file\"; filename=\"s.wav\"\r\n\r\n";
    let mut body = body.into_bytes();
    body.extend(song);
    body.extend(b"\r\n--X--\r\n");
    let mut stream = TcpStream::connect(service.base().trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /lego HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    let begun = Instant::now();
    let job_id = loop {
        let list = service.send(service.get("/v1/jobs")).json();
        if let Some(job) = list["jobs"].get(0) {
            break job["job_id"].as_str().unwrap().to_owned();
        }
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    };
    drop(stream);
    assert_eq!(service.finish(&job_id)["state"], "cancelled");
}
