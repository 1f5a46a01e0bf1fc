use super::{handle::CaptureStatus, *};
use crate::song_clock::{SongClock, tests::playing_at};
use crossbeam_channel::{Receiver, bounded};
use std::{sync::Arc, time::Duration};

const PATIENCE: Duration = Duration::from_secs(20);

/// Plays `frames` frames from song position `pos`, in blocks of 480; each sample is its song frame.
fn play(tap: &mut CaptureTap, pos: i64, frames: usize) {
    for at in (0..frames).step_by(480) {
        let from = pos + at as i64;
        let mut left: Vec<f32> = (0..480).map(|i| (from + i) as f32).collect();
        let mut right: Vec<f32> = left.iter().map(|s| -s).collect();
        tap.process(&playing_at(from), &[&mut left, &mut right]);
    }
}

fn stop(tap: &mut CaptureTap) {
    let standing = SongClock {
        playing: false,
        ..playing_at(0)
    };
    tap.process(&standing, &[&mut [0.0; 16], &mut [0.0; 16]]);
}

/// The next take or failure; what comes before it is passed over.
fn outcome(events: &Receiver<CaptureEvent>) -> CaptureEvent {
    loop {
        match events.recv_timeout(PATIENCE).unwrap() {
            CaptureEvent::Rolling { .. }
            | CaptureEvent::Progress { .. }
            | CaptureEvent::Memory(_)
            | CaptureEvent::NeedsFolder => {}
            event => return event,
        }
    }
}

fn finished(events: &Receiver<CaptureEvent>) -> Take {
    loop {
        match outcome(events) {
            CaptureEvent::Finished(take) => return take,
            // The memory's own trouble.
            CaptureEvent::NotGrabbed(_) => {}
            event => panic!("no take: {event:?}"),
        }
    }
}

#[test]
fn a_full_ring_drops_whole_blocks_and_counts_every_frame() {
    let status = Arc::new(CaptureStatus::default());
    let (mut tap, mut end) = CaptureTap::with_room(Arc::clone(&status), 2 * 1000, 8);
    tap.set_enabled(true);
    // Two blocks of 480 frames fit, the third and fourth do not.
    play(&mut tap, 0, 4 * 480);
    assert_eq!((end.samples.slots(), status.lost_frames()), (2 * 960, 960));
    for start in [0, 480] {
        let record = end.blocks.pop().unwrap();
        let mut block = vec![0.0; 960];
        end.samples.pop_entire_slice(&mut block).unwrap();
        assert_eq!(
            (record.clock.pos_samples, record.lost_before),
            (Some(start), 0)
        );
        assert_eq!((block[0], block[480]), (start as f32, -(start as f32)));
    }
    // There is room again: the next record tells what is missing before it.
    play(&mut tap, 4 * 480, 480);
    assert_eq!(end.blocks.pop().unwrap().lost_before, 960);
    // A block larger than the whole ring can never fit.
    let mut huge = vec![0.0; 5000];
    tap.process(&playing_at(2400), &[&mut huge]);
    assert_eq!(status.lost_frames(), 960 + 5000);
}

#[test]
fn a_full_ring_of_records_counts_too_and_the_stop_is_told_later() {
    let status = Arc::new(CaptureStatus::default());
    let (mut tap, mut end) = CaptureTap::with_room(Arc::clone(&status), 100_000, 2);
    tap.set_enabled(true);
    play(&mut tap, 0, 3 * 480);
    assert_eq!(status.lost_frames(), 480);
    stop(&mut tap);
    end.blocks.pop().unwrap();
    end.blocks.pop().unwrap();
    assert!(end.blocks.is_empty(), "no room for the stop yet");
    stop(&mut tap);
    stop(&mut tap);
    let record = end.blocks.pop().unwrap();
    assert!(record.is_stop && record.lost_before == 480 && end.blocks.is_empty());
}

#[test]
fn a_take_that_rolls_is_told_as_it_grows() {
    let home = tempfile::tempdir().unwrap();
    let (sender, events) = bounded(1000);
    let (mut tap, handle, thread) = start(sender).unwrap();
    handle.set_folder(home.path().to_owned());
    handle.set_enabled(true);
    play(&mut tap, 96_000, 48_000);
    stop(&mut tap);
    let mut pairs = Vec::new();
    let take = loop {
        match events.recv_timeout(PATIENCE).unwrap() {
            CaptureEvent::Rolling {
                start_beats,
                tempo_bpm,
            } => {
                assert_eq!((start_beats, tempo_bpm), (Some(4.0), Some(120.0)));
            }
            CaptureEvent::Progress { peaks, .. } => pairs.extend(peaks),
            CaptureEvent::Memory(_) | CaptureEvent::NeedsFolder => {}
            CaptureEvent::Finished(take) => break take,
            event => panic!("{event:?}"),
        }
    };
    assert_eq!((take.frames, take.start_samples), (48_000, Some(96_000)));
    assert_eq!(pairs.len(), 48_000 / crate::audition::PEAK_BUCKET_FRAMES);
    assert_eq!(pairs[0], (-96_255.0, 96_255.0));
    assert_eq!(handle.status().host_tempo_bpm(), Some(120.0));
    drop(thread);
    assert!(!handle.status().is_rolling());
}

