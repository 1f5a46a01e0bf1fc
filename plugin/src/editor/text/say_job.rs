//! How a job on its way is said: what it does, how long it still takes, and how sure that is.

use crate::session::{Form, JobPhase, JobView, Part, Quiet, TimeLeft};
use sideman_shared::{music::Track, protocol::Stage};

pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::WaitingForGpu => "waiting for the GPU",
        Stage::LoadingModel => "loading the model",
        Stage::Generating => "playing along",
        Stage::Decoding => "turning it into sound",
        Stage::Checking => "checking level and timing",
        Stage::Storing => "storing the stem",
    }
}

/// `Drums`, `Vocals, Drums`, `Vocals, Drums and 3 more`.
pub fn tracks(tracks: &[Track]) -> String {
    const NAMED: usize = 3;
    let named = if tracks.len() > NAMED {
        NAMED - 1
    } else {
        NAMED
    };
    let names: Vec<_> = tracks.iter().take(named).map(|t| t.label()).collect();
    match tracks.len() - names.len() {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// `Drums 2 of 2`; the number only where there are several.
pub fn part(part: Part) -> String {
    if part.variations > 1 {
        format!(
            "{} {} of {}",
            part.track.label(),
            part.variation,
            part.variations
        )
    } else {
        part.track.label().into()
    }
}

/// What a job does now, in words; `elapsed_secs` since the view was made.
pub fn phase(job: &JobView, elapsed_secs: f64) -> String {
    match &job.phase {
        JobPhase::WaitingForService { retry_in_secs, .. } if retry_in_secs.is_infinite() => {
            "Waiting until you are online".into()
        }
        JobPhase::WaitingForService { retry_in_secs, .. } => {
            let left = (retry_in_secs - elapsed_secs).ceil();
            if left >= 1.0 {
                format!("Service away, trying again in {left:.0} s")
            } else {
                "Service away, trying again now".into()
            }
        }
        JobPhase::Submitting { fraction } => match percent(*fraction) {
            Some(percent) => format!("Sending your song · {percent} %"),
            None => "Sending your song".into(),
        },
        JobPhase::Queued {
            position: Some(1), ..
        } => "Next in the queue".into(),
        JobPhase::Queued {
            position: Some(n), ..
        } => format!("Number {n} in the queue"),
        JobPhase::Queued { position: None, .. } => "In the queue".into(),
        JobPhase::Running {
            stage: now,
            progress,
            ..
        } => running(job, *now, *progress),
        JobPhase::Downloading { fraction } => match percent(*fraction) {
            Some(percent) => format!("Bringing it home · {percent} %"),
            None => "Bringing it home".into(),
        },
        JobPhase::Cancelling => "Cancelling".into(),
        JobPhase::Failed { .. } => "Failed".into(),
        JobPhase::Cancelled => "Cancelled".into(),
    }
}

/// `Drums 2 of 2 · playing along · 63 %`
fn running(job: &JobView, now: Stage, progress: f64) -> String {
    let several = job.wanted > 1;
    let mut words = Vec::from_iter(job.part.filter(|_| several).map(part));
    words.push(stage(now).into());
    words.extend(percent(progress).map(|percent| format!("{percent} %")));
    let mut words = words.join(" · ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Nothing at nought: a bar that has not begun says that already.
fn percent(fraction: f64) -> Option<u32> {
    let percent = (fraction * 100.0).floor() as u32;
    (1..=100).contains(&percent).then_some(percent)
}

/// `2 of 6 stems are here`; nothing while none is, or where one is all.
pub fn arrived(job: &JobView) -> Option<String> {
    match (job.arrived, job.wanted) {
        (0, _) | (_, 0 | 1) => None,
        (1, wanted) => Some(format!("1 of {wanted} stems is here")),
        (arrived, wanted) => Some(format!("{arrived} of {wanted} stems are here")),
    }
}

/// `about 12 s left`, `about 20–30 s left`, `about 2–3 min left`; nothing when it is over any moment,
/// where a number would only flicker.
pub fn time_left(left: TimeLeft) -> Option<String> {
    range(left).map(|range| format!("about {range} left"))
}

/// `starts in about 50 s`
pub fn starts_in(left: TimeLeft) -> Option<String> {
    range(left).map(|range| format!("starts in about {range}"))
}

fn range(left: TimeLeft) -> Option<String> {
    let (low, high) = (left.low_secs, left.high_secs);
    if !(low.is_finite() && high.is_finite() && high >= 1.0) {
        return None;
    }
    let (unit, unit_secs, step) = if high > 90.0 {
        ("min", 60.0, 1.0)
    } else if high > 20.0 && high - low > 5.0 {
        ("s", 1.0, 5.0)
    } else {
        ("s", 1.0, 1.0)
    };
    // The estimate is no better than its steps.
    let low = ((low / unit_secs / step).floor() * step).max(1.0);
    let high = (high / unit_secs / step).ceil() * step;
    let narrow = high - low <= f64::max(step, high * 0.1) && step < 5.0;
    Some(if narrow || low >= high {
        format!("{high:.0} {unit}")
    } else {
        format!("{low:.0}–{high:.0} {unit}")
    })
}

/// `No news for 40 s; still connected`
pub fn quiet(quiet: Quiet, elapsed_secs: f64) -> String {
    let secs = quiet.secs + elapsed_secs;
    let long = if secs < 90.0 {
        format!("{secs:.0} s")
    } else {
        format!("{:.0} min", (secs / 60.0).floor())
    };
    if quiet.connected {
        format!("No news for {long}; still connected")
    } else {
        format!("No sign of life for {long}")
    }
}

/// `Generate`, `Generate 6 stems`
pub fn generate(form: &Form) -> String {
    match form.stem_count() {
        0 | 1 => super::form::GENERATE.into(),
        count => format!("{} {count} stems", super::form::GENERATE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(low_secs: f64, high_secs: f64) -> Option<String> {
        time_left(TimeLeft {
            low_secs,
            high_secs,
        })
    }

    #[test]
    fn the_time_left_is_as_sure_as_it_is() {
        for (low, high, words) in [
            (11.4, 11.4, "about 12 s left"),
            (8.0, 14.0, "about 8–14 s left"),
            (22.0, 29.0, "about 20–30 s left"),
            (40.0, 44.0, "about 44 s left"),
            (70.0, 130.0, "about 1–3 min left"),
            (125.0, 140.0, "about 3 min left"),
            (0.0, 4.0, "about 1–4 s left"),
        ] {
            assert_eq!(left(low, high).as_deref(), Some(words));
        }
        assert_eq!(left(0.0, 0.2), None);
        assert_eq!(left(f64::NAN, 5.0), None);
        assert_eq!(left(1.0, f64::INFINITY), None);
    }

    #[test]
    fn many_tracks_are_counted() {
        assert_eq!(tracks(&[Track::Drums]), "Drums");
        assert_eq!(tracks(&Track::ALL[..3]), "Vocals, Backing Vocals, Drums");
        assert_eq!(tracks(&Track::ALL), "Vocals, Backing Vocals and 10 more");
    }

    #[test]
    fn silence_is_told_with_or_without_a_line() {
        let words = |secs, connected| quiet(Quiet { secs, connected }, 0.4);
        assert_eq!(words(40.0, true), "No news for 40 s; still connected");
        assert_eq!(words(200.0, false), "No sign of life for 3 min");
    }
}
