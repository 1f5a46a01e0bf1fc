//! The standalone program as a user starts and ends it. With a display it opens its window, without one
//! it runs as well.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "../src/testing.rs"]
mod testing;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant, SystemTime},
};

const PATIENCE: Duration = Duration::from_secs(60);

fn program(home: &Path, args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sideman"));
    program
        .args(["-b", "dummy"])
        .args(args)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("SIDEMAN_KEYCHAIN", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

/// Where the program remembers itself.
fn memory(home: &Path) -> PathBuf {
    home.join("state/sideman/standalone.json")
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs until it has remembered something, then Ctrl-C. What it remembers after that.
fn run(home: &Path, args: &[&str]) -> serde_json::Value {
    let before = std::fs::metadata(memory(home)).and_then(|meta| meta.modified());
    let before = before.unwrap_or(SystemTime::UNIX_EPOCH);
    let mut child = program(home, args).spawn().unwrap();
    wait_until("remembered", || {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        let meta = std::fs::metadata(memory(home));
        meta.is_ok_and(|meta| meta.modified().unwrap() > before)
    });
    let ended = interrupt(child);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{}: {said}", ended.status);
    assert!(
        !said.contains("panicked") && !said.contains("left behind"),
        "{said}"
    );
    serde_json::from_slice(&std::fs::read(memory(home)).unwrap()).unwrap()
}

fn interrupt(mut child: Child) -> Output {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.unwrap().success());
    wait_until("ended", || child.try_wait().unwrap().is_some());
    child.wait_with_output().unwrap()
}

fn song(home: &Path) -> PathBuf {
    let left = (0..96_000).map(|i| (i % 200) as f32 / 327.68);
    testing::stereo_wav(home.join("song.wav"), 48_000, left)
}

#[test]
fn ctrl_c_ends_it_well_and_the_next_run_goes_on_where_it_was() {
    let home = tempfile::tempdir().unwrap();
    let song = song(home.path());
    let song = song.to_str().unwrap();
    let service = "http://127.0.0.1:9";
    let args = ["--song", song, "--bpm", "92.5", "--service", service];
    let left = run(home.path(), &args);
    assert_eq!(left["player"]["song"], song);
    assert_eq!(left["player"]["bpm"], 92.5);

    let again = run(home.path(), &[]);
    assert_eq!(again["player"]["song"], song);
    assert_eq!(again["project"]["settings"]["service_address"], service);
    let id = |left: &serde_json::Value| left["project"]["instance_id"].clone();
    assert_eq!(id(&again), id(&left));

    let fresh = run(home.path(), &["--fresh"]);
    assert!(fresh["player"]["song"].is_null());
    assert_ne!(id(&fresh), id(&left));
}

#[test]
fn the_devices_are_listed_by_name_and_nothing_is_begun() {
    let home = tempfile::tempdir().unwrap();
    let list = program(home.path(), &["--list-devices"]).output().unwrap();
    assert!(list.status.success(), "{list:?}");
    let said = String::from_utf8_lossy(&list.stdout);
    // A machine without a sound card has none, and says so.
    let lines: Vec<_> = said.lines().collect();
    assert!(
        lines.iter().any(|line| line.ends_with("outputs:")),
        "{said}"
    );
    assert!(lines.iter().any(|line| line.ends_with("inputs:")), "{said}");
    assert!(lines.iter().any(|line| line.starts_with("  ")), "{said}");
    assert!(!home.path().join("state").exists(), "nothing is begun");
}

#[test]
fn help_helps() {
    let home = tempfile::tempdir().unwrap();
    let help = program(home.path(), &["--help"]).output().unwrap();
    assert!(help.status.success());
    let said = String::from_utf8_lossy(&help.stdout);
    for words in [
        "--song FILE",
        "--fresh",
        "--list-devices",
        "Space plays",
        "--output-device",
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    assert!(!home.path().join("state").exists(), "nothing is begun");
}