#[test]
fn blocks_wait_for_the_folder_that_is_named_a_moment_later() {
    let home = tempfile::tempdir().unwrap();
    let (sender, events) = bounded(1000);
    let (mut tap, handle, _thread) = start(sender).unwrap();
    // The host's own button: the audio thread is armed before anyone has named a folder.
    tap.set_enabled(true);
    play(&mut tap, 0, 48_000);
    stop(&mut tap);
    handle.set_folder(home.path().to_owned());
    let take = finished(&events);
    assert_eq!((take.frames, take.lost_frames), (48_000, 0));
    assert!(
        take.path
            .starts_with(home.path().join("takes").join(&take.id.0))
    );
}

#[test]
fn a_folder_that_cannot_be_written_fails_in_words_and_the_next_take_tries_again() {
    let home = tempfile::tempdir().unwrap();
    let blocked = home.path().join("a file");
    std::fs::write(&blocked, "in the way").unwrap();
    let (sender, events) = bounded(1000);
    let (mut tap, handle, _thread) = start(sender).unwrap();
    handle.set_folder(blocked);
    handle.set_enabled(true);
    play(&mut tap, 0, 48_000);
    stop(&mut tap);
    let CaptureEvent::Failed { what, .. } = outcome(&events) else {
        panic!("it is kept?")
    };
    assert!(what.contains("could not write"), "{what}");
    handle.set_folder(home.path().to_owned());
    // The folder is known before the next take begins.
    while !home.path().join("takes").exists() {
        play(&mut tap, 480_000, 48_000);
        stop(&mut tap);
        if let Ok(CaptureEvent::Finished(_)) = events.recv_timeout(Duration::from_millis(50)) {
            return;
        }
    }
    assert_eq!(finished(&events).frames, 48_000);
}

#[test]
fn a_host_that_falls_silent_without_a_word_ends_the_take() {
    let home = tempfile::tempdir().unwrap();
    let (sender, events) = bounded(1000);
    let (mut tap, handle, _thread) = start(sender).unwrap();
    handle.set_folder(home.path().to_owned());
    handle.set_enabled(true);
    play(&mut tap, 0, 48_000);
    assert_eq!(finished(&events).frames, 48_000);
}

#[test]
fn what_was_played_before_anyone_asked_can_be_taken() {
    let home = tempfile::tempdir().unwrap();
    let (sender, events) = bounded(1000);
    let (mut tap, handle, thread) = start(sender).unwrap();
    // 120 BPM: three bars of two seconds and a half.
    play(&mut tap, 0, 7 * 48_000);
    let asks = |event: &CaptureEvent| *event == CaptureEvent::NeedsFolder;
    while !asks(&events.recv_timeout(PATIENCE).unwrap()) {}
    handle.set_folder(home.path().to_owned());
    handle.grab(Cut::LastBars(2));
    let CaptureEvent::Grabbed { take, missing_bars } = outcome(&events) else {
        panic!("nothing is taken")
    };
    assert_eq!(
        (take.frames, take.start_samples),
        (4 * 48_000, Some(2 * 48_000))
    );
    assert_eq!((take.start_beats, missing_bars), (Some(4.0), 0));
    let mut samples = hound::WavReader::open(&take.path)
        .unwrap()
        .into_samples::<f32>();
    assert_eq!(samples.next().unwrap().unwrap(), 96_000.0);
    // The host's own button takes what there is of eight.
    tap.want_grab();
    let CaptureEvent::Grabbed { missing_bars, .. } = outcome(&events) else {
        panic!("nothing is taken")
    };
    assert_eq!(missing_bars, 5);
    assert!(home.path().join("memory").exists());
    drop(thread);
    assert!(
        !home.path().join("memory").exists(),
        "it is for this session only"
    );
}

#[test]
fn switched_off_it_listens_to_nothing() {
    let status = Arc::new(CaptureStatus::default());
    let (mut tap, end) = CaptureTap::with_room(Arc::clone(&status), 100_000, 100);
    status.set_listening(false, false);
    play(&mut tap, 0, 4800);
    assert!(end.blocks.is_empty());
    // A bounce is not listened to either.
    status.set_listening(true, false);
    let bounce = SongClock {
        offline: true,
        ..playing_at(0)
    };
    tap.process(&bounce, &[&mut [0.5; 64]]);
    assert!(end.blocks.is_empty());
    play(&mut tap, 0, 480);
    assert!(!end.blocks.is_empty());
}

