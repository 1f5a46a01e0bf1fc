//! The command line: its words, its refusals, and a stem without a server.

use crate::api_support::assert_snapshot;
use sideman_tests::{
    service::{Service, command, files_under},
    songs,
};
use std::process::Command;

/// Exit code, stdout and stderr, as a person would see them.
fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    format!(
        "exit code {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    )
}

/// The text without the path of a folder that is another one at every run.
fn hide(folder: &std::path::Path, text: &str) -> String {
    text.replace(&folder.display().to_string(), "[temp]")
}

/// `wrapper-service …` for each line, under each other.
fn sheet(lines: &[&str]) -> String {
    let ran = lines.iter().map(|line| {
        let words = line.split_whitespace();
        format!("$ wrapper-service {line}\n{}\n", run(command().args(words)))
    });
    ran.collect()
}

#[test]
fn help() {
    let lines = [
        "--help",
        "serve --help",
        "render --help",
        "--version",
        "",
        "dance",
    ];
    assert_snapshot("cli_help", &sheet(&lines));
}

#[test]
fn refusals() {
    let lines = [
        "serve --engine ace-server",
        "serve --engine gradio",
        "serve --engine kazoo",
        "serve --gate gpu-queue-service",
        "serve --gate redis",
        "work --store redis",
        "serve --listen 0.0.0.0:0",
        "serve --listen 8002",
        "serve --config /nowhere/sideman.toml",
        "check --drain soon",
        "render /nowhere/song.wav --track drums -o out.wav",
        "render song.wav --track kazoo -o out.wav",
        "render song.wav --track drums,bass -o out.wav",
        "render song.wav --track drums -o out.ogg",
        "render song.wav --track drums -o out.wav --bpm 401",
        "render song.wav --track drums -o out.wav --key H",
        "render song.wav -o out.wav",
    ];
    assert_snapshot("cli_refusals", &sheet(&lines));
}

#[test]
fn the_configuration_says_where_each_value_comes_from() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sideman.toml");
    std::fs::write(&file, "[jobs]\nmax_concurrent = 2\ndrain_secs = 5\n").unwrap();
    let mut command = command();
    command
        .args(["config", "--drain", "9", "--config"])
        .arg(&file)
        .env("STATE_DIRECTORY", "/var/lib/sideman")
        .env("SIDEMAN_AUTH_KEYS", "studio:swordfish")
        .env("ACESTEP_API_KEY", "swordfish")
        .env("REDIS_URL", "redis://me:swordfish@db/0")
        .env("QUEUE_TOKENS", "1300");
    let said = run(&mut command);
    assert!(!said.contains("swordfish"), "{said}");
    assert_snapshot("cli_config", &hide(dir.path(), &said));
}

#[test]
fn a_wrong_configuration_is_told_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sideman.toml");
    let text = "engin = \"sketch\"\n[limits]\nmax_secs = \"long\"\n[jobs]\nmax_secs = 3\n";
    std::fs::write(&file, text).unwrap();
    let mut command = command();
    command
        .args(["serve", "--config"])
        .arg(&file)
        .env("SIDEMAN_GATE", "turnstile");
    assert_snapshot("cli_config_wrong", &hide(dir.path(), &run(&mut command)));
}

#[test]
fn the_doctor_finds_a_healthy_service_and_a_sick_one() {
    let dir = tempfile::tempdir().unwrap();
    let run_check = |data: &std::path::Path| {
        let said = run(command().arg("check").arg("--data-dir").arg(data));
        // What GPU there is is the machine's business.
        let lines = said.lines().filter(|line| !line.starts_with("gpu "));
        lines.collect::<Vec<_>>().join("\n")
    };
    let healthy = run_check(&dir.path().join("data"));
    assert_eq!(files_under(dir.path()).len(), 0, "looking made something");
    // A file where the folder should be is something no permission can hide.
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let sick = run_check(&file);
    assert_snapshot(
        "cli_check",
        &hide(dir.path(), &format!("{healthy}\n\n{sick}\n")),
    );
}

#[test]
fn a_probe_is_told_whether_the_service_answers() {
    let service = Service::start();
    let address = service.base().trim_start_matches("http://").to_owned();
    let ask = |address: &str| {
        let said = run(command().args(["check", "--live", "--listen", address]));
        said.replace(address, "[address]")
    };
    let alive = ask(&address);
    assert!(alive.contains("exit code 0"), "{alive}");
    drop(service);
    let gone = ask(&address);
    assert!(gone.contains("exit code 1"), "{gone}");
    assert!(gone.contains("http://[address]/livez: "), "{gone}");
    assert!(ask("127.0.0.1:0").contains("exit code 2"));
}

#[test]
fn render_plays_stems_without_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let song = dir.path().join("song.wav");
    std::fs::write(&song, songs::song_wav(4.0, 120.0)).unwrap();
    let stems = dir.path().join("stems");
    let render = |tracks: &str, out: &std::path::Path| {
        let mut command = command();
        command
            .arg("render")
            .arg(&song)
            .args(["--track", tracks, "-o"])
            .arg(out);
        command.args(["--bpm", "120", "--key", "A minor", "--seed", "7"]);
        command.output().unwrap()
    };
    let output = render("drums,bass", &stems);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let names: Vec<String> = files_under(&stems)
        .iter()
        .map(|p| p.display().to_string())
        .collect();
    assert_eq!(names, ["bass-120-A_minor-7.wav", "drums-120-A_minor-7.wav"]);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(printed.lines().count(), 2, "{printed}");
    assert!(said.contains("drums:"), "{said}");
    for name in names {
        let reader = hound::WavReader::open(stems.join(name)).unwrap();
        assert_eq!(
            (reader.duration(), reader.spec().sample_rate),
            (4 * 44_100, 44_100)
        );
    }
    // A folder that ends like one need not exist, and one track may be one file in another format.
    let file = dir.path().join("new/bass.flac");
    assert!(render("bass", &file).status.success());
    assert!(std::fs::read(&file).unwrap().starts_with(b"fLaC"));
    let over_itself = render("bass", &song);
    assert_eq!(over_itself.status.code(), Some(2));
    assert_eq!(std::fs::read(&song).unwrap(), songs::song_wav(4.0, 120.0));
}
