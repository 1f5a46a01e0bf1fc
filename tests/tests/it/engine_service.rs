//! The built service with the engine `acestep`, from outside.

use crate::api_support::job;
use sideman_tests::{
    acestep::{Flavour, Setup as SimulatorSetup, Simulator},
    service::{Service, Setup, command},
    songs,
};
use std::time::Duration;

fn start(simulator: &Simulator) -> Service {
    setup(simulator).start()
}

fn setup(simulator: &Simulator) -> Setup {
    let setup = Setup::new().arg("--engine").arg("acestep");
    setup
        .env("ACESTEP_URL", simulator.url())
        .env("ACESTEP_API_KEY", "swordfish")
}

fn keyed(flavour: Flavour) -> SimulatorSetup {
    SimulatorSetup {
        api_key: Some("swordfish".into()),
        ..SimulatorSetup::new(flavour)
    }
}

#[test]
fn a_job_is_played_by_both_servers() {
    for flavour in [Flavour::Lego, Flavour::April] {
        let simulator = keyed(flavour).start();
        let service = start(&simulator);
        let engines = service.send(service.get("/v1/engines")).json();
        assert_eq!(engines["engines"][0]["name"], "acestep", "{engines:#}");
        assert_eq!(engines["engines"][0]["healthy"], true, "{engines:#}");
        let source_id = service.upload(songs::song_wav(8.0, 120.0));
        let mut request = job(&source_id, &["drums", "vocals"]);
        request["variations"] = 2.into();
        let job_id = service.submit(&request);
        let done = service.finish(&job_id);
        assert_eq!(done["state"], "succeeded", "{done:#}\n{}", service.log());
        let stems = done["stems"].as_array().unwrap();
        assert_eq!(stems.len(), 4);
        for stem in stems {
            assert_eq!(stem["engine"], "acestep");
            assert_eq!(stem["model"], "acestep-v15-base");
            assert_eq!(stem["frames"], 8 * 44_100);
        }
        assert_eq!(simulator.tasks().len(), 4);
        assert!(!service.log().contains("swordfish"));
    }
}

#[test]
fn a_failing_server_is_tried_again_and_then_told_about() {
    let simulator = keyed(Flavour::Lego).start();
    simulator.fault(|f| f.fail = Some(sideman_tests::acestep::Failure::OutOfMemory));
    let service = start(&simulator);
    let source_id = service.upload(songs::song_wav(8.0, 120.0));
    let failed = service.finish(&service.submit(&job(&source_id, &["drums"])));
    assert_eq!(
        failed["error"]["code"], "engine_out_of_memory",
        "{failed:#}"
    );
    let detail = failed["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("CUDA out of memory"), "{detail}");
}

#[cfg(unix)]
#[test]
fn a_machine_with_no_folder_for_temporary_files_plays() {
    let simulator = keyed(Flavour::Lego).start();
    let setup = setup(&simulator).env("TMPDIR", "/nowhere");
    let service = setup.start();
    // A short song is repeated, so a file is made to send; and one comes back.
    let source_id = service.upload(songs::song_wav(8.0, 120.0));
    let done = service.finish(&service.submit(&job(&source_id, &["drums"])));
    assert_eq!(done["state"], "succeeded", "{done:#}\n{}", service.log());
    let left = service.files();
    let left: Vec<_> = left
        .iter()
        .filter(|f| f.starts_with("artifacts/incoming"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_server_that_comes_back_plays_the_job_that_waited() {
    let mut simulator = keyed(Flavour::Lego).start();
    simulator.crash();
    let service = start(&simulator);
    let source_id = service.upload(songs::song_wav(8.0, 120.0));
    let health = service.send(service.get("/v1/engines")).json();
    assert_eq!(health["engines"][0]["healthy"], false, "{health:#}");
    let job_id = service.submit(&job(&source_id, &["drums"]));
    simulator.restart();
    let done = service.finish(&job_id);
    assert_eq!(done["state"], "succeeded", "{done:#}");
}

#[test]
fn a_cancelled_job_is_over_at_once() {
    let simulator = SimulatorSetup {
        job: Duration::from_secs(30),
        ..keyed(Flavour::Lego)
    }
    .start();
    let service = start(&simulator);
    let source_id = service.upload(songs::song_wav(8.0, 120.0));
    let job_id = service.submit(&job(&source_id, &["drums"]));
    simulator.wait_until("a task", |s| s.tasks().len() == 1);
    service.send(service.delete(&format!("/v1/jobs/{job_id}")));
    let cancelled = service.finish(&job_id);
    assert_eq!(cancelled["state"], "cancelled", "{cancelled:#}");
    assert!(!simulator.tasks()[0].over);
}

#[test]
fn the_doctor_looks_at_the_server() {
    let mut simulator = keyed(Flavour::April).start();
    let data = tempfile::tempdir().unwrap();
    let check = |url: &str, key: &str| {
        let output = command()
            .args(["check", "--engine", "acestep", "--data-dir"])
            .arg(data.path())
            .env("ACESTEP_URL", url)
            .env("ACESTEP_API_KEY", key)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said)
    };
    let (well, said) = check(&simulator.url(), "swordfish");
    assert!(well && said.contains("model acestep-v15-base"), "{said}");
    let (well, said) = check(&simulator.url(), "herring");
    assert!(!well && said.contains("ACESTEP_API_KEY"), "{said}");
    let url = simulator.url();
    simulator.crash();
    let (well, said) = check(&url, "swordfish");
    assert!(!well && said.contains("does not answer"), "{said}");
}

#[test]
fn render_and_calibrate_play_without_a_service() {
    let simulator = keyed(Flavour::Lego).start();
    let dir = tempfile::tempdir().unwrap();
    let song = dir.path().join("song.wav");
    std::fs::write(&song, songs::song_wav(8.0, 120.0)).unwrap();
    let run = |args: &[&str]| {
        let output = command()
            .args(args)
            .args(["--engine", "acestep"])
            .current_dir(dir.path())
            .env("ACESTEP_URL", simulator.url())
            .env("ACESTEP_API_KEY", "swordfish")
            .env("SIDEMAN_DATA_DIR", dir.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["render", "song.wav", "--track", "drums", "-o", "drums.wav"]);
    let reader = hound::WavReader::open(dir.path().join("drums.wav")).unwrap();
    assert_eq!(reader.duration(), 8 * 44_100);
    // A short loop was given context.
    assert_eq!(
        simulator.tasks()[0].received.text("audio_duration"),
        "64.000"
    );

    let said = run(&[
        "check",
        "--calibrate",
        "--source",
        "song.wav",
        "--within",
        "20",
    ]);
    for words in [
        "model        acestep-v15-base",
        "source       8.0 s",
        "steps        50, ",
        "memory       ",
        "acestep.steps = 50",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    // It measured a cold start.
    assert_eq!(simulator.calls("/v1/unload"), 1);
    let said = run(&["check", "--calibrate"]);
    assert!(said.contains("source       30.0 s"), "{said}");
}
