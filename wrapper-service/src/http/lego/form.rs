use super::accept::Wanted;
use crate::{artifacts::Incoming, error::AppError, jobs::SourceService};
use axum::extract::{
    Multipart,
    multipart::{Field, MultipartError},
};
use sideman_shared::{
    music::{Bpm, Track},
    protocol::{AudioFormat, Caption, Code, JobRequest},
};
use std::{collections::BTreeMap, fmt::Display, str::FromStr, time::Duration};

const FIELDS: [&str; 9] = [
    "track_type",
    "bpm",
    "key_scale",
    "audio_duration",
    "batch_size",
    "caption",
    "seed",
    "steps",
    "format",
];
const AUDIO: &str = "audio_file";
/// No field but the audio needs more.
const MAX_TEXT_BYTES: usize = 16 * 1024;
/// A form that sends nothing for this long is given up.
const STALL_DEADLINE: Duration = Duration::from_secs(30);

/// A form as it came: the texts by name, and the audio, received but not yet kept.
pub struct Form {
    texts: BTreeMap<&'static str, String>,
    audio: Option<Incoming>,
}

/// Reads the form to its end, also when a field is wrong: a client that is still sending would not
/// hear the answer. The audio goes to disk as it comes.
///
/// # Errors
/// The first thing that was wrong, by the field's name; nothing stays behind.
pub async fn read(mut multipart: Multipart, sources: &SourceService) -> Result<Form, AppError> {
    let mut form = Form {
        texts: BTreeMap::new(),
        audio: None,
    };
    let mut wrong = None;
    while let Some(field) = arrive(multipart.next_field()).await? {
        if wrong.is_some() {
            skip(field).await?;
            continue;
        }
        match form.take(field, sources).await {
            Ok(()) => {}
            // There may be no end to it.
            Err(error) if error.code == Code::UploadTooLarge => return Err(error),
            Err(error) => wrong = Some(error),
        }
    }
    match wrong {
        Some(error) => Err(error),
        None => Ok(form),
    }
}

impl Form {
    async fn take(&mut self, field: Field<'_>, sources: &SourceService) -> Result<(), AppError> {
        let name = field.name().unwrap_or_default().to_owned();
        if name == AUDIO {
            let received = sources.receive(field).await?;
            return match self.audio.replace(received) {
                None => Ok(()),
                Some(_) => Err(AppError::bad_field(AUDIO, "sent twice")),
            };
        }
        let known = FIELDS.into_iter().find(|known| *known == name);
        let Some(known) = known else {
            skip(field).await?;
            let all = FIELDS.join(", ");
            return Err(AppError::new(
                Code::BadRequest,
                format!("unknown field {name:.64?}; expected {AUDIO}, {all}"),
            ));
        };
        let text = read_text(field, known).await?;
        match self.texts.insert(known, text) {
            None => Ok(()),
            Some(_) => Err(AppError::bad_field(known, "sent twice")),
        }
    }

    /// The job that is asked for, still without its source, and the audio.
    ///
    /// # Errors
    /// A missing or wrong field, by name.
    pub fn into_request(mut self, wanted: Wanted) -> Result<(JobRequest, Incoming), AppError> {
        let audio = self.audio.take();
        let track = self.needed("track_type", Track::from_str)?;
        let mut request = JobRequest::new("", vec![track]);
        request.bpm = Some(self.needed("bpm", Bpm::from_str)?);
        request.key_scale = self.given("key_scale", str::parse)?;
        request.variations = self.given("batch_size", batch_size)?.unwrap_or(1);
        request.caption = self
            .text("caption")
            .map(|text| Caption::Same(text.to_owned()));
        request.seed = self.given("seed", whole("a whole number from 0 to 4294967295"))?;
        request.steps = self.given("steps", whole("a whole number of steps"))?;
        // The true length is that of the audio; a client that states one must at least state a number.
        self.given("audio_duration", seconds)?;
        let format = self.given("format", format)?;
        request.format = match (format, wanted) {
            (Some(format), _) | (None, Wanted::Audio(Some(format))) => format,
            (None, _) => AudioFormat::Mp3,
        };
        let audio = audio.ok_or_else(|| AppError::bad_field(AUDIO, "missing"))?;
        Ok((request, audio))
    }

