//! Where takes begin and end: pure, block by block.

use super::{
    tap::BlockRecord,
    tempo_map::{MapBuilder, TempoMark},
};
use crate::song_clock::SongClock;
use serde::{Deserialize, Serialize};
use sideman_shared::music::Meter;

/// Hosts round positions; nobody jumps by less.
const TOLERANCE_FRAMES: u64 = 8;

/// For positions given in beats only: within one block a tempo ramp bends them by this much at most.
const TOLERANCE_BEATS: f64 = 0.02;

/// A longer silence in place of dropped frames would not be a take any more.
const LONGEST_FILL_SECS: u64 = 30;

/// Why a take ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The host stopped, or capture was switched off.
    Stopped,
    Jumped,
    Looped,
    /// The sample rate or the number of channels changed.
    Reformatted,
    /// More frames in a row were dropped than silence should stand for.
    Gap,
    /// As long as a WAV file can be.
    Full,
}

/// Where and how a take begins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TakeStart {
    pub sample_rate_hz: u32,
    pub channels: u16,
    pub tempo_bpm: Option<f64>,
    pub meter: Option<Meter>,
    pub start_beats: Option<f64>,
    pub start_samples: Option<i64>,
    pub bar_beats: Option<f64>,
    /// The host stood still: there is no place in the song, and bars count back from the end.
    #[serde(default)]
    pub is_free: bool,
}

impl TakeStart {
    fn at(clock: &SongClock, channels: u16) -> Self {
        Self {
            sample_rate_hz: clock.sample_rate_hz,
            channels,
            tempo_bpm: clock.tempo_bpm,
            meter: clock.meter,
            start_beats: clock.pos_beats,
            start_samples: clock.pos_samples,
            bar_beats: clock.bar_beats,
            is_free: !clock.playing,
        }
    }

    /// The first mark of the take's tempo map.
    pub fn mark(&self) -> TempoMark {
        TempoMark {
            frame: 0,
            bpm: self.tempo_bpm,
            meter: self.meter,
            beats: self.start_beats,
            bar_beats: self.bar_beats,
        }
    }
}

/// What to do, in this order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    Begin(TakeStart),
    /// These frames were dropped: silence in their place keeps the rest in time.
    Fill {
        frames: u64,
    },
    /// These frames were dropped at a take's edge: counted, nothing to fill.
    CountLost {
        frames: u64,
    },
    /// Frames `from..to` of the block belong to the take.
    Write {
        from: usize,
        to: usize,
    },
    /// Tempo, meter or the course of the song position moved while the take rolls.
    Mark(TempoMark),
    Finish(Edge),
}

/// Turns block records into takes.
#[derive(Debug)]
pub struct Timeline {
    rolling: Option<Rolling>,
    max_take_frames: u64,
    /// Dropped before the first block of the next take.
    lost_outside: u64,
}

#[derive(Debug)]
struct Rolling {
    start: TakeStart,
    /// The clock expected at the next block.
    next: SongClock,
    frames: u64,
    map: MapBuilder,
}

impl Timeline {
    /// Takes are cut after `max_take_frames` frames.
    pub fn new(max_take_frames: u64) -> Self {
        Self {
            rolling: None,
            max_take_frames,
            lost_outside: 0,
        }
    }

    pub fn is_rolling(&self) -> bool {
        self.rolling.is_some()
    }

    /// The host fell silent without a word.
    pub fn stop(&mut self) -> Option<Action> {
        self.rolling.take().map(|_| Action::Finish(Edge::Stopped))
    }

    /// Reads the next block's record.
    pub fn step(&mut self, record: &BlockRecord) -> Vec<Action> {
        let mut actions = Vec::with_capacity(4);
        if record.is_stop {
            self.close(record, Edge::Stopped, &mut actions);
            return actions;
        }
        match self.rolling.as_ref().map(|r| r.edge_at(record)) {
            Some(Some(edge)) => self.close(record, edge, &mut actions),
            Some(None) if record.lost_before > 0 => {
                actions.push(Action::Fill {
                    frames: record.lost_before,
                });
                self.grow(record.lost_before);
            }
            Some(None) => {}
            None => self.lost_outside = record.lost_before,
        }
        let frames = record.frames as usize;
        let is_full = |r: &Rolling| r.frames + frames as u64 > self.max_take_frames;
        if self.rolling.as_ref().is_some_and(is_full) {
            self.rolling = None;
            actions.push(Action::Finish(Edge::Full));
        }
        self.write(record, frames, &mut actions);
        actions
    }

