//! What is written: caption, meter, harmony.

use super::Plan;
use crate::engine::sketch::score::{Note, Piece, Sound};
use sideman_shared::music::Track;

fn hits(notes: &[Note], piece: Piece) -> Vec<f64> {
    let struck = notes.iter().filter(|n| n.sound == Sound::Kit(piece));
    struck.map(|n| n.at_secs).collect()
}

/// Places within the bar (0–1) of loud hits, for an even plan.
fn places(plan: &Plan, notes: &[Note], piece: Piece) -> Vec<f64> {
    let meter: sideman_shared::music::Meter = plan.meter.parse().unwrap();
    let bar = plan.beat_secs() * f64::from(meter.beats_per_bar());
    let loud = notes
        .iter()
        .filter(|n| n.sound == Sound::Kit(piece) && n.velocity > 0.4);
    let mut all: Vec<f64> = loud
        .map(|n| ((n.at_secs / bar).fract() * 1e6).round() / 1e6)
        .collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

#[test]
fn busy_plays_more_than_sparse() {
    for track in [
        Track::Drums,
        Track::Vocals,
        Track::Guitar,
        Track::Percussion,
        Track::Brass,
    ] {
        let count = |caption: &str| -> usize {
            (0..6)
                .map(|seed| Plan::default().notes(track, caption, seed).len())
                .sum()
        };
        let (busy, usual, sparse) = (count("busy, complex"), count(""), count("sparse, minimal"));
        assert!(
            busy > sparse && busy >= usual && usual >= sparse,
            "{track}: {busy} {usual} {sparse}"
        );
    }
}

#[test]
fn the_backbeat_follows_the_feel() {
    let plan = Plan::default();
    let snares = |caption: &str| places(&plan, &plan.notes(Track::Drums, caption, 4), Piece::Snare);
    assert_eq!(snares("rock kit, no fills"), [0.25, 0.75]);
    assert_eq!(snares("half-time rock kit, no fills"), [0.5]);
    assert_eq!(
        snares("double-time, no fills"),
        [0.125, 0.375, 0.625, 0.875]
    );
}

#[test]
fn four_on_the_floor_kicks_every_beat() {
    let plan = Plan::default();
    let notes = plan.notes(Track::Drums, "four on the floor, no fills", 9);
    assert_eq!(places(&plan, &notes, Piece::Kick), [0.0, 0.25, 0.5, 0.75]);
}

#[test]
fn captions_choose_the_sounds() {
    let plan = Plan::default();
    let count = |caption: &str, piece| hits(&plan.notes(Track::Drums, caption, 1), piece).len();
    let usual = Track::Drums.default_caption();
    assert!(count(usual, Piece::HatBrush) > 50 && count(usual, Piece::HatClosed) == 0);
    assert!(count("soft brushes", Piece::BrushSnare) > 20);
    assert!(count("cross-stick, ride cymbal", Piece::SideStick) > 20);
    assert!(count("cross-stick, ride cymbal", Piece::Ride) > 50);
    assert_eq!(count("no crashes", Piece::Crash), 0);
}

#[test]
fn swing_moves_the_offbeats_and_leaves_the_beats() {
    let plan = Plan::default();
    let notes = plan.notes(Track::Drums, "swing, brushes", 1);
    let rides: Vec<f64> = hits(&notes, Piece::HatBrush)
        .iter()
        .map(|t| (t / 0.5).fract())
        .collect();
    let swung = rides
        .iter()
        .filter(|f| (**f - 2.0 / 3.0).abs() < 0.01)
        .count();
    let on_beat = rides
        .iter()
        .filter(|f| **f < 1e-6 || **f > 1.0 - 1e-6)
        .count();
    assert!(swung > 10, "{rides:?}");
    assert_eq!(swung + on_beat, rides.len());
}

#[test]
fn sections_open_with_a_crash_after_a_fill() {
    let plan = Plan {
        bars: 24,
        ..Plan::default()
    };
    let notes = plan.notes(Track::Drums, "rock", 3);
    let crashes = hits(&notes, Piece::Crash);
    for start in [16.0, 32.0] {
        assert!(
            crashes.iter().any(|t| (t - start).abs() < 1e-6),
            "{crashes:?}"
        );
        let last_beat = notes
            .iter()
            .filter(|n| (start - 0.5..start).contains(&n.at_secs));
        let drums = [
            Piece::Snare,
            Piece::TomHigh,
            Piece::TomMid,
            Piece::TomLow,
            Piece::Kick,
        ];
        let filled = last_beat.filter(|n| drums.iter().any(|p| n.sound == Sound::Kit(*p)));
        assert!(filled.count() >= 2, "no fill before {start}");
    }
}

#[test]
fn louder_sections_are_played_harder_and_fuller() {
    let plan = Plan {
        loudness_db: |bar| if bar < 8 { -32.0 } else { -12.0 },
        ..Plan::default()
    };
    for track in [Track::Drums, Track::Strings, Track::BackingVocals] {
        let notes = plan.notes(track, "", 2);
        let mean = |from: f64| {
            let part = notes
                .iter()
                .filter(|n| (from..from + 14.0).contains(&n.at_secs));
            let (sum, count) = part.fold((0.0, 0), |(s, c), n| (s + n.velocity, c + 1));
            (sum / count.max(1) as f32, count)
        };
        let (quiet, loud) = (mean(0.0), mean(16.0));
        assert!(loud.0 > quiet.0 * 1.15, "{track}: {quiet:?} {loud:?}");
    }
}

#[test]
fn every_hit_lies_on_the_sixteenth_grid() {
    for meter in ["4/4", "3/4", "6/8", "5/4", "7/8"] {
        let plan = Plan {
            meter,
            bpm: 101.0,
            ..Plan::default()
        };
        let sixteenth = 60.0 / 101.0 / 4.0;
        for seed in 0..5 {
            for note in plan.notes(Track::Drums, "busy rock", seed) {
                let steps = note.at_secs / sixteenth;
                assert!((steps - steps.round()).abs() < 1e-6, "{meter}: {note:?}");
            }
        }
    }
}

#[test]
fn a_grid_that_drifts_is_followed_beat_by_beat() {
    let plan = Plan::default();
    let mut analysis = plan.analysis();
    let bend = |t: f64| t + 0.06 * (t * 0.7).sin();
    analysis.beats_secs.iter_mut().for_each(|t| *t = bend(*t));
    analysis
        .downbeats_secs
        .iter_mut()
        .for_each(|t| *t = bend(*t));
    for bar in &mut analysis.bars {
        (bar.start_secs, bar.end_secs) = (bend(bar.start_secs), bend(bar.end_secs));
    }
    let mut dice = <rand_chacha::ChaCha8Rng as rand::SeedableRng>::seed_from_u64(1);
    let song = super::Song::hear(&analysis, 40.0, &mut dice);
    let style = super::Style::from_caption("no fills");
    let notes = super::parts::compose(Track::Drums, &song, &style, 1);
    let snares: Vec<f64> = notes
        .iter()
        .filter(|n| n.sound == Sound::Kit(Piece::Snare) && n.velocity > 0.4)
        .map(|n| n.at_secs)
        .collect();
    assert!(snares.len() >= 28);
    for at in snares {
        assert!(
            analysis.beats_secs.iter().any(|b| (b - at).abs() < 1e-9),
            "{at}"
        );
    }
}

#[test]
fn any_meter_and_tempo_can_be_played() {
    for (beats, unit) in (1..=16).flat_map(|n| [2, 4, 8, 16].map(|unit| (n, unit))) {
        let meter: &'static str = format!("{beats}/{unit}").leak();
        for bpm in [20.0, 117.0, 400.0] {
            let plan = Plan {
                meter,
                bpm,
                bars: 9,
                pick_up_beats: usize::from(beats > 1),
                ..Plan::default()
            };
            let end = plan.song(0).duration_secs;
            for track in Track::ALL {
                let notes = plan.notes(track, "busy", 5);
                assert!(!notes.is_empty(), "{track} {meter}");
                for n in notes {
                    assert!((0.0..end).contains(&n.at_secs), "{track} {meter}: {n:?}");
                    assert!(n.length_secs > 0.0 && n.velocity > 0.0, "{track}: {n:?}");
                    assert!((0..=127).contains(&n.pitch), "{track} {meter}: {n:?}");
                }
            }
        }
    }
}

#[test]
fn another_seed_is_another_phrase() {
    for track in Track::ALL
        .into_iter()
        .filter(|t| *t != Track::Fx && *t != Track::Strings)
    {
        let score = |seed| {
            let notes = Plan::default().notes(track, track.default_caption(), seed);
            notes
                .iter()
                .map(|n| (n.at_secs.to_bits(), n.pitch, format!("{:?}", n.sound)))
                .collect::<Vec<_>>()
        };
        let others = (1..6).filter(|s| score(*s) != score(0)).count();
        assert!(others >= 4, "{track}: {others} of 5 differ");
    }
}
