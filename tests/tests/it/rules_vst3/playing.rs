//! Blocks of every kind.

use super::{active, instance, library, moving, passes};
use crate::{
    host_support::noise,
    rules_support::{Dice, RATES_HZ},
};
use sideman_tests::{
    clap_host::Song,
    vst3_host::{Shown, Vst3Block, Vst3Host},
};
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn noise_passes_as_it_is_in_place_and_out_of_place() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let song = Song::at_tempo(120.0, 44_100);
    for seed in 1..20 {
        let input = noise(2, 512, seed);
        let block = Vst3Block {
            in_place: seed % 2 == 0,
            song: (seed % 3 == 0).then_some(&song),
            ..Vst3Block::of(&input)
        };
        passes(&host.audio(), &block).unwrap();
    }
}

#[test]
fn only_samples_of_32_bits_are_taken() {
    assert!(!Vst3Host::new(&library(), 2).unwrap().takes_64_bit());
}

#[test]
fn there_is_no_tail() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    assert_eq!(host.tail_frames(), 0);
    let (sound, silence) = (noise(2, 512, 1), vec![vec![0.0; 512]; 2]);
    passes(&host.audio(), &Vst3Block::of(&sound)).unwrap();
    passes(&host.audio(), &Vst3Block::of(&silence)).unwrap();
}

#[test]
fn what_it_wants_of_the_transport_it_says() {
    let wanted = Vst3Host::new(&library(), 2).unwrap().wanted_of_transport();
    // Musical position, bar, loop, tempo, meter, and whether it plays.
    let needed = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 10;
    let wanted = wanted.expect("it does not say");
    assert_eq!(wanted & needed, needed, "{wanted:#b}");
}

#[test]
fn silence_stays_silence_whatever_the_host_says_of_it() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 512);
    let (silence, sound) = (vec![vec![0.0; 512]; 2], noise(2, 512, 8));
    for silent in [0b00, 0b01, 0b10, 0b11, u64::MAX] {
        for in_place in [false, true] {
            let block = Vst3Block {
                silent,
                in_place,
                ..Vst3Block::of(&silence)
            };
            passes(&host.audio(), &block).unwrap();
            passes(&host.audio(), &Vst3Block::of(&sound)).unwrap();
        }
    }
    // Long enough for anything to ring out.
    for _ in 0..20 * 44_100 / 512 {
        let block = Vst3Block {
            silent: 0b11,
            ..Vst3Block::of(&silence)
        };
        passes(&host.audio(), &block).unwrap();
    }
}

#[test]
fn every_block_size_will_do() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 8192);
    let mut dice = Dice::new(2);
    for round in 0..40 {
        let frames = if round == 0 { 1 } else { 1 + dice.below(8192) };
        let input = noise(2, frames, round);
        passes(&host.audio(), &Vst3Block::of(&input)).unwrap();
        // None at all is a block too.
        let nothing = Vst3Block {
            shown: Shown::NoFrames,
            ..Vst3Block::of(&input)
        };
        host.send(&nothing).unwrap();
    }
}

#[test]
fn every_sample_rate_will_do() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    let input = noise(2, 64, 3);
    for rate_hz in RATES_HZ {
        host.activate_exactly(rate_hz, 8192).unwrap();
        let song = Song::at_tempo(120.0, rate_hz as u32);
        for _ in 0..3 {
            let block = Vst3Block {
                song: Some(&song),
                ..Vst3Block::of(&input)
            };
            passes(&host.audio(), &block).unwrap();
        }
        host.deactivate();
    }
}

#[test]
fn every_rate_and_size_also_without_letting_go() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    for lets_go in [true, false] {
        for rate_hz in [44_100, 48_000, 96_000] {
            for frames in [64, 128, 256, 512, 1024] {
                host.activate(rate_hz, frames).unwrap();
                for seed in 1..11 {
                    let input = noise(2, frames, seed);
                    let block = Vst3Block {
                        in_place: true,
                        ..Vst3Block::of(&input)
                    };
                    passes(&host.audio(), &block).unwrap();
                }
                if lets_go {
                    host.deactivate();
                }
            }
        }
    }
}

#[test]
fn a_block_larger_than_announced_passes_too() {
    let home = tempfile::tempdir().unwrap();
    let mut host = instance(&library(), home.path());
    for frames in [64, 128, 256, 512, 1024] {
        host.activate(48_000, frames).unwrap();
        for in_place in [false, true] {
            let input = noise(2, frames * 2, 5);
            let block = Vst3Block {
                in_place,
                ..Vst3Block::of(&input)
            };
            passes(&host.audio(), &block).unwrap();
        }
        host.deactivate();
    }
}

/// The host's automation on one thread, its knobs and texts on the other.
#[test]
fn parameters_move_on_one_thread_while_another_plays() {
    let home = tempfile::tempdir().unwrap();
    let host = active(home.path(), 32);
    let parameters = host.parameters().unwrap();
    let (audio, ended) = (host.audio(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let player = scope.spawn(|| {
            let (mut dice, input) = (Dice::new(1), noise(2, 32, 1));
            let played =
                (0..500).try_for_each(|_| passes(&audio, &moving(&input, &parameters, &mut dice)));
            ended.store(true, Ordering::Release);
            played
        });
        let mut dice = Dice::new(2);
        while !ended.load(Ordering::Acquire) {
            for p in &parameters {
                host.set_value(p.id, dice.unit());
                let value = host.value(p.id);
                assert!((0.0..=1.0).contains(&value), "{} is {value}", p.title);
                assert!(host.text_of(p.id, value).is_some());
            }
        }
        player.join().unwrap().unwrap();
    });
}
