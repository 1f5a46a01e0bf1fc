//! `/v1/sources`: what is taken, what is refused, and that a refusal leaves nothing behind.

use crate::api_support::Sheet;
use serde_json::Value;
use sideman_tests::{
    service::{Answer, Service, Setup},
    songs,
};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
};

fn post(service: &Service, bytes: Vec<u8>) -> Answer {
    let request = service
        .post("/v1/sources")
        .header("content-type", "audio/wav");
    service.send(request.header("x-request-id", "test").body(bytes))
}

#[test]
fn the_same_bytes_are_the_same_source() {
    let service = Service::start();
    let song = songs::song_wav(4.0, 120.0);
    let mut sheet = Sheet::new();
    let first = post(&service, song.clone());
    let id = first.json()["source_id"].as_str().unwrap().to_owned();
    let part = reqwest::blocking::multipart::Part::bytes(song.clone()).file_name("song.wav");
    let form = reqwest::blocking::multipart::Form::new().part("audio_file", part);
    let again = service.post("/v1/sources").header("x-request-id", "test");
    sheet.add("POST", &first);
    sheet.add("POST the same again", &post(&service, song));
    sheet.add(
        "POST the same as a form",
        &service.send(again.multipart(form)),
    );
    for (asked, id) in [("HEAD", id.as_str()), ("HEAD unknown", &"0".repeat(64))] {
        let head = service.http.head(service.url(&format!("/v1/sources/{id}")));
        sheet.add(asked, &service.send(head.header("x-request-id", "test")));
    }
    sheet.check("sources");
}

#[test]
fn a_source_is_heard() {
    let service = Service::start();
    let id = service.upload(songs::song_wav(12.0, 100.0));
    let answer = service.send(service.get(&format!("/v1/sources/{id}/analysis")));
    assert_eq!(answer.status, 200, "{answer:?}");
    let heard = answer.json();
    let bpm = heard["bpm"].as_f64().unwrap();
    assert!((bpm - 100.0).abs() < 1.0, "{heard}");
    let beats = heard["beats"].as_array().unwrap().len();
    assert!((18..=22).contains(&beats), "{heard}");
    assert_eq!(heard["key_scale"], "A minor", "{heard}");
    for confidence in ["bpm_confidence", "key_confidence"] {
        assert!((0.0..=1.0).contains(&heard[confidence].as_f64().unwrap()));
    }
    let unknown = format!("/v1/sources/{}/analysis", "0".repeat(64));
    assert_eq!(service.send(service.get(&unknown)).status, 404);
}

#[test]
fn what_is_no_song_is_refused_and_leaves_nothing() {
    let service = Service::start();
    let before = service.files();
    let song = songs::song_wav(4.0, 120.0);
    let mut sheet = Sheet::new();
    let cases: [(&str, Vec<u8>); 10] = [
        ("a text", b"Twinkle, twinkle, little star\n".repeat(99)),
        ("nothing", Vec::new()),
        ("a WAV header and no more", song[..44].to_vec()),
        ("half a WAV header", song[..20].to_vec()),
        ("half a WAV", song[..song.len() / 2].to_vec()),
        ("a sample that is not a number", songs::nan_wav()),
        ("0.2 s", songs::song_wav(0.2, 120.0)),
        (
            "eleven hours in a small FLAC",
            songs::silent_flac(11 * 3600),
        ),
        ("a broken FLAC", songs::silent_flac(600)[..60].to_vec()),
        ("zeros", vec![0; 100_000]),
    ];
    for (what, bytes) in cases {
        let answer = post(&service, bytes);
        sheet.add(what, &answer);
        assert_eq!(service.files(), before, "{what} left something behind");
    }
    sheet.check("sources_refused");
}

#[test]
fn a_limit_is_the_operators() {
    let service = Setup::new()
        .env("SIDEMAN_LIMITS_MAX_SECS", 3)
        .env("SIDEMAN_LIMITS_MAX_UPLOAD_BYTES", 1_000_000)
        .start();
    let answer = post(&service, songs::song_wav(4.0, 120.0));
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (422, &Value::from("audio_too_long"))
    );
    let answer = post(&service, vec![0; 1_100_000]);
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (413, &Value::from("upload_too_large"))
    );
}

/// The client streams on without saying how much will come; the service must stop it by itself.
#[test]
fn seven_hundred_megabytes_are_refused_and_leave_nothing() {
    let service = Service::start();
    let before = service.files();
    let mut stream = TcpStream::connect(service.base().trim_start_matches("http://")).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let writer = thread::spawn(move || {
        let head = "POST /v1/sources HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\n\
                    X-Request-Id: test\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut chunk = b"100000\r\n".to_vec();
        chunk.resize(chunk.len() + (1 << 20), 0);
        chunk.extend(b"\r\n");
        let mut sent_mib = 0;
        // The service stops listening somewhere on the way.
        if writing.write_all(head.as_bytes()).is_ok() {
            while sent_mib < 700 && writing.write_all(&chunk).is_ok() {
                sent_mib += 1;
            }
        }
        sent_mib
    });
    let mut answer = Vec::new();
    // It may cut the connection after the answer, as the rest of the upload is unwanted.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"upload_too_large\""), "{answer}");
    let sent_mib = writer.join().unwrap();
    assert!((512..700).contains(&sent_mib), "{sent_mib} MiB were taken");
    assert_eq!(service.files(), before);
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let service = Service::start();
    let before = service.files();
    let address = service.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "POST /v1/sources HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\
                Content-Type: audio/wav\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .write_all(&songs::song_wav(1.0, 120.0)[..100_000])
        .unwrap();
    let begun = std::time::Instant::now();
    while service.files() == before {
        assert!(begun.elapsed() < sideman_tests::service::PATIENCE);
        thread::yield_now();
    }
    drop(stream);
    while service.files() != before {
        assert!(
            begun.elapsed() < sideman_tests::service::PATIENCE,
            "{:?}",
            service.files()
        );
        thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(post(&service, songs::song_wav(1.0, 120.0)).status, 201);
}

#[test]
fn a_form_needs_the_part_of_the_contract() {
    let service = Service::start();
    let form = |name: &'static str| {
        reqwest::blocking::multipart::Form::new().part(
            name,
            reqwest::blocking::multipart::Part::bytes(songs::song_wav(1.0, 120.0)),
        )
    };
    let before = service.files();
    let wrong = service.send(service.post("/v1/sources").multipart(form("song")));
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("audio_file"), "{}", wrong.text());
    assert_eq!(service.files(), before);
    let right = service.send(service.post("/v1/sources").multipart(form("audio_file")));
    assert_eq!(right.status, 201);
}

/// Reading clients only listen when they have sent everything.
#[test]
fn a_refused_client_hears_why_although_it_is_still_sending() {
    let service = Setup::new()
        .env("SIDEMAN_AUTH_KEYS", "ann:ann-swordfish")
        .start();
    let large = vec![0; 30 << 20];
    let answer = post(&service, large.clone());
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (401, &Value::from("unauthorized"))
    );
    let request = service.post("/v1/sources").bearer_auth("ann-swordfish");
    let answer = service.send(request.header("content-type", "image/png").body(large));
    assert_eq!(answer.status, 415, "{answer:?}");
}
