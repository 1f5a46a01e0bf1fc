//! Writes a piece of the memory as a take, a bite at a time, so that the rings never run over meanwhile.

use super::{Run, cut::Piece, store::Store};
use crate::capture::{
    Take,
    spool::{Spool, SpoolError},
    timeline::TakeStart,
};
use std::{fs::File, io::BufWriter, ops::Range, path::Path};

/// Frames copied between two looks at the rings.
const BITE_FRAMES: u64 = 1 << 16;

pub struct Cutter {
    spool: Spool<BufWriter<File>>,
    /// Still to be copied, on the memory's axis.
    left: Range<u64>,
    missing_bars: u32,
    /// Of the store when it began.
    epoch: u32,
    samples: Vec<f32>,
}

pub enum Progress {
    More(Box<Cutter>),
    Done { take: Box<Take>, missing_bars: u32 },
}

impl Cutter {
    pub fn begin(
        instance: Option<&Path>,
        run: &Run,
        piece: &Piece,
        epoch: u32,
    ) -> Result<Self, SpoolError> {
        let map = run.tempo_map().cut(piece.frames.clone());
        let first = map
            .marks
            .first()
            .copied()
            .unwrap_or_else(|| run.start.mark());
        let start = TakeStart {
            tempo_bpm: first.bpm,
            meter: first.meter,
            start_beats: first.beats,
            start_samples: run
                .start
                .start_samples
                .map(|pos| pos.saturating_add_unsigned(piece.frames.start)),
            bar_beats: first.bar_beats,
            ..run.start
        };
        let mut spool = Spool::create(instance, start)?;
        for mark in map.marks.iter().skip(1) {
            spool.mark(*mark);
        }
        // Where in the run they were lost is not known; better one warning too many.
        spool.count_lost(run.lost_frames);
        Ok(Self {
            spool,
            left: run.first + piece.frames.start..run.first + piece.frames.end,
            missing_bars: piece.missing_bars,
            epoch,
            samples: Vec::new(),
        })
    }

    /// Copies a little.
    pub fn go_on(self, store: &Store) -> Result<Progress, SpoolError> {
        let mut this = self;
        let end = this.left.end.min(this.left.start + BITE_FRAMES);
        let copied = match store.epoch() == this.epoch {
            true => store
                .read(this.left.start..end, &mut this.samples)
                .and_then(|()| this.spool.write_interleaved(&this.samples)),
            false => Err(SpoolError::Gone),
        };
        if let Err(error) = copied {
            this.spool.discard();
            return Err(error);
        }
        this.left.start = end;
        if !this.left.is_empty() {
            return Ok(Progress::More(Box::new(this)));
        }
        Ok(Progress::Done {
            take: Box::new(this.spool.finish()?),
            missing_bars: this.missing_bars,
        })
    }
}