    fn text(&self, name: &'static str) -> Option<&str> {
        let text = self.texts.get(name)?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn given<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, AppError> {
        let parsed = self.text(name).map(parse).transpose();
        parsed.map_err(|error| AppError::bad_field(name, error))
    }

    fn needed<T, E: Display>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, AppError> {
        let given = self.given(name, parse)?;
        given.ok_or_else(|| AppError::bad_field(name, "missing"))
    }
}

fn whole<T: FromStr>(expected: &'static str) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        text.parse()
            .map_err(|_| format!("{text:?} is not {expected}"))
    }
}

fn batch_size(text: &str) -> Result<u8, String> {
    match text {
        "1" => Ok(1),
        "2" => Ok(2),
        other => Err(format!("{other:?} is not 1 or 2")),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let secs = text
        .parse()
        .ok()
        .filter(|secs: &f64| secs.is_finite() && *secs > 0.0);
    secs.ok_or_else(|| format!("{text:?} is not a length in seconds"))
}

fn format(text: &str) -> Result<AudioFormat, String> {
    let all = [AudioFormat::Mp3, AudioFormat::Wav, AudioFormat::Flac];
    let found = all.into_iter().find(|format| format.extension() == text);
    found.ok_or_else(|| format!("{text:?} is not mp3, wav or flac"))
}

async fn read_text(mut field: Field<'_>, name: &str) -> Result<String, AppError> {
    let mut bytes = Vec::new();
    let mut too_long = false;
    while let Some(chunk) = arrive(field.chunk()).await? {
        too_long |= bytes.len() + chunk.len() > MAX_TEXT_BYTES;
        if !too_long {
            bytes.extend_from_slice(&chunk);
        }
    }
    if too_long {
        return Err(AppError::bad_field(
            name,
            format!("longer than the {MAX_TEXT_BYTES} bytes allowed"),
        ));
    }
    String::from_utf8(bytes).map_err(|_| AppError::bad_field(name, "not UTF-8"))
}

async fn skip(mut field: Field<'_>) -> Result<(), AppError> {
    while arrive(field.chunk()).await?.is_some() {}
    Ok(())
}

/// The next piece of the form, if it comes in time.
async fn arrive<T>(piece: impl Future<Output = Result<T, MultipartError>>) -> Result<T, AppError> {
    let broken = |cause: String| {
        AppError::new(
            Code::BadRequest,
            format!("the form could not be read: {cause}"),
        )
    };
    match tokio::time::timeout(STALL_DEADLINE, piece).await {
        Ok(arrived) => arrived.map_err(|error| broken(error.body_text())),
        Err(_) => {
            let secs = STALL_DEADLINE.as_secs();
            Err(broken(format!("nothing was sent for {secs} s")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(texts: &[(&'static str, &str)]) -> Form {
        Form {
            texts: texts
                .iter()
                .map(|(name, text)| (*name, (*text).to_owned()))
                .collect(),
            audio: None,
        }
    }

    fn refusal(texts: &[(&'static str, &str)]) -> String {
        match form(texts).into_request(Wanted::Json) {
            Err(error) => error.detail,
            Ok(_) => panic!("accepted without audio"),
        }
    }

    #[test]
    fn the_first_wrong_field_is_named() {
        let with = |name, text| refusal(&[("track_type", "drums"), ("bpm", "92.5"), (name, text)]);
        assert_eq!(refusal(&[("bpm", "120")]), "track_type: missing");
        assert_eq!(
            refusal(&[("track_type", "drums"), ("bpm", " ")]),
            "bpm: missing"
        );
        assert!(with("bpm", "401").starts_with("bpm: \"401\" is not a tempo"));
        assert!(with("seed", "4294967296").starts_with("seed: "));
        assert!(with("audio_duration", "-1").starts_with("audio_duration: "));
        assert_eq!(with("key_scale", ""), "audio_file: missing");
    }
}
