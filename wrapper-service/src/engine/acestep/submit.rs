//! What is sent: the fields of one piece of work, and the file streamed beside them.

use super::{settings::Settings, source::Source};
use crate::engine::{EngineRequest, Work};
use reqwest::multipart::{Form, Part};
use sideman_shared::music::{Meter, Track};
use std::sync::Arc;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

/// One piece of work, to be sent as often as the server's queue is full.
#[derive(Clone)]
pub struct Submission {
    fields: Vec<(&'static str, String)>,
    source: Arc<Source>,
}

impl Submission {
    pub fn new(request: &EngineRequest, source: Arc<Source>, settings: &Settings) -> Self {
        Self {
            fields: fields(request, &source, settings),
            source,
        }
    }

    /// The file is read while it is sent.
    pub async fn form(&self) -> std::io::Result<Form> {
        let file = File::open(self.source.path()).await?;
        let bytes = file.metadata().await?.len();
        let body = reqwest::Body::wrap_stream(ReaderStream::new(file));
        let part = Part::stream_with_length(body, bytes).file_name(self.source.file_name());
        let form = self.fields.iter().fold(Form::new(), |form, (name, value)| {
            form.text(*name, value.clone())
        });
        Ok(form.part("ctx_audio", part))
    }
}

/// Numbers are sent the way the server's own parsers read them: a whole number with a point in it would
/// silently become the default.
fn fields(
    request: &EngineRequest,
    source: &Source,
    settings: &Settings,
) -> Vec<(&'static str, String)> {
    let steps = request.steps.unwrap_or(settings.steps);
    let guidance = request.guidance_scale.unwrap_or(settings.guidance_scale);
    let mut fields = vec![
        ("task_type", request.work.as_str().to_owned()),
        ("caption", request.caption.clone()),
        ("inference_steps", steps.to_string()),
        ("guidance_scale", guidance.to_string()),
        // A language model would rewrite the caption, or turn the work into a cover.
        ("thinking", "false".into()),
        ("use_cot_caption", "false".into()),
        ("use_cot_language", "false".into()),
        // One of our own choice: of others the server reports the wrong one.
        ("use_random_seed", "false".into()),
        ("seed", request.seed.to_string()),
        ("batch_size", "1".into()),
        ("audio_format", "wav".into()),
        ("audio_duration", format!("{:.3}", source.secs())),
        (
            "bpm",
            (request.analysis.bpm.get().round() as i64).to_string(),
        ),
        ("instruction", instruction(&request.work, request.track)),
    ];
    let mut add = |name, value: Option<String>| fields.extend(value.map(|v| (name, v)));
    add("key_scale", request.analysis.key.map(|key| key.to_string()));
    add("time_signature", time_signature(request.analysis.meter));
    add("lyrics", request.lyrics.clone());
    add("vocal_language", request.language.clone());
    add("model", settings.model.clone());
    match &request.work {
        Work::Lego => {
            let (start, end) = request
                .region
                .map_or(("0.0".into(), "-1".into()), |region| {
                    let at = |secs: f64| format!("{:.3}", secs + source.kept_from_secs());
                    (at(region.start_secs), at(region.end_secs))
                });
            fields.push(("track_name", request.track.as_str().into()));
            fields.push(("repainting_start", start));
            fields.push(("repainting_end", end));
        }
        Work::Extract => fields.push(("track_name", request.track.as_str().into())),
        Work::Cover { strength } => {
            fields.push(("audio_cover_strength", strength.to_string()));
        }
        Work::Complete { tracks } => {
            fields.extend(tracks.iter().map(|t| ("track_classes", t.as_str().into())));
        }
    }
    fields
}

/// The wording that every version understands; one of them tells lego by exactly these words.
fn instruction(work: &Work, track: Track) -> String {
    let capitals = |track: &Track| track.as_str().to_uppercase();
    match work {
        Work::Lego => format!(
            "Generate the {} track based on the audio context:",
            capitals(&track)
        ),
        Work::Cover { .. } => {
            "Generate audio semantic tokens based on the given conditions:".into()
        }
        Work::Extract => format!("Extract the {} track from the audio:", capitals(&track)),
        Work::Complete { tracks } if tracks.is_empty() => "Complete the input track:".into(),
        Work::Complete { tracks } => {
            let names: Vec<String> = tracks.iter().map(capitals).collect();
            format!("Complete the input track with {}:", names.join(" | "))
        }
    }
}

/// The model knows four; another meter is left for it to hear.
fn time_signature(meter: Meter) -> Option<String> {
    match (meter.beats_per_bar(), meter.beat_unit()) {
        (beats @ (2..=4), 4) => Some(beats.to_string()),
        (6, 8) => Some("6".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_work_has_its_wording() {
        for (work, said) in [
            (
                Work::Lego,
                "Generate the BACKING_VOCALS track based on the audio context:",
            ),
            (
                Work::Extract,
                "Extract the BACKING_VOCALS track from the audio:",
            ),
            (
                Work::Cover { strength: 0.5 },
                "Generate audio semantic tokens based on the given conditions:",
            ),
            (
                Work::Complete {
                    tracks: vec![Track::Drums, Track::Bass],
                },
                "Complete the input track with DRUMS | BASS:",
            ),
            (
                Work::Complete { tracks: vec![] },
                "Complete the input track:",
            ),
        ] {
            assert_eq!(instruction(&work, Track::BackingVocals), said);
        }
    }

    #[test]
    fn only_meters_the_model_knows_are_sent() {
        for (meter, sent) in [("4/4", Some("4")), ("3/4", Some("3")), ("6/8", Some("6"))] {
            assert_eq!(time_signature(meter.parse().unwrap()).as_deref(), sent);
        }
        assert_eq!(time_signature("7/8".parse().unwrap()), None);
    }
}
