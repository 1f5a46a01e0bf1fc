//! From what the user typed to a request the service accepts, or a sentence naming the field.

use crate::{
    capture::Take,
    session::{
        Form, MAX_CAPTION_CHARS, MAX_GUIDANCE, MAX_LYRICS_CHARS, MAX_STEPS, MAX_VARIATIONS,
        ServiceView, sings,
    },
};
use sideman_shared::{
    music::{Bpm, KeyScale, Track},
    protocol::{Caption, EngineFeatures, JobRequest},
};
use std::{collections::BTreeMap, fmt::Display, ops::RangeInclusive, str::FromStr};

/// The request for `take`, to a service that can do what `service` says.
///
/// # Errors
/// A sentence for the user that names the field and what it wants.
pub(super) fn request(
    form: &Form,
    take: &Take,
    service: &ServiceView,
) -> Result<JobRequest, String> {
    let tracks = form.tracks();
    offered(&tracks, &service.tracks)?;
    let mut request = JobRequest::new(String::new(), tracks);
    request.variations = form.variations.clamp(1, MAX_VARIATIONS);
    request.bpm = bpm(form, take)?;
    request.key_scale = key(form, take)?;
    request.seed = seed(form)?;
    say_words(form, &service.features, &mut request)?;
    advanced(form, service, &mut request)?;
    request.time_signature = take.meter;
    request.song_position_secs = take.start_secs();
    Ok(request)
}

fn offered(tracks: &[Track], offered: &[Track]) -> Result<(), String> {
    let missing = |track: &&Track| !offered.is_empty() && !offered.contains(track);
    let Some(missing) = tracks.iter().find(missing) else {
        return Ok(());
    };
    let can = offered.iter().map(|t| t.label()).collect::<Vec<_>>();
    Err(format!(
        "The engine cannot play {}. It can play: {}.",
        missing.label(),
        can.join(", ")
    ))
}

/// Puts the form's captions, lyrics and language into `request`, for the tracks it has.
///
/// # Errors
/// As [`request`].
pub(super) fn say_words(
    form: &Form,
    features: &EngineFeatures,
    request: &mut JobRequest,
) -> Result<(), String> {
    request.caption = caption(form, &request.tracks)?;
    let sings = features.lyrics && request.tracks.iter().copied().any(sings);
    let lyrics = form.lyrics.trim();
    if sings && lyrics.chars().count() > MAX_LYRICS_CHARS {
        return Err(format!(
            "Lyrics: they are longer than {MAX_LYRICS_CHARS} characters. Shorten them, or sing them \
             in two parts."
        ));
    }
    let some = |text: &str| (sings && !text.is_empty()).then(|| text.to_owned());
    request.lyrics = some(lyrics);
    request.language = some(form.language.trim());
    Ok(())
}

fn caption(form: &Form, tracks: &[Track]) -> Result<Option<Caption>, String> {
    let mut said = BTreeMap::new();
    for &track in tracks {
        let words = form.caption_of(track).trim();
        if words.chars().count() > MAX_CAPTION_CHARS {
            return Err(format!(
                "Style: the words for {} are longer than {MAX_CAPTION_CHARS} characters. Shorten \
                 them.",
                track.label()
            ));
        }
        if !words.is_empty() {
            said.insert(track, words.to_owned());
        }
    }
    if form.has_own_captions() && tracks.len() > 1 {
        return Ok((!said.is_empty()).then_some(Caption::PerTrack(said)));
    }
    Ok(said.into_values().next().map(Caption::Same))
}

/// Only what the service can do is sent; the rest is not shown either.
fn advanced(form: &Form, service: &ServiceView, request: &mut JobRequest) -> Result<(), String> {
    let can = &service.features;
    if can.steps {
        request.steps = number(&form.steps, 1..=MAX_STEPS, "Steps", "a whole number")?;
    }
    if can.guidance {
        request.guidance_scale =
            number(&form.guidance, 0.0..=MAX_GUIDANCE, "Guidance", "a number")?;
    }
    if !form.lora.is_empty() {
        if !can.loras.contains(&form.lora) {
            return Err(format!(
                "LoRA: this service does not offer {}. Choose another, or none, under Advanced.",
                form.lora
            ));
        }
        request.lora = Some(form.lora.clone());
        request.lora_scale = Some(f32::from(form.lora_percent.min(100)) / 100.0);
    }
    if can.loop_assist {
        request.loop_assist = form.loop_assist;
    }
    if can.formats.contains(&form.format) {
        request.format = form.format;
    }
    request.priority = form.priority;
    Ok(())
}

