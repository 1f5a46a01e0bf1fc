//! The grid must lie where the sounds begin: no sound, rate or attack may shift it.

use super::synth::Synth;
use crate::{
    analysis::{Analysis, Hints, analyse},
    music::Bpm,
};

const BPM: f64 = 120.0;
const FIRST_SECS: f64 = 0.2037;

/// One sound on every beat; answers how late (or early, below 0) the beats are heard.
fn bias_secs(rate_hz: u32, mut play: impl FnMut(&mut Synth, f64)) -> f64 {
    let mut synth = Synth::new(rate_hz, 12.0);
    for beat in 0..24 {
        play(&mut synth, FIRST_SECS + 60.0 / BPM * f64::from(beat));
    }
    let hints = Hints {
        bpm: Bpm::new(BPM),
        ..Hints::default()
    };
    let Analysis { beats_secs, .. } = analyse(&synth.clip(), &hints).unwrap();
    beats_secs[0] - FIRST_SECS
}

#[test]
fn sharp_sounds_are_placed_within_three_milliseconds() {
    type Play = fn(&mut Synth, f64);
    let sounds: [(&str, Play); 6] = [
        ("kick", |s, t| s.kick(t)),
        ("snare", |s, t| s.snare(t)),
        ("hat", |s, t| s.hat(t)),
        ("pluck", |s, t| s.pluck(t, 57, 0.2)),
        ("bass", |s, t| s.tone(t, 0.3, 33, 0.003, 0.4)),
        ("organ", |s, t| s.tone(t, 0.3, 69, 0.002, 0.3)),
    ];
    let mut worst = 0.0_f64;
    for rate_hz in [44_100, 48_000, 96_000] {
        for (name, play) in sounds {
            let bias = bias_secs(rate_hz, play);
            println!("{rate_hz} {name}: {:.2} ms", 1e3 * bias);
            worst = worst.max(bias.abs());
        }
    }
    assert!(worst <= 0.003, "{worst} s");
}

#[test]
fn soft_attacks_are_placed_near_their_beginning() {
    for attack_secs in [0.01, 0.02, 0.04] {
        let bias = bias_secs(44_100, |s, t| s.tone(t, 0.4, 64, attack_secs, 0.3));
        println!("attack {attack_secs}: {:.2} ms", 1e3 * bias);
        assert!(
            (-0.003..=0.3 * attack_secs + 0.003).contains(&bias),
            "{attack_secs}: {bias}"
        );
    }
}

#[test]
fn hiss_does_not_move_the_beats() {
    let mut synth = Synth::new(48_000, 12.0);
    synth.hiss(0.02);
    for beat in 0..24 {
        synth.kick(FIRST_SECS + 0.5 * f64::from(beat));
        synth.snare(FIRST_SECS + 0.5 * f64::from(beat));
    }
    let hints = Hints {
        bpm: Bpm::new(BPM),
        ..Hints::default()
    };
    let heard = analyse(&synth.clip(), &hints).unwrap().beats_secs[0];
    assert!((heard - FIRST_SECS).abs() <= 0.003, "{heard}");
}
