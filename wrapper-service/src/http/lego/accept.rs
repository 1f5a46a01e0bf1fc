use sideman_shared::protocol::AudioFormat;

/// What the client wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The first stem; in the form's or the default format when `None`.
    Audio(Option<AudioFormat>),
    /// A list of all stems.
    Json,
}

impl Wanted {
    /// The likeliest of what an `Accept` header says; the first of equals. `None` if it names nothing
    /// we have.
    pub fn of(accept: &str) -> Option<Self> {
        if accept.trim().is_empty() {
            return Some(Self::Audio(None));
        }
        let mut best: Option<(f32, Self)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let Some(wanted) = parts.next().and_then(Self::of_range) else {
                continue;
            };
            let quality = parts
                .find_map(|parameter| parameter.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if quality > best.map_or(0.0, |(q, _)| q) {
                best = Some((quality, wanted));
            }
        }
        best.map(|(_, wanted)| wanted)
    }

    fn of_range(range: &str) -> Option<Self> {
        Some(match range.to_ascii_lowercase().as_str() {
            "*/*" | "audio/*" => Self::Audio(None),
            "audio/mpeg" | "audio/mp3" => Self::Audio(Some(AudioFormat::Mp3)),
            "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => {
                Self::Audio(Some(AudioFormat::Wav))
            }
            "audio/flac" | "audio/x-flac" => Self::Audio(Some(AudioFormat::Flac)),
            "application/json" => Self::Json,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_that_we_have_is_taken() {
        let wav = Wanted::Audio(Some(AudioFormat::Wav));
        for (accept, wanted) in [
            ("", Some(Wanted::Audio(None))),
            ("text/html, */*;q=0.1", Some(Wanted::Audio(None))),
            ("audio/mpeg;q=0.5, Audio/Wav", Some(wav)),
            ("audio/x-wav, application/json", Some(wav)),
            ("application/json, text/plain, */*", Some(Wanted::Json)),
            ("application/json;q=0", None),
            ("image/png", None),
        ] {
            assert_eq!(Wanted::of(accept), wanted, "{accept}");
        }
    }
}
