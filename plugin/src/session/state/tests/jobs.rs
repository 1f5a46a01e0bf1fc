//! A job's life as the window sees it.

use super::*;
use crate::session::{Reseed, TimeLeft};

#[test]
fn from_the_take_to_the_row() {
    let (mut story, job) = Story::with_job();
    assert_eq!(story.phase(), JobPhase::Submitting { fraction: 0.0 });
    let local_id = || job.clone();
    story.client(ClientEvent::Uploading {
        local_id: local_id(),
        fraction: 0.5,
    });
    assert_eq!(story.phase(), JobPhase::Submitting { fraction: 0.5 });
    story.client(ClientEvent::Submitted {
        local_id: local_id(),
        job_id: "remote-1".into(),
    });
    let saved = story.state.project().jobs[0].clone();
    assert_eq!(saved.job_id.as_deref(), Some("remote-1"));

    story.progress(&job, queued(2, Some(30.0)));
    story.now_secs += 10.0;
    let left = Some(TimeLeft::exactly(20.0));
    let position = Some(2);
    assert_eq!(
        story.phase(),
        JobPhase::Queued { position, left },
        "it counts down"
    );
    story.progress(&job, news(JobState::Running, 0.25));
    let running = |progress, left| JobPhase::Running {
        stage: Stage::Generating,
        progress,
        left,
    };
    assert_eq!(story.phase(), running(0.25, None), "no pace yet");
    story.now_secs += 10.0;
    story.progress(&job, news(JobState::Running, 0.5));
    assert_eq!(story.phase(), running(0.5, None), "one step is no pace");
    story.now_secs += 10.0;
    story.progress(&job, news(JobState::Running, 0.75));
    let JobPhase::Running {
        left: Some(left), ..
    } = story.phase()
    else {
        panic!("{:?}", story.phase());
    };
    assert!(
        left.low_secs < 10.0 && left.high_secs > 10.0 && left.high_secs < 12.0,
        "a quarter took ten seconds: {left:?}"
    );

    story.progress(&job, news(JobState::Succeeded, 1.0));
    assert!(
        matches!(story.phase(), JobPhase::Running { .. }),
        "not before it is fetched"
    );
    story.client(ClientEvent::Downloading {
        local_id: local_id(),
        fraction: 0.9,
    });
    assert_eq!(story.phase(), JobPhase::Downloading { fraction: 0.9 });
    let effects = story.stem_ready(&job, "stem-1");
    assert!(matches!(
        effects[..],
        [Effect::WriteSidecar(_), Effect::LoadPeaks { .. }]
    ));
    story.client(ClientEvent::Done { local_id: job });
    let view = story.view();
    assert!(view.jobs.is_empty());
    assert_eq!(view.stems[0].title, "Drums · 120 BPM · seed 7");
    assert_eq!(view.stems[0].map.beats_at(0), Some(4.0));
    assert!(story.state.project().jobs.is_empty());
}

#[test]
fn waiting_counts_down_and_keeps_the_take() {
    let (mut story, job) = Story::with_job();
    story.client(ClientEvent::Waiting {
        local_id: job,
        reason: "away".into(),
        retry_in_secs: 8.0,
    });
    story.now_secs += 3.0;
    let left = JobPhase::WaitingForService {
        reason: "away".into(),
        retry_in_secs: 5.0,
    };
    assert_eq!(story.phase(), left);
    assert!(story.state.has_moving_clock());
    assert_eq!(story.state.project().jobs.len(), 1);
}

#[test]
fn terminal_is_final() {
    for cancelled in [false, true] {
        let (mut story, job) = Story::with_job();
        if cancelled {
            story.client(ClientEvent::Cancelled {
                local_id: job.clone(),
            });
        } else {
            story.fail(&job);
        }
        let end = story.phase();
        story.progress(&job, news(JobState::Running, 0.5));
        story.stem_ready(&job, "late");
        story.client(ClientEvent::Done {
            local_id: job.clone(),
        });
        story.client(ClientEvent::Cancelled {
            local_id: job.clone(),
        });
        assert!(story.say(Command::Cancel { job }).is_empty());
        assert_eq!(story.phase(), end);
        assert!(story.view().stems.is_empty());
    }
}

#[test]
fn cancelling_shows_at_once_and_ends_as_cancelled_whatever_comes() {
    let (mut story, job) = Story::with_job();
    let effects = story.say(Command::Cancel { job: job.clone() });
    assert_eq!(effects, [Effect::CancelJob { id: job.clone() }]);
    assert_eq!(story.phase(), JobPhase::Cancelling);
    assert!(story.state.project().jobs.is_empty(), "not taken up again");
    story.progress(&job, news(JobState::Running, 0.9));
    assert_eq!(story.phase(), JobPhase::Cancelling);
    story.fail(&job);
    assert_eq!(story.phase(), JobPhase::Cancelled);
}

