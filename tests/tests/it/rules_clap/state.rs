//! The state: whole, broken, in small pieces, and at awkward moments.

use crate::{
    host_support::{instance, library, noise},
    rules_support::{Dice, active, noise_passes},
};
use clack_extensions::params::ParamRescanFlags;
use clack_host::prelude::*;
use sideman_tests::clap_host::{Host, Parameter, Song};

/// Moves every automatable parameter by a flush.
fn move_all(host: &mut Host, dice: &mut Dice) {
    let mut events = EventBuffer::new();
    for p in host.parameters().unwrap() {
        if p.is_automatable() {
            let value = p.min + dice.unit() * (p.max - p.min);
            events.push(&p.moved(0, if p.is_stepped() { value.round() } else { value }));
        }
    }
    host.flush(&events).unwrap();
}

#[test]
fn what_is_no_state_is_refused_and_changes_nothing() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    move_all(&mut host, &mut Dice::new(1));
    let (saved, values) = (host.save_state().unwrap(), host.values().unwrap());
    let mut dice = Dice::new(11);
    let mut broken = vec![
        Vec::new(),
        vec![0],
        vec![0; 8],
        vec![0xff; 8],
        vec![0xff; 1 << 16],
        b"{}".to_vec(),
    ];
    broken.extend((0..3).map(|_| dice.bytes(1 << 20)));
    // A length that fits, and nothing but noise behind it.
    let mut noise = 1000_u64.to_le_bytes().to_vec();
    noise.extend(dice.bytes(1000));
    broken.push(noise);
    // Half a project, and the length of more than is there.
    broken.extend((1..16).map(|part| saved[..saved.len() * part / 16].to_vec()));
    broken.push([&u64::MAX.to_le_bytes(), &saved[8..]].concat());
    broken.push([&(1_u64 << 40).to_le_bytes(), &saved[8..]].concat());
    host.take_rescans();
    for bytes in &broken {
        assert!(host.load_state(bytes).is_err(), "{} bytes", bytes.len());
        assert!(host.save_state().unwrap() == saved);
    }
    assert_eq!(host.values().unwrap(), values);
    assert_eq!(host.take_rescans(), ParamRescanFlags::empty());
    host.load_state(&saved).unwrap();
}

/// A state that is one, with fields and values of another version of the plugin.
#[test]
fn a_state_of_another_version_is_taken_as_far_as_it_goes() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    let saved = host.save_state().unwrap();
    let mut state: serde_json::Value = serde_json::from_slice(&saved[8..]).unwrap();
    state["fields"]["from the future"] = "\"\"".into();
    state["fields"]["project"] = "{\"nobody\": [1, {}], \"stems\": 7}".into();
    state["params"]["from the future"] = serde_json::json!({ "f32": 0.5 });
    state["params"]["audition_gain"] = serde_json::json!({ "f32": -6.0 });
    let body = serde_json::to_vec(&state).unwrap();
    let bytes = [&(body.len() as u64).to_le_bytes(), &body[..]].concat();
    host.load_state(&bytes).unwrap();
    let gain = host.param("Audition Gain").unwrap();
    assert!((gain - 34.0 / 52.0).abs() < 1e-6, "{gain}");
    host.activate(44_100, 512).unwrap();
    noise_passes(&mut host, [512]);
}

#[test]
fn a_state_comes_back_to_the_byte_also_in_small_pieces() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut dice = Dice::new(21);
    for (written_at_once, read_at_once) in [(usize::MAX, usize::MAX), (23, 17), (1, 1)] {
        let mut host = instance(&library, home.path());
        move_all(&mut host, &mut dice);
        let saved = host.save_in_pieces(written_at_once).unwrap();
        let values = host.values().unwrap();
        drop(host);

        let mut other = Host::new(&library).unwrap();
        let listed = other.parameters().unwrap();
        assert_ne!(other.values().unwrap(), values);
        other.load_in_pieces(&saved, read_at_once).unwrap();
        let rescans = other.take_rescans();
        assert!(rescans.contains(ParamRescanFlags::VALUES), "{rescans:?}");
        assert_eq!(other.values().unwrap(), values);
        assert!(other.save_state().unwrap() == saved);
        let ids = |listed: &[Parameter]| Vec::from_iter(listed.iter().map(|p| p.id));
        assert_eq!(ids(&other.parameters().unwrap()), ids(&listed));
    }
}

#[test]
fn a_state_is_saved_and_loaded_while_sound_plays() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 256);
    let first = host.save_state().unwrap();
    host.set_param("Audition Gain", 0.9).unwrap();
    host.play_silence(&mut Song::at_tempo(120.0, 44_100), 256)
        .unwrap();
    let second = host.save_state().unwrap();
    assert!(first != second);
    host.while_playing(&noise(2, 256, 3), |host| {
        for _ in 0..20 {
            for state in [&first, &second] {
                host.load_state(state)?;
                host.run_callbacks();
                let again = host.save_state()?;
                assert!(again == *state, "not what was loaded");
            }
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn parameters_are_read_while_sound_plays() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 64);
    let values = host.values().unwrap();
    let parameters = host.parameters().unwrap();
    host.while_playing(&noise(2, 64, 3), |host| {
        for _ in 0..200 {
            assert_eq!(host.values()?, values);
            for p in &parameters {
                assert!(host.text_of(p.id, p.max).is_some());
            }
        }
        Ok(())
    })
    .unwrap();
}
