//! Snapshots of answers, and small requests that many tests make.

use serde_json::{Map, Value, json};
use sideman_tests::service::Answer;
use std::io::{BufRead as _, BufReader};

/// Headers that are part of the contract; the others are the server's business.
const HEADERS: [&str; 13] = [
    "accept-ranges",
    "allow",
    "cache-control",
    "content-disposition",
    "content-range",
    "content-type",
    "etag",
    "location",
    "retry-after",
    "www-authenticate",
    "x-job-id",
    "x-request-id",
    "x-seed",
];

/// What differs from run to run, and what the engine may play better one day.
const FILTERS: [(&str, &str); 7] = [
    (r"\b[0-9a-f]{64}\b", "[hash]"),
    (r"\b[0-9a-f]{32}\b", "[id]"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "[time]"),
    (r"127\.0\.0\.1:\d{5}\b", "127.0.0.1:[port]"),
    (
        r#""(peak_dbfs|rms_dbfs|lufs|timing_offset_ms|drift_ms|eta_secs)": -?[\d.]+"#,
        r#""$1": "[number]""#,
    ),
    (r"\d+\.\d GiB free", "[free] free"),
    (r"wrapper-service\.exe", "wrapper-service"),
];

/// Several answers in one snapshot, each under what was asked.
#[derive(Default)]
pub struct Sheet(Map<String, Value>);

impl Sheet {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, asked: &str, answer: &Answer) {
        let before = self.0.insert(asked.into(), show(answer));
        assert!(before.is_none(), "{asked} is twice on the sheet");
    }

    #[track_caller]
    pub fn check(self, name: &str) {
        assert_snapshot(name, &format!("{:#}", Value::Object(self.0)));
    }
}

#[track_caller]
pub fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, replacement) in FILTERS {
        settings.add_filter(pattern, replacement);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn show(answer: &Answer) -> Value {
    let headers: Map<String, Value> = HEADERS
        .iter()
        .filter(|name| answer.headers.contains_key(**name))
        .map(|name| ((*name).to_owned(), answer.header(name).into()))
        .collect();
    let kind = answer.header("content-type");
    let body = if answer.body.is_empty() {
        Value::Null
    } else if kind.ends_with("json") {
        answer.json()
    } else if kind.starts_with("audio/") {
        format!(
            "audio beginning {:?}",
            String::from_utf8_lossy(&answer.body[..3])
        )
        .into()
    } else {
        answer.text().into()
    };
    json!({"status": answer.status, "headers": headers, "body": body})
}

/// A job request with nothing but what it must have, and a fixed seed.
pub fn job(source_id: &str, tracks: &[&str]) -> Value {
    json!({"source_id": source_id, "tracks": tracks, "bpm": 120, "seed": 7})
}

/// Work for a long while: 48 stems.
pub fn long_job(source_id: &str) -> Value {
    let mut request = job(source_id, &TRACKS);
    request["variations"] = 4.into();
    request
}

pub const TRACKS: [&str; 12] = [
    "vocals",
    "backing_vocals",
    "drums",
    "bass",
    "guitar",
    "keyboard",
    "strings",
    "synth",
    "percussion",
    "brass",
    "woodwinds",
    "fx",
];

/// One event of a stream.
#[derive(Debug, Clone)]
pub struct Event {
    pub name: String,
    pub id: String,
    pub data: Value,
}

/// Reads a stream of events to its end.
pub fn events(response: reqwest::blocking::Response) -> Vec<Event> {
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = Vec::new();
    let (mut name, mut id, mut data) = (String::new(), String::new(), String::new());
    for line in BufReader::new(response).lines() {
        let line = line.expect("the stream ends well");
        match line
            .split_once(':')
            .map(|(field, value)| (field, value.trim_start()))
        {
            Some(("event", value)) => name = value.into(),
            Some(("id", value)) => id = value.into(),
            Some(("data", value)) => data.push_str(value),
            Some(_) => {}
            None if !data.is_empty() => {
                events.push(Event {
                    name: std::mem::take(&mut name),
                    id: std::mem::take(&mut id),
                    data: serde_json::from_str(&std::mem::take(&mut data)).expect("JSON"),
                });
            }
            None => {}
        }
    }
    events
}
