//! The whole way: the built plugin captures a song in a host, the built service plays to it, the
//! stems come back. The demo does it and checks it as it goes.

use sideman_tests::songs;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What the demo prints.
fn demo(home: &Path, args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_sideman-demo"))
        .args(["--headless"])
        .args(args)
        .env("SIDEMAN_DEMO_FOLDER", home)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let complained = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}\n{complained}");
    said
}

/// The word after `name` at a line's start: a path.
fn path_of(said: &str, name: &str) -> PathBuf {
    let line = said.lines().find(|line| line.starts_with(name));
    let word = line.and_then(|line| line.split_whitespace().nth(1));
    word.unwrap_or_else(|| panic!("no {name} in\n{said}"))
        .into()
}

#[test]
fn a_song_goes_in_and_stems_of_its_length_come_back() {
    let home = tempfile::tempdir().unwrap();
    let song = home.path().join("song.wav");
    std::fs::write(&song, songs::song_wav(6.0, 127.5)).unwrap();
    let song_frames = hound::WavReader::open(&song).unwrap().duration();
    let song = song.to_str().unwrap();
    let said = demo(
        home.path(),
        &[song, "--track", "drums,vocals", "--bpm", "127.5"],
    );
    for track in ["drums", "vocals"] {
        let mut stem = hound::WavReader::open(path_of(&said, track)).unwrap();
        assert_eq!(stem.duration(), song_frames, "{track}");
        assert_eq!(stem.spec().sample_rate, 44_100);
        let loudest = stem
            .samples::<i32>()
            .map(|s| s.unwrap().abs())
            .max()
            .unwrap();
        // 24 bit: audible, and below full scale.
        assert!(
            (100_000..8_388_607).contains(&loudest),
            "{track} peaks at {loudest}"
        );
    }
    assert!(path_of(&said, "picture").is_file());
}
