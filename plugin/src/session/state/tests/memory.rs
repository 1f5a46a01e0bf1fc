//! What was heard without being asked, parts of takes, and what a crash has left.

use super::*;
use crate::{
    capture::{Cut, MemoryNews},
    session::{HeardField, Hearing, Listening, ProjectState},
};

fn another(id: &str) -> Take {
    Take {
        id: TakeId(id.into()),
        path: format!("/nowhere/{id}/take.wav").into(),
        ..take()
    }
}

fn grab(story: &mut Story, id: &str) -> Vec<Effect> {
    story.on(Event::Capture(CaptureEvent::Grabbed {
        take: another(id),
        missing_bars: 0,
    }))
}

fn source_id(story: &Story) -> String {
    story.view().source.unwrap().id.0
}

#[test]
fn a_part_of_the_memory_becomes_the_source_and_short_bars_are_told() {
    let mut story = Story::new();
    let effects = story.say(Command::Grab(Cut::LastBars(8)));
    assert_eq!(
        effects,
        [Effect::NameFolder, Effect::Grab(Cut::LastBars(8))]
    );
    story.on(Event::Capture(CaptureEvent::Grabbed {
        take: another("g"),
        missing_bars: 3,
    }));
    assert_eq!(source_id(&story), "g");
    assert!(
        story.told().contains("3 bars are missing"),
        "{}",
        story.told()
    );
    story.on(Event::Capture(CaptureEvent::NotGrabbed("No bars.".into())));
    assert_eq!(story.told(), "No bars.");
}

#[test]
fn the_memory_asks_for_a_folder_and_is_shown() {
    let mut story = Story::new();
    assert_eq!(
        story.on(Event::Capture(CaptureEvent::NeedsFolder)),
        [Effect::NameFolder]
    );
    story.on(Event::Capture(CaptureEvent::Memory(Box::new(MemoryNews {
        sample_rate_hz: 48_000,
        kept: 96_000..480_000,
        quiet_secs: 5.0,
        ..MemoryNews::default()
    }))));
    let memory = story.view().memory;
    assert_eq!((memory.secs(), memory.from_frame), (8.0, 96_000));
    assert!(memory.listening.on && memory.is_quiet);
    let off = Listening {
        on: false,
        while_stopped: true,
    };
    assert_eq!(
        story.say(Command::SetListening(off)),
        [Effect::SetListening(off)]
    );
    assert!(story.say(Command::SetListening(off)).is_empty());
    assert!(!story.view().memory.listening.on);
    let saved = story.state.project();
    let mut reopened = Story::new();
    let effects = reopened.on(Event::Restore(Box::new(saved)));
    assert!(effects.contains(&Effect::SetListening(off)));
}

#[test]
fn a_trimmed_take_keeps_the_whole_for_undo_even_when_trimmed_twice() {
    let mut story = Story::with_take();
    let beyond = take().frames + 1;
    assert!(
        story
            .say(Command::TrimSource {
                from: 0,
                to: beyond
            })
            .is_empty()
    );
    let effects = story.say(Command::TrimSource {
        from: 48_000,
        to: 96_000,
    });
    assert!(matches!(
        &effects[..],
        [Effect::Trim {
            from: 48_000,
            to: 96_000,
            ..
        }]
    ));
    for (whole, part) in [("take-1", "part-1"), ("part-1", "part-2")] {
        story.loader(LoaderEvent::Trimmed {
            whole: TakeId(whole.into()),
            take: Box::new(another(part)),
        });
        assert_eq!(source_id(&story), part);
    }
    assert!(story.view().source.unwrap().is_trimmed);
    assert_eq!(story.state.project().whole_source, Some(take()));
    story.say(Command::WholeSource);
    assert_eq!(source_id(&story), "take-1");
    assert!(!story.view().source.unwrap().is_trimmed);
    // A part of a song that is gone changes nothing.
    story.loader(LoaderEvent::Trimmed {
        whole: TakeId("gone".into()),
        take: Box::new(another("late")),
    });
    assert_eq!(source_id(&story), "take-1");
}

#[test]
fn the_newest_ten_takes_stay_reachable_and_on_disk() {
    let mut story = Story::new();
    for i in 0..13 {
        let effects = grab(&mut story, &format!("t{i}"));
        let kept = |effect: &Effect| matches!(effect, Effect::PruneTakes { keep } if keep.len() == (i + 1).min(11));
        assert!(effects.iter().any(kept), "{effects:?}");
    }
    let recent = |story: &Story| -> Vec<String> {
        story
            .view()
            .recent
            .into_iter()
            .map(|take| take.id.0)
            .collect()
    };
    let wanted: Vec<String> = (2..12).rev().map(|i| format!("t{i}")).collect();
    assert_eq!(recent(&story), wanted);
    story.say(Command::UseTake(TakeId("t5".into())));
    assert_eq!(source_id(&story), "t5");
    assert_eq!(recent(&story)[0], "t12");
    assert!(!recent(&story).contains(&"t5".to_owned()));
    let saved: ProjectState = story.state.project();
    let mut reopened = Story::new();
    reopened.on(Event::Restore(Box::new(saved)));
    assert_eq!(recent(&reopened), recent(&story));
}

