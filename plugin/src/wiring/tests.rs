use super::*;
use crate::testing::stereo_wav;
use crate::{
    audition::Mix,
    session::Command,
    song_clock::{SongClock, tests::playing_at},
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);
const ON: Mix = Mix {
    on: true,
    gain: 1.0,
};

fn instance(home: &Path) -> (Wiring, AudioHalves) {
    let folders = Folders {
        config: home.join("config"),
        data: home.join("data"),
    };
    let wiring = Wiring::new(Arc::default(), Repaint::default(), folders);
    let halves = wiring.take_halves().unwrap().unwrap();
    (wiring, halves)
}

fn wav(home: &Path, left: &[f32]) -> PathBuf {
    stereo_wav(home.join("song.wav"), 48_000, left.iter().copied())
}

/// Waits until `done`, the host playing silence at `clock` meanwhile.
fn host_until(
    halves: &mut AudioHalves,
    clock: SongClock,
    mut done: impl FnMut(&mut AudioHalves, &[f32]) -> bool,
) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let [mut left, mut right] = [[0.0; 64], [0.0; 64]];
        halves.tap.process(&clock, &[&mut left, &mut right]);
        halves
            .voice
            .process(&mut [&mut left, &mut right], &clock, ON);
        if done(halves, &left) {
            return;
        }
        assert!(Instant::now() < deadline, "in vain");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_file_that_is_opened_and_played_nulls_against_itself_in_the_host() {
    let home = tempfile::tempdir().unwrap();
    let (wiring, mut halves) = instance(home.path());
    let sound: Vec<f32> = (0..96_000).map(|i| (i % 997 + 1) as f32 / 1024.0).collect();
    let session = wiring.session().unwrap();
    assert!(session.send(Command::OpenSource(wav(home.path(), &sound))));
    host_until(&mut halves, playing_at(0), |_, _| {
        session.view().source.is_some()
    });
    assert!(session.send(Command::AuditionSource(true)));
    host_until(&mut halves, playing_at(0), |_, heard| heard[60] != 0.0);

    let mut pos = 1000;
    for frames in [512, 1, 4096, 77, 1024] {
        let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
        halves
            .voice
            .process(&mut [&mut left, &mut right], &playing_at(pos as i64), ON);
        // The first block seeks there, which takes a fade.
        if pos > 1000 {
            assert!(left == sound[pos..pos + frames], "at {pos}");
            assert!(right.iter().zip(&left).all(|(r, l)| *r == -l));
        }
        pos += frames;
    }
}

#[test]
fn the_halves_are_handed_out_once_and_everything_ends_in_time() {
    let home = tempfile::tempdir().unwrap();
    let (wiring, halves) = instance(home.path());
    assert!(wiring.take_halves().unwrap().is_none());
    let before = Instant::now();
    drop((wiring, halves));
    assert!(
        before.elapsed() < Duration::from_secs(2),
        "{:?}",
        before.elapsed()
    );
}

#[test]
fn the_host_s_capture_button_reaches_the_session_and_the_disk() {
    let home = tempfile::tempdir().unwrap();
    let (wiring, mut halves) = instance(home.path());
    let session = wiring.session().unwrap();
    assert!(session.send(Command::SetCapture(true)));
    let standing = SongClock {
        playing: false,
        ..playing_at(0)
    };
    host_until(&mut halves, standing, |halves, _| halves.tap.is_enabled());
    for at in (0..96_000).step_by(480) {
        let (mut left, mut right) = ([0.5; 480], [0.25; 480]);
        halves
            .tap
            .process(&playing_at(at), &[&mut left, &mut right]);
    }
    host_until(&mut halves, standing, |_, _| {
        session.view().source.is_some()
    });
    let source = session.view().source.clone().unwrap();
    assert_eq!((source.duration_secs, source.tempo_bpm), (2.0, Some(120.0)));
}
