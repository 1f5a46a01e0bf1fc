//! What hosts lose by rounding, found again.
//!
//! A host rounds the song position of each block to a tick (Ardour: 1/1920 of a quarter, 16 frames at 92.5 BPM), the
//! first one's too, from which a run's bars are counted. Over a steady run the blocks' errors cancel each other out.

use super::{BlockRecord, Run};
use serde::{Deserialize, Serialize};

/// Less than this, a hundredth of a frame, is the arithmetic's own.
const NOTHING_BEATS: f64 = 1e-7;

/// How far a run's blocks lie from where its first one puts them, quarter notes.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Rounding {
    sum_beats: f64,
    blocks: u32,
}

impl Rounding {
    /// `record` is the newest block of `run`, which has grown by it already.
    pub fn heard(mut self, run: &Run, record: &BlockRecord) -> Self {
        let ([mark], Some(beats)) = (&run.map[..], record.clock.pos_beats) else {
            return self;
        };
        let expected = run
            .frames
            // Less than the block: it went round a loop in the middle, and its clock tells of the other side.
            .checked_sub(u64::from(record.frames))
            .and_then(|frame| mark.beats_after(frame, run.start.sample_rate_hz));
        if let Some(expected) = expected {
            self.sum_beats += beats - expected;
            self.blocks = self.blocks.saturating_add(1);
        }
        self
    }

    /// What the first block's position was off by.
    pub fn mean_beats(self) -> f64 {
        let mean = self.sum_beats / f64::from(self.blocks.max(1));
        if mean.abs() < NOTHING_BEATS {
            0.0
        } else {
            mean
        }
    }
}
