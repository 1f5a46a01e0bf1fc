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
            CaptureEvent::Rolling { .. } | CaptureEvent::Progress { .. } => {}
            event => return event,
        }
    }
}

fn finished(events: &Receiver<CaptureEvent>) -> Take {
    match outcome(events) {
        CaptureEvent::Finished(take) => take,
        event => panic!("no take: {event:?}"),
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
