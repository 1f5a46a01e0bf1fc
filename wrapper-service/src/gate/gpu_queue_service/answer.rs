//! What the queue says, read leniently: its source is not public, and its clients accept several forms.

use serde_json::Value;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Waiting,
    Granted,
    /// The queue takes the session for finished.
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    pub word: Word,
    /// 1 is next. May be the queue's length instead: either way nobody is further behind.
    pub place: Option<u32>,
    pub eta_secs: Option<f64>,
}

impl Told {
    /// No more than that the session is known.
    pub const WAITING: Self = Self {
        word: Word::Waiting,
        place: None,
        eta_secs: None,
    };

    /// `None` unless it is an object. A `queue_status` object inside is believed before the outer one,
    /// except for the status, which only the outer one has for sure.
    pub fn read(body: &Value, status_field: &str) -> Option<Self> {
        let outer = body.as_object()?;
        let inner = outer.get("queue_status").and_then(Value::as_object);
        let inner = inner.filter(|inner| !inner.is_empty());
        let find = |name: &str| {
            let nested = inner.and_then(|inner| inner.get(name));
            nested.or_else(|| outer.get(name))
        };
        let status = outer.get(status_field).or_else(|| find(status_field));
        let number = |name: &str| find(name).and_then(Value::as_f64);
        let place = number("position").or_else(|| number("queued_tasks"));
        Some(Self {
            word: status.and_then(Value::as_str).map_or(Word::Waiting, word),
            // 0 is "nobody before you".
            place: place
                .filter(|place| (0.0..=f64::from(u32::MAX)).contains(place))
                .map(|place| (place as u32).max(1)),
            eta_secs: number("estimated_wait_seconds").filter(|secs| *secs >= 0.0),
        })
    }
}

/// Unknown words are those of waiting: nobody starts on a word that he does not understand.
fn word(status: &str) -> Word {
    match status.to_ascii_lowercase().as_str() {
        "processing" | "ready" => Word::Granted,
        "completed" | "failed" | "cancelled" | "canceled" | "expired" | "timeout" | "released" => {
            Word::Over
        }
        _ => Word::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Value) -> Option<(Word, Option<u32>, Option<f64>)> {
        Told::read(&body, "status").map(|told| (told.word, told.place, told.eta_secs))
    }

    #[test]
    fn flat_and_nested_answers_say_the_same() {
        let nested = json!({"status": "queued",
            "queue_status": {"estimated_wait_seconds": 30.0, "active_tasks": 1, "queued_tasks": 4}});
        assert_eq!(read(nested), Some((Word::Waiting, Some(4), Some(30.0))));
        let flat = json!({"status": "Processing", "position": 0, "estimated_wait_seconds": 2});
        assert_eq!(read(flat), Some((Word::Granted, Some(1), Some(2.0))));
        let empty = json!({"status": "ready", "queue_status": {}, "position": 3});
        assert_eq!(read(empty), Some((Word::Granted, Some(3), None)));
        let inside = json!({"queue_status": {"status": "ready"}});
        assert_eq!(read(inside).unwrap().0, Word::Granted);
    }

    #[test]
    fn what_makes_no_sense_grants_nothing() {
        for (body, word) in [
            (json!({}), Word::Waiting),
            (
                json!({"status": 7, "position": -1, "estimated_wait_seconds": -5}),
                Word::Waiting,
            ),
            (json!({"status": "warming"}), Word::Waiting),
            (json!({"status": "completed"}), Word::Over),
        ] {
            assert_eq!(read(body), Some((word, None, None)));
        }
        assert_eq!(read(json!([])), None);
        assert_eq!(read(json!("ready")), None);
    }
}
