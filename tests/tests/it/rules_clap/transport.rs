//! Transports that hosts have, and some that none should.

use crate::{
    host_support::{library, noise},
    rules_support::{Dice, active, noise_passes, passes},
};
use clack_host::{
    events::event_types::{TransportEvent, TransportFlags},
    prelude::*,
    utils::{BeatTime, SecondsTime},
};
use sideman_tests::clap_host::{Block, Host, Song};

const FRAMES: usize = 128;

/// What is not flagged holds nonsense: only the flags say what may be read.
fn thrown(dice: &mut Dice, at_frame: u32) -> TransportEvent {
    let mut event = Song::at_tempo(60.0 + 120.0 * dice.unit(), 44_100).event();
    event.header.set_time(at_frame);
    event.flags = TransportFlags::empty();
    let mut knows = |flag: TransportFlags| {
        let known = dice.coin();
        event.flags.set(flag, known);
        known
    };
    knows(TransportFlags::IS_PLAYING);
    knows(TransportFlags::IS_RECORDING);
    knows(TransportFlags::IS_WITHIN_PRE_ROLL);
    knows(TransportFlags::IS_LOOP_ACTIVE);
    let known = [
        TransportFlags::HAS_TEMPO,
        TransportFlags::HAS_TIME_SIGNATURE,
        TransportFlags::HAS_BEATS_TIMELINE,
        TransportFlags::HAS_SECONDS_TIMELINE,
    ]
    .map(knows);
    event.song_pos_beats = BeatTime::from_float(dice.unit() * 1000.0 - 10.0);
    event.song_pos_seconds = SecondsTime::from_float(dice.unit() * 1000.0 - 10.0);
    event.tempo_inc = (dice.unit() - 0.5) * 0.01;
    event.time_signature_numerator = 1 + dice.below(15) as u16;
    event.time_signature_denominator = 1 << dice.below(5);
    event.loop_start_beats = BeatTime::from_bits(i64::MAX);
    event.loop_end_beats = BeatTime::from_bits(i64::MIN);
    event.loop_start_seconds = SecondsTime::from_bits(i64::MAX);
    event.loop_end_seconds = SecondsTime::from_bits(i64::MIN);
    if !known[0] {
        (event.tempo, event.tempo_inc) = (f64::NAN, f64::NAN);
    }
    if !known[1] {
        event.time_signature_numerator = u16::MAX;
        event.time_signature_denominator = 0;
    }
    if !known[2] {
        event.song_pos_beats = BeatTime::from_bits(i64::MIN);
    }
    if !known[3] {
        event.song_pos_seconds = SecondsTime::from_bits(i64::MIN);
    }
    event
}

/// Captures too, so that takes, tempo maps and memory see each of these transports.
fn capturing(home: &std::path::Path) -> Host {
    let mut host = active(&library(), home, FRAMES);
    host.set_param("Capture", 1.0).unwrap();
    host.play_silence(&mut Song::at_tempo(120.0, 44_100), FRAMES)
        .unwrap();
    host
}

#[test]
fn without_a_transport_the_sound_passes() {
    let home = tempfile::tempdir().unwrap();
    let mut host = capturing(home.path());
    noise_passes(&mut host, [FRAMES; 5]);
}

#[test]
fn no_transport_disturbs_the_sound() {
    let home = tempfile::tempdir().unwrap();
    let mut host = capturing(home.path());
    let mut dice = Dice::new(6);
    host.on_audio_thread(|audio| {
        for seed in 1..300 {
            let input = noise(2, FRAMES, seed);
            let transport = thrown(&mut dice, 0);
            let block = Block {
                transport: Some(&transport),
                ..Block::of(&input)
            };
            passes(audio, &block)?;
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn no_pace_of_transport_events_disturbs_the_sound() {
    let home = tempfile::tempdir().unwrap();
    let mut host = capturing(home.path());
    let mut dice = Dice::new(7);
    for frames_apart in [1000, 100, 1] {
        host.on_audio_thread(|audio| {
            let mut at = 0;
            for seed in 1..20 {
                let mut events = EventBuffer::new();
                while at < FRAMES {
                    events.push(&thrown(&mut dice, at as u32));
                    at += frames_apart;
                }
                at -= FRAMES;
                let input = noise(2, FRAMES, seed);
                let transport = thrown(&mut dice, 0);
                let block = Block {
                    transport: Some(&transport),
                    events: Some(&events),
                    ..Block::of(&input)
                };
                passes(audio, &block)?;
            }
            Ok(())
        })
        .unwrap_or_else(|e| panic!("every {frames_apart} frames: {e:#}"));
    }
}

/// Beyond what a validator sends: flagged as known, and nonsense.
#[test]
fn a_transport_of_nonsense_disturbs_nothing_either() {
    let home = tempfile::tempdir().unwrap();
    let mut host = capturing(home.path());
    let sane = Song {
        loop_frames: Some((0, 44_100)),
        ..Song::at_tempo(120.0, 44_100)
    };
    let beats = [i64::MIN, -1, 0, i64::MAX].map(BeatTime::from_bits);
    let secs = [i64::MIN, -1, 0, i64::MAX].map(SecondsTime::from_bits);
    host.on_audio_thread(|audio| {
        let input = noise(2, FRAMES, 5);
        for tempo in [0.0, -120.0, f64::NAN, f64::INFINITY, 1e-300, 1e300, 120.0] {
            for (beat, sec) in beats.iter().zip(&secs) {
                for meter in [(0, 0), (4, 0), (0, 4), (u16::MAX, 3), (7, 8)] {
                    let mut event = sane.event();
                    event.tempo = tempo;
                    (event.song_pos_beats, event.song_pos_seconds) = (*beat, *sec);
                    (event.loop_start_beats, event.loop_end_beats) = (beats[3], *beat);
                    (event.loop_start_seconds, event.loop_end_seconds) = (*sec, secs[0]);
                    event.bar_start = *beat;
                    event.bar_number = i32::MIN;
                    (
                        event.time_signature_numerator,
                        event.time_signature_denominator,
                    ) = meter;
                    let block = Block {
                        transport: Some(&event),
                        ..Block::of(&input)
                    };
                    passes(audio, &block)?;
                }
            }
        }
        Ok(())
    })
    .unwrap();
    noise_passes(&mut host, [FRAMES; 3]);
}
