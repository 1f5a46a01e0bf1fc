//! Where bars and beats lie in a stretch of song whose tempo and meter may move: the one place that
//! knows, for rulers, snaps and words alike. Pure.

mod mark;

pub(super) use mark::MapBuilder;
pub use mark::TempoMark;

use std::ops::Range;

/// Hosts round positions; nobody hears less.
const TOLERANCE_FRAMES: f64 = 8.0;
/// A stretch that reaches this little into a bar is not said to touch it: hosts stop a block late.
const TOUCH_SECS: f64 = 0.03;
/// A mark further than this from its own bar line is nonsense.
const MOST_LINES_AHEAD: f64 = 1e6;

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
        mark.beats_after(frame - mark.frame, self.sample_rate_hz)
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
        if !ahead.is_finite() || ahead.abs() > MOST_LINES_AHEAD {
            return;
        }
        let offset = |k: i64| (k as f64 - ahead) * step * per_quarter;
        // A position a hair behind its line, as hosts round it, is on the line.
        let mut k = (ahead - TOLERANCE_FRAMES / (step * per_quarter)).ceil() as i64;
        let is_last = end == self.frames;
        let first_bar = mark.origin_bar();
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

    /// Every bar or beat that `range` touches, whole; `range` itself where the tempo is unknown.
    pub fn whole(&self, range: Range<u64>, unit: GridUnit) -> Range<u64> {
        let lines = self.lines(unit);
        if lines.is_empty() {
            return range;
        }
        let after = lines.partition_point(|line| line.frame <= range.start);
        let start = after.checked_sub(1).map_or(0, |at| lines[at].frame);
        let at_end = lines.partition_point(|line| line.frame < range.end);
        let end = lines.get(at_end).map_or(self.frames, |line| line.frame);
        start..end
    }

    /// First and last bar of `range`, counted from 1, if it is made of whole bars: each edge lies on a
    /// bar line or on an end of the stretch.
    pub fn bars_of(&self, range: Range<u64>) -> Option<(i64, i64)> {
        let lines = self.lines(GridUnit::Bars);
        let is_edge = |frame: u64| {
            let near = |edge: u64| edge.abs_diff(frame) as f64 <= TOLERANCE_FRAMES;
            near(0) || near(self.frames) || lines.iter().any(|line| near(line.frame))
        };
        if !(is_edge(range.start) && is_edge(range.end)) {
            return None;
        }
        let before_first = match lines.first() {
            Some(line) => line.bar - 1,
            // Shorter than a bar.
            None => self.marks.iter().find(|mark| mark.bpm.is_some())?.bar(),
        };
        let bar_at = |frame: u64| {
            let after = lines.partition_point(|line| line.frame <= frame);
            after
                .checked_sub(1)
                .map_or(before_first, |at| lines[at].bar)
        };
        let touch = (TOUCH_SECS * f64::from(self.sample_rate_hz)) as u64;
        let first = bar_at(range.start + touch);
        let last = bar_at(range.end.saturating_sub(touch));
        Some((first, last.max(first)))
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

    /// The last `count` bars by the tempo alone, back from the end: for what has no place in the song. As
    /// many whole ones as begin at or after `from`: their frames and how many they are.
    pub fn bars_back(&self, count: usize, from: u64) -> Option<(Range<u64>, usize)> {
        let mut left = count as f64;
        let stretches: Vec<_> = self.stretches().collect();
        for (mark, end) in stretches.into_iter().rev() {
            let Some(per_quarter) = mark.frames_per_quarter(self.sample_rate_hz) else {
                break;
            };
            let bar_frames = mark.quarters_per_bar() * per_quarter;
            let first = mark.frame.max(from);
            let bars = end.saturating_sub(first) as f64 / bar_frames;
            if bars * bar_frames + TOLERANCE_FRAMES >= left * bar_frames {
                let start = end as f64 - left * bar_frames;
                return Some(((start.round().max(first as f64)) as u64..self.frames, count));
            }
            left -= bars;
        }
        let heard = (count as f64 - left).floor() as usize;
        (heard > 0).then(|| self.bars_back(heard, from)).flatten()
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
