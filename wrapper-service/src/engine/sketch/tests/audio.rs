//! What comes out: levels, lengths, times.

use super::{Plan, generate, runtime};
use crate::engine::{Engine, EngineError, ProgressSink, sketch::Sketch};
use sideman_shared::{audio::AudioBuffer, music::Track};
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

fn played(plan: &Plan, track: Track, caption: &str, seed: u32, rate_hz: u32) -> AudioBuffer {
    let mut request = plan.request(track, rate_hz);
    request.seed = seed;
    if !caption.is_empty() {
        request.caption = caption.into();
    }
    generate(request).unwrap().audio
}

fn rms_db(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    10.0 * (sum / samples.len().max(1) as f64).max(1e-20).log10()
}

#[test]
fn every_track_is_sound_finite_in_range_and_as_long_as_the_source() {
    let plan = Plan {
        bars: 8,
        ..Plan::default()
    };
    for track in Track::ALL {
        let audio = played(&plan, track, "", 3, 44_100);
        assert_eq!(audio.frames(), 44_100 * 16, "{track}");
        assert_eq!(audio.channel_count(), 2);
        assert!(
            audio.channels().iter().flatten().all(|s| s.is_finite()),
            "{track}"
        );
        assert!(audio.peak() <= 0.8913, "{track} peaks at {}", audio.peak());
        assert!(rms_db(&audio.to_mono()) > -40.0, "{track} is too quiet");
        assert_ne!(audio.channels()[0], audio.channels()[1], "{track} is mono");
    }
}

#[test]
fn a_stem_is_neither_faint_nor_squashed() {
    for track in [
        Track::Drums,
        Track::Vocals,
        Track::BackingVocals,
        Track::Keyboard,
    ] {
        let audio = played(&Plan::default(), track, "", 5, 48_000);
        let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::I).unwrap();
        let planes: Vec<&[f32]> = audio.channels().iter().map(Vec::as_slice).collect();
        meter.add_frames_planar_f32(&planes).unwrap();
        let lufs = meter.loudness_global().unwrap();
        assert!((-19.0..=-13.5).contains(&lufs), "{track}: {lufs} LUFS");
    }
}

#[test]
fn every_rate_gives_exactly_the_sources_frames() {
    let plan = Plan {
        bars: 2,
        bpm: 97.3,
        ..Plan::default()
    };
    for rate_hz in [
        8_000, 11_025, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000,
    ] {
        let request = plan.request(Track::Drums, rate_hz);
        let frames = request.source.frames();
        let audio = generate(request).unwrap().audio;
        assert_eq!((audio.frames(), audio.sample_rate_hz()), (frames, rate_hz));
        assert!(
            audio.peak() > 0.1 && audio.peak() <= 0.8913,
            "{rate_hz}: {}",
            audio.peak()
        );
    }
}

/// Where the sound first rises above a tenth of its peak within ±40 ms of each expected time, ms late.
fn lateness_ms(audio: &AudioBuffer, expected_secs: &[f64]) -> Vec<f64> {
    let mono = audio.to_mono();
    let rate = f64::from(audio.sample_rate_hz());
    let at = |secs: f64| ((secs * rate).max(0.0) as usize).min(mono.len());
    let late = expected_secs.iter().map(|expected| {
        let from = at(expected - 0.04);
        let window = &mono[from..at(expected + 0.04)];
        let peak = window.iter().fold(0.0f32, |p, s| p.max(s.abs()));
        let before = mono[at(expected - 0.04)..at(expected - 0.003)].iter();
        let floor = before.fold(0.0f32, |p, s| p.max(s.abs()));
        assert!(peak > floor * 1.5, "no attack at {expected} s");
        let threshold = (peak * 0.1).max(floor * 1.2);
        let first = window.iter().position(|s| s.abs() > threshold).unwrap();
        ((from + first) as f64 / rate - expected) * 1000.0
    });
    late.collect()
}

#[test]
fn kicks_and_snares_lie_on_the_grid_at_any_tempo_meter_and_rate() {
    for (bpm, meter, rate_hz) in [
        (60.0, "4/4", 48_000),
        (92.37, "4/4", 44_100),
        (128.0, "4/4", 8_000),
        (174.0, "4/4", 96_000),
        (140.0, "3/4", 44_100),
        (100.0, "6/8", 192_000),
        (110.0, "5/4", 22_050),
        (120.0, "7/8", 48_000),
    ] {
        let plan = Plan {
            bpm,
            meter,
            bars: 4,
            ..Plan::default()
        };
        let audio = played(
            &plan,
            Track::Drums,
            "sparse, dry, no crashes, no fills",
            2,
            rate_hz,
        );
        // Every bar begins with the kick.
        let expected: Vec<f64> = plan.analysis().downbeats_secs.into_iter().skip(1).collect();
        for late in lateness_ms(&audio, &expected) {
            assert!(
                late.abs() < 3.0,
                "{bpm} BPM {meter} at {rate_hz} Hz: {late} ms"
            );
        }
    }
}