#[test]
fn another_try_is_another_job() {
    let (mut story, job) = Story::with_job();
    assert!(
        story
            .say(Command::Retry {
                job: job.clone(),
                seed: Reseed::Same
            })
            .is_empty(),
        "it still runs"
    );
    story.fail(&job);
    let effects = story.say(Command::Retry {
        job: job.clone(),
        seed: Reseed::Same,
    });
    let [Effect::StartJob { id, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_ne!(*id, job, "the old id would bring the old failure back");
    assert_eq!(story.view().jobs.len(), 1);
}

#[test]
fn a_dismissed_job_is_cancelled_first_if_it_runs() {
    let (mut story, job) = Story::with_job();
    let effects = story.say(Command::Dismiss { job: job.clone() });
    assert_eq!(effects, [Effect::CancelJob { id: job.clone() }]);
    assert!(story.view().jobs.is_empty());
    assert!(story.fail(&job).is_empty(), "late news of it is nobody's");
    let (mut story, job) = Story::with_job();
    story.fail(&job);
    assert!(story.say(Command::Dismiss { job }).is_empty());
    assert!(story.view().jobs.is_empty());
}

#[test]
fn a_stem_delivered_twice_is_one_row() {
    let (mut story, job) = Story::with_job();
    story.stem_ready(&job, "stem-1");
    assert!(story.stem_ready(&job, "stem-1").is_empty());
    story.stem_ready(&job, "stem-2");
    assert_eq!(story.view().stems.len(), 2);
}

#[test]
fn a_stem_of_another_length_is_marked() {
    let (mut story, job) = Story::with_job();
    let mut short = stem("short");
    short.frames -= 48_000;
    story.client(ClientEvent::StemReady {
        local_id: job,
        stem: Box::new(short),
        path: "/nowhere/short.wav".into(),
    });
    let warnings = story.view().stems[0].report.warnings.clone();
    assert_eq!(warnings, ["This stem is 1.00 s shorter than its take."]);
}

#[test]
fn generate_says_what_is_missing() {
    let mut story = Story::new();
    assert!(story.say(Command::Generate).is_empty());
    assert!(story.told().contains("nothing to play along with"));
    let mut story = Story::with_take();
    let mut form = story.view().form;
    form.bpm = "fast".into();
    story.say(Command::EditForm(Box::new(form)));
    assert!(story.say(Command::Generate).is_empty());
    assert!(story.told().starts_with("BPM"));
}

#[test]
fn the_host_s_track_button_leaves_the_rest_of_the_form_alone() {
    let mut story = Story::with_take();
    let mut form = story.view().form;
    form.caption = "brushed".into();
    form.toggle(Track::Bass);
    story.say(Command::EditForm(Box::new(form.clone())));
    story.say(Command::ChooseTrack(form.track));
    assert_eq!(story.view().form, form, "it stands there already");
    story.say(Command::ChooseTrack(Track::Fx));
    form.choose_only(Track::Fx);
    assert_eq!(story.view().form, form);
}

#[test]
fn jobs_in_flight_are_bounded() {
    let mut story = Story::with_take();
    let begun = (0..100).filter(|_| !story.say(Command::Generate).is_empty());
    assert_eq!(begun.count(), 16);
    assert!(story.told().contains("Wait for one"));
}

#[test]
fn a_restored_project_resumes_what_was_accepted_and_sends_what_was_not() {
    let (mut story, first) = Story::with_job();
    story.client(ClientEvent::Submitted {
        local_id: first.clone(),
        job_id: "remote-1".into(),
    });
    story.say(Command::Generate);
    let saved = story.state.project();

    let mut reopened = Story::new();
    let effects = reopened.on(Event::Restore(Box::new(saved.clone())));
    let resumed = effects.iter().any(
        |e| matches!(e, Effect::ResumeJob { id, job_id, .. } if *id == first && job_id == "remote-1"),
    );
    let sent = effects.iter().any(|e| matches!(e, Effect::StartJob { .. }));
    assert!(resumed && sent, "{effects:#?}");
    assert_eq!(reopened.state.project(), saved);

    // A host's undo: what runs is not begun twice and not lost.
    let again = reopened.on(Event::Restore(Box::new(saved)));
    let begins = |e: &Effect| matches!(e, Effect::ResumeJob { .. } | Effect::StartJob { .. });
    assert!(!again.iter().any(begins));
    reopened.on(Event::Restore(Box::default()));
    assert_eq!(reopened.view().jobs.len(), 2);
}
