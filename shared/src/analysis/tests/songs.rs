//! Whole songs: tempo, beats, downbeats, key, chords and sections.

use super::synth::{IN_C, Song, Synth};
use crate::{
    analysis::{Analysis, ChordQuality, Hints, analyse},
    music::{Bpm, Meter},
};

fn hear(song: &Song, hints: &Hints) -> Analysis {
    analyse(&song.play().clip(), hints).unwrap()
}

fn given(bpm: f64) -> Hints {
    Hints {
        bpm: Bpm::new(bpm),
        ..Hints::default()
    }
}

/// The largest distance between beats heard and beats played, which must be as many.
#[track_caller]
fn worst_secs(heard: &[f64], played: &[f64]) -> f64 {
    assert_eq!(
        heard.len(),
        played.len(),
        "heard {heard:?}\nplayed {played:?}"
    );
    heard
        .iter()
        .zip(played)
        .map(|(h, p)| (h - p).abs())
        .fold(0.0, f64::max)
}

#[test]
fn a_given_tempo_puts_beats_within_five_milliseconds() {
    for (bpm, rate_hz, first) in [
        (92.5, 44_100, 0.731),
        (127.5, 48_000, 0.0),
        (174.0, 96_000, 0.333),
        (68.0, 44_100, 1.2),
    ] {
        let song = Song {
            bpm,
            rate_hz,
            first_downbeat_secs: first,
            duration_secs: 20.0,
            ..Song::default()
        };
        let heard = hear(&song, &given(bpm));
        assert_eq!((heard.bpm.get(), heard.bpm_confidence), (bpm, 1.0));
        let worst = worst_secs(&heard.beats_secs, &song.beats_secs());
        assert!(worst <= 0.005, "{bpm}: {worst}");
        let worst = worst_secs(&heard.downbeats_secs, &song.downbeats_secs());
        assert!(worst <= 0.005, "{bpm}: {worst}");
    }
}

#[test]
fn an_eight_bar_loop_begins_on_its_downbeat() {
    for drums in [true, false] {
        let song = Song {
            bpm: 127.5,
            duration_secs: 8.0 * 4.0 * 60.0 / 127.5,
            drums,
            pad_attack_secs: 0.05,
            ..Song::default()
        };
        let heard = hear(&song, &given(127.5));
        assert_eq!(heard.downbeats_secs[0], 0.0);
        assert_eq!(
            (heard.beats_secs.len(), heard.downbeats_secs.len()),
            (32, 8)
        );
        assert!(heard.bars.iter().all(|bar| bar.chord.is_some()));
    }
}

#[test]
fn tempo_is_heard_to_a_fiftieth_of_a_percent() {
    for bpm in [68.0, 84.3, 92.5, 100.0, 127.5, 140.0, 174.0] {
        let song = Song {
            bpm,
            first_downbeat_secs: 0.4,
            duration_secs: 24.0,
            ..Song::default()
        };
        let heard = hear(&song, &Hints::default());
        let off = heard.bpm.get() / bpm - 1.0;
        assert!(off.abs() <= 2e-4, "{bpm}: {}", heard.bpm.get());
        let worst = worst_secs(&heard.beats_secs, &song.beats_secs());
        assert!(worst <= 0.008, "{bpm}: {worst}");
        assert!(
            worst_secs(&heard.downbeats_secs, &song.downbeats_secs()) <= 0.008,
            "{bpm}"
        );
    }
}

#[test]
fn three_minutes_do_not_drift() {
    let song = Song {
        bpm: 103.37,
        duration_secs: 180.0,
        first_downbeat_secs: 0.9,
        ..Song::default()
    };
    for hints in [given(103.37), Hints::default()] {
        let heard = hear(&song, &hints);
        let worst = worst_secs(&heard.beats_secs, &song.beats_secs());
        assert!(worst <= 0.006, "{hints:?}: {worst}");
    }
}

#[test]
fn swung_hats_do_not_pull_the_grid() {
    for swing in [0.58, 0.67] {
        let song = Song {
            bpm: 96.0,
            swing,
            first_downbeat_secs: 0.25,
            ..Song::default()
        };
        let heard = hear(&song, &given(96.0));
        assert!(worst_secs(&heard.beats_secs, &song.beats_secs()) <= 0.004);
        let heard = hear(&song, &Hints::default());
        assert!(
            (heard.bpm.get() / 96.0 - 1.0).abs() <= 2e-4,
            "{}",
            heard.bpm.get()
        );
    }
}

