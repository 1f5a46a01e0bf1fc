//! From what the user typed to a request the service accepts, or a sentence naming the field.

use crate::{capture::Take, session::Form};
use sideman_shared::{
    music::{Bpm, KeyScale, Track},
    protocol::{Caption, JobRequest},
};

/// Longer captions are refused by engines; 2000 characters is far beyond what one reads.
const MAX_CAPTION_CHARS: usize = 2000;

/// The request for `take`. `offered` are the engine's tracks; empty while unknown.
///
/// # Errors
/// A sentence for the user that names the field and what it wants.
pub(super) fn request(form: &Form, take: &Take, offered: &[Track]) -> Result<JobRequest, String> {
    if !offered.is_empty() && !offered.contains(&form.track) {
        let can = offered.iter().map(|t| t.label()).collect::<Vec<_>>();
        return Err(format!(
            "The engine cannot play {}. It can play: {}.",
            form.track.label(),
            can.join(", ")
        ));
    }
    let caption = form.caption.trim();
    if caption.chars().count() > MAX_CAPTION_CHARS {
        return Err(format!(
            "The caption is longer than {MAX_CAPTION_CHARS} characters. Shorten it."
        ));
    }
    let mut request = JobRequest::new(String::new(), vec![form.track]);
    request.bpm = bpm(form, take)?;
    request.key_scale = key(form, take)?;
    request.seed = seed(form)?;
    request.caption = (!caption.is_empty()).then(|| Caption::Same(caption.to_owned()));
    request.time_signature = take.meter;
    request.song_position_secs = take.start_secs();
    Ok(request)
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

    #[test]
    fn typed_values_go_before_the_host_s() {
        let mut form = Form {
            bpm: " 92,5 ".into(),
            key: "F#m".into(),
            seed: "7".into(),
            caption: "brushes".into(),
            ..Form::default()
        };
        let sent = request(&form, &take(), &[]).unwrap();
        assert_eq!(sent.bpm, Bpm::new(92.5));
        assert_eq!(sent.key_scale.unwrap().to_string(), "F# minor");
        assert_eq!(sent.seed, Some(7));
        assert_eq!(sent.caption, Some(Caption::Same("brushes".into())));
        form = Form::default();
        let sent = request(&form, &take(), &[]).unwrap();
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
                "caption",
            ),
        ] {
            let said = request(&form, &take(), &[]).unwrap_err();
            assert!(said.contains(field), "{said}");
        }
    }

    #[test]
    fn a_track_the_engine_cannot_play_is_refused_with_what_it_can() {
        let said = request(&Form::default(), &take(), &[Track::Drums, Track::Bass]).unwrap_err();
        assert!(
            said.contains("Vocals") && said.contains("Drums, Bass"),
            "{said}"
        );
    }
}