#[test]
fn what_is_heard_is_offered_and_used_only_when_asked() {
    let mut story = Story::with_take();
    let key = crate::session::ClipKey::Source(take().id);
    let effects = story.loader(LoaderEvent::PeaksReady {
        key,
        peaks: some_peaks(),
    });
    assert_eq!(effects, [Effect::Hear(Box::new(take()))]);
    let hearing = Hearing {
        bpm: Some((99.0, 0.9)),
        downbeat_secs: Some(0.5),
        key: Some(("A minor".into(), 0.7)),
    };
    story.loader(LoaderEvent::Heard {
        take: take().id,
        hearing: hearing.clone(),
    });
    let heard = story.view().source.unwrap().heard;
    assert_eq!(heard.bpm, None, "the host has told the tempo");
    assert_eq!(heard.key, hearing.key);
    assert_eq!(story.view().form.key, "", "never by itself");
    story.say(Command::UseHeard(HeardField::Tempo));
    story.say(Command::UseHeard(HeardField::Key));
    let form = story.view().form;
    assert_eq!((form.bpm.as_str(), form.key.as_str()), ("", "A minor"));
}

#[test]
fn a_file_gets_its_bars_from_what_is_heard() {
    let mut story = Story::new();
    let file = Take {
        tempo_bpm: None,
        meter: None,
        start_beats: None,
        start_samples: None,
        origin: TakeOrigin::File("song.wav".into()),
        ..take()
    };
    let effects = story.loader(LoaderEvent::Opened {
        take: Box::new(file.clone()),
        peaks: some_peaks(),
    });
    assert_eq!(effects, [Effect::Hear(Box::new(file))]);
    let heard = |sure| LoaderEvent::Heard {
        take: take().id,
        hearing: Hearing {
            bpm: Some((120.0, sure)),
            downbeat_secs: Some(0.5),
            key: None,
        },
    };
    story.loader(heard(0.1));
    let source = story.view().source.unwrap();
    assert!(
        source.heard.bpm.is_none() && !source.map_is_heard,
        "too unsure"
    );
    story.loader(heard(0.9));
    let source = story.view().source.unwrap();
    let lines = source.map.lines(crate::capture::GridUnit::Bars);
    assert_eq!((lines[0].frame, lines[0].bar), (24_000, 1));
    story.say(Command::UseHeard(HeardField::Tempo));
    assert_eq!(story.view().form.bpm, "120");

    // Its stems have them in the same places.
    story.say(Command::Generate);
    let job = story.view().jobs[0].id.clone();
    story.stem_ready(&job, "stem-1");
    let lines = story.view().stems[0]
        .map
        .lines(crate::capture::GridUnit::Bars);
    assert_eq!((lines[0].frame, lines[0].bar), (24_000, 1));
}

#[test]
fn what_another_instance_left_is_offered_once_and_a_no_costs_nothing() {
    let left = || LoaderEvent::LeftMemory {
        instance: "/data/instances/dead".into(),
        secs: 200.0,
    };
    let mut story = Story::new();
    assert_eq!(
        story.say(Command::WindowOpened),
        [Effect::AskDesktopTheme, Effect::FindLeftMemory]
    );
    story.loader(left());
    let asked = story.view().recovered.unwrap();
    assert!(
        asked.is_elsewhere && asked.words.contains("3:20"),
        "{asked:?}"
    );
    let effects = story.say(Command::AnswerRecovered { use_it: true });
    let rescue = Effect::Rescue("/data/instances/dead".into());
    assert_eq!(effects, [Effect::NameFolder, rescue]);
    story.loader(left());
    assert_eq!(story.view().recovered, None, "asked once");

    // What is one's own comes first.
    let mut story = Story::new();
    story.on(Event::Capture(CaptureEvent::Recovered(another("old"))));
    story.loader(left());
    assert!(!story.view().recovered.unwrap().is_elsewhere);
    let mut story = Story::new();
    story.loader(left());
    assert!(
        story
            .say(Command::AnswerRecovered { use_it: false })
            .is_empty()
    );
}

#[test]
fn what_a_crash_left_waits_for_an_answer() {
    let mut story = Story::new();
    let left = || {
        [
            CaptureEvent::Recovered(another("old")),
            CaptureEvent::RecoveredMemory { secs: 75.0 },
        ]
    };
    for event in left() {
        story.on(Event::Capture(event));
    }
    let asked = story.view().recovered.unwrap().words;
    assert!(asked.contains("found a take of 0:42"), "{asked}");
    story.say(Command::AnswerRecovered { use_it: true });
    assert_eq!(
        (source_id(&story), story.view().recovered),
        ("old".into(), None)
    );
    assert!(
        story
            .say(Command::AnswerRecovered { use_it: true })
            .is_empty()
    );

    story.on(Event::Capture(CaptureEvent::Recovered(another("old"))));
    let dropped = story.say(Command::AnswerRecovered { use_it: false });
    assert!(matches!(&dropped[..], [Effect::DropTake { id, .. }] if id.0 == "old"));
    for (use_it, wanted) in [
        (true, Effect::Grab(Cut::SincePlay)),
        (false, Effect::ForgetMemory),
    ] {
        story.on(Event::Capture(CaptureEvent::RecoveredMemory { secs: 75.0 }));
        assert!(story.view().recovered.unwrap().words.contains("1:15"));
        let effects = story.say(Command::AnswerRecovered { use_it });
        assert!(effects.contains(&wanted), "{effects:?}");
    }
}
