//! Events in any order: nothing panics, the end of a job is final, and the view holds together.

use super::*;
use crate::session::{ClipKey, ProjectState, Reseed, Settings};
use proptest::prelude::*;
use std::collections::HashMap;

/// One of three ids that jobs and stems get in these runs, or one that nobody has.
fn id(n: u8) -> String {
    format!("fresh-{}", n % 4 + 1)
}

fn row(n: u8) -> String {
    format!("{}.stem-{}", id(n), n % 2)
}

fn command(kind: u8, n: u8, x: f64) -> Command {
    match kind % 22 {
        0 => Command::SetCapture(n.is_multiple_of(2)),
        1 => Command::ClearSource,
        2 => Command::EditForm(Box::default()),
        3..=6 => Command::Generate,
        7 => Command::Cancel { job: id(n) },
        8 => Command::Retry {
            job: id(n),
            seed: Reseed::New,
        },
        9 => Command::Dismiss { job: id(n) },
        10 => Command::Audition {
            stem: row(n),
            on: n.is_multiple_of(3),
        },
        11 => Command::SetStemGain {
            stem: row(n),
            gain_db: x as f32,
        },
        12 => Command::AuditionSource(n.is_multiple_of(2)),
        13 => Command::DeleteStems {
            stems: vec![row(n), row(n.wrapping_add(1))],
        },
        18 => Command::SwitchTo { stem: row(n) },
        19 => Command::Solo(Some(row(n))),
        20 => Command::MuteSource(n.is_multiple_of(2)),
        21 => Command::MarkStem {
            stem: row(n),
            marks: Box::default(),
        },
        14 => Command::UndoDelete,
        15 => Command::Reroll {
            stem: row(n),
            seed: Reseed::Same,
        },
        22 => Command::TestService {
            address: format!("http://host-{}", n % 2),
        },
        16 => Command::RegenerateRegion {
            stem: row(n),
            // What JSON gives back to the last bit.
            start_secs: f64::from(n) / 4.0,
            end_secs: f64::from(n) / 4.0 + 1.0,
            seed: Reseed::New,
        },
        _ => Command::ApplySettings(Box::new(Settings {
            service_address: format!("http://host-{}", n % 2),
            ..Settings::default()
        })),
    }
}

fn client(kind: u8, n: u8, x: f64) -> ClientEvent {
    let local_id = id(n);
    let states = [
        JobState::Queued,
        JobState::Running,
        JobState::Cancelling,
        JobState::Succeeded,
        JobState::Failed,
    ];
    match kind % 12 {
        0 => ClientEvent::Waiting {
            local_id,
            reason: "away".into(),
            retry_in_secs: x,
        },
        1 => ClientEvent::Uploading {
            local_id,
            fraction: 0.5,
        },
        2 => ClientEvent::Submitted {
            local_id,
            job_id: "remote".into(),
        },
        3 => ClientEvent::Progress {
            local_id,
            job: Box::new(news(states[n as usize % states.len()], x)),
        },
        4 => ClientEvent::Downloading {
            local_id,
            fraction: 0.5,
        },
        5 => ClientEvent::StemReady {
            local_id,
            stem: Box::new(stem(&format!("stem-{}", n % 2))),
            path: "/nowhere/s.wav".into(),
        },
        6 => ClientEvent::Done { local_id },
        7 => ClientEvent::Failed {
            local_id,
            title: "t".into(),
            detail: "d".into(),
            hint: None,
            can_retry: true,
            code: None,
            request_id: None,
        },
        8 => ClientEvent::Posting {
            local_id,
            source_id: "source".into(),
        },
        9 => ClientEvent::Alive { local_id },
        10 => ClientEvent::CancelTold { local_id },
        _ => ClientEvent::Cancelled { local_id },
    }
}

fn other(kind: u8, n: u8, saved: &ProjectState) -> Event {
    let key = ClipKey::Stem(row(n));
    match kind % 9 {
        0 => Event::Capture(CaptureEvent::Finished(take())),
        1 => Event::Capture(CaptureEvent::Rolling {
            start_beats: None,
            tempo_bpm: None,
        }),
        2 => Event::Capture(CaptureEvent::Progress {
            frames: u64::from(n),
            lost_frames: 0,
            peaks: vec![(0.0, 0.0)],
        }),
        3 => Event::Loader(LoaderEvent::Present(vec![(key, n.is_multiple_of(2))])),
        4 => Event::Loader(LoaderEvent::Unreadable {
            key,
            why: "why".into(),
        }),
        5 => Event::Loader(LoaderEvent::ClipReady { key }),
        6 => Event::Loader(LoaderEvent::TrashFailed {
            stem: row(n),
            why: "why".into(),
        }),
        7 => Event::Restore(Box::new(saved.clone())),
        _ => Event::Tick,
    }
}

fn check(story: &Story, ends: &mut HashMap<String, JobPhase>) {
    let view = story.view();
    let mut ids: Vec<_> = view.jobs.iter().map(|j| &j.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), view.jobs.len(), "a job has one row");
    let mut rows: Vec<_> = view.stems.iter().map(|s| &s.id).collect();
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), view.stems.len(), "a stem has one row");
    assert!(view.stems.iter().all(|s| !(s.missing && s.auditioning)));
    assert!(view.notices.len() <= 20);
    ends.retain(|id, _| view.jobs.iter().any(|j| j.id == *id));
    for job in &view.jobs {
        if let JobPhase::Running { progress, left, .. } = job.phase {
            assert!((0.0..=1.0).contains(&progress));
            assert!(
                left.is_none_or(|left| 0.0 <= left.low_secs && left.low_secs <= left.high_secs)
            );
        }
        assert!(job.arrived <= 2, "a stem is delivered once");
        if let Some(end) = ends.get(&job.id) {
            assert_eq!(job.phase, *end, "terminal is final");
        } else if matches!(job.phase, JobPhase::Failed { .. } | JobPhase::Cancelled) {
            ends.insert(job.id.clone(), job.phase.clone());
        }
    }
}

proptest! {
    #[test]
    fn any_order_of_events_leaves_a_sound_state(
        events in proptest::collection::vec((0_u8..3, any::<u8>(), any::<u8>(), any::<f64>()), 0..120),
    ) {
        let mut story = Story::with_take();
        let mut saved = story.state.project();
        let mut ends = HashMap::new();
        for (room, kind, n, x) in events {
            story.now_secs += 0.1;
            match room {
                0 => drop(story.say(command(kind, n, x))),
                1 => drop(story.client(client(kind, n, x))),
                _ => drop(story.on(other(kind, n, &saved))),
            }
            check(&story, &mut ends);
            if kind == 200 {
                saved = story.state.project();
            }
        }
        let text = serde_json::to_string(&story.state.project()).unwrap();
        let read: ProjectState = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read, story.state.project());
    }
}