/// `typed` as a number within `range`; nothing typed is none.
fn number<T>(
    typed: &str,
    range: RangeInclusive<T>,
    field: &str,
    what: &str,
) -> Result<Option<T>, String>
where
    T: FromStr + PartialOrd + Display,
{
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let parsed = typed.replace(',', ".").parse().ok();
    match parsed.filter(|n| range.contains(n)) {
        Some(number) => Ok(Some(number)),
        None => Err(format!(
            "{field}: {typed:?} is not {what} from {} to {}. Correct it, or leave it empty for the \
             service's choice.",
            range.start(),
            range.end()
        )),
    }
}

fn bpm(form: &Form, take: &Take) -> Result<Option<Bpm>, String> {
    let typed = form.bpm.trim();
    if typed.is_empty() {
        // Some hosts say 137.00000013753072 and mean 137.
        let told = take.tempo_bpm.map(|bpm| (bpm * 1e4).round() / 1e4);
        return Ok(told.and_then(Bpm::new));
    }
    // A decimal comma is what many keyboards give.
    let parsed = typed.replace(',', ".").parse();
    parsed.map(Some).map_err(|_| {
        format!(
            "BPM: {typed:?} is not a tempo between {} and {}. Correct it, or leave it empty for the \
             song's own tempo.",
            Bpm::MIN,
            Bpm::MAX
        )
    })
}

fn key(form: &Form, take: &Take) -> Result<Option<KeyScale>, String> {
    let typed = form.key.trim();
    if typed.is_empty() {
        return Ok(take.key);
    }
    typed.parse().map(Some).map_err(|_| {
        format!(
            "Key: {typed:?} is not a key such as C major or F# minor. Correct it, or leave it empty \
             to have it heard."
        )
    })
}

