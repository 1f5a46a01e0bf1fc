//! A part of a take as a take of its own.

use super::{
    Take, TakeOrigin,
    spool::{Spool, SpoolError},
    timeline::TakeStart,
};
use std::{fs::File, io::BufWriter, ops::Range, path::Path};

/// Is given the whole take piece by piece and writes the part.
pub struct PartWriter {
    spool: Spool<BufWriter<File>>,
    name: Option<String>,
    part: Range<u64>,
    /// Frames given so far.
    at: u64,
    interleaved: Vec<f32>,
    failed: Option<SpoolError>,
}

impl PartWriter {
    /// Frames `part` of `whole`, to be written below the instance's folder.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn begin(instance: &Path, whole: &Take, part: Range<u64>) -> Result<Self, String> {
        let map = whole.tempo_map().cut(part.clone());
        let first = map.marks.first();
        let start = TakeStart {
            sample_rate_hz: whole.sample_rate_hz,
            channels: whole.channels,
            tempo_bpm: first.and_then(|mark| mark.bpm),
            meter: first.and_then(|mark| mark.meter),
            start_beats: first.and_then(|mark| mark.beats),
            start_samples: whole
                .start_samples
                .map(|pos| pos.saturating_add_unsigned(part.start)),
            bar_beats: first.and_then(|mark| mark.bar_beats),
            is_free: false,
        };
        let mut spool = Spool::create(Some(instance), start).map_err(|e| e.to_string())?;
        for mark in map.marks.iter().skip(1) {
            spool.mark(*mark);
        }
        let secs = |frame: u64| frame as f64 / f64::from(whole.sample_rate_hz.max(1));
        let name = match &whole.origin {
            TakeOrigin::Captured => None,
            TakeOrigin::File(name) => Some(format!(
                "{name}, {:.1}–{:.1} s",
                secs(part.start),
                secs(part.end)
            )),
        };
        Ok(Self {
            spool,
            name,
            part,
            at: 0,
            interleaved: Vec::new(),
            failed: None,
        })
    }

    /// The next piece of the whole, `[channel][frame]`.
    pub fn add(&mut self, planes: &[Vec<f32>]) {
        let frames = planes.first().map_or(0, Vec::len) as u64;
        let from = self.part.start.clamp(self.at, self.at + frames) - self.at;
        let to = self.part.end.clamp(self.at, self.at + frames) - self.at;
        self.at += frames;
        if from >= to || self.failed.is_some() {
            return;
        }
        self.interleaved.clear();
        for frame in from as usize..to as usize {
            self.interleaved
                .extend(planes.iter().map(|plane| plane[frame]));
        }
        self.failed = self.spool.write_interleaved(&self.interleaved).err();
    }

    /// Nothing stays on disk.
    pub fn discard(self) {
        self.spool.discard();
    }

    /// Everything was given.
    ///
    /// # Errors
    /// A sentence for the user; nothing stays on disk.
    pub fn finish(self) -> Result<Take, String> {
        if let Some(error) = self.failed {
            self.spool.discard();
            return Err(error.to_string());
        }
        if self.spool.is_too_short() {
            self.spool.discard();
            return Err("it is shorter than 0.5 s; choose a longer part".into());
        }
        let take = self.spool.finish_as(self.name.map(TakeOrigin::File));
        take.map_err(|e| e.to_string())
    }
}
