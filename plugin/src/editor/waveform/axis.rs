//! Where a moment lies on the screen, and which moments are worth a tick. Pure.

use std::ops::Range;

/// Ticks closer than this (points) are noise.
const MIN_TICK_SPACING: f32 = 52.0;

/// The time from the left edge to the right edge of a waveform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    pub left: f32,
    /// Points, > 0.
    pub width: f32,
    /// Seconds, > 0.
    pub span_secs: f64,
}

impl Axis {
    pub fn x_from_secs(&self, secs: f64) -> f32 {
        self.left + (secs / self.span_secs) as f32 * self.width
    }

    /// The moment at `x`, kept within the audio.
    pub fn secs_from_x(&self, x: f32) -> f64 {
        let fraction = f64::from((x - self.left) / self.width);
        (fraction * self.span_secs).clamp(0.0, self.span_secs)
    }

    /// How long one tick step must at least be.
    fn min_step_secs(&self) -> f64 {
        self.span_secs * f64::from(MIN_TICK_SPACING / self.width)
    }
}

/// Where bars lie: from the host's song position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BarGrid {
    pub bpm: f64,
    /// Song position of the first frame, quarter notes.
    pub start_beats: f64,
    pub quarters_per_bar: f64,
}

impl BarGrid {
    fn bar_secs(&self) -> f64 {
        self.quarters_per_bar * 60.0 / self.bpm
    }

    /// 1 for the song's first bar.
    pub fn bar_at(&self, secs: f64) -> i64 {
        // A position a hair before the bar line, as hosts round it, belongs to the bar.
        let beats = self.start_beats + secs * self.bpm / 60.0 + 1e-3;
        (beats / self.quarters_per_bar).floor() as i64 + 1
    }

    /// The last bar that begins before `secs`, not at it.
    pub fn last_bar_before(&self, secs: f64) -> i64 {
        let beats = self.start_beats + secs * self.bpm / 60.0 - 1e-3;
        (beats / self.quarters_per_bar).ceil() as i64
    }

    /// Where a bar begins; negative before the first frame.
    pub fn secs_of_bar(&self, bar: i64) -> f64 {
        ((bar - 1) as f64 * self.quarters_per_bar - self.start_beats) * 60.0 / self.bpm
    }

    /// The bars to label, far enough apart: every 1st, 2nd, 4th, 8th…
    fn labelled(&self, axis: &Axis) -> (Range<i64>, i64) {
        let mut step = 1;
        while self.bar_secs() * (step as f64) < axis.min_step_secs() {
            step *= 2;
        }
        (self.bar_at(0.0)..self.bar_at(axis.span_secs) + 1, step)
    }
}

/// A labelled moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub x: f32,
    pub label: String,
}

/// Ticks at bar lines when there is a grid, else at round seconds.
pub fn ticks(axis: &Axis, grid: Option<&BarGrid>) -> Vec<Tick> {
    match grid {
        Some(grid) => bar_ticks(axis, grid),
        None => second_ticks(axis),
    }
}

fn bar_ticks(axis: &Axis, grid: &BarGrid) -> Vec<Tick> {
    let (bars, step) = grid.labelled(axis);
    bars.filter(|bar| (bar - 1).rem_euclid(step) == 0)
        .map(|bar| (grid.secs_of_bar(bar), bar))
        .filter(|(secs, _)| (-1e-3..axis.span_secs).contains(secs))
        .map(|(secs, bar)| Tick {
            x: axis.x_from_secs(secs.max(0.0)),
            label: bar.to_string(),
        })
        .collect()
}

fn second_ticks(axis: &Axis) -> Vec<Tick> {
    const STEPS_SECS: [f64; 11] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0,
    ];
    let least = axis.min_step_secs();
    let step = STEPS_SECS
        .into_iter()
        .find(|&step| step >= least)
        .unwrap_or_else(|| (least / 3600.0).ceil() * 3600.0);
    (0..)
        .map(|i| f64::from(i) * step)
        .take_while(|&secs| secs < axis.span_secs)
        .map(|secs| Tick {
            x: axis.x_from_secs(secs),
            label: crate::editor::text::clock(secs),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIS: Axis = Axis {
        left: 10.0,
        width: 400.0,
        span_secs: 40.0,
    };

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn the_ends_of_the_audio_are_the_edges() {
        assert_eq!(AXIS.x_from_secs(0.0), 10.0);
        assert_eq!(AXIS.x_from_secs(40.0), 410.0);
    }

    #[test]
    fn seconds_are_round_and_never_crowded() {
        let ticks = ticks(&AXIS, None);
        assert_eq!(labels(&ticks), ["0:00", "0:10", "0:20", "0:30"]);
        assert!(
            ticks
                .windows(2)
                .all(|t| t[1].x - t[0].x >= MIN_TICK_SPACING)
        );
    }

    #[test]
    fn bars_are_those_of_the_song() {
        // 120 BPM, 4/4: a bar lasts 2 s. The take begins one beat before bar 17.
        let grid = BarGrid {
            bpm: 120.0,
            start_beats: 63.0,
            quarters_per_bar: 4.0,
        };
        assert_eq!(grid.bar_at(0.0), 16);
        assert_eq!(grid.bar_at(0.5), 17);
        let ticks = ticks(&AXIS, Some(&grid));
        assert_eq!(labels(&ticks), ["17", "21", "25", "29", "33"]);
        assert_eq!(ticks[0].x, AXIS.x_from_secs(0.5));
    }

    #[test]
    fn a_position_rounded_down_by_the_host_still_begins_its_bar() {
        let grid = BarGrid {
            bpm: 137.000_000_13,
            start_beats: 63.999_999_9,
            quarters_per_bar: 4.0,
        };
        assert_eq!(grid.bar_at(0.0), 17);
        assert_eq!(ticks(&AXIS, Some(&grid))[0].label, "17");
    }

    #[test]
    fn an_hour_of_audio_still_has_few_ticks() {
        let axis = Axis {
            span_secs: 3600.0,
            ..AXIS
        };
        assert!(ticks(&axis, None).len() <= 8);
    }
}
