//! Jobs of several stems, cancellations that outlive the window, and stems made like others.

use super::*;
use crate::session::{
    CaptionEdit, Delivered, Health, Part, ProjectState, Quiet, Reseed, SavedStem, Settings, Words,
};
use sideman_shared::protocol::{Caption, Code, EngineFeatures, EngineInfo, EngineList, Region};

fn part_stem(id: &str, track: Track, variation: u8) -> Stem {
    Stem {
        track,
        variation,
        ..stem(id)
    }
}

/// With a job for two versions of drums and of bass under way; its id.
fn with_four() -> (Story, String) {
    let mut story = Story::with_take();
    let mut form = story.view().form;
    form.choose_only(Track::Drums);
    form.toggle(Track::Bass);
    form.variations = 2;
    story.say(Command::EditForm(Box::new(form)));
    story.say(Command::Generate);
    let job = story.view().jobs[0].id.clone();
    (story, job)
}

fn come(story: &mut Story, job: &str, stem: Stem) -> Vec<Effect> {
    story.client(ClientEvent::StemReady {
        local_id: job.into(),
        path: format!("/nowhere/{}.wav", stem.stem_id).into(),
        stem: Box::new(stem),
    })
}

#[test]
fn stems_come_one_by_one_and_the_row_says_which_is_played() {
    let (mut story, job) = with_four();
    assert_eq!(story.view().jobs[0].wanted, 4);
    let part = |track, variation| Part {
        track,
        variation,
        variations: 2,
    };
    let mut running = news(JobState::Running, 0.3);
    story.progress(&job, running.clone());
    assert_eq!(story.view().jobs[0].part, Some(part(Track::Drums, 1)));
    running.stems.push(part_stem("a", Track::Drums, 1));
    story.progress(&job, running.clone());
    assert_eq!(story.view().jobs[0].part, Some(part(Track::Drums, 2)));
    come(&mut story, &job, part_stem("a", Track::Drums, 1));
    assert_eq!(
        (story.view().stems.len(), story.view().jobs[0].arrived),
        (1, 1)
    );
    running.stems.push(part_stem("b", Track::Drums, 2));
    story.progress(&job, running);
    assert_eq!(story.view().jobs[0].part, Some(part(Track::Bass, 1)));
}

#[test]
fn a_cancelled_job_keeps_the_stems_that_came() {
    let (mut story, job) = with_four();
    come(&mut story, &job, part_stem("a", Track::Drums, 1));
    story.say(Command::Cancel { job: job.clone() });
    come(&mut story, &job, part_stem("b", Track::Drums, 2));
    story.client(ClientEvent::Cancelled { local_id: job });
    assert_eq!(story.phase(), JobPhase::Cancelled);
    assert_eq!(story.view().stems.len(), 2, "one was on its way already");
}

