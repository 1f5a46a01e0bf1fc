//! Where bars and beats lie in a stretch of song whose tempo and meter may move. Pure.

use crate::song_clock::SongClock;
use serde::{Deserialize, Serialize};
use sideman_shared::music::Meter;
use std::ops::Range;

/// Hosts round positions; nobody hears less.
const TOLERANCE_FRAMES: f64 = 8.0;
/// Smaller moves are rounding (Ardour: 137.00000013753072).
const TEMPO_TOLERANCE_BPM: f64 = 0.001;
/// The song position may leave the last mark's course by this much before a new mark says so.
const DRIFT_BEATS: f64 = 1e-3;
/// During a tempo ramp marks come no closer than this, unless the position drifts.
const RAMP_STEP_SECS: f64 = 0.05;
/// Beyond this a host tells nonsense, and there would be a line for every frame.
const BELIEVABLE_BPM: std::ops::RangeInclusive<f64> = 1.0..=1000.0;
/// A host that tells nonsense fills no disk with marks.
const MAX_MARKS: usize = 4096;

/// From `frame` on, until the next mark, the song goes at this tempo in this meter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TempoMark {
    /// Counted from the stretch's first frame.
    pub frame: u64,
    /// Quarter notes per minute.
    pub bpm: Option<f64>,
    pub meter: Option<Meter>,
    /// Song position at `frame` in quarter notes.
    #[serde(default)]
    pub beats: Option<f64>,
    /// A bar line at or before `frame`, in quarter notes, when the host told one.
    #[serde(default)]
    pub bar_beats: Option<f64>,
}

impl TempoMark {
    pub(super) fn at(clock: &SongClock, frame: u64) -> Self {
        Self {
            frame,
            bpm: clock.tempo_bpm,
            meter: clock.meter,
            beats: clock.pos_beats,
            bar_beats: clock.bar_beats,
        }
    }

    fn quarters_per_bar(&self) -> f64 {
        self.meter.unwrap_or_default().quarters_per_bar()
    }

    /// Without a song position, bars count from the mark.
    fn beats_or_zero(&self) -> f64 {
        self.beats.unwrap_or(0.0)
    }

    /// A bar line that this mark's bars are counted from.
    fn origin_beats(&self) -> f64 {
        let bar = self.quarters_per_bar();
        self.bar_beats
            .unwrap_or_else(|| ((self.beats_or_zero() + 1e-6) / bar).floor() * bar)
    }

    fn frames_per_quarter(&self, sample_rate_hz: u32) -> Option<f64> {
        let bpm = self.bpm.filter(|bpm| BELIEVABLE_BPM.contains(bpm))?;
        Some(60.0 * f64::from(sample_rate_hz) / bpm)
    }

    /// Whether tempo or meter of `self` are not those of `other`.
    pub fn is_retimed_from(&self, other: &Self) -> bool {
        differs(self.bpm, other.bpm, TEMPO_TOLERANCE_BPM) || self.meter != other.meter
    }
}

/// Whether both are known and further apart than `tolerance`.
fn differs(a: Option<f64>, b: Option<f64>, tolerance: f64) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a - b).abs() > tolerance)
}

/// Watches a host's clock and says when a new mark is due.
#[derive(Debug, Clone)]
pub(super) struct MapBuilder {
    last: TempoMark,
    marks: usize,
}

impl MapBuilder {
    pub fn new(first: TempoMark) -> Self {
        Self {
            last: first,
            marks: 1,
        }
    }

    /// The mark that `clock`, `frame` frames after the start, makes necessary.
    pub fn step(&mut self, clock: &SongClock, frame: u64) -> Option<TempoMark> {
        let (old, new) = (self.last, TempoMark::at(clock, frame));
        let since_frames = frame.saturating_sub(old.frame) as f64;
        let expected = old
            .frames_per_quarter(clock.sample_rate_hz)
            .zip(old.beats)
            .map(|(per_quarter, beats)| beats + since_frames / per_quarter);
        let drifted = differs(expected, new.beats, DRIFT_BEATS);
        let is_due = since_frames >= RAMP_STEP_SECS * f64::from(clock.sample_rate_hz);
        let tempo_moved = differs(old.bpm, new.bpm, TEMPO_TOLERANCE_BPM)
            || old.bpm.is_some() != new.bpm.is_some();
        let wanted =
            old.meter != new.meter || bars_moved(&old, &new) || drifted || (tempo_moved && is_due);
        if !wanted || self.marks >= MAX_MARKS {
            return None;
        }
        self.marks += 1;
        self.last = new;
        Some(new)
    }
}

/// The host's bar lines are no longer where the old mark's bars would put them.
fn bars_moved(old: &TempoMark, new: &TempoMark) -> bool {
    let Some((from, to)) = old.bar_beats.zip(new.bar_beats) else {
        return false;
    };
    let bars = (to - from) / old.quarters_per_bar();
    (bars - bars.round()).abs() * old.quarters_per_bar() > DRIFT_BEATS * 4.0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridUnit {
    Bars,
    /// Of the meter's unit: eighths in 7/8.
    Beats,
}

/// A bar or beat line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub frame: u64,
    /// Counted from 1, as hosts show it.
    pub bar: i64,
    /// 1 for the bar's first.
    pub beat: u32,
}

/// The marks of one stretch, in order, the first at frame 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TempoMap {
    pub marks: Vec<TempoMark>,
    pub frames: u64,
    pub sample_rate_hz: u32,
}