#[test]
fn what_comes_in_while_the_host_stands_still_has_its_last_tempo_and_no_place() {
    let status = Arc::new(CaptureStatus::default());
    let (mut tap, mut end) = CaptureTap::with_room(Arc::clone(&status), 100_000, 100);
    status.set_enabled(true);
    status.set_listening(true, true);
    play(&mut tap, 0, 480);
    let standing = SongClock {
        playing: false,
        tempo_bpm: None,
        meter: None,
        ..playing_at(480)
    };
    tap.process(&standing, &[&mut [0.5; 64]]);
    assert!(tap.is_listening(&standing));
    let records: Vec<_> = std::iter::from_fn(|| end.blocks.pop().ok()).collect();
    let [playing, still] = records[..] else {
        panic!("{records:?}");
    };
    assert!(playing.is_armed && playing.clock.playing);
    assert!(!still.is_armed && still.is_listened, "a take needs a place");
    let clock = still.clock;
    assert_eq!((clock.pos_samples, clock.pos_beats), (None, None));
    assert_eq!(
        (clock.tempo_bpm, clock.meter),
        (Some(120.0), playing_at(0).meter)
    );
    // Not asked for, nothing is kept.
    status.set_listening(true, false);
    tap.process(&standing, &[&mut [0.5; 64]]);
    assert!(end.blocks.pop().unwrap().is_stop);
}

#[test]
fn a_take_that_rolled_when_its_process_died_is_found_again() {
    let home = tempfile::tempdir().unwrap();
    let (sender, events) = bounded(1000);
    let (mut tap, handle, thread) = start(sender).unwrap();
    handle.set_folder(home.path().to_owned());
    handle.set_enabled(true);
    play(&mut tap, 0, 4 * 48_000);
    let rolled = |event: &CaptureEvent| matches!(event, CaptureEvent::Progress { frames, .. } if *frames == 4 * 48_000);
    while !rolled(&events.recv_timeout(PATIENCE).unwrap()) {}
    let map = home.path().join("memory/map.json");
    let is_saved = || std::fs::read_to_string(&map).is_ok_and(|map| map.contains("192000"));
    while !is_saved() {
        // The memory's news pass meanwhile; when all are told, its map is written within a second.
        let _ = events.recv_timeout(Duration::from_millis(50));
    }
    // As the disk stands at this moment, so a process that dies leaves it.
    let crashed = tempfile::tempdir().unwrap();
    copy_tree(home.path(), crashed.path());
    drop(thread);
    rescued_by_another(crashed.path());

    let (sender, events) = bounded(1000);
    let (_tap, handle, _thread) = start(sender).unwrap();
    handle.set_folder(crashed.path().to_owned());
    let CaptureEvent::Recovered(take) = outcome(&events) else {
        panic!("it is not found")
    };
    assert!(
        (3 * 48_000..=4 * 48_000).contains(&take.frames),
        "{}",
        take.frames
    );
    assert_eq!((take.tempo_bpm, take.start_beats), (Some(120.0), Some(0.0)));
    let read = hound::WavReader::open(&take.path).unwrap();
    assert_eq!(u64::from(read.duration()), take.frames);
    assert!(take.path.starts_with(crashed.path()));
    let CaptureEvent::RecoveredMemory { secs } = outcome(&events) else {
        panic!("the memory is not found")
    };
    assert!((2.5..=4.0).contains(&secs), "{secs}");
}

/// Another instance makes a take of its own of what was remembered. The dead one's folder keeps all.
fn rescued_by_another(crashed: &std::path::Path) {
    let secs = left_secs(crashed).unwrap();
    assert!((2.5..=4.0).contains(&secs), "{secs}");
    let home = tempfile::tempdir().unwrap();
    let (sender, events) = bounded(1000);
    let (_tap, handle, _thread) = start(sender).unwrap();
    handle.set_folder(home.path().to_owned());
    handle.rescue(crashed.to_owned());
    let CaptureEvent::Grabbed { take, .. } = outcome(&events) else {
        panic!("nothing is rescued")
    };
    assert!((take.duration_secs() - secs).abs() < 0.03, "{take:?}");
    assert_eq!((take.tempo_bpm, take.start_beats), (Some(120.0), Some(0.0)));
    assert!(take.path.starts_with(home.path()));
    let samples = hound::WavReader::open(&take.path).unwrap().into_samples();
    let left: Vec<f32> = samples.step_by(2).map(Result::unwrap).collect();
    assert!(
        left.iter()
            .zip(0..)
            .all(|(sample, frame)| *sample == frame as f32)
    );
    assert_eq!(left_secs(crashed), None, "nobody else is asked about it");
    handle.rescue(home.path().to_owned());
    let CaptureEvent::NotGrabbed(why) = outcome(&events) else {
        panic!("rescued out of nothing")
    };
    assert!(why.contains("gone"), "{why}");
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
