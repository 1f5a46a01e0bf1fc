use super::*;
use crate::{song_clock::tests::playing_at, testing::stereo_wav};
use sideman_shared::music::Meter;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

fn wav(folder: &Path, frames: usize) -> PathBuf {
    let left = (0..frames).map(|i| i as f32 / 65_536.0);
    stereo_wav(folder.join("song.wav"), 48_000, left)
}

/// A player with a song of so many frames, loaded.
fn with_song(home: &Path, frames: usize) -> (Player, PlayerHandle) {
    let handle = PlayerHandle::new(Bpm::new(120.0), Meter::COMMON);
    let mut player = Player::new(handle.clone()).unwrap();
    handle.open(wav(home, frames));
    let deadline = Instant::now() + Duration::from_secs(20);
    while player.song.is_none() {
        assert!(Instant::now() < deadline, "the song is never loaded");
        block(&mut player, 1);
        std::thread::sleep(Duration::from_millis(1));
    }
    (player, handle)
}

/// What is heard on the left, and the clock.
fn block(player: &mut Player, frames: usize) -> (Vec<f32>, SongClock) {
    let (mut left, mut right) = (vec![9.0f32; frames], vec![9.0; frames]);
    let clock = player.process(&mut [&mut left, &mut right], playing_at(5));
    if player.song.is_some() {
        assert!(right.iter().zip(&left).all(|(r, l)| *r == -l));
    }
    (left, clock)
}

fn song(range: impl Iterator<Item = usize>) -> Vec<f32> {
    range.map(|i| i as f32 / 65_536.0).collect()
}

#[test]
fn plays_every_frame_in_order_round_and_round() {
    let home = tempfile::tempdir().unwrap();
    let (mut player, handle) = with_song(home.path(), 1000);
    let (heard, clock) = block(&mut player, 64);
    assert_eq!(heard, vec![0.0; 64], "it stands");
    assert!(!clock.playing && clock.pos_samples == Some(0));

    handle.play(true);
    let mut heard = Vec::new();
    while heard.len() < 2500 {
        let (left, clock) = block(&mut player, 128);
        assert_eq!(clock.pos_samples, Some((heard.len() % 1000) as i64));
        assert_eq!(clock.loop_samples, Some((0, 1000)));
        assert!(clock.playing && clock.meter == Some(Meter::COMMON));
        heard.extend(left);
    }
    assert_eq!(heard, song((0..heard.len()).map(|i| i % 1000)));
}

#[test]
fn a_range_is_looped_to_the_frame_even_within_one_block() {
    let home = tempfile::tempdir().unwrap();
    let (mut player, handle) = with_song(home.path(), 4800);
    handle.set_loop_secs(0.01, 0.02);
    handle.seek_secs(0.015);
    handle.play(true);
    let (heard, clock) = block(&mut player, 1000);
    assert_eq!(clock.loop_samples, Some((480, 960)));
    assert_eq!(clock.pos_samples, Some(720));
    let wanted = (720..960).chain(480..960).chain(480..760);
    assert_eq!(heard, song(wanted));
    assert_eq!(block(&mut player, 8).1.pos_samples, Some(760));

    // From behind the loop it plays on.
    handle.seek_secs(0.05);
    let (heard, _) = block(&mut player, 100);
    assert_eq!(heard, song(2400..2500));
}

#[test]
fn without_a_loop_it_stops_at_the_end_and_stands_at_the_start() {
    let home = tempfile::tempdir().unwrap();
    let (mut player, handle) = with_song(home.path(), 100);
    handle.set_looping(false);
    handle.play(true);
    let (heard, clock) = block(&mut player, 128);
    assert_eq!(heard[..100], song(0..100));
    assert_eq!(heard[100..], [0.0; 28]);
    assert_eq!(clock.loop_samples, None);
    let view = handle.view();
    assert!(!view.playing && view.position_secs == 0.0);
}

#[test]
fn without_a_song_the_input_passes_and_the_clock_runs() {
    let handle = PlayerHandle::new(None, Meter::COMMON);
    let mut player = Player::new(handle.clone()).unwrap();
    let (heard, clock) = block(&mut player, 64);
    assert_eq!(heard, [9.0; 64]);
    assert!(!clock.playing);
    handle.play(true);
    block(&mut player, 480);
    let (heard, clock) = block(&mut player, 480);
    assert_eq!(heard, [9.0; 480]);
    assert_eq!(
        (clock.pos_samples, clock.tempo_bpm, clock.pos_beats),
        (Some(480), None, None)
    );
    handle.set_bpm(Some(120.0));
    let (_, clock) = block(&mut player, 1);
    assert!((clock.pos_beats.unwrap() - 0.04).abs() < 1e-9);
}

#[test]
fn a_song_that_cannot_be_played_says_why_and_the_input_passes() {
    let home = tempfile::tempdir().unwrap();
    let (mut player, handle) = with_song(home.path(), 100);
    let broken = home.path().join("broken.wav");
    std::fs::write(&broken, b"RIFF nothing").unwrap();
    handle.open(broken);
    let deadline = Instant::now() + Duration::from_secs(20);
    while handle.view().song.unwrap().trouble.is_none() || player.song.is_some() {
        assert!(Instant::now() < deadline);
        block(&mut player, 1);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(handle.view().song.unwrap().title, "broken.wav");
    handle.close();
    assert_eq!(handle.view().song, None);
}

#[test]
fn the_transport_is_found_as_it_was_left() {
    let home = tempfile::tempdir().unwrap();
    let handle = PlayerHandle::new(Bpm::new(92.5), Meter::new(3, 4).unwrap());
    handle.open(wav(home.path(), 10));
    handle.set_looping(false);
    handle.set_loop_secs(1.0, 2.0);
    let text = serde_json::to_string(&handle.saved()).unwrap();
    let again = PlayerHandle::new(None, Meter::COMMON);
    again.restore(&serde_json::from_str(&text).unwrap());
    assert_eq!(again.saved(), handle.saved());
    std::fs::remove_file(home.path().join("song.wav")).unwrap();
    let without = PlayerHandle::new(None, Meter::COMMON);
    without.restore(&serde_json::from_str(&text).unwrap());
    assert_eq!(without.view().song, None, "the file is gone");
}
