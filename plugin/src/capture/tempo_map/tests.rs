use super::{mark::TEMPO_TOLERANCE_BPM, *};
use crate::song_clock::SongClock;
use proptest::prelude::*;
use sideman_shared::music::Meter;

const RATE_HZ: u32 = 48_000;

/// A host that plays a song of sections: (bars, BPM, meter), from song position 0, in blocks of
/// `block` frames. Returns what the builder makes of it, and the frame at which each bar begins.
fn play(sections: &[(u32, f64, Meter)], block: u64) -> (TempoMap, Vec<f64>) {
    let mut lines = vec![];
    // (first frame, first beat, bpm, meter)
    let mut spans = vec![];
    let (mut frame, mut beats) = (0.0, 0.0);
    for &(bars, bpm, meter) in sections {
        spans.push((frame, beats, bpm, meter));
        let bar_frames = meter.quarters_per_bar() * 60.0 * f64::from(RATE_HZ) / bpm;
        for _ in 0..bars {
            lines.push(frame);
            frame += bar_frames;
            beats += meter.quarters_per_bar();
        }
    }
    let frames = frame.round() as u64;
    let clock_at = |at: u64| {
        // A section begins in the block after its first frame, as a host's transport says it.
        let span = spans.iter().rev().find(|span| span.0 <= at as f64 + 0.5);
        let &(from, first_beat, bpm, meter) = span.unwrap();
        let pos_beats = first_beat + (at as f64 - from) * bpm / 60.0 / f64::from(RATE_HZ);
        let bar = meter.quarters_per_bar();
        let bar_beats = first_beat + ((pos_beats - first_beat + 1e-9) / bar).floor() * bar;
        SongClock {
            pos_samples: Some(at as i64),
            pos_beats: Some(pos_beats),
            bar_beats: Some(bar_beats),
            tempo_bpm: Some(bpm),
            meter: Some(meter),
            ..crate::song_clock::tests::playing_at(at as i64)
        }
    };
    let first = TempoMark::at(&clock_at(0), 0);
    let mut builder = MapBuilder::new(first);
    let mut marks = vec![first];
    let mut at = block;
    while at < frames {
        marks.extend(builder.step(&clock_at(at), at));
        at += block;
    }
    lines.push(frames as f64);
    let map = TempoMap {
        marks,
        frames,
        sample_rate_hz: RATE_HZ,
    };
    (map, lines)
}

fn meter() -> impl Strategy<Value = Meter> {
    prop_oneof![
        Just(Meter::COMMON),
        Just(Meter::new(3, 4).unwrap()),
        Just(Meter::new(7, 8).unwrap()),
        Just(Meter::new(6, 8).unwrap()),
    ]
}

fn tempo() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(92.5),
        Just(127.5),
        Just(137.000_000_137_530_72),
        60.0f64..200.0
    ]
}

