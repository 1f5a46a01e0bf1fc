//! `/v1/stems`: whole, in parts, in other formats.

use crate::api_support::{Sheet, job};
use sideman_tests::{
    service::{Answer, Service},
    songs,
};

/// A service with one finished stem, and the stem's path.
fn with_a_stem() -> (Service, String) {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(2.0, 120.0));
    let mut request = job(&source_id, &["bass"]);
    request["key_scale"] = "A minor".into();
    let done = service.finish(&service.submit(&request));
    let url = done["stems"][0]["url"].as_str().unwrap().to_owned();
    (service, url)
}

fn get(service: &Service, path: &str, range: Option<&str>) -> Answer {
    let mut request = service.get(path).header("x-request-id", "test");
    if let Some(range) = range {
        request = request.header("range", range);
    }
    service.send(request)
}

#[test]
fn a_part_of_a_stem_is_the_part_of_the_whole() {
    let (service, url) = with_a_stem();
    let whole = get(&service, &url, None);
    let length = whole.body.len();
    assert_eq!(
        (whole.status, whole.header("accept-ranges")),
        (200, "bytes")
    );
    assert_eq!(whole.header("content-length"), length.to_string());
    for (range, wished) in [
        ("bytes=0-99", 0..100),
        ("bytes=100-", 100..length),
        ("bytes=-50", length - 50..length),
        ("bytes=10-999999999", 10..length),
    ] {
        let part = get(&service, &url, Some(range));
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.body, whole.body[wished.clone()], "{range}");
        let said = format!("bytes {}-{}/{length}", wished.start, wished.end - 1);
        assert_eq!(part.header("content-range"), said);
    }
    let beyond = get(&service, &url, Some("bytes=999999999-"));
    assert_eq!(beyond.status, 416, "{beyond:?}");
    assert_eq!(beyond.header("content-range"), format!("bytes */{length}"));
    // What is no range is as if it were not there.
    assert_eq!(get(&service, &url, Some("bars=1-4")).status, 200);
}

#[test]
fn a_stem_that_the_client_has_is_not_sent_again() {
    let (service, url) = with_a_stem();
    let whole = get(&service, &url, None);
    let tag = whole.header("etag").to_owned();
    assert!(tag.starts_with('"'), "{tag}");
    let again = service.get(&url).header("if-none-match", &tag);
    let again = service.send(again);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let resumed = service
        .get(&url)
        .header("range", "bytes=5-")
        .header("if-range", &tag);
    assert_eq!(service.send(resumed).status, 206);
    let stale = service
        .get(&url)
        .header("range", "bytes=5-")
        .header("if-range", "\"old\"");
    assert_eq!(service.send(stale).status, 200);
}

#[test]
fn a_stem_comes_in_the_format_that_is_asked_for() {
    let (service, url) = with_a_stem();
    let mut sheet = Sheet::new();
    for (format, magic) in [("wav", &b"RIFF"[..]), ("flac", b"fLaC"), ("mp3", b"")] {
        let answer = get(&service, &format!("{url}?format={format}"), None);
        assert!(answer.body.starts_with(magic), "{format}");
        assert!(answer.body.len() > 1000, "{format}");
        let headers = (
            answer.header("content-type"),
            answer.header("content-disposition"),
        );
        let (kind, name) = headers;
        assert!(kind.starts_with("audio/"), "{kind}");
        assert!(
            name.contains("bass-120-") && name.contains(&format!("-7.{format}")),
            "{name}"
        );
    }
    sheet.add("aiff", &get(&service, &format!("{url}?format=aiff"), None));
    sheet.add(
        "unknown stem",
        &get(&service, "/v1/stems/00000000000000000000000000000000", None),
    );
    sheet.add(
        "no id",
        &get(&service, "/v1/stems/%2e%2e%2fsideman.sqlite", None),
    );
    sheet.check("stems_refused");
}

#[test]
fn a_stem_is_a_wav_of_the_sources_length_and_rate() {
    let (service, url) = with_a_stem();
    let stem = get(&service, &url, None).body;
    let reader = hound::WavReader::new(std::io::Cursor::new(stem)).unwrap();
    assert_eq!(reader.spec().sample_rate, 44_100);
    assert_eq!(reader.spec().bits_per_sample, 24);
    assert_eq!(reader.duration(), 88_200);
    let loudest = reader
        .into_samples::<i32>()
        .map(|sample| sample.unwrap().abs())
        .max();
    assert!(loudest.unwrap() > 1 << 16, "the stem is nearly silent");
}

#[test]
fn a_part_played_again_leaves_the_rest_of_the_stem_bit_for_bit() {
    let service = Service::start();
    let source_id = service.upload(songs::song_wav(4.0, 120.0));
    let mut request = job(&source_id, &["bass"]);
    let base = service.finish(&service.submit(&request))["stems"][0].clone();
    request["seed"] = 8.into();
    request["base_stem_id"] = base["stem_id"].clone();
    request["region"] = serde_json::json!({"start_secs": 1.0, "end_secs": 2.0});
    let done = service.finish(&service.submit(&request));
    assert_eq!(done["state"], "succeeded", "{done:#}");
    let samples = |stem: &serde_json::Value| -> Vec<i32> {
        let wav = get(&service, stem["url"].as_str().unwrap(), None).body;
        let reader = hound::WavReader::new(std::io::Cursor::new(wav)).unwrap();
        let channels = usize::from(reader.spec().channels);
        let all: Result<Vec<i32>, _> = reader.into_samples::<i32>().collect();
        all.unwrap().into_iter().step_by(channels).collect()
    };
    let (old, new) = (samples(&base), samples(&done["stems"][0]));
    let rate = base["sample_rate_hz"].as_u64().unwrap() as usize;
    assert_eq!(old.len(), new.len());
    assert!(old[..rate] == new[..rate] && old[2 * rate..] == new[2 * rate..]);
    assert!(old[rate..2 * rate] != new[rate..2 * rate], "another part");
}