fn seed(form: &Form) -> Result<Option<u32>, String> {
    let typed = form.seed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    typed.parse().map(Some).map_err(|_| {
        format!(
            "Seed: {typed:?} is not a whole number from 0 to {}. Correct it, or leave it empty for a \
             new one.",
            u32::MAX
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::state::tests::take;
    use sideman_shared::protocol::AudioFormat;

    /// Sings and has every knob.
    fn service() -> ServiceView {
        ServiceView {
            features: EngineFeatures {
                lyrics: true,
                steps: true,
                guidance: true,
                loop_assist: true,
                formats: vec![AudioFormat::Wav, AudioFormat::Flac],
                ..EngineFeatures::default()
            },
            ..ServiceView::default()
        }
    }

    #[test]
    fn typed_values_go_before_the_host_s() {
        let mut form = Form {
            bpm: " 92,5 ".into(),
            key: "F#m".into(),
            seed: "7".into(),
            caption: "brushes".into(),
            ..Form::default()
        };
        let sent = request(&form, &take(), &service()).unwrap();
        assert_eq!(sent.bpm, Bpm::new(92.5));
        assert_eq!(sent.key_scale.unwrap().to_string(), "F# minor");
        assert_eq!(sent.seed, Some(7));
        assert_eq!(sent.caption, Some(Caption::Same("brushes".into())));
        form = Form::default();
        let sent = request(&form, &take(), &service()).unwrap();
        assert_eq!(sent.bpm, Bpm::new(120.0), "the host's tempo");
        assert_eq!(sent.song_position_secs, Some(2.0));
        assert_eq!(sent.time_signature, take().meter);
        assert_eq!(
            (sent.key_scale, sent.seed, sent.caption),
            (None, None, None)
        );
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (form, field) in [
            (
                Form {
                    bpm: "fast".into(),
                    ..Form::default()
                },
                "BPM",
            ),
            (
                Form {
                    bpm: "401".into(),
                    ..Form::default()
                },
                "BPM",
            ),
            (
                Form {
                    key: "H moll".into(),
                    ..Form::default()
                },
                "Key",
            ),
            (
                Form {
                    seed: "-1".into(),
                    ..Form::default()
                },
                "Seed",
            ),
            (
                Form {
                    seed: "4294967296".into(),
                    ..Form::default()
                },
                "Seed",
            ),
            (
                Form {
                    caption: "x".repeat(2001),
                    ..Form::default()
                },
                "Style",
            ),
        ] {
            let said = request(&form, &take(), &service()).unwrap_err();
            assert!(said.contains(field), "{said}");
        }
    }

    #[test]
    fn a_track_the_engine_cannot_play_is_refused_with_what_it_can() {
        let said = request(
            &Form::default(),
            &take(),
            &ServiceView {
                tracks: vec![Track::Drums, Track::Bass],
                ..ServiceView::default()
            },
        )
        .unwrap_err();
        assert!(
            said.contains("Vocals") && said.contains("Drums, Bass"),
            "{said}"
        );
    }

    #[test]
    fn several_tracks_are_one_request() {
        let mut form = Form {
            also: vec![Track::Drums],
            variations: 3,
            caption: "lively".into(),
            ..Form::default()
        };
        let sent = request(&form, &take(), &service()).unwrap();
        assert_eq!(sent.tracks, [Track::Vocals, Track::Drums]);
        assert_eq!(sent.variations, 3);
        assert_eq!(sent.caption, Some(Caption::Same("lively".into())));
        form.caption_each = true;
        form.set_caption(Track::Drums, "brushes".into());
        let sent = request(&form, &take(), &service()).unwrap();
        let own = BTreeMap::from([(Track::Drums, "brushes".to_owned())]);
        assert_eq!(sent.caption, Some(Caption::PerTrack(own)));
        assert_eq!(
            sent.caption_for(Track::Vocals),
            Track::Vocals.default_caption()
        );
    }

    #[test]
    fn lyrics_are_sent_to_singers_and_engines_that_sing() {
        let mut form = Form {
            lyrics: " [verse]\nla ".into(),
            language: "en".into(),
            ..Form::default()
        };
        let words = |form: &Form, service: &ServiceView| {
            let sent = request(form, &take(), service).unwrap();
            (sent.lyrics, sent.language)
        };
        let sung = (Some("[verse]\nla".to_owned()), Some("en".to_owned()));
        assert_eq!(words(&form, &service()), sung);
        assert_eq!(words(&form, &ServiceView::default()), (None, None));
        form.choose_only(Track::Drums);
        assert_eq!(words(&form, &service()), (None, None));
        form.toggle(Track::BackingVocals);
        assert_eq!(words(&form, &service()), sung);
        form.lyrics = "x".repeat(MAX_LYRICS_CHARS + 1);
        let said = request(&form, &take(), &service()).unwrap_err();
        assert!(said.starts_with("Lyrics"), "{said}");
    }

    #[test]
    fn a_lora_is_sent_with_its_strength_and_only_where_it_is_offered() {
        let form = Form {
            lora: "Vinyl".into(),
            lora_percent: 60,
            ..Form::default()
        };
        let mut offering = service();
        offering.features.loras = vec!["Choir".into(), "Vinyl".into()];
        let sent = request(&form, &take(), &offering).unwrap();
        assert_eq!(
            (sent.lora.as_deref(), sent.lora_scale),
            (Some("Vinyl"), Some(0.6))
        );
        let said = request(&form, &take(), &service()).unwrap_err();
        assert!(
            said.starts_with("LoRA: this service does not offer Vinyl"),
            "{said}"
        );
    }

    #[test]
    fn advanced_settings_are_checked_and_only_sent_to_who_knows_them() {
        let form = Form {
            steps: "60".into(),
            guidance: "7,5".into(),
            loop_assist: Some(false),
            format: AudioFormat::Flac,
            ..Form::default()
        };
        let sent = request(&form, &take(), &service()).unwrap();
        assert_eq!((sent.lora, sent.lora_scale), (None, None));
        assert_eq!((sent.steps, sent.guidance_scale), (Some(60), Some(7.5)));
        assert_eq!(
            (sent.loop_assist, sent.format),
            (Some(false), AudioFormat::Flac)
        );
        let sent = request(&form, &take(), &ServiceView::default()).unwrap();
        assert_eq!(
            (sent.steps, sent.guidance_scale, sent.loop_assist),
            (None, None, None)
        );
        assert_eq!(sent.format, AudioFormat::Wav);
        for (steps, guidance) in [("0", ""), ("1.5", ""), ("201", ""), ("", "NaN"), ("", "-1")] {
            let form = Form {
                steps: steps.into(),
                guidance: guidance.into(),
                ..Form::default()
            };
            let said = request(&form, &take(), &service()).unwrap_err();
            let field = if guidance.is_empty() {
                "Steps"
            } else {
                "Guidance"
            };
            assert!(said.starts_with(field), "{said}");
        }
    }
}