#[test]
fn another_try_asks_only_for_what_did_not_come() {
    let (mut story, job) = with_four();
    for (id, track, variation) in [
        ("a", Track::Drums, 1),
        ("b", Track::Drums, 2),
        ("c", Track::Bass, 1),
    ] {
        come(&mut story, &job, part_stem(id, track, variation));
    }
    story.fail(&job);
    let effects = story.say(Command::Retry {
        job,
        seed: Reseed::New,
    });
    let [Effect::StartJob { request, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(
        (request.tracks.as_slice(), request.variations),
        (&[Track::Bass][..], 1)
    );
}

#[test]
fn another_try_leaves_out_the_versions_that_came_and_keeps_each_one_s_seed() {
    let asked = |seed: &str, came: &[(Track, u8)]| {
        let mut story = Story::with_take();
        let mut form = story.view().form;
        form.choose_only(Track::Drums);
        form.toggle(Track::Bass);
        form.variations = 3;
        form.seed = seed.into();
        story.say(Command::EditForm(Box::new(form)));
        story.say(Command::Generate);
        let job = story.view().jobs[0].id.clone();
        for (number, (track, variation)) in came.iter().enumerate() {
            come(
                &mut story,
                &job,
                part_stem(&number.to_string(), *track, *variation),
            );
        }
        story.fail(&job);
        let effects = story.say(Command::Retry {
            job,
            seed: Reseed::Same,
        });
        let requests = effects.into_iter().map(|effect| match effect {
            Effect::StartJob { id, request, .. } => {
                (id, request.tracks, request.variations, request.seed)
            }
            other => panic!("{other:?}"),
        });
        requests.collect::<Vec<_>>()
    };
    let (drums, bass) = (Track::Drums, Track::Bass);
    let one = |id: &str, tracks: &[Track], variations, seed| {
        (id.to_owned(), tracks.to_vec(), variations, seed)
    };
    // Nobody minds which seeds: as many as are owed, together where that is the same number.
    let again = asked("", &[(drums, 2), (bass, 1)]);
    assert_eq!(again, [one("fresh-3", &[drums, bass], 2, None)]);
    let again = asked("", &[(drums, 1)]);
    assert_eq!(
        again,
        [
            one("fresh-3", &[drums], 2, None),
            one("fresh-3-2", &[bass], 3, None)
        ]
    );
    // Seeds 70, 71 and 72: the ones of those that are owed.
    let again = asked("70", &[(drums, 1), (drums, 2), (drums, 3), (bass, 2)]);
    assert_eq!(
        again,
        [
            one("fresh-3", &[bass], 1, Some(70)),
            one("fresh-3-2", &[bass], 1, Some(72))
        ]
    );
}

#[test]
fn what_was_deleted_meanwhile_does_not_come_back_with_the_job() {
    let (mut story, job) = with_four();
    story.client(ClientEvent::Submitted {
        local_id: job.clone(),
        job_id: "remote-1".into(),
    });
    come(&mut story, &job, part_stem("a", Track::Drums, 1));
    let row = story.view().stems[0].id.clone();
    story.say(Command::DeleteStems { stems: vec![row] });
    let mut reopened = Story::new();
    let effects = reopened.on(Event::Restore(Box::new(story.state.project())));
    let delivered = effects.iter().find_map(|e| match e {
        Effect::ResumeJob { delivered, .. } => Some(delivered.clone()),
        _ => None,
    });
    let came = Delivered {
        stem_id: "a".into(),
        track: Track::Drums,
        variation: 1,
    };
    assert_eq!(delivered, Some(vec![came]));
    assert!(come(&mut reopened, &job, part_stem("a", Track::Drums, 1)).is_empty());
    assert!(reopened.view().stems.is_empty());
    assert_eq!(reopened.view().jobs[0].arrived, 1);
}

fn told(effects: &[Effect]) -> Vec<Option<String>> {
    let told = effects.iter().filter_map(|e| match e {
        Effect::TellCancel(cancel) => Some(cancel.job_id.clone()),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_cancel_is_remembered_until_the_service_was_told() {
    let (mut story, job) = with_four();
    story.client(ClientEvent::Posting {
        local_id: job.clone(),
        source_id: "s-1".into(),
    });
    story.say(Command::Cancel { job: job.clone() });
    let saved = story.state.project();
    assert!(saved.jobs.is_empty());
    assert_eq!(saved.cancels[0].request.source_id, "s-1");
    // The answer to the post comes after all.
    story.client(ClientEvent::Submitted {
        local_id: job.clone(),
        job_id: "remote-1".into(),
    });
    story.client(ClientEvent::Cancelled {
        local_id: job.clone(),
    });
    let saved = story.state.project();
    assert_eq!(saved.cancels.len(), 1);

    let text = serde_json::to_string(&saved).unwrap();
    let saved: ProjectState = serde_json::from_str(&text).unwrap();
    let mut reopened = Story::new();
    let effects = reopened.on(Event::Restore(Box::new(saved)));
    assert_eq!(told(&effects), [Some("remote-1".to_owned())]);
    assert!(
        reopened.view().jobs.is_empty(),
        "for the user it is long over"
    );
    reopened.client(ClientEvent::CancelTold { local_id: job });
    assert!(reopened.state.project().cancels.is_empty());
}

#[test]
fn a_cancel_goes_to_the_service_it_belongs_to() {
    let (mut story, job) = with_four();
    story.client(ClientEvent::Submitted {
        local_id: job.clone(),
        job_id: "remote-1".into(),
    });
    story.say(Command::Dismiss { job });
    let at = |address: &str| {
        Command::ApplySettings(Box::new(Settings {
            service_address: address.into(),
            ..Settings::default()
        }))
    };
    let home = story.view().service.address;
    let effects = story.say(at("http://elsewhere"));
    let addresses = effects.iter().filter_map(|effect| match effect {
        Effect::TellCancel(cancel) => Some(cancel.address.as_str()),
        _ => None,
    });
    assert_eq!(addresses.collect::<Vec<_>>(), [home.as_str()]);

    // One that is cancelled while another service is in use.
    story.say(Command::Generate);
    story.say(at(&home));
    let job = story.view().jobs[0].id.clone();
    story.client(ClientEvent::Posting {
        local_id: job.clone(),
        source_id: "s-1".into(),
    });
    story.say(Command::Cancel { job });
    let cancels = story.state.project().cancels;
    assert_eq!(cancels.last().unwrap().address, "http://elsewhere");
}

#[test]
fn what_was_never_posted_needs_no_telling() {
    let (mut story, job) = with_four();
    story.say(Command::Cancel { job });
    assert!(story.state.project().cancels.is_empty());
}

fn saved_stem(story: &Story) -> SavedStem {
    story.state.project().stems[0].clone()
}

#[test]
fn a_stem_is_made_once_more_alone_and_with_another_seed() {
    let (mut story, job) = with_four();
    let mut bass = part_stem("a", Track::Bass, 2);
    bass.seed = 99;
    come(&mut story, &job, bass);
    let row = saved_stem(&story).id;
    assert_eq!(saved_stem(&story).service_stem_id(), Some("a"));
    let mut form = story.view().form;
    form.caption = "busy".into();
    story.say(Command::EditForm(Box::new(form)));
    for (seed, sent, said) in [
        (Reseed::New, None, None),
        (Reseed::Same, Some(99), Some(Caption::Same("busy".into()))),
    ] {
        let stem = row.clone();
        let effects = story.say(Command::Reroll { stem, seed });
        let [
            Effect::StartJob {
                request, take: to, ..
            },
        ] = &effects[..]
        else {
            panic!("{effects:?}");
        };
        assert_eq!(
            (request.tracks.as_slice(), request.variations),
            (&[Track::Bass][..], 1)
        );
        assert_eq!((request.seed, request.caption.clone()), (sent, said));
        assert_eq!(**to, take());
    }
}

fn healthy(region: bool) -> ClientEvent {
    let features = EngineFeatures {
        region,
        ..EngineFeatures::default()
    };
    let engine = EngineInfo {
        name: "e".into(),
        healthy: true,
        detail: String::new(),
        tracks: Track::ALL.to_vec(),
        features,
    };
    ClientEvent::Healthy {
        words: "fine".into(),
        engines: EngineList {
            engines: vec![engine],
        },
    }
}

#[test]
fn a_part_of_a_stem_is_played_again_within_its_bounds() {
    let (mut story, row) = Story::with_stem();
    let again = |start_secs, end_secs| Command::RegenerateRegion {
        stem: row.clone(),
        start_secs,
        end_secs,
        seed: Reseed::New,
    };
    story.client(healthy(true));
    let effects = story.say(again(10.0, 99.0));
    let [Effect::StartJob { request, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    let part = Region {
        start_secs: 10.0,
        end_secs: 42.0,
    };
    assert_eq!(request.region, Some(part));
    assert_eq!(request.base_stem_id.as_deref(), Some("stem-1"));
    for (start, end) in [
        (5.0, 5.05),
        (8.0, 2.0),
        (f64::NAN, 1.0),
        (1.0, f64::NAN),
        (60.0, 70.0),
    ] {
        let begun = story.say(again(start, end));
        let sound = begun.iter().all(|e| match e {
            Effect::StartJob { request, .. } => request.region.is_some_and(|r| {
                0.0 <= r.start_secs && r.start_secs < r.end_secs && r.end_secs <= 42.0
            }),
            _ => true,
        });
        assert!(sound, "{start} {end}: {begun:?}");
    }
    assert!(story.told().contains("too short"));
    story.client(healthy(false));
    assert!(story.say(again(1.0, 5.0)).is_empty());
    assert!(story.told().contains("cannot play a part again"));
    assert_eq!(story.view().service.health, Health::Good);
}

#[test]
fn a_stem_of_an_older_project_says_why_there_is_no_other_like_it() {
    let (story, row) = Story::with_stem();
    let mut project = serde_json::to_value(story.state.project()).unwrap();
    let stem = project["stems"][0].as_object_mut().unwrap();
    stem.remove("request");
    stem.remove("take");
    let project = serde_json::from_value(project).unwrap();
    let mut old = Story::new();
    old.on(Event::Restore(Box::new(project)));
    let seed = Reseed::New;
    assert!(old.say(Command::Reroll { stem: row, seed }).is_empty());
    assert!(old.told().contains("older Sideman"));
}

#[test]
fn silence_is_noticed_and_a_living_line_is_told_from_a_dead_one() {
    let (mut story, job) = Story::with_job();
    let running = news(JobState::Running, 0.3);
    story.progress(&job, running.clone());
    story.now_secs += 20.0;
    story.progress(&job, running.clone());
    assert_eq!(story.view().jobs[0].quiet, None, "not yet");
    story.now_secs += 20.0;
    story.client(ClientEvent::Alive {
        local_id: job.clone(),
    });
    let quiet = |secs, connected| Some(Quiet { secs, connected });
    assert_eq!(story.view().jobs[0].quiet, quiet(40.0, true));
    story.now_secs += 30.0;
    assert_eq!(story.view().jobs[0].quiet, quiet(70.0, false));
    story.progress(&job, news(JobState::Running, 0.4));
    assert_eq!(story.view().jobs[0].quiet, None);
}

#[test]
fn a_report_tells_all_but_what_is_the_user_s() {
    let mut story = Story::with_take();
    story.state.set_home("/srv/people/anna".into());
    let mut form = story.view().form;
    form.caption = "my secret sauce".into();
    story.say(Command::EditForm(Box::new(form)));
    story.say(Command::Generate);
    let job = story.view().jobs[0].id.clone();
    story.client(ClientEvent::Submitted {
        local_id: job.clone(),
        job_id: "remote-1".into(),
    });
    story.client(ClientEvent::Failed {
        local_id: job,
        title: "It failed.".into(),
        detail: "/srv/people/anna/take.wav: no space; model at /home/bob/models".into(),
        hint: None,
        can_retry: true,
        code: Some(Code::StorageFull),
        request_id: Some("req-7".into()),
    });
    let report = story.view().jobs[0].report.clone().unwrap();
    for word in [
        "storage_full",
        "req-7",
        "remote-1",
        "~/take.wav",
        "~/models",
        "(15 characters)",
    ] {
        assert!(report.contains(word), "{word} is not in\n{report}");
    }
    for word in ["anna", "bob", "sauce"] {
        assert!(!report.contains(word), "{word} is in\n{report}");
    }
}

#[test]
fn words_that_were_sent_are_remembered() {
    let mut story = Story::with_take();
    let mut form = story.view().form;
    form.caption = " brushes ".into();
    story.say(Command::EditForm(Box::new(form)));
    let effects = story.say(Command::Generate);
    let used = Words {
        track: Track::Vocals,
        words: "brushes".into(),
    };
    let edit = CaptionEdit::Used(vec![used.clone()]);
    assert_eq!(effects.last(), Some(&Effect::Captions(Some(edit))));
    assert_eq!(story.view().captions.recent, std::slice::from_ref(&used));
    let keep = CaptionEdit::Keep(used.clone());
    let effects = story.say(Command::EditCaptions(keep.clone()));
    assert_eq!(effects, [Effect::Captions(Some(keep))]);
    assert_eq!(story.view().captions.own, [used]);
    // What another instance has written counts.
    story.loader(LoaderEvent::Captions(Box::default()));
    assert!(story.view().captions.own.is_empty());
}
