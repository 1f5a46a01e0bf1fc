//! The window at awkward moments: what pluginval asks of an editor, asked through CLAP.

use crate::{
    host_support::{PATIENCE, instance, library, noise},
    rules_support::{Dice, active},
};
use sideman_tests::clap_host::Song;
use std::{
    ffi::{CStr, c_char, c_int},
    ptr::null,
    time::Duration,
};

#[test]
fn the_window_opens_ten_times_also_before_there_is_any_sound() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    for round in 0..10 {
        if round == 5 {
            host.activate(44_100, 512).unwrap();
        }
        let window = host.open_window().unwrap();
        // Some are closed before they have painted at all.
        if round % 3 == 0 {
            window.wait_painted(&mut host, PATIENCE).unwrap();
        }
        window.close(&mut host).unwrap();
    }
}

#[test]
fn the_window_opens_paints_and_closes_while_sound_plays() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    host.while_playing(&noise(2, 512, 6), |host| {
        for _ in 0..2 {
            let window = host.open_window()?;
            window.wait_painted(host, PATIENCE)?;
            window.close(host)?;
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn the_window_follows_automation_and_a_project_that_is_loaded() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    let saved = host.save_state().unwrap();
    let window = host.open_window().unwrap();
    let (mut dice, mut song) = (Dice::new(9), Song::at_tempo(120.0, 44_100));
    let parameters = host.parameters().unwrap();
    for _ in 0..40 {
        for p in parameters.iter().filter(|p| p.is_automatable()) {
            host.set_param(&p.name, dice.unit()).unwrap();
        }
        host.play_silence(&mut song, 512).unwrap();
        window.run_for(&mut host, Duration::from_millis(10));
    }
    host.load_state(&saved).unwrap();
    window.run_for(&mut host, Duration::from_millis(50));
    window.wait_painted(&mut host, PATIENCE).unwrap();
    window.close(&mut host).unwrap();
}

#[test]
fn the_window_lives_through_changes_of_its_scale() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let window = host.open_window().unwrap();
    for scale in [1.0, 1.5, 2.0, 0.75, 3.0, 1.0] {
        window.set_scale(&mut host, scale);
        window.run_for(&mut host, Duration::from_millis(30));
        window.wait_painted(&mut host, PATIENCE).unwrap();
    }
    window.close(&mut host).unwrap();
}

#[test]
fn an_instance_goes_with_its_window_still_open() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    let window = host.open_window().unwrap();
    window.wait_painted(&mut host, PATIENCE).unwrap();
    drop(host);
    drop(window);
    // The library is none the worse for it.
    let mut host = instance(&library, home.path());
    let window = host.open_window().unwrap();
    window.wait_painted(&mut host, PATIENCE).unwrap();
    window.close(&mut host).unwrap();
}

unsafe extern "C" {
    fn setlocale(category: c_int, locale: *const c_char) -> *const c_char;
}

/// Of Linux and its C libraries.
const LC_ALL: c_int = 6;

fn locale(wanted: Option<&CStr>) -> Option<String> {
    // SAFETY: the name is a C string or null, and what comes back is copied before the next call.
    unsafe {
        let told = setlocale(LC_ALL, wanted.map_or(null(), CStr::as_ptr));
        (!told.is_null()).then(|| CStr::from_ptr(told).to_string_lossy().into_owned())
    }
}

/// A host whose language has a comma where numbers have a point, where the system knows one.
#[test]
fn the_plugin_keeps_to_its_own_numbers_and_leaves_the_host_its_language() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut spoken = 0;
    for name in [c"C", c"C.UTF-8", c"de_DE.UTF-8", c"fr_FR.UTF-8"] {
        let Some(set) = locale(Some(name)) else {
            continue;
        };
        spoken += 1;
        let mut host = active(&library, home.path(), 512);
        let gain = host.parameters().unwrap();
        let gain = gain.iter().find(|p| p.name == "Audition Gain").unwrap();
        // −40 to 12 dB, counted from 0 to 1.
        let value = 33.5 / 52.0;
        assert_eq!(host.text_of(gain.id, value).as_deref(), Some("-6.5 dB"));
        let back = host.value_of(gain.id, "-6.5 dB").unwrap();
        assert!((back - value).abs() < 1e-6, "{back}");
        host.set_param("Audition Gain", 0.333).unwrap();
        host.play_silence(&mut Song::at_tempo(120.5, 44_100), 512)
            .unwrap();
        let saved = host.save_state().unwrap();
        host.load_state(&saved).unwrap();
        assert!(host.save_state().unwrap() == saved);
        let window = host.open_window().unwrap();
        window.wait_painted(&mut host, PATIENCE).unwrap();
        window.close(&mut host).unwrap();
        drop(host);
        assert_eq!(locale(None), Some(set), "the host's language was changed");
    }
    locale(Some(c"C"));
    assert!(spoken >= 1);
}
