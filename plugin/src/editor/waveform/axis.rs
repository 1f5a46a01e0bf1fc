//! Where a moment lies on the screen, and which moments are worth a tick. Pure.

use crate::{
    capture::{GridUnit, TempoMap},
    session::Passage,
};
use std::ops::Range;

/// Labelled ticks closer than this (points) are noise.
const MIN_TICK_SPACING: f32 = 52.0;
/// Beat lines closer than this (points) are noise.
const MIN_BEAT_SPACING: f64 = 14.0;

/// The frames from the left edge to the right edge of a waveform.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub left: f32,
    /// Points, > 0.
    pub width: f32,
    /// Not empty.
    pub shown: Range<f64>,
    pub sample_rate_hz: u32,
}

impl Axis {
    fn span(&self) -> f64 {
        self.shown.end - self.shown.start
    }

    pub fn x_from_frame(&self, frame: f64) -> f32 {
        self.left + ((frame - self.shown.start) / self.span()) as f32 * self.width
    }

    /// Not beyond the edges.
    pub fn frame_from_x(&self, x: f32) -> f64 {
        let share = f64::from((x - self.left) / self.width).clamp(0.0, 1.0);
        self.shown.start + share * self.span()
    }

    pub fn frames_from_points(&self, points: f32) -> f64 {
        f64::from(points / self.width) * self.span()
    }

    fn secs(&self, frame: f64) -> f64 {
        frame / f64::from(self.sample_rate_hz.max(1))
    }

    pub fn span_secs(&self) -> f64 {
        self.secs(self.span())
    }

    pub fn x_from_secs(&self, secs: f64) -> f32 {
        self.x_from_frame(secs * f64::from(self.sample_rate_hz))
    }

    /// How long one tick step must at least be.
    fn min_step_secs(&self) -> f64 {
        self.secs(self.span()) * f64::from(MIN_TICK_SPACING / self.width)
    }
}

/// A moment worth a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub x: f32,
    /// Empty for a line between two labels.
    pub label: String,
    /// Between two bars.
    pub is_beat: bool,
}

/// Ticks at the lines of every passage that has a tempo; at round seconds where none has.
pub fn ticks(axis: &Axis, passages: &[Passage]) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    for passage in passages {
        bar_ticks(axis, passage, &mut ticks);
    }
    let has_bars = passages.iter().any(|p| has_tempo(&p.map));
    if has_bars { ticks } else { second_ticks(axis) }
}

fn has_tempo(map: &TempoMap) -> bool {
    map.marks.iter().any(|mark| mark.bpm.is_some())
}

fn bar_ticks(axis: &Axis, passage: &Passage, ticks: &mut Vec<Tick>) {
    let lines = passage.map.lines(GridUnit::Beats);
    let place = |frame: u64| (passage.from_frame + frame) as f64;
    // A line on the very end is the next passage's, if it is anyone's.
    let visible = |frame: u64| frame < passage.map.frames && axis.shown.contains(&place(frame));
    let bars = lines.iter().filter(|line| line.beat == 1).count().max(1);
    let frames_per_bar = passage.map.frames as f64 / bars as f64;
    let mut step = 1;
    while axis.secs(frames_per_bar) * (step as f64) < axis.min_step_secs() && step < 1 << 20 {
        step *= 2;
    }
    let beat_points =
        passage.map.frames as f64 / lines.len().max(1) as f64 / axis.span() * f64::from(axis.width);
    for line in lines.iter().filter(|line| visible(line.frame)) {
        let is_beat = line.beat != 1;
        let is_labelled = !is_beat && (line.bar - 1).rem_euclid(step) == 0;
        if is_labelled || beat_points >= MIN_BEAT_SPACING {
            let label = if is_labelled {
                line.bar.to_string()
            } else {
                String::new()
            };
            ticks.push(Tick {
                x: axis.x_from_frame(place(line.frame)),
                label,
                is_beat,
            });
        }
    }
}

