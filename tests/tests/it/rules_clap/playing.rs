//! Blocks of every kind.

use crate::{
    host_support::{instance, library, noise},
    rules_support::{Dice, RATES_HZ, active, noise_passes, passes},
};
use clack_host::{
    events::{
        Match, Pckn,
        event_types::{MidiEvent, NoteChokeEvent, NoteOffEvent, NoteOnEvent},
    },
    prelude::*,
};
use sideman_tests::clap_host::{Block, Song};

#[test]
fn noise_passes_as_it_is_in_place_and_out_of_place() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    host.on_audio_thread(|audio| {
        for seed in 1..20 {
            let input = noise(2, 512, seed);
            let block = Block {
                in_place: seed % 2 == 0,
                ..Block::of(&input)
            };
            passes(audio, &block)?;
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn what_is_barely_a_number_passes_as_it_is() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    let mut dice = Dice::new(1);
    let tiny = |dice: &mut Dice| f32::from_bits(dice.below(1 << 23) as u32);
    let input: Vec<Vec<f32>> = (0..2)
        .map(|_| (0..512).map(|_| tiny(&mut dice)).collect())
        .collect();
    host.on_audio_thread(|audio| {
        for _ in 0..20 {
            let answer = audio.send(&Block::of(&input))?;
            // By the bits: where denormals are flushed, they compare equal to nothing at all.
            for (out, put_in) in answer.output.iter().flatten().zip(input.iter().flatten()) {
                assert_eq!(out.to_bits(), put_in.to_bits());
            }
        }
        Ok(())
    })
    .unwrap();
}

/// A broken plugin before this one must not make this one broken too.
#[test]
fn what_is_no_number_does_not_stay() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    host.set_param("Capture", 1.0).unwrap();
    let mut song = Song::at_tempo(120.0, 44_100);
    host.play_silence(&mut song, 512).unwrap();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        host.on_audio_thread(|audio| {
            let input = vec![vec![bad; 512]; 2];
            let block = Block {
                transport: Some(&song.event()),
                ..Block::of(&input)
            };
            audio.send(&block)?;
            Ok(())
        })
        .unwrap();
        noise_passes(&mut host, [512, 512]);
    }
}

#[test]
fn silence_stays_silence_whatever_the_host_says_of_it() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    let (silence, sound) = (vec![vec![0.0; 512]; 2], noise(2, 512, 8));
    host.on_audio_thread(|audio| {
        for (input, constant) in [
            (&silence, 0b11),
            (&sound, 0b00),
            (&silence, 0b00),
            (&silence, 0b01),
            (&silence, 0b11),
            (&silence, u64::MAX),
        ] {
            for in_place in [false, true] {
                let block = Block {
                    constant,
                    in_place,
                    ..Block::of(input)
                };
                passes(audio, &block)?;
            }
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn it_makes_no_sound_in_its_sleep_and_sleeps_not_while_it_listens() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    let (silence, sound) = (vec![vec![0.0; 512]; 2], noise(2, 512, 9));
    let playing = Song::at_tempo(120.0, 44_100).event();
    host.on_audio_thread(|audio| {
        for (input, transport, awake) in [
            (&silence, None, false),
            (&sound, None, false),
            (&silence, None, false),
            // A host that let it sleep here would tear a hole into what is remembered.
            (&silence, Some(&playing), true),
            (&sound, Some(&playing), true),
            (&silence, None, false),
        ] {
            for _ in 0..10 {
                let block = Block {
                    transport,
                    ..Block::of(input)
                };
                let answer = audio.send(&block)?;
                assert_eq!(answer.output, *input);
                assert_eq!(answer.status == ProcessStatus::Continue, awake);
                assert_ne!(answer.status, ProcessStatus::Tail, "it has no tail");
            }
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn notes_that_it_has_no_use_for_do_no_harm() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    let mut dice = Dice::new(4);
    let mut events = EventBuffer::new();
    for at in 0..128 {
        let pckn = match dice.coin() {
            true => Pckn::match_all(),
            false => Pckn::new(
                dice.below(3) as u16,
                dice.below(16) as u16,
                Match::Specific(dice.below(128) as u16),
                dice.below(9) as u32,
            ),
        };
        match dice.below(4) {
            0 => events.push(&NoteOnEvent::new(at, pckn, dice.unit())),
            1 => events.push(&NoteOffEvent::new(at, pckn, dice.unit())),
            2 => events.push(&NoteChokeEvent::new(at, pckn)),
            _ => events.push(&MidiEvent::new(at, 0, [0x90, dice.below(256) as u8, 255])),
        }
    }
    host.on_audio_thread(|audio| {
        let input = noise(2, 512, 2);
        let block = Block {
            events: Some(&events),
            ..Block::of(&input)
        };
        (0..5).try_for_each(|_| passes(audio, &block))
    })
    .unwrap();
}

#[test]
fn every_sample_rate_will_do() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    for rate_hz in RATES_HZ {
        host.activate_exactly(rate_hz, 512).unwrap();
        let transport = Song::at_tempo(120.0, rate_hz as u32).event();
        host.on_audio_thread(|audio| {
            for seed in 1..6 {
                let input = noise(2, 512, seed);
                let block = Block {
                    transport: Some(&transport),
                    ..Block::of(&input)
                };
                passes(audio, &block)?;
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("at {rate_hz} Hz: {e:#}"));
        host.deactivate();
    }
}

#[test]
fn every_block_size_will_do() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = instance(&library, home.path());
    for frames in [1, 256, 1024, 4096, 16_384, 1536, 10, 17, 2027, 8192] {
        host.activate(44_100, frames).unwrap();
        noise_passes(&mut host, [frames; 5]);
        host.deactivate();
    }
    let mut dice = Dice::new(2);
    host.activate(44_100, 8192).unwrap();
    noise_passes(
        &mut host,
        (0..60).map(|_| match dice.below(5) {
            0 => 1,
            _ => 1 + dice.below(8192),
        }),
    );
}

#[test]
fn a_reset_or_a_new_start_changes_nothing_that_follows() {
    let (library, home) = (library(), tempfile::tempdir().unwrap());
    let mut host = active(&library, home.path(), 512);
    noise_passes(&mut host, [512, 100]);
    host.on_audio_thread(|audio| {
        audio.reset();
        audio.reset();
        Ok(())
    })
    .unwrap();
    noise_passes(&mut host, [512, 100]);
    // Started and stopped with nothing played between.
    for _ in 0..10 {
        host.deactivate();
        host.activate(44_100, 512).unwrap();
    }
    noise_passes(&mut host, [512, 100]);
    host.deactivate();
    host.deactivate();
}
