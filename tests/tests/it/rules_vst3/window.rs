//! The window at awkward moments, in a host with a run loop and in one without.

use super::{active, moving, passes};
use crate::{
    host_support::{PATIENCE, noise},
    host_vst3::{instance, library},
    rules_support::Dice,
};
use sideman_tests::vst3_host::Vst3Host;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

#[test]
fn the_window_opens_ten_times_also_before_there_is_any_sound() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    for round in 0..10 {
        if round == 5 {
            host.activate(44_100, 512).unwrap();
        }
        let window = host.open_window(round % 2 == 0).unwrap();
        // Some are closed before they have painted at all.
        if round % 3 == 0 {
            window.wait_painted(PATIENCE).unwrap();
        }
        window.close().unwrap();
    }
}

#[test]
fn the_window_opens_and_closes_while_everything_moves() {
    opens_and_closes_while_everything_moves(true);
}

#[test]
fn the_window_opens_and_closes_while_everything_moves_without_a_run_loop() {
    opens_and_closes_while_everything_moves(false);
}

/// The last instance to go must find the framework's own thread as it expects it.
fn opens_and_closes_while_everything_moves(has_run_loop: bool) {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 64);
    while_everything_moves(&host, || {
        for _ in 0..4 {
            let window = host.open_window(has_run_loop).unwrap();
            window.run_for(Duration::from_millis(150));
            window.close().unwrap();
        }
    });
    drop(host);
}

#[test]
fn the_window_follows_a_host_that_moves_every_parameter() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let saved = host.save_state().unwrap();
    let window = host.open_window(true).unwrap();
    let mut dice = Dice::new(9);
    for _ in 0..40 {
        for p in host.parameters().unwrap() {
            host.set_value(p.id, dice.unit());
        }
        window.run_for(Duration::from_millis(10));
    }
    host.load_state(&saved).unwrap();
    window.wait_painted(PATIENCE).unwrap();
    window.close().unwrap();
}

/// Plays blocks on another thread in which every automatable parameter moves.
fn while_everything_moves(host: &Vst3Host, work: impl FnOnce()) {
    let parameters = host.parameters().unwrap();
    let (audio, ended) = (host.audio(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let player = scope.spawn(|| {
            let (mut dice, input) = (Dice::new(1), noise(2, 64, 1));
            // Bounded: a failure in `work` must not leave this running.
            for _ in 0..20_000 {
                if ended.load(Ordering::Acquire) {
                    break;
                }
                passes(&audio, &moving(&input, &parameters, &mut dice))?;
                std::thread::sleep(Duration::from_millis(1));
            }
            anyhow::Ok(())
        });
        work();
        ended.store(true, Ordering::Release);
        player.join().unwrap().unwrap();
    });
}
