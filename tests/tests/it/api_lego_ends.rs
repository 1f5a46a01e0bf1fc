//! How a held `POST /lego` ends, and what the engine is told by it: in front of a pretended ACE-Step server.

use crate::api_support::Sheet;
use reqwest::blocking::{
    RequestBuilder,
    multipart::{Form, Part},
};
use sideman_tests::{
    acestep::{Failure, Flavour, Setup as SimulatorSetup, Simulator},
    service::{Answer, Service, Setup, client},
    songs,
};
use std::time::Duration;

fn in_front_of(engine: &Simulator) -> Setup {
    let setup = Setup::new().arg("--engine").arg("acestep");
    setup.env("ACESTEP_URL", engine.url())
}

fn form(audio: Vec<u8>, name: &str, fields: &[(&'static str, &'static str)]) -> Form {
    let part = Part::bytes(audio).file_name(name.to_owned());
    fields
        .iter()
        .fold(Form::new(), |form, (name, value)| form.text(*name, *value))
        .part("audio_file", part)
}

fn ask(service: &Service, track: &'static str) -> RequestBuilder {
    let fields = [("track_type", track), ("bpm", "120"), ("seed", "7")];
    let request = service.post("/lego").header("x-request-id", "test");
    request.multipart(form(songs::song_wav(6.0, 120.0), "song.wav", &fields))
}

/// The words of the contract; the first wrapper's clients count on them.
#[test]
fn a_track_without_a_caption_is_played_with_its_default_one() {
    let engine = Simulator::start(Flavour::Lego);
    let service = in_front_of(&engine).start();
    let defaults = [
        (
            "vocals",
            "soulful indie vocalist, warm, wordless melody, expressive",
        ),
        (
            "backing_vocals",
            "background vocals, close harmony, wordless, warm",
        ),
        (
            "drums",
            "live acoustic drum kit, tight kick and snare, brushed hi-hats",
        ),
    ];
    for (track, caption) in defaults {
        let answer = service.send(ask(&service, track));
        assert_eq!(answer.status, 200, "{answer:?}");
        let file = format!("attachment; filename=\"{track}.mp3\"");
        assert_eq!(answer.header("content-disposition"), file);
        let task = engine.tasks().pop().unwrap();
        assert_eq!(task.received.text("caption"), caption);
        assert_eq!(task.received.text("track_name"), track);
        assert_eq!(answer.header("x-seed"), "7");
        assert_eq!(task.seed, Some(7));
    }
}

#[test]
fn two_candidates_are_two_tasks_and_the_first_is_the_answer() {
    let engine = Simulator::start(Flavour::April);
    let service = in_front_of(&engine).start();
    let fields = [
        ("track_type", "drums"),
        ("bpm", "97.5"),
        ("batch_size", "2"),
        ("seed", "41"),
        ("steps", "20"),
        ("key_scale", "F# minor"),
        ("audio_duration", "5.5"),
        ("caption", "brushes"),
        ("format", "wav"),
    ];
    let form = form(songs::song_wav(6.0, 97.5), "song.wav", &fields);
    let answer = service.send(service.post("/lego").multipart(form));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("x-seed"), "41");
    let seeds: Vec<_> = engine.tasks().iter().map(|task| task.seed).collect();
    assert_eq!(seeds, [Some(41), Some(42)]);
    let received = &engine.tasks()[0].received;
    for (field, value) in [
        ("batch_size", "1"),
        ("inference_steps", "20"),
        ("key_scale", "F# minor"),
        ("caption", "brushes"),
        ("bpm", "98"),
    ] {
        assert_eq!(received.text(field), value, "{field}");
    }
    // The stated length is a hint: the stem has the source's.
    let reader = hound::WavReader::new(answer.body.as_slice()).unwrap();
    assert_eq!(reader.duration(), 6 * 44_100);
}

/// What was given out as MP3 is taken as MP3, and comes back at the same length.
#[test]
fn an_mp3_is_as_good_a_source_as_a_wav() {
    let service = Service::start();
    let mp3 = service.send(ask(&service, "bass"));
    assert_eq!(mp3.header("content-type"), "audio/mpeg");
    let fields = [("track_type", "drums"), ("bpm", "120"), ("format", "wav")];
    let again = form(mp3.body, "bass.mp3", &fields);
    let answer = service.send(service.post("/lego").multipart(again));
    let reader = hound::WavReader::new(answer.body.as_slice()).unwrap();
    assert_eq!(reader.duration(), 6 * 44_100);
}

#[test]
fn a_job_that_fails_is_the_answers_problem_with_the_jobs_name() {
    let engine = Simulator::start(Flavour::Lego);
    engine.fault(|faults| faults.fail = Some(Failure::OutOfMemory));
    let service = in_front_of(&engine).start();
    let mut sheet = Sheet::new();
    for (asked, accept) in [("audio", "audio/mpeg"), ("JSON", "application/json")] {
        let answer = service.send(ask(&service, "drums").header("accept", accept));
        let job_id = answer.header("x-job-id");
        let job = service
            .send(service.get(&format!("/v1/jobs/{job_id}")))
            .json();
        assert_eq!(job["error"]["code"], answer.json()["code"], "{job:#}");
        sheet.add(asked, &answer);
    }
    sheet.check("lego_failed");
}

#[test]
fn a_job_that_somebody_else_cancels_ends_the_request() {
    let engine = SimulatorSetup {
        job: Duration::from_secs(600),
        ..SimulatorSetup::new(Flavour::Lego)
    }
    .start();
    let service = in_front_of(&engine).start();
    let held = ask(&service, "drums").build().unwrap();
    let held = std::thread::spawn(move || Answer::read(client().execute(held).unwrap()));
    engine.wait_until("a task", |e| e.tasks().len() == 1);
    let list = service.send(service.get("/v1/jobs")).json();
    let job_id = list["jobs"][0]["job_id"].as_str().unwrap().to_owned();
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    let answer = held.join().unwrap();
    assert_eq!(answer.json()["code"], "cancelled", "{answer:?}");
    assert_eq!(answer.header("x-job-id"), job_id);
}

#[test]
fn limits_and_keys_are_those_of_the_other_face() {
    let service = Setup::new()
        .env(
            "SIDEMAN_AUTH_KEYS",
            "studio:a-long-secret,wall:another-secret:read",
        )
        .env("SIDEMAN_LIMITS_MAX_UPLOAD_BYTES", 2_000_000)
        .env("SIDEMAN_LIMITS_MAX_SECS", 5)
        .start();
    let send = |key: &str, secs: f64| {
        let fields = [("track_type", "drums"), ("bpm", "120")];
        let form = form(songs::song_wav(secs, 120.0), "song.wav", &fields);
        let request = service.post("/lego").header("x-request-id", "test");
        let request = match key {
            "" => request,
            key => request.bearer_auth(key),
        };
        service.send(request.multipart(form))
    };
    let mut sheet = Sheet::new();
    sheet.add("no key", &send("", 1.0));
    sheet.add("a wrong key", &send("guessed", 1.0));
    sheet.add("a key that only reads", &send("another-secret", 1.0));
    sheet.add("too long", &send("a-long-secret", 6.0));
    sheet.add("too short", &send("a-long-secret", 0.2));
    sheet.add("too many bytes", &send("a-long-secret", 30.0));
    sheet.check("lego_limits");
    assert_eq!(send("a-long-secret", 2.0).status, 200);
}
