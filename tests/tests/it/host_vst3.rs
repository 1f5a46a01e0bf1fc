//! The plugin's VST3 face, in a host of the tests' own.

use crate::host_support::{PATIENCE, noise, takes};
use sideman_tests::{
    clap_host::{Song, built_plugin},
    vst3_host::{Vst3Host, Vst3Library},
};
use std::{path::Path, rc::Rc, time::Instant};

pub fn library() -> Rc<Vst3Library> {
    Vst3Library::load(&built_plugin().unwrap()).unwrap()
}

/// An instance whose takes lie below `home`, with no service to be found.
pub fn instance(library: &Rc<Vst3Library>, home: &Path) -> Vst3Host {
    let host = Vst3Host::new(library, 2).unwrap();
    let mut state: serde_json::Value = serde_json::from_slice(&host.save_state().unwrap()).unwrap();
    let field = state.pointer_mut("/fields/project").unwrap();
    let mut project: serde_json::Value = serde_json::from_str(field.as_str().unwrap()).unwrap();
    project["settings"] = serde_json::json!({
        "service_address": "http://127.0.0.1:9",
        "cache_folder": home,
    });
    *field = project.to_string().into();
    host.load_state(&serde_json::to_vec(&state).unwrap())
        .unwrap();
    host
}

#[test]
fn the_module_has_one_audio_class_and_refuses_others() {
    let library = library();
    let classes = library.classes();
    let audio: Vec<_> = classes
        .iter()
        .filter(|(_, category)| category == "Audio Module Class")
        .collect();
    assert_eq!(audio.len(), 1, "{classes:?}");
    assert_eq!(audio[0].0, "Sideman");
    assert!(library.refuses_unknown_classes());
}

#[test]
fn sound_passes_to_the_bit_in_every_layout_and_without_latency() {
    let library = library();
    for channels in [1, 2] {
        for in_place in [false, true] {
            let mut host = Vst3Host::new(&library, channels).unwrap();
            host.activate(44_100, 8192).unwrap();
            assert_eq!(host.latency_frames(), 0);
            let mut song = Song::at_tempo(127.5, 44_100);
            let input = noise(channels, 30_000, 5);
            let output = host
                .play(&mut song, &input, &[1, 64, 8192, 441], in_place)
                .unwrap();
            assert!(output == input, "{channels} channels, in place: {in_place}");
        }
    }
}

#[test]
fn a_take_knows_its_place_and_tempo() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 512).unwrap();
    let mut song = Song::at_tempo(92.5, 48_000);
    song.playing = false;
    host.set_param("Capture", 1.0).unwrap();
    host.play(&mut song, &noise(2, 512, 1), &[512], false)
        .unwrap();
    (song.playing, song.pos) = (true, 96_000);
    let input = noise(2, 48_000, 2);
    host.play(&mut song, &input, &[512], false).unwrap();
    song.playing = false;
    host.play(&mut song, &noise(2, 512, 3), &[512], false)
        .unwrap();

    let deadline = Instant::now() + PATIENCE;
    let found = loop {
        let found = takes(home.path());
        if !found.is_empty() {
            break found;
        }
        assert!(Instant::now() < deadline, "no take");
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    let (take, sound) = &found[0];
    assert_eq!(take["tempo_bpm"], 92.5);
    assert_eq!(take["start_samples"], 96_000);
    assert_eq!(take["lost_frames"], 0);
    assert!(*sound == input, "kept to the bit");
}

#[test]
fn a_state_saved_is_the_state_loaded_and_nonsense_is_refused_without_harm() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    host.activate(48_000, 512).unwrap();
    host.set_param("Audition Gain", 0.25).unwrap();
    let mut song = Song::at_tempo(120.0, 48_000);
    host.play(&mut song, &noise(2, 512, 1), &[512], false)
        .unwrap();
    let saved = host.save_state().unwrap();

    let other = Vst3Host::new(&library, 2).unwrap();
    other.load_state(&saved).unwrap();
    assert_eq!(
        other.param("Audition Gain").unwrap(),
        host.param("Audition Gain").unwrap()
    );
    assert!(other.save_state().unwrap() == saved);
    for nonsense in [
        &b""[..],
        b"{}",
        b"not a state at all",
        &saved[..saved.len() / 2],
    ] {
        assert!(other.load_state(nonsense).is_err());
    }
    assert!(other.save_state().unwrap() == saved, "nonsense changed it");
}
