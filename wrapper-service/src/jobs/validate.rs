//! Whether a job can be accepted. Pure; every refusal names its field.

use crate::error::AppError;
use sideman_shared::{
    music::Track,
    protocol::{Caption, Code, EngineInfo, JobRequest, Region, Source},
};
use std::collections::BTreeSet;

const MAX_TRACKS: usize = 12;
const MAX_VARIATIONS: u8 = 4;
const MAX_STEPS: u16 = 1_000;
const MAX_GUIDANCE: f32 = 100.0;
const MAX_CAPTION_CHARS: usize = 2_000;
const MAX_LYRICS_CHARS: usize = 20_000;
const MAX_LANGUAGE_CHARS: usize = 35;
const MIN_REGION_SECS: f64 = 0.1;
/// A region drawn to the end of the source may pass it by a rounding error.
const END_SLACK_SECS: f64 = 0.001;

/// Everything that can be judged without the source: shape and ranges.
///
/// # Errors
/// `bad_request` naming the first wrong field.
pub fn shape(request: &JobRequest, max_stems: u32) -> Result<(), AppError> {
    tracks(&request.tracks)?;
    if !(1..=MAX_VARIATIONS).contains(&request.variations) {
        return Err(out_of_range("variations", request.variations, "1–4"));
    }
    let stems = super::record::candidates(request);
    if stems > max_stems {
        return Err(AppError::bad_field(
            "variations",
            format!("{stems} stems in one job; at most {max_stems} are allowed"),
        ));
    }
    words(request)?;
    if let Some(steps) = request.steps
        && !(1..=MAX_STEPS).contains(&steps)
    {
        return Err(out_of_range("steps", steps, "1–1000"));
    }
    if let Some(scale) = request.guidance_scale
        && !(0.0..=MAX_GUIDANCE).contains(&scale)
    {
        return Err(out_of_range("guidance_scale", scale, "0–100"));
    }
    lora(request)?;
    if let Some(position) = request.song_position_secs
        && !(position.is_finite() && (0.0..=86_400.0).contains(&position))
    {
        return Err(out_of_range("song_position_secs", position, "0–86400"));
    }
    match (&request.region, &request.base_stem_id) {
        (Some(_), None) => Err(AppError::bad_field(
            "base_stem_id",
            "needed with region: the stem that stays outside it",
        )),
        (None, Some(_)) => Err(AppError::bad_field(
            "region",
            "needed with base_stem_id: the part to play again",
        )),
        (Some(_), Some(_)) if request.tracks.len() != 1 => Err(AppError::bad_field(
            "tracks",
            "with a region exactly one track can be played again: the base stem's",
        )),
        _ => Ok(()),
    }
}

