//! The files an operator copies are taken by the program as it is.

use sideman_tests::service::command;
use std::path::{Path, PathBuf};

fn deploy(file: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.join("../deploy").join(file)
}

/// The variables that the compose file sets for the service, with a value each.
fn compose_environment() -> Vec<(String, String)> {
    let compose = std::fs::read_to_string(deploy("t4/compose.yaml")).unwrap();
    let (_, after) = compose.split_once("environment:").unwrap();
    let (ours, _) = after.split_once("volumes:").unwrap();
    let lines = ours.lines().map(str::trim);
    let pairs = lines.filter(|line| !line.starts_with('#'));
    pairs
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), filled(value)))
        .collect()
}

/// What compose makes of `${NAME:-default}` and `${NAME:?complaint}`.
fn filled(value: &str) -> String {
    let Some(inside) = value.strip_prefix("${").and_then(|v| v.strip_suffix('}')) else {
        return value.to_owned();
    };
    match inside.split_once(":-") {
        Some((_, default)) => default.to_owned(),
        None => "studio:a-long-random-text".into(),
    }
}

#[test]
fn the_t4_settings_are_what_the_service_makes_of_them() {
    let environment = compose_environment();
    assert!(environment.len() >= 6, "{environment:?}");
    let shown = command()
        .arg("config")
        .arg("--config")
        .arg(deploy("t4/wrapper-service.toml"))
        .envs(environment)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&shown.stderr);
    assert!(shown.status.success(), "{errors}");
    let shown = String::from_utf8(shown.stdout).unwrap();
    let value = |key: &str| {
        let line = shown
            .lines()
            .find(|l| l.split_whitespace().next() == Some(key));
        line.unwrap_or_else(|| panic!("no {key} in\n{shown}"))
            .to_owned()
    };
    for (key, word) in [
        ("engine", "acestep"),
        ("gate", "gpu-queue-service"),
        ("acestep.url", "http://acestep:8001"),
        ("gpu_queue_service.url", "http://gpu-queue-service:8085"),
        ("gpu_queue_service.tokens_per_job", "9500"),
        ("model.unload", "after_each_job"),
        ("jobs.gpu_wait_timeout_secs", "7200"),
    ] {
        assert!(value(key).contains(word), "{}", value(key));
    }
    assert!(!shown.contains("a-long-random-text"), "a secret is shown");
}

#[test]
fn the_unit_starts_the_program_with_words_it_knows() {
    let unit = std::fs::read_to_string(deploy("systemd/wrapper-service.service")).unwrap();
    let start = unit
        .lines()
        .find_map(|l| l.strip_prefix("ExecStart="))
        .unwrap();
    let mut words = start.split_whitespace().skip(1);
    let help = command()
        .args([words.next().unwrap(), "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for flag in words.filter(|w| w.starts_with("--")) {
        assert!(help.contains(flag), "{flag} is not in\n{help}");
    }
}

#[test]
fn the_image_starts_and_probes_the_program_with_words_it_knows() {
    let file = std::fs::read_to_string(deploy("t4/Containerfile")).unwrap();
    let lists = |word: &str| -> Vec<Vec<String>> {
        let lines = file.lines().map(str::trim);
        let lists = lines.filter_map(|l| l.strip_prefix(word));
        lists.map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    let (entry, commands) = (lists("ENTRYPOINT "), lists("CMD "));
    let [probe, start] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert_eq!(entry, [&probe[..1]], "the probe is another program");
    for words in [&probe[1..], start] {
        // After a word that it does not know, clap gives no help.
        let help = command().args(words).arg("--help").output().unwrap();
        assert!(help.status.success(), "{words:?}: {help:?}");
    }
}

#[test]
fn the_compose_file_names_the_settings_where_it_puts_them() {
    let compose = std::fs::read_to_string(deploy("t4/compose.yaml")).unwrap();
    let environment = compose_environment();
    let (_, path) = environment
        .iter()
        .find(|(name, _)| name == "SIDEMAN_CONFIG")
        .unwrap();
    let mount = format!("- ./wrapper-service.toml:{path}:ro");
    assert!(compose.contains(&mount), "no {mount}");
}
