//! What holds for any clip whatever.

use super::synth::{Song, Synth};
use crate::{
    analysis::{Analysis, AnalysisError, Hints, analyse},
    audio::AudioBuffer,
    music::{Bpm, KeyScale, Meter},
};
use proptest::prelude::*;

#[track_caller]
fn check(clip: &AudioBuffer, heard: &Analysis) {
    let duration_secs = clip.duration_secs();
    assert!((0.0..=1.0).contains(&heard.bpm_confidence));
    assert!((0.0..=1.0).contains(&heard.key_confidence));
    assert!(
        heard
            .beats_secs
            .iter()
            .all(|b| (0.0..duration_secs).contains(b))
    );
    assert!(heard.beats_secs.is_sorted_by(|a, b| a < b));
    assert!(
        heard
            .downbeats_secs
            .iter()
            .all(|d| heard.beats_secs.contains(d))
    );
    assert!(heard.downbeats_secs.is_sorted_by(|a, b| a < b));
    if duration_secs > 0.0 {
        assert_eq!(heard.bars[0].start_secs, 0.0);
        assert_eq!(heard.bars[heard.bars.len() - 1].end_secs, duration_secs);
    }
    assert!(
        heard
            .bars
            .windows(2)
            .all(|pair| pair[0].end_secs == pair[1].start_secs)
    );
    for bar in &heard.bars {
        assert!(bar.end_secs > bar.start_secs);
        assert!((-120.0..=0.0).contains(&bar.loudness_db));
    }
}

#[test]
fn silence_and_scraps_are_refused_unless_the_tempo_is_given() {
    let silent = AudioBuffer::silent(2, 88_200, 44_100);
    assert_eq!(
        analyse(&silent, &Hints::default()),
        Err(AnalysisError::Silent)
    );
    let scrap = Song {
        duration_secs: 0.49,
        ..Song::default()
    }
    .play()
    .clip();
    assert_eq!(
        analyse(&scrap, &Hints::default()),
        Err(AnalysisError::TooShort)
    );
    let hints = Hints {
        bpm: Bpm::new(100.0),
        ..Hints::default()
    };
    for frames in [0, 1, 7, 441, 22_050, 88_200] {
        let clip = AudioBuffer::silent(1, frames, 44_100);
        let heard = analyse(&clip, &hints).unwrap();
        check(&clip, &heard);
        assert_eq!(heard.key, None);
        assert_eq!(
            heard.beats_secs.first().copied(),
            (frames > 0).then_some(0.0)
        );
        assert!(
            heard
                .bars
                .iter()
                .all(|bar| bar.loudness_db == -120.0 && bar.chord.is_none())
        );
    }
}

#[test]
fn half_a_second_is_heard() {
    let clip = Song {
        duration_secs: 0.5,
        ..Song::default()
    }
    .play()
    .clip();
    check(&clip, &analyse(&clip, &Hints::default()).unwrap());
}

#[test]
fn noise_dc_and_broken_samples_give_numbers() {
    let mut noise = Synth::new(44_100, 5.0);
    noise.hiss(0.5);
    let broken: Vec<f32> = (0..44_100)
        .map(|i| [f32::NAN, f32::INFINITY, 1e30, 0.1][i % 4])
        .collect();
    for clip in [
        noise.clip(),
        AudioBuffer::new(vec![vec![0.5; 100_000]], 44_100).unwrap(),
        AudioBuffer::new(vec![broken], 44_100).unwrap(),
        AudioBuffer::new(vec![vec![1e-30; 44_100]; 3], 44_100).map_or_else(
            || unreachable!("three equal channels"),
            |mut clip| {
                clip.channels_mut().for_each(|c| c[9_000] = 1.0);
                clip
            },
        ),
    ] {
        check(&clip, &analyse(&clip, &Hints::default()).unwrap());
    }
}

#[test]
fn what_is_given_is_kept() {
    let clip = Song::default().play().clip();
    let key: KeyScale = "F# minor".parse().unwrap();
    let heard = analyse(
        &clip,
        &Hints {
            key: Some(key),
            ..Hints::default()
        },
    )
    .unwrap();
    assert_eq!((heard.key, heard.key_confidence), (Some(key), 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_clip_gives_rising_beats_inside_it_and_bars_without_gaps(
        rate_hz in 8_000_u32..=192_000,
        duration_secs in 0.0_f64..4.0,
        bpm in proptest::option::of(20.0_f64..=400.0),
        beats_per_bar in 1_u8..=32,
        unit_power in 0_u32..=5,
        clicks in proptest::collection::vec(0.0_f64..4.0, 0..12),
        hiss in prop_oneof![Just(0.0), 1e-6_f64..1.0],
    ) {
        let mut synth = Synth::new(rate_hz, duration_secs);
        synth.hiss(hiss);
        for at in clicks {
            synth.snare(at);
        }
        let meter = Meter::new(beats_per_bar, 1 << unit_power).unwrap();
        let clip = synth.clip();
        let hints = Hints { bpm: bpm.and_then(Bpm::new), meter, key: None };
        match analyse(&clip, &hints) {
            Ok(heard) => check(&clip, &heard),
            Err(_) => prop_assert!(hints.bpm.is_none()),
        }
    }
}
