//! Source, stems, audition, notices.

use super::*;
use crate::session::{CaptureView, ClipKey, FolderNews, FolderWork, Settings};

#[test]
fn a_take_is_titled_by_its_bars() {
    let at = |start_beats: f64, bars: f64| Take {
        start_beats: Some(start_beats),
        frames: (bars * 2.0 * 48_000.0) as u64,
        ..take()
    };
    for (take, title) in [
        (at(64.0, 16.0), "Captured 0:32, bars 17–32"),
        (at(0.0, 1.0), "Captured 0:02, bar 1"),
        (at(2.0, 1.0), "Captured 0:02, bars 1–2"),
        (at(-4.0, 2.0), "Captured 0:04, bars 0–1"),
        (
            Take {
                start_beats: None,
                ..take()
            },
            "Captured 0:42",
        ),
        (
            Take {
                tempo_changed: true,
                ..take()
            },
            "Captured 0:42",
        ),
        (
            Take {
                origin: TakeOrigin::File("song.mp3".into()),
                ..take()
            },
            "song.mp3",
        ),
    ] {
        assert_eq!(crate::session::state::present::title(&take), title);
    }
}

#[test]
fn a_loop_pass_that_the_stop_cuts_short_leaves_the_whole_one() {
    let pass = |frames: u64| Take {
        id: TakeId::fresh(),
        start_beats: Some(16.0),
        frames,
        ..take()
    };
    let rolling = || CaptureEvent::Rolling {
        start_beats: Some(16.0),
        tempo_bpm: Some(120.0),
    };
    let source_secs = |story: &Story| story.view().source.unwrap().duration_secs;
    let mut story = Story::new();
    story.say(Command::SetCapture(true));
    for frames in [480_000, 480_000, 96_000] {
        story.on(Event::Capture(rolling()));
        story.on(Event::Capture(CaptureEvent::Finished(pass(frames))));
    }
    assert_eq!(source_secs(&story), 10.0);
    // Stopped, and captured again on purpose: the newest counts, short as it is.
    story.now_secs += 5.0;
    story.on(Event::Capture(rolling()));
    story.on(Event::Capture(CaptureEvent::Finished(pass(96_000))));
    assert_eq!(source_secs(&story), 2.0);
}

#[test]
fn capture_rolls_draws_and_becomes_the_source() {
    let mut story = Story::new();
    let rolling = || CaptureEvent::Rolling {
        start_beats: None,
        tempo_bpm: None,
    };
    story.on(Event::Capture(rolling()));
    assert_eq!(
        story.view().capture,
        CaptureView::Off,
        "late news while off"
    );
    assert_eq!(
        story.say(Command::SetCapture(true)),
        [Effect::SetCapture(true)]
    );
    assert!(story.say(Command::SetCapture(true)).is_empty());
    story.on(Event::Capture(rolling()));
    story.on(Event::Capture(CaptureEvent::Progress {
        frames: 24_000,
        lost_frames: 3,
        peaks: vec![(-0.5, 0.5)],
    }));
    let CaptureView::Rolling {
        secs,
        lost_frames,
        peaks,
    } = story.view().capture
    else {
        panic!("{:?}", story.view().capture);
    };
    assert_eq!((secs, lost_frames, peaks.pairs.len()), (0.5, 3, 1));
    let lost = Take {
        lost_frames: 3,
        ..take()
    };
    let effects = story.on(Event::Capture(CaptureEvent::Finished(lost)));
    assert!(matches!(
        effects[0],
        Effect::LoadPeaks {
            key: ClipKey::Source(_),
            ..
        }
    ));
    assert_eq!(story.view().capture, CaptureView::Armed);
    assert_eq!(
        story.view().source.unwrap().peaks.pairs.len(),
        1,
        "drawn at once"
    );
    assert!(story.told().contains("3 frames"));
}