#[test]
fn waltzes_and_jigs_are_barred_by_their_meter() {
    let waltz = Song {
        bpm: 150.0,
        beats_per_bar: 3,
        first_downbeat_secs: 0.6,
        ..Song::default()
    };
    let jig = Song {
        bpm: 132.0,
        beats_per_bar: 6,
        beat_quarters: 0.5,
        first_downbeat_secs: 0.3,
        ..Song::default()
    };
    for (song, meter) in [(waltz, "3/4"), (jig, "6/8")] {
        let meter: Meter = meter.parse().unwrap();
        for bpm in [None, Bpm::new(song.bpm)] {
            let heard = hear(
                &song,
                &Hints {
                    bpm,
                    meter,
                    key: None,
                },
            );
            assert!(
                (heard.bpm.get() / song.bpm - 1.0).abs() <= 3e-4,
                "{meter}: {}",
                heard.bpm.get()
            );
            assert!(
                worst_secs(&heard.beats_secs, &song.beats_secs()) <= 0.008,
                "{meter}"
            );
            assert!(
                worst_secs(&heard.downbeats_secs, &song.downbeats_secs()) <= 0.008,
                "{meter}"
            );
        }
    }
}

#[test]
fn a_wrong_tempo_is_kept() {
    let song = Song {
        bpm: 100.0,
        ..Song::default()
    };
    let heard = hear(&song, &given(133.0));
    assert_eq!(heard.bpm.get(), 133.0);
    let steps = heard.beats_secs.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(
        steps
            .into_iter()
            .all(|step| (step - 60.0 / 133.0).abs() < 1e-9)
    );
}

#[test]
fn keys_and_chords_are_named() {
    const IN_F_SHARP_MINOR: [(i32, bool); 4] = [(42, true), (47, true), (49, true), (42, true)];
    const IN_E_FLAT: [(i32, bool); 4] = [(51, false), (48, true), (44, false), (46, false)];
    for (chords, key) in [
        (&IN_C, "C major"),
        (&IN_F_SHARP_MINOR, "F# minor"),
        (&IN_E_FLAT, "Eb major"),
    ] {
        for drums in [true, false] {
            let song = Song {
                chords,
                drums,
                ..Song::default()
            };
            let heard = hear(&song, &given(120.0));
            assert_eq!(heard.key, Some(key.parse().unwrap()), "drums: {drums}");
            assert_eq!(heard.bars.len(), 8);
            for (i, bar) in heard.bars.iter().enumerate() {
                let (root, minor) = chords[i % 4];
                let chord = bar.chord.unwrap();
                let quality = if minor {
                    ChordQuality::Minor
                } else {
                    ChordQuality::Major
                };
                assert_eq!(
                    (chord.root.index(), chord.quality),
                    (root.rem_euclid(12) as usize, quality),
                    "{key}, bar {i}, drums: {drums}"
                );
            }
        }
    }
}

#[test]
fn pads_alone_are_barred_by_their_harmony() {
    let song = Song {
        bpm: 90.0,
        drums: false,
        pad_attack_secs: 0.08,
        first_downbeat_secs: 4.0 * 60.0 / 90.0 - 0.5,
        duration_secs: 30.0,
        ..Song::default()
    };
    let heard = hear(&song, &given(90.0));
    let worst = worst_secs(&heard.downbeats_secs, &song.downbeats_secs());
    assert!(worst <= 0.03, "{worst}");
}

#[test]
fn a_drop_begins_a_section() {
    let song = Song {
        duration_secs: 32.0,
        drums: false,
        ..Song::default()
    };
    let mut synth = song.play();
    for beat in 32..64 {
        let at = 0.5 * f64::from(beat);
        synth.kick(at);
        synth.hat(at + 0.25);
    }
    let heard = analyse(&synth.clip(), &given(120.0)).unwrap();
    let starts: Vec<f64> = heard
        .bars
        .iter()
        .filter(|bar| bar.section_start)
        .map(|bar| bar.start_secs)
        .collect();
    assert_eq!(starts.len(), 1, "{starts:?}");
    assert!((starts[0] - 16.0).abs() < 0.01);
    assert!(heard.bars[12].loudness_db > heard.bars[2].loudness_db);
}

#[test]
fn a_drummer_who_speeds_up_is_followed() {
    let mut synth = Synth::new(44_100, 40.0);
    let mut played = Vec::new();
    let mut at = 0.5;
    while at < 39.9 {
        played.push(at);
        if played.len() % 2 == 1 {
            synth.kick(at)
        } else {
            synth.snare(at)
        }
        synth.hat(at);
        at += 60.0 / (100.0 + 0.5 * at);
    }
    let heard = analyse(&synth.clip(), &Hints::default()).unwrap();
    let heard = heard.beats_secs;
    let near = |beat: &&f64| heard.iter().any(|h| (h - **beat).abs() < 0.03);
    let hits = played.iter().filter(near).count();
    assert!(hits * 10 >= played.len() * 9, "{hits} of {}", played.len());
    assert!(heard.len().abs_diff(played.len()) <= 4);
}
