//! The state between moves.

use super::{active, passes};
use crate::{host_support::noise, rules_support::Dice};
use sideman_tests::vst3_host::{Vst3Block, Vst3Host};

fn values(host: &Vst3Host) -> Vec<f64> {
    let parameters = host.parameters().unwrap();
    parameters.iter().map(|p| host.value(p.id)).collect()
}

/// As pluginval at its strictest: to the byte, straight after.
#[test]
fn what_is_loaded_is_what_is_saved_though_everything_moved() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let (parameters, input) = (host.parameters().unwrap(), noise(2, 512, 1));
    let (mut dice, original) = (Dice::new(5), values(&host));
    for _ in 0..40 {
        let saved = host.save_state().unwrap();
        let moved = parameters.iter().filter(|p| p.flags & 1 != 0);
        let moved = moved.map(|p| (p.id, vec![(0, dice.unit())]));
        let block = Vst3Block {
            moved: Some(moved.collect()),
            ..Vst3Block::of(&input)
        };
        passes(&host.audio(), &block).unwrap();
        assert_ne!(values(&host), original);
        host.load_state(&saved).unwrap();
        assert_eq!(values(&host), original);
        assert!(host.save_state().unwrap() == saved, "not what was loaded");
    }
}

#[test]
fn noise_instead_of_a_state_is_refused_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let (saved, mut dice) = (host.save_state().unwrap(), Dice::new(6));
    let mut broken = vec![Vec::new(), vec![0; 64], vec![0xff; 1 << 20]];
    broken.extend((0..3).map(|_| dice.bytes(1 << 20)));
    broken.extend((1..16).map(|part| saved[..saved.len() * part / 16].to_vec()));
    for bytes in &broken {
        assert!(host.load_state(bytes).is_err(), "{} bytes", bytes.len());
    }
    assert!(host.save_state().unwrap() == saved);
}