fn second_ticks(axis: &Axis) -> Vec<Tick> {
    const STEPS_SECS: [f64; 13] = [
        0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0,
    ];
    let least = axis.min_step_secs();
    let step = STEPS_SECS
        .into_iter()
        .find(|&step| step >= least)
        .unwrap_or_else(|| (least / 3600.0).ceil() * 3600.0);
    let (from, to) = (axis.secs(axis.shown.start), axis.secs(axis.shown.end));
    let first = (from / step).ceil() as i64;
    (first..)
        .map(|i| i as f64 * step)
        .take_while(|&secs| secs < to)
        .map(|secs| Tick {
            x: axis.x_from_frame(secs * f64::from(axis.sample_rate_hz)),
            label: if step < 1.0 {
                crate::editor::text::clock_tenths(secs + 1e-6)
            } else {
                crate::editor::text::clock(secs + 1e-6)
            },
            is_beat: false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::TempoMark;
    use sideman_shared::music::Meter;
    use std::sync::Arc;

    const HZ: u32 = 48_000;

    fn axis(secs: Range<f64>) -> Axis {
        let hz = f64::from(HZ);
        Axis {
            left: 10.0,
            width: 400.0,
            shown: secs.start * hz..secs.end * hz,
            sample_rate_hz: HZ,
        }
    }

    fn passage(from_secs: f64, secs: f64, bpm: f64, beats: f64) -> Passage {
        let mark = TempoMark {
            frame: 0,
            bpm: Some(bpm),
            meter: Some(Meter::COMMON),
            beats: Some(beats),
            bar_beats: None,
        };
        Passage {
            from_frame: (from_secs * f64::from(HZ)) as u64,
            map: Arc::new(TempoMap {
                marks: vec![mark],
                frames: (secs * f64::from(HZ)) as u64,
                sample_rate_hz: HZ,
            }),
        }
    }

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        let labelled = ticks.iter().filter(|tick| !tick.label.is_empty());
        labelled.map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn frames_and_points_lead_back_to_each_other() {
        let axis = axis(20.0..60.0);
        assert_eq!(axis.x_from_frame(20.0 * 48_000.0), 10.0);
        assert_eq!(axis.x_from_frame(60.0 * 48_000.0), 410.0);
        assert_eq!(axis.frame_from_x(210.0), 40.0 * 48_000.0);
        assert_eq!(axis.frame_from_x(-5.0), 20.0 * 48_000.0);
    }

    #[test]
    fn seconds_are_round_and_never_crowded() {
        let ticks = ticks(&axis(0.0..40.0), &[]);
        assert_eq!(labels(&ticks), ["0:00", "0:10", "0:20", "0:30"]);
        let spaced = |pair: &[Tick]| pair[1].x - pair[0].x >= MIN_TICK_SPACING;
        assert!(ticks.windows(2).all(spaced));
        assert_eq!(labels(&super::ticks(&axis(10.2..11.0), &[])), ["0:10.5"]);
    }

    #[test]
    fn bars_are_those_of_the_song() {
        // 120 BPM, 4/4: a bar lasts 2 s. The take begins one beat before bar 17.
        let ticks = ticks(&axis(0.0..40.0), &[passage(0.0, 40.0, 120.0, 63.0)]);
        assert_eq!(labels(&ticks), ["17", "21", "25", "29", "33"]);
        assert_eq!(ticks[0].x, axis(0.0..40.0).x_from_frame(24_000.0));
    }

    #[test]
    fn up_close_every_beat_has_its_line() {
        let ticks = ticks(&axis(4.0..8.0), &[passage(0.0, 40.0, 120.0, 0.0)]);
        assert_eq!(labels(&ticks), ["3", "4"]);
        assert_eq!(ticks.iter().filter(|tick| tick.is_beat).count(), 6);
    }

    #[test]
    fn each_passage_counts_its_own_bars() {
        let passages = [
            passage(0.0, 8.0, 120.0, 0.0),
            passage(8.0, 8.0, 120.0, 64.0),
        ];
        assert_eq!(
            labels(&ticks(&axis(0.0..16.0), &passages)),
            ["1", "3", "17", "19"]
        );
    }

    #[test]
    fn an_hour_of_audio_still_has_few_ticks() {
        assert!(ticks(&axis(0.0..3600.0), &[]).len() <= 8);
        assert!(ticks(&axis(0.0..3600.0), &[passage(0.0, 3600.0, 137.0, 0.0)]).len() <= 8);
    }
}