/// What the source and the engine allow.
///
/// # Errors
/// `bad_request` for a region outside the source, `engine_rejected` for what the engine cannot do.
pub fn possible(
    request: &JobRequest,
    source: &Source,
    engine: &EngineInfo,
) -> Result<(), AppError> {
    if let Some(region) = &request.region {
        inside(region, source.duration_secs)?;
        if !engine.features.region {
            return Err(AppError::new(
                Code::EngineRejected,
                format!(
                    "region: the engine \"{}\" cannot play a part again",
                    engine.name
                ),
            )
            .with_hint("Generate the whole stem again, or ask the operator for another engine."));
        }
    }
    if let Some(lora) = &request.lora {
        wearable(lora, engine)?;
    }
    let unable = request.tracks.iter().find(|t| !engine.tracks.contains(t));
    // An engine that does not answer cannot say what it plays; the job may wait for it.
    match unable {
        Some(track) if !engine.tracks.is_empty() => {
            let able: Vec<_> = engine.tracks.iter().map(|t| t.as_str()).collect();
            Err(AppError::new(
                Code::EngineRejected,
                format!(
                    "tracks: the engine \"{}\" cannot play {track}; it can play {}",
                    engine.name,
                    able.join(", ")
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn lora(request: &JobRequest) -> Result<(), AppError> {
    let Some(scale) = request.lora_scale else {
        return Ok(());
    };
    if request.lora.is_none() {
        let missing = "needed with lora_scale: the LoRA that is meant";
        return Err(AppError::bad_field("lora", missing));
    }
    if !(0.0..=1.0).contains(&scale) {
        return Err(out_of_range("lora_scale", scale, "0–1"));
    }
    Ok(())
}

/// An engine that does not answer cannot say what it has; the job may wait for it.
fn wearable(lora: &str, engine: &EngineInfo) -> Result<(), AppError> {
    let loras = &engine.features.loras;
    if loras.iter().any(|name| name == lora) || engine.tracks.is_empty() {
        return Ok(());
    }
    let has = match loras.as_slice() {
        [] => "has none".to_owned(),
        loras => format!("has {}", loras.join(", ")),
    };
    Err(AppError::new(
        Code::EngineRejected,
        format!(
            "lora: the engine \"{}\" has no LoRA {lora:.64?}; it {has}",
            engine.name
        ),
    )
    .with_hint("Choose one of the engine's LoRAs, or leave it out."))
}

fn tracks(tracks: &[Track]) -> Result<(), AppError> {
    if tracks.is_empty() || tracks.len() > MAX_TRACKS {
        return Err(out_of_range("tracks", tracks.len(), "1–12 tracks"));
    }
    let mut seen = BTreeSet::new();
    match tracks.iter().find(|t| !seen.insert(**t)) {
        Some(track) => Err(AppError::bad_field(
            "tracks",
            format!("{track} is named twice; for more candidates use variations"),
        )),
        None => Ok(()),
    }
}

fn words(request: &JobRequest) -> Result<(), AppError> {
    match &request.caption {
        Some(Caption::Same(text)) => at_most("caption", text, MAX_CAPTION_CHARS)?,
        Some(Caption::PerTrack(texts)) => {
            for (track, text) in texts {
                let field = format!("caption.{track}");
                if !request.tracks.contains(track) {
                    return Err(AppError::bad_field(&field, "this track is not in tracks"));
                }
                at_most(&field, text, MAX_CAPTION_CHARS)?;
            }
        }
        None => {}
    }
    if let Some(lyrics) = &request.lyrics {
        at_most("lyrics", lyrics, MAX_LYRICS_CHARS)?;
    }
    if let Some(language) = &request.language {
        at_most("language", language, MAX_LANGUAGE_CHARS)?;
    }
    Ok(())
}

fn inside(region: &Region, duration_secs: f64) -> Result<(), AppError> {
    let Region {
        start_secs,
        end_secs,
    } = *region;
    if !(start_secs.is_finite() && start_secs >= 0.0 && start_secs < duration_secs) {
        return Err(AppError::bad_field(
            "region.start_secs",
            format!("{start_secs} is not within the source's {duration_secs:.3} s"),
        ));
    }
    let range = start_secs + MIN_REGION_SECS..=duration_secs + END_SLACK_SECS;
    if !range.contains(&end_secs) {
        return Err(AppError::bad_field(
            "region.end_secs",
            format!(
                "{end_secs} is not between start_secs + {MIN_REGION_SECS} and the source's end at \
                 {duration_secs:.3} s"
            ),
        ));
    }
    Ok(())
}

fn at_most(field: &str, text: &str, max_chars: usize) -> Result<(), AppError> {
    let chars = text.chars().count();
    if chars > max_chars {
        let what = format!("{chars} characters; at most {max_chars} are allowed");
        return Err(AppError::bad_field(field, what));
    }
    Ok(())
}

fn out_of_range(field: &str, value: impl std::fmt::Display, allowed: &str) -> AppError {
    AppError::bad_field(field, format!("{value} is outside {allowed}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::protocol::EngineFeatures;

    fn request() -> JobRequest {
        JobRequest::new("0".repeat(64), vec![Track::Drums])
    }

    fn engine() -> EngineInfo {
        EngineInfo {
            name: "test".into(),
            healthy: true,
            detail: String::new(),
            tracks: vec![Track::Drums, Track::Bass],
            features: EngineFeatures::default(),
        }
    }

    fn source() -> Source {
        Source {
            source_id: "0".repeat(64),
            duration_secs: 8.0,
            sample_rate_hz: 48_000,
            channels: 2,
            frames: 384_000,
            bytes: 1,
        }
    }

    type Spoil = fn(&mut JobRequest);

    #[test]
    fn a_wrong_field_is_named() {
        let cases: &[(&str, Spoil)] = &[
            ("tracks", |r| r.tracks.clear()),
            ("tracks", |r| r.tracks.push(Track::Drums)),
            ("variations", |r| r.variations = 5),
            ("variations", |r| r.variations = 0),
            ("steps", |r| r.steps = Some(0)),
            ("guidance_scale", |r| r.guidance_scale = Some(f32::NAN)),
            ("lora", |r| r.lora_scale = Some(0.5)),
            ("lora_scale", |r| {
                (r.lora, r.lora_scale) = (Some("moog".into()), Some(1.5));
            }),
            ("song_position_secs", |r| r.song_position_secs = Some(-1.0)),
            ("caption", |r| {
                r.caption = Some(Caption::Same("x".repeat(2_001)))
            }),
            ("caption.bass", |r| {
                r.caption = Some(Caption::PerTrack([(Track::Bass, "x".into())].into()));
            }),
            ("lyrics", |r| r.lyrics = Some("x".repeat(20_001))),
            ("base_stem_id", |r| {
                r.region = Some(Region {
                    start_secs: 0.0,
                    end_secs: 1.0,
                });
            }),
            ("region", |r| r.base_stem_id = Some("abc".into())),
        ];
        assert_eq!(shape(&request(), 48), Ok(()));
        for (field, spoil) in cases {
            let mut spoilt = request();
            spoil(&mut spoilt);
            let error = shape(&spoilt, 48).unwrap_err();
            assert_eq!(error.code, Code::BadRequest);
            assert!(error.detail.starts_with(&format!("{field}: ")), "{error}");
        }
    }

    #[test]
    fn too_many_stems_are_refused() {
        let mut many = request();
        many.variations = 4;
        assert!(shape(&many, 3).unwrap_err().detail.contains("at most 3"));
    }

    #[test]
    fn the_engine_says_what_it_can() {
        let mut vocals = request();
        vocals.tracks = vec![Track::Vocals];
        let refused = possible(&vocals, &source(), &engine()).unwrap_err();
        assert_eq!(refused.code, Code::EngineRejected);
        assert!(
            refused.detail.ends_with("it can play drums, bass"),
            "{refused}"
        );
        assert_eq!(possible(&request(), &source(), &engine()), Ok(()));
    }

    #[test]
    fn a_lora_must_be_one_of_the_engines() {
        let ask = |loras: &[&str]| {
            let (mut request, mut engine) = (request(), engine());
            request.lora = Some("moog".into());
            engine.features.loras = loras.iter().map(|&l| l.to_owned()).collect();
            possible(&request, &source(), &engine).map_err(|e| e.detail)
        };
        assert_eq!(ask(&["choir", "moog"]), Ok(()));
        assert!(
            ask(&["choir", "organ"])
                .unwrap_err()
                .ends_with("it has choir, organ")
        );
        assert!(ask(&[]).unwrap_err().ends_with("it has none"));
    }

    #[test]
    fn regions_lie_inside_the_source_and_need_an_able_engine() {
        let ask = |start_secs, end_secs, able| {
            let mut r = request();
            r.base_stem_id = Some("stem".into());
            r.region = Some(Region {
                start_secs,
                end_secs,
            });
            let mut e = engine();
            e.features.region = able;
            possible(&r, &source(), &e).map_err(|e| e.detail)
        };
        assert_eq!(ask(2.0, 8.0005, true), Ok(()));
        assert!(ask(2.0, 4.0, false).unwrap_err().starts_with("region: "));
        for (start, end) in [(-1.0, 2.0), (8.0, 9.0), (f64::NAN, 2.0)] {
            assert!(
                ask(start, end, true)
                    .unwrap_err()
                    .starts_with("region.start_secs")
            );
        }
        for (start, end) in [
            (2.0, 2.05),
            (2.0, 9.0),
            (2.0, f64::INFINITY),
            (3.0, f64::NAN),
        ] {
            assert!(
                ask(start, end, true)
                    .unwrap_err()
                    .starts_with("region.end_secs")
            );
        }
    }
}