#[test]
fn auditioning_loads_once_and_follows_the_gain() {
    let (mut story, stem) = Story::with_stem();
    let on = true;
    let effects = story.say(Command::Audition {
        stem: stem.clone(),
        on,
    });
    assert!(matches!(
        effects[..],
        [Effect::LoadClip { .. }, Effect::Play { .. }]
    ));
    assert!(
        story
            .say(Command::Audition {
                stem: stem.clone(),
                on
            })
            .is_empty()
    );
    let gain_db = 99.0;
    let effects = story.say(Command::SetStemGain {
        stem: stem.clone(),
        gain_db,
    });
    let [Effect::Play { clips, mute_input }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(!mute_input);
    assert_eq!(clips[0].start_secs, 2.0);
    assert!(
        (clips[0].gain - 3.981).abs() < 1e-3,
        "12 dB at most: {}",
        clips[0].gain
    );
    let gain_db = f32::NAN;
    assert!(
        story
            .say(Command::SetStemGain {
                stem: stem.clone(),
                gain_db
            })
            .is_empty()
    );

    let effects = story.say(Command::AuditionSource(true));
    let Some(Effect::Play { clips, mute_input }) = effects.last() else {
        panic!("{effects:?}");
    };
    assert!(
        *mute_input && clips.len() == 2,
        "the source is not heard twice"
    );
    let rate = HostNow {
        sample_rate_hz: 44_100,
        ..HostNow::default()
    };
    let effects = story.on(Event::Host(rate));
    assert_eq!(effects[0], Effect::ForgetClips);
    assert_eq!(effects.len(), 4, "both are decoded anew, then played");
}

#[test]
fn a_deleted_stem_comes_back() {
    let (mut story, stem) = Story::with_stem();
    let on = true;
    story.say(Command::Audition {
        stem: stem.clone(),
        on,
    });
    let effects = story.say(Command::DeleteStems {
        stems: vec![stem.clone()],
    });
    assert!(matches!(
        effects[..],
        [Effect::Trash { .. }, Effect::Play { .. }]
    ));
    assert!(story.view().can_undo_delete && story.view().stems.is_empty());
    let effects = story.say(Command::UndoDelete);
    assert!(matches!(effects[0], Effect::Untrash { .. }));
    assert!(!story.view().stems[0].auditioning);
    assert!(story.say(Command::UndoDelete).is_empty());

    story.say(Command::DeleteStems {
        stems: vec![stem.clone()],
    });
    let why = "disk full".into();
    story.loader(LoaderEvent::TrashFailed { stem, why });
    assert_eq!(story.view().stems.len(), 1);
    assert!(story.told().contains("disk full"));
}

#[test]
fn a_missing_file_is_shown_and_silent_until_it_is_back() {
    let (mut story, stem) = Story::with_stem();
    let on = true;
    story.say(Command::Audition {
        stem: stem.clone(),
        on,
    });
    let key = ClipKey::Stem(stem.clone());
    let gone = story.loader(LoaderEvent::Present(vec![(key.clone(), false)]));
    assert!(matches!(gone[..], [Effect::Play { .. }]));
    assert!(story.view().stems[0].missing);
    assert!(story.say(Command::Audition { stem, on }).is_empty());
    let back = story.loader(LoaderEvent::Present(vec![(key, true)]));
    assert!(matches!(back[..], [Effect::LoadPeaks { .. }]));
    assert!(!story.view().stems[0].missing);

    let source = ClipKey::Source(take().id);
    story.loader(LoaderEvent::Present(vec![(source, false)]));
    assert!(story.say(Command::Generate).is_empty());
    assert!(story.told().contains("gone from the disk"));
}

#[test]
fn files_are_looked_after_now_and_then() {
    let (mut story, _) = Story::with_stem();
    assert!(matches!(story.on(Event::Tick)[..], [Effect::CheckFiles(_)]));
    story.now_secs += 9.0;
    assert!(story.on(Event::Tick).is_empty());
    story.now_secs += 1.0;
    assert_eq!(story.on(Event::Tick).len(), 1);
}

#[test]
fn settings_reach_the_rooms_that_need_them() {
    let mut story = Story::new();
    let settings = Settings {
        service_address: " http://gpu:8002 ".into(),
        cache_folder: Some("/big".into()),
        ..Settings::default()
    };
    let effects = story.say(Command::ApplySettings(Box::new(settings.clone())));
    let address = "http://gpu:8002".to_owned();
    let connect = Effect::Connect { address };
    let to = Some("/big".into());
    assert_eq!(effects, [Effect::Folder(FolderWork::Move { to }), connect]);
    assert_eq!(
        story.view().settings.cache_folder,
        None,
        "not before it is there"
    );
    let effects = story.loader(LoaderEvent::Folder(FolderNews::Moved(None)));
    assert_eq!(effects[0], Effect::SetCacheFolder(Some("/big".into())));
    let view = story.view();
    let row = view.service.list.last().unwrap();
    assert!(row.chosen && row.foreign, "not in the user's list");
    assert_eq!(view.settings.service_name, "");
    assert!(
        story
            .say(Command::ApplySettings(Box::new(settings)))
            .is_empty()
    );
}

#[test]
fn the_same_trouble_is_told_once_and_notices_are_bounded() {
    let mut story = Story::new();
    for i in 0..50 {
        story.on(Event::Trouble(format!("trouble {i}")));
        story.on(Event::Trouble("always this".into()));
    }
    let notices = story.view().notices;
    assert_eq!(notices.len(), 20);
    assert_eq!(
        notices.iter().filter(|n| n.text == "always this").count(),
        1
    );
    story.say(Command::DismissNotice(notices[3].id));
    assert_eq!(story.view().notices.len(), 19);
}

#[test]
fn peaks_find_their_row() {
    let (mut story, stem) = Story::with_stem();
    let peaks = some_peaks();
    let key = ClipKey::Stem(stem);
    story.loader(LoaderEvent::PeaksReady {
        key,
        peaks: peaks.clone(),
    });
    assert_eq!(story.view().stems[0].peaks, peaks);
    let key = ClipKey::Stem("unknown".into());
    assert!(
        story
            .loader(LoaderEvent::PeaksReady { key, peaks })
            .is_empty()
    );
}