impl TempoMap {
    /// One tempo and one meter throughout.
    pub fn is_steady(&self) -> bool {
        self.marks
            .split_first()
            .is_none_or(|(first, rest)| !rest.iter().any(|mark| mark.is_retimed_from(first)))
    }

    /// Marks at which tempo or meter really change.
    pub fn changes(&self) -> impl Iterator<Item = &TempoMark> {
        self.marks
            .windows(2)
            .filter(|pair| pair[1].is_retimed_from(&pair[0]))
            .map(|pair| &pair[1])
    }

    fn stretches(&self) -> impl Iterator<Item = (&TempoMark, u64)> {
        let ends = self.marks.iter().skip(1).map(|mark| mark.frame);
        self.marks.iter().zip(ends.chain([self.frames]))
    }

    /// Song position of a frame, quarter notes.
    pub fn beats_at(&self, frame: u64) -> Option<f64> {
        let mark = self.mark_at(frame)?;
        let per_quarter = mark.frames_per_quarter(self.sample_rate_hz)?;
        Some(mark.beats? + (frame - mark.frame) as f64 / per_quarter)
    }

    /// The mark that holds at a frame.
    pub fn mark_at(&self, frame: u64) -> Option<&TempoMark> {
        let after = self.marks.partition_point(|mark| mark.frame <= frame);
        self.marks.get(after.checked_sub(1)?)
    }

    /// All lines of the stretch, also one on its very end. Empty where the tempo is unknown.
    pub fn lines(&self, unit: GridUnit) -> Vec<Line> {
        let mut lines = Vec::new();
        for (mark, end) in self.stretches() {
            self.draw(mark, end, unit, &mut lines);
        }
        lines
    }

    fn draw(&self, mark: &TempoMark, end: u64, unit: GridUnit, lines: &mut Vec<Line>) {
        let Some(per_quarter) = mark.frames_per_quarter(self.sample_rate_hz) else {
            return;
        };
        let meter = mark.meter.unwrap_or_default();
        let (step, per_bar) = match unit {
            GridUnit::Bars => (mark.quarters_per_bar(), 1),
            GridUnit::Beats => (
                4.0 / f64::from(meter.beat_unit()),
                i64::from(meter.beats_per_bar()),
            ),
        };
        let origin = mark.origin_beats();
        let ahead = (mark.beats_or_zero() - origin) / step;
        let offset = |k: i64| (k as f64 - ahead) * step * per_quarter;
        // A position a hair behind its line, as hosts round it, is on the line.
        let mut k = (ahead - TOLERANCE_FRAMES / (step * per_quarter)).ceil() as i64;
        let is_last = end == self.frames;
        let first_bar = (origin / mark.quarters_per_bar() + 1e-3).floor() as i64 + 1;
        loop {
            let frame = mark.frame + offset(k).round().max(0.0) as u64;
            if frame > end || (frame == end && !is_last) {
                return;
            }
            let beat = k.rem_euclid(per_bar) as u32 + 1;
            let close = (step * per_quarter / 4.0) as u64;
            let bar = match lines.last() {
                // Both marks have the line between them.
                Some(last) if frame < last.frame + close => {
                    k += 1;
                    continue;
                }
                Some(last) if beat == 1 => last.bar + 1,
                Some(last) => last.bar,
                None => first_bar + k.div_euclid(per_bar),
            };
            lines.push(Line { frame, bar, beat });
            k += 1;
        }
    }

    /// The nearest line, or an end of the stretch if that is nearer.
    pub fn snapped(&self, frame: u64, unit: GridUnit) -> u64 {
        let lines = self.lines(unit);
        let after = lines.partition_point(|line| line.frame <= frame);
        let around = lines[after.saturating_sub(1)..(after + 1).min(lines.len())]
            .iter()
            .map(|line| line.frame);
        around
            .chain([0, self.frames])
            .min_by_key(|line| line.abs_diff(frame))
            .unwrap_or(frame)
    }

    /// The last line at or before a frame.
    pub fn line_before(&self, frame: u64, unit: GridUnit) -> Option<Line> {
        let lines = self.lines(unit);
        let after = lines.partition_point(|line| line.frame <= frame);
        lines.get(after.checked_sub(1)?).copied()
    }

    /// The last `count` whole bars that begin at or after `from`: their frames and how many they are.
    pub fn last_bars(&self, count: usize, from: u64) -> Option<(Range<u64>, usize)> {
        let lines = self.lines(GridUnit::Bars);
        let whole: Vec<u64> = lines
            .iter()
            .map(|line| line.frame)
            .filter(|frame| *frame >= from)
            .collect();
        let bars = whole.len().checked_sub(1)?.min(count);
        let end = whole[whole.len() - 1];
        (bars > 0).then(|| (whole[whole.len() - 1 - bars]..end, bars))
    }

    /// The part of the map within `range`, counted from its start.
    pub fn cut(&self, range: Range<u64>) -> Self {
        let mut marks = Vec::new();
        if let Some(first) = self.mark_at(range.start) {
            marks.push(TempoMark {
                frame: 0,
                beats: self.beats_at(range.start),
                ..*first
            });
        }
        let inside = |mark: &&TempoMark| mark.frame > range.start && mark.frame < range.end;
        marks.extend(self.marks.iter().filter(inside).map(|mark| TempoMark {
            frame: mark.frame - range.start,
            ..*mark
        }));
        Self {
            marks,
            frames: range.end - range.start,
            sample_rate_hz: self.sample_rate_hz,
        }
    }
}

#[cfg(test)]
mod tests;
