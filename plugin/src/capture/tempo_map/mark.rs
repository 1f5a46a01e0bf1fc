//! What a host says of tempo, meter and place at one moment, and when that is news. Pure.

use crate::song_clock::SongClock;
use serde::{Deserialize, Serialize};
use sideman_shared::music::Meter;

/// Smaller moves are rounding (Ardour: 137.00000013753072).
pub(super) const TEMPO_TOLERANCE_BPM: f64 = 0.001;
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
    pub(in crate::capture) fn at(clock: &SongClock, frame: u64) -> Self {
        Self {
            frame,
            bpm: clock.tempo_bpm,
            meter: clock.meter,
            beats: clock.pos_beats,
            bar_beats: clock.bar_beats,
        }
    }

    pub(super) fn quarters_per_bar(&self) -> f64 {
        self.meter.unwrap_or_default().quarters_per_bar()
    }

    /// Without a song position, bars count from the mark.
    pub(super) fn beats_or_zero(&self) -> f64 {
        self.beats.unwrap_or(0.0)
    }

    /// A bar line that this mark's bars are counted from.
    pub(super) fn origin_beats(&self) -> f64 {
        let bar = self.quarters_per_bar();
        self.bar_beats
            .unwrap_or_else(|| ((self.beats_or_zero() + 1e-6) / bar).floor() * bar)
    }

    /// The number of the bar that begins at [`Self::origin_beats`], 1 for the song's first.
    pub(super) fn origin_bar(&self) -> i64 {
        (self.origin_beats() / self.quarters_per_bar() + 1e-3).floor() as i64 + 1
    }

    /// The number of the bar that the mark lies in.
    pub(super) fn bar(&self) -> i64 {
        let since_origin = self.beats_or_zero() - self.origin_beats();
        self.origin_bar() + (since_origin / self.quarters_per_bar() + 1e-6).floor() as i64
    }

    pub(super) fn frames_per_quarter(&self, sample_rate_hz: u32) -> Option<f64> {
        let bpm = self.bpm.filter(|bpm| BELIEVABLE_BPM.contains(bpm))?;
        Some(60.0 * f64::from(sample_rate_hz) / bpm)
    }

    /// Song position `frames` frames after the mark, quarter notes.
    pub(in crate::capture) fn beats_after(&self, frames: u64, sample_rate_hz: u32) -> Option<f64> {
        let per_quarter = self.frames_per_quarter(sample_rate_hz)?;
        Some(self.beats? + frames as f64 / per_quarter)
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
pub(in crate::capture) struct MapBuilder {
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
        let expected = old.beats_after(frame.saturating_sub(old.frame), clock.sample_rate_hz);
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
