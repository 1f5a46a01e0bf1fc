//! The event stream's text, piece by piece. Pure.

/// A job with many stems is some ten kilobytes; whoever sends more is not a Sideman service.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SseEvent {
    /// Empty when the stream gave none.
    pub name: String,
    pub data: String,
    /// The newest `id:` seen so far in the stream.
    pub last_id: Option<String>,
}

/// Larger than any event may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// Cuts bytes into events; pieces may end anywhere, also inside a character.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    /// The last byte was `\r`: a `\n` that follows belongs to it.
    after_cr: bool,
    current: SseEvent,
    has_data: bool,
}

impl SseParser {
    /// # Errors
    /// An event outgrew its bound.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, TooLarge> {
        let mut events = Vec::new();
        for &byte in bytes {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    events.extend(self.end_line());
                }
                _ => {
                    self.after_cr = false;
                    self.line.push(byte);
                    if self.line.len() + self.current.data.len() > MAX_EVENT_BYTES {
                        return Err(TooLarge);
                    }
                }
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            return self.end_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.current.name),
            "data" => {
                if self.has_data {
                    self.current.data.push('\n');
                }
                self.current.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => self.current.last_id = Some(value.to_owned()),
            // Comments keep the line alive; other fields are not ours.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<SseEvent> {
        let next = SseEvent {
            last_id: self.current.last_id.clone(),
            ..SseEvent::default()
        };
        let event = std::mem::replace(&mut self.current, next);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str = ": hello\n\nid: 3\nevent: progress\ndata: {\"a\":\ndata: 1}\n\ndata:ü\r\n\r\n\
                          event: lost\n\ndata: end\rid: 4\r\r";

    fn whole() -> Vec<SseEvent> {
        let event = |name: &str, data: &str, id: &str| SseEvent {
            name: name.into(),
            data: data.into(),
            last_id: Some(id.into()),
        };
        vec![
            event("progress", "{\"a\":\n1}", "3"),
            event("", "ü", "3"),
            event("", "end", "4"),
        ]
    }

    proptest! {
        #[test]
        fn pieces_may_end_anywhere(cuts in proptest::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.push(STREAM.len());
            cuts.sort_unstable();
            let (mut parser, mut events, mut from) = (SseParser::default(), Vec::new(), 0);
            for cut in cuts {
                events.extend(parser.feed(&STREAM.as_bytes()[from..cut]).unwrap());
                from = cut;
            }
            prop_assert_eq!(events, whole());
        }

        #[test]
        fn nonsense_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = SseParser::default().feed(&bytes);
        }
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut parser = SseParser::default();
        let piece = [b'x'; 4096];
        assert!((0..512).any(|_| parser.feed(&piece) == Err(TooLarge)));
    }
}
