//! Parameters, the project's state, and the window.

use crate::host_support::{PATIENCE, instance, library, noise};
use sideman_tests::clap_host::{Host, Song};

#[test]
fn the_project_keeps_parameters_settings_and_form() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 512).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    host.set_param("Audition Gain", 0.25).unwrap();
    host.set_param("Track", 2.0 / 11.0).unwrap();
    host.play_silence(&mut song, 512).unwrap();
    // The host's track button reaches the form, and with it the project.
    let saved = host
        .wait_for("the form to follow the host's track", PATIENCE, |host| {
            let project = host.project()?;
            Ok((project["form"]["track"] == "drums").then(|| host.save_state()))
        })
        .unwrap()
        .unwrap();

    let mut other = Host::new(&library).unwrap();
    other.load_state(&saved).unwrap();
    assert_eq!(
        other.param("Audition Gain").unwrap(),
        host.param("Audition Gain").unwrap()
    );
    let project = other.project().unwrap();
    assert_eq!(project["form"]["track"], "drums");
    assert_eq!(
        project["settings"]["cache_folder"],
        home.path().to_str().unwrap()
    );
    // Loaded before its session has begun, and still there after.
    other.activate(48_000, 512).unwrap();
    assert_eq!(other.project().unwrap()["form"]["track"], "drums");
}

#[test]
fn an_instance_that_is_only_looked_at_starts_no_thread_and_writes_no_file() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.save_state().unwrap();
    drop(host);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn sound_passes_before_during_and_after_capturing() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 2048).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    for capture in [0.0, 1.0, 0.0] {
        host.set_param("Capture", capture).unwrap();
        // Denormals too: the plugin does not touch what it does not change.
        let mut input = noise(2, 10_000, 4);
        input[0][5] = f32::from_bits(3);
        let output = host.play(&mut song, &input, &[2048, 1, 99]).unwrap();
        assert!(output == input, "capture at {capture}");
    }
}

#[test]
fn the_window_opens_paints_closes_and_remembers_its_size() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    for round in 0..2 {
        let mut window = host.open_window().unwrap();
        window.wait_painted(&mut host, PATIENCE).unwrap();
        let shot = home.path().join("window.png");
        window.screenshot(&shot).unwrap();
        assert!(std::fs::metadata(&shot).unwrap().len() > 1000);
        if round == 0 {
            window.resize(&mut host, 900, 700).unwrap();
            window.wait_painted(&mut host, PATIENCE).unwrap();
        } else {
            assert_eq!(window.size(), (900, 700));
        }
        window.close(&mut host).unwrap();
    }
}

#[test]
fn a_window_that_is_shown_long_after_it_was_made_paints() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let pause = std::time::Duration::from_millis(700);
    let window = host.open_window_after(pause).unwrap();
    window.wait_painted(&mut host, PATIENCE).unwrap();
    window.close(&mut host).unwrap();
}

#[test]
fn a_state_saved_is_the_state_loaded_to_the_byte() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 512).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    host.set_param("Audition Gain", 0.7).unwrap();
    host.set_param("Capture", 1.0).unwrap();
    host.play_silence(&mut song, 512).unwrap();
    // The host's button reaches the session a moment later.
    host.wait_for("capture to be on", PATIENCE, |host| {
        Ok((host.project()?["capture_on"] == true).then_some(()))
    })
    .unwrap();
    let saved = host.save_state().unwrap();
    drop(host);

    let mut other = Host::new(&library).unwrap();
    other.load_state(&saved).unwrap();
    assert!(other.save_state().unwrap() == saved, "before it runs");
    other.activate(48_000, 512).unwrap();
    song.playing = false;
    other.play_silence(&mut song, 512).unwrap();
    assert!(other.save_state().unwrap() == saved, "while it runs");
}