proptest! {
    #[test]
    fn at_one_tempo_every_bar_line_is_exact(
        bpm in tempo(), meter in meter(), bars in 1u32..60, block in 32u64..5000,
    ) {
        let (map, wanted) = play(&[(bars, bpm, meter)], block);
        let lines = map.lines(GridUnit::Bars);
        prop_assert_eq!(map.marks.len(), 1);
        prop_assert_eq!(lines.len(), wanted.len());
        for (line, wanted) in lines.iter().zip(&wanted) {
            prop_assert!((line.frame as f64 - wanted).abs() <= 0.5 + 1e-3, "{line:?} {wanted}");
        }
        prop_assert!(lines.iter().zip(1..).all(|(line, bar)| line.bar == bar));
    }

    /// A change told at a block's start lies within that block; all bars after it are right again.
    #[test]
    fn tempo_and_meter_changes_move_no_bar_by_more_than_a_block(
        sections in proptest::collection::vec((1u32..9, tempo(), meter()), 1..5),
        block in 32u64..600,
    ) {
        let (map, wanted) = play(&sections, block);
        let lines = map.lines(GridUnit::Bars);
        prop_assert_eq!(lines.len(), wanted.len(), "{:?}", map);
        for (line, wanted) in lines.iter().zip(&wanted) {
            prop_assert!((line.frame as f64 - wanted).abs() <= block as f64 + 1.0);
        }
        let changes = sections.windows(2).filter(|pair| {
            (pair[0].1 - pair[1].1).abs() > TEMPO_TOLERANCE_BPM || pair[0].2 != pair[1].2
        });
        prop_assert_eq!(map.is_steady(), changes.count() == 0 || {
            // It may have gone and come back to the first tempo only by way of a change.
            map.changes().count() == 0
        });
    }

    /// Wherever a drag begins and ends, in whatever tempo and meter: it takes the bars it touches, and
    /// they have the numbers that the host counts.
    #[test]
    fn a_part_is_made_of_the_bars_it_touches(
        sections in proptest::collection::vec((1u32..9, tempo(), meter()), 1..5),
        block in 32u64..600, from in 0.0f64..1.0, to in 0.0f64..1.0,
    ) {
        let (map, wanted) = play(&sections, block);
        let bars = wanted.len() - 1;
        let first = (from * bars as f64) as usize;
        let last = first + (to * (bars - first) as f64) as usize;
        // Somewhere within the first bar and somewhere within the last.
        let inside = |bar: usize, share: f64| {
            (wanted[bar] + (0.1 + 0.8 * share) * (wanted[bar + 1] - wanted[bar])) as u64
        };
        let drawn = inside(first, from.min(to))..inside(last, from.max(to)).max(inside(first, from.min(to)));
        let part = map.whole(drawn, GridUnit::Bars);
        for (edge, wanted) in [(part.start, wanted[first]), (part.end, wanted[last + 1])] {
            prop_assert!((edge as f64 - wanted).abs() <= block as f64 + 1.0, "{edge} {wanted}");
        }
        prop_assert_eq!(map.whole(part.clone(), GridUnit::Bars), part.clone(), "whole already");
        let numbers = (first as i64 + 1, last as i64 + 1);
        prop_assert_eq!(map.bars_of(part.clone()), Some(numbers));
        let off = part.start + 2000;
        prop_assert!(off >= part.end || map.bars_of(off..part.end).is_none());
    }

    #[test]
    fn a_cut_keeps_every_line_and_every_position(
        bpm in tempo(), meter in meter(), from in 0u64..400_000, length in 48_000u64..900_000,
    ) {
        let (map, _) = play(&[(40, bpm, meter), (40, bpm + 7.25, meter)], 512);
        let to = (from + length).min(map.frames);
        let part = map.cut(from..to);
        let inside: Vec<u64> = map.lines(GridUnit::Beats).iter().map(|line| line.frame)
            .filter(|frame| (from..to).contains(frame)).map(|frame| frame - from).collect();
        let cut: Vec<u64> = part.lines(GridUnit::Beats).iter().map(|line| line.frame)
            .filter(|frame| *frame < part.frames).collect();
        // Lines within the tolerance of the cut may fall to either side; positions round anew.
        let near = |a: &[u64], b: &[u64]| a.iter()
            .all(|x| *x <= 8 || part.frames - x <= 8 || b.iter().any(|y| x.abs_diff(*y) <= 1));
        prop_assert!(near(&inside, &cut) && near(&cut, &inside), "{inside:?}\n{cut:?}");
        for frame in [0, part.frames / 2, part.frames - 1] {
            let (a, b) = (part.beats_at(frame).unwrap(), map.beats_at(from + frame).unwrap());
            prop_assert!((a - b).abs() < 1e-6);
        }
    }

    #[test]
    fn the_last_bars_end_at_the_last_line_passed(
        bpm in tempo(), meter in meter(), count in 1usize..17, extra in 1u64..30_000,
    ) {
        let (mut map, wanted) = play(&[(20, bpm, meter)], 480);
        map.frames += extra;
        let (range, bars) = map.last_bars(count, 0).unwrap();
        prop_assert_eq!(bars, count);
        prop_assert_eq!(range.end, wanted[20].round() as u64);
        prop_assert!((range.start as f64 - wanted[20 - count]).abs() <= 0.5 + 1e-3);
        // What has left the memory is no whole bar any more.
        let (late, fewer) = map.last_bars(20, range.start + 1).unwrap_or((0..0, 0));
        prop_assert_eq!(fewer, count - 1);
        prop_assert!(fewer == 0 || late.start > range.start);
    }
}

#[test]
fn nonsense_from_a_host_has_no_lines() {
    for beats in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
        let mark = TempoMark {
            frame: 0,
            bpm: Some(120.0),
            meter: None,
            beats: Some(beats),
            bar_beats: Some(0.0),
        };
        let map = TempoMap {
            marks: vec![mark],
            frames: 480_000,
            sample_rate_hz: RATE_HZ,
        };
        assert!(map.lines(GridUnit::Beats).is_empty(), "{beats}");
        assert_eq!(map.whole(10..20, GridUnit::Bars), 10..20);
    }
}

#[test]
fn a_stretch_within_one_bar_knows_which() {
    let (map, _) = play(&[(8, 120.0, Meter::COMMON)], 512);
    let part = map.cut(400_000..440_000);
    assert!(part.lines(GridUnit::Bars).is_empty());
    assert_eq!(part.bars_of(0..part.frames), Some((5, 5)));
}

#[test]
fn without_a_tempo_there_are_no_lines_and_nothing_to_snap_to() {
    let mark = TempoMark {
        frame: 0,
        bpm: None,
        meter: None,
        beats: None,
        bar_beats: None,
    };
    let map = TempoMap {
        marks: vec![mark],
        frames: 1000,
        sample_rate_hz: RATE_HZ,
    };
    assert!(map.lines(GridUnit::Beats).is_empty());
    assert_eq!(map.last_bars(4, 0), None);
    assert_eq!(
        (
            map.snapped(300, GridUnit::Bars),
            map.snapped(900, GridUnit::Bars)
        ),
        (0, 1000)
    );
}

#[test]
fn a_ramp_is_followed_closely_with_few_marks() {
    let first = crate::song_clock::tests::playing_at(0);
    let mut builder = MapBuilder::new(TempoMark::at(&first, 0));
    let (mut clock, mut marks) = (first, 1);
    for block in 1..=1500u64 {
        // 120 to 180 BPM in two seconds.
        clock = clock.advanced(64);
        clock.tempo_bpm = Some(120.0 + block as f64 / 25.0);
        marks += usize::from(builder.step(&clock, block * 64).is_some());
    }
    assert!((20..60).contains(&marks), "{marks}");
}

#[test]
fn snapping_takes_the_nearer_line() {
    let (map, _) = play(&[(4, 120.0, Meter::COMMON)], 512);
    assert_eq!(map.snapped(100_000, GridUnit::Bars), 96_000);
    assert_eq!(map.snapped(100_000, GridUnit::Beats), 96_000);
    assert_eq!(map.snapped(109_000, GridUnit::Beats), 120_000);
    let line = map.line_before(130_000, GridUnit::Beats).unwrap();
    assert_eq!((line.bar, line.beat), (2, 2));
}