#[test]
fn a_pick_up_bar_shifts_nothing() {
    let plan = Plan {
        pick_up_beats: 1,
        lead_in_beats: 0.4,
        bars: 4,
        ..Plan::default()
    };
    let audio = played(
        &plan,
        Track::Drums,
        "sparse, dry, no crashes, no fills",
        2,
        48_000,
    );
    let downbeats = plan.analysis().downbeats_secs;
    assert!((downbeats[0] - 0.7).abs() < 1e-9);
    for late in lateness_ms(&audio, &downbeats) {
        assert!(late.abs() < 3.0, "{late} ms");
    }
}

#[test]
fn the_same_seed_is_bit_identical_and_another_is_another_performance() {
    let plan = Plan {
        bars: 8,
        ..Plan::default()
    };
    for track in [Track::Drums, Track::Vocals, Track::Guitar, Track::Fx] {
        let one = played(&plan, track, "", 7, 44_100);
        assert_eq!(one, played(&plan, track, "", 7, 44_100), "{track}");
        assert_ne!(one, played(&plan, track, "", 8, 44_100), "{track}");
    }
}

#[test]
fn silence_in_the_source_is_silence_in_the_drums() {
    let plan = Plan {
        loudness_db: |bar| if (4..8).contains(&bar) { -90.0 } else { -14.0 },
        ..Plan::default()
    };
    let audio = played(&plan, Track::Drums, "", 1, 48_000);
    let mono = audio.to_mono();
    // Bars are two seconds; the first second of the break belongs to the room.
    assert!(rms_db(&mono[48_000 * 10..48_000 * 16 - 480]) < -60.0);
    assert!(rms_db(&mono[48_000 * 16..48_000 * 18]) > -30.0);
}

#[test]
fn a_silent_source_with_a_tempo_is_still_played_to() {
    let plan = Plan {
        loudness_db: |_| -120.0,
        chords: false,
        key: None,
        bars: 4,
        ..Plan::default()
    };
    for track in Track::ALL {
        assert!(played(&plan, track, "", 1, 44_100).peak() > 0.05, "{track}");
    }
}

#[test]
fn half_a_second_is_enough_to_play_to() {
    for track in Track::ALL {
        let mut request = Plan {
            bars: 1,
            ..Plan::default()
        }
        .request(track, 44_100);
        let mut analysis = (*request.analysis).clone();
        analysis.beats_secs = vec![0.0];
        analysis.downbeats_secs = vec![0.0];
        analysis.bars[0].end_secs = 0.5;
        request.analysis = Arc::new(analysis);
        request.source = Arc::new(AudioBuffer::silent(1, 22_050, 44_100));
        let audio = generate(request).unwrap().audio;
        assert_eq!(audio.frames(), 22_050);
        assert!(
            audio.peak() > 0.05 && audio.peak() <= 0.8913,
            "{track}: {}",
            audio.peak()
        );
    }
}

#[test]
fn progress_never_falls_and_ends_at_one() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let progress = ProgressSink::new(move |_, fraction| sink.lock().unwrap().push(fraction));
    let request = Plan {
        bars: 4,
        ..Plan::default()
    }
    .request(Track::BackingVocals, 44_100);
    let sketch = Sketch::default();
    runtime()
        .block_on(sketch.generate(request, progress, CancellationToken::new()))
        .unwrap();
    let heard = heard.lock().unwrap();
    assert!(
        heard.len() > 8 && heard.windows(2).all(|w| w[0] <= w[1]),
        "{heard:?}"
    );
    assert_eq!(heard.last(), Some(&1.0));
}

#[test]
fn cancelling_stops_the_player_where_it_is() {
    for stop_at in [0.0, 0.3, 0.75, 0.9] {
        let cancel = CancellationToken::new();
        let (trigger, last) = (cancel.clone(), Arc::new(Mutex::new(0.0)));
        let seen = Arc::clone(&last);
        let progress = ProgressSink::new(move |_, fraction| {
            *seen.lock().unwrap() = fraction;
            if fraction >= stop_at {
                trigger.cancel();
            }
        });
        let request = Plan {
            bars: 8,
            ..Plan::default()
        }
        .request(Track::Vocals, 96_000);
        let ended = runtime().block_on(Sketch::default().generate(request, progress, cancel));
        assert!(matches!(ended, Err(EngineError::Cancelled)), "{ended:?}");
        assert!(*last.lock().unwrap() <= stop_at + 0.15);
    }
}