    /// Writes a block's frames, cut in two where the host wraps inside it.
    fn write(&mut self, record: &BlockRecord, frames: usize, actions: &mut Vec<Action>) {
        let clock = &record.clock;
        let wrap = clock.wraps_after(frames).zip(clock.loop_samples);
        let Some((cut, (from, to))) = wrap else {
            self.roll(clock, record.channels, 0..frames, actions);
            return;
        };
        self.roll(clock, record.channels, 0..cut, actions);
        self.rolling = None;
        actions.push(Action::Finish(Edge::Looped));
        let wrapped = SongClock {
            // Told for the block's start, which lies on the other side.
            bar_beats: None,
            ..clock.advanced(cut as i64).advanced(from - to)
        };
        self.roll(&wrapped, record.channels, cut..frames, actions);
    }

    /// Lets the take roll over these frames, whose first lies at `clock`; begins one if none rolls.
    fn roll(
        &mut self,
        clock: &SongClock,
        channels: u16,
        frames: std::ops::Range<usize>,
        actions: &mut Vec<Action>,
    ) {
        let lost_outside = std::mem::take(&mut self.lost_outside);
        let rolling = self.rolling.get_or_insert_with(|| {
            let start = TakeStart::at(clock, channels);
            actions.push(Action::Begin(start));
            if lost_outside > 0 {
                actions.push(Action::CountLost {
                    frames: lost_outside,
                });
            }
            Rolling {
                start,
                next: *clock,
                frames: 0,
                map: MapBuilder::new(start.mark()),
            }
        });
        actions.extend(rolling.map.step(clock, rolling.frames).map(Action::Mark));
        actions.push(Action::Write {
            from: frames.start,
            to: frames.end,
        });
        rolling.frames += frames.len() as u64;
        rolling.next = clock.advanced(frames.len() as i64);
    }

    fn grow(&mut self, frames: u64) {
        if let Some(rolling) = &mut self.rolling {
            rolling.frames += frames;
        }
    }

    fn close(&mut self, record: &BlockRecord, edge: Edge, actions: &mut Vec<Action>) {
        if self.rolling.take().is_none() {
            return;
        }
        if record.lost_before > 0 {
            actions.push(Action::CountLost {
                frames: record.lost_before,
            });
        }
        actions.push(Action::Finish(edge));
    }
}

impl Rolling {
    /// Why this block does not belong to the take, if so.
    fn edge_at(&self, record: &BlockRecord) -> Option<Edge> {
        let clock = &record.clock;
        if (clock.sample_rate_hz, record.channels)
            != (self.start.sample_rate_hz, self.start.channels)
        {
            return Some(Edge::Reformatted);
        }
        if record.lost_before > LONGEST_FILL_SECS * u64::from(clock.sample_rate_hz) {
            return Some(Edge::Gap);
        }
        if clock.playing != self.next.playing {
            return Some(Edge::Stopped);
        }
        let expected = self
            .next
            .advanced(i64::try_from(record.lost_before).unwrap_or(i64::MAX));
        let jumped = if clock.pos_from_beats {
            is_off(expected.pos_beats, clock.pos_beats, |a, b| {
                (a - b).abs() > TOLERANCE_BEATS
            })
        } else {
            is_off(expected.pos_samples, clock.pos_samples, |a, b| {
                a.abs_diff(b) > TOLERANCE_FRAMES
            })
        };
        let loop_start = clock.loop_samples.map(|(from, _)| from);
        let at_loop_start = is_off(loop_start, clock.pos_samples, |a, b| a == b);
        match (jumped, at_loop_start) {
            (false, _) => None,
            (true, true) => Some(Edge::Looped),
            (true, false) => Some(Edge::Jumped),
        }
    }
}

/// Whether both are known and `test` holds for them.
fn is_off<T: Copy>(expected: Option<T>, actual: Option<T>, test: impl Fn(T, T) -> bool) -> bool {
    expected.zip(actual).is_some_and(|(a, b)| test(a, b))
}

#[cfg(test)]
mod tests;
