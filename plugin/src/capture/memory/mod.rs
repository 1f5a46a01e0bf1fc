//! The last ten minutes that the host played, kept without being asked.
//!
//! The frames heard form one axis that never goes back; on it lie [`Run`]s, each an uninterrupted piece
//! of the song. [`store`] keeps the axis on disk in segments, [`cut`] finds what a user means on it.

mod crash;
mod cut;
mod cutter;
mod rounding;
mod store;
#[cfg(test)]
mod tests;

pub use crash::left_secs;
pub use cut::Cut;
pub(super) use cutter::{Cutter, Progress};

use super::{
    TempoMap, TempoMark,
    peaks::PeakFold,
    spool::SpoolError,
    tap::BlockRecord,
    timeline::{Action, Edge, TakeStart, Timeline},
};
use rounding::Rounding;
use serde::{Deserialize, Serialize};
use std::{ops::Range, path::Path, sync::Arc};
use store::Store;

/// How far back it reaches.
pub const MEMORY_SECS: u32 = 600;
/// Frames per min/max pair: 21 ms at 48 kHz, 28 000 pairs in all.
pub const MEMORY_BUCKET_FRAMES: usize = 1024;
/// While the host stands still, a longer silence is not kept: it would push out what was played.
const LONGEST_PAUSE_SECS: u32 = 4;
/// A host that is scrubbed makes many runs; the oldest are forgotten.
const MAX_RUNS: usize = 256;

/// An uninterrupted piece of the song as it was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its first frame on the axis, which may have left the memory.
    pub(super) first: u64,
    pub(super) start: TakeStart,
    pub(super) map: Vec<TempoMark>,
    pub(super) frames: u64,
    /// The host's loop as last told.
    pub(super) loop_samples: Option<(i64, i64)>,
    /// `None` while it goes on.
    pub(super) ended: Option<Edge>,
    pub(super) lost_frames: u64,
    #[serde(default)]
    rounding: Rounding,
}

impl Run {
    /// On the axis.
    pub fn range(&self) -> Range<u64> {
        self.first..self.first + self.frames
    }

    /// Counted from the run's first frame.
    pub fn tempo_map(&self) -> TempoMap {
        let mut marks = self.map.clone();
        if let [
            TempoMark {
                beats: Some(beats), ..
            },
        ] = &mut marks[..]
        {
            *beats += self.rounding.mean_beats();
        }
        TempoMap {
            marks,
            frames: self.frames,
            sample_rate_hz: self.start.sample_rate_hz,
        }
    }

    /// The host went round a loop in it.
    pub fn is_looped(&self) -> bool {
        self.ended == Some(Edge::Looped)
    }
}

/// What the memory holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryNews {
    pub sample_rate_hz: u32,
    /// What is still there, on the axis.
    pub kept: Range<u64>,
    /// In order.
    pub runs: Arc<Vec<Run>>,
    /// Over `kept`, one pair per [`MEMORY_BUCKET_FRAMES`] frames.
    pub pairs: Arc<Vec<(f32, f32)>>,
    /// How long the host has been playing digital silence.
    pub quiet_secs: f64,
}

#[derive(Debug)]
pub(super) struct Memory {
    timeline: Timeline,
    runs: Vec<Run>,
    store: Store,
    fold: PeakFold,
    pairs: Arc<Vec<(f32, f32)>>,
    quiet_frames: u64,
    /// Something was heard since the news were last told, since the map was last saved.
    is_news: bool,
    is_unsaved: bool,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            timeline: Timeline::new(u64::MAX),
            runs: Vec::new(),
            store: Store::default(),
            fold: PeakFold::of(MEMORY_BUCKET_FRAMES),
            pairs: Arc::default(),
            quiet_frames: 0,
            is_news: false,
            is_unsaved: false,
        }
    }
}

impl Memory {
    /// Segments lie in `instance/memory` from now on. What another folder held is forgotten.
    pub fn set_folder(&mut self, instance: &Path) {
        let folder = instance.join("memory");
        if self.store.folder() == Some(folder.as_path()) {
            return;
        }
        if self.store.folder().is_some() {
            self.forget();
        }
        self.store.set_folder(folder);
    }

    pub fn forget(&mut self) {
        self.store.clear();
        *self = Self {
            store: std::mem::take(&mut self.store),
            timeline: std::mem::replace(&mut self.timeline, Timeline::new(u64::MAX)),
            is_news: true,
            ..Self::default()
        };
        // The next block begins a run of its own.
        self.timeline.stop();
    }

    /// Sound waits for a folder.
    pub fn needs_folder(&self) -> bool {
        self.store.needs_folder()
    }

    /// Takes a block in, or hears of a stop. `keep_all` while something is being cut out.
    pub fn take_in(
        &mut self,
        record: &BlockRecord,
        planar: &[f32],
        keep_all: bool,
    ) -> Result<(), SpoolError> {
        let record = BlockRecord {
            is_stop: record.is_stop || !record.is_listened || self.is_pause(record, planar),
            ..*record
        };
        if record.is_stop {
            self.quiet_frames = 0;
        } else if self.is_foreign(&record) {
            // Another rate or other channels would need another axis.
            self.forget();
        }
        for action in self.timeline.step(&record) {
            self.carry_out(action, planar)?;
        }
        if !record.is_stop {
            self.note(&record, planar);
        }
        if !keep_all {
            self.evict();
        }
        Ok(())
    }

    /// The host stands still and nothing comes in: not worth a frame before a sound, nor long after one.
    fn is_pause(&self, record: &BlockRecord, planar: &[f32]) -> bool {
        let longest = u64::from(LONGEST_PAUSE_SECS) * u64::from(record.clock.sample_rate_hz);
        let rolls = |run: &Run| run.start.is_free && run.ended.is_none();
        let goes_on = self.runs.last().is_some_and(rolls) && self.quiet_frames < longest;
        !record.clock.playing && !goes_on && is_silent(planar)
    }

    /// The host fell silent without a word.
    pub fn stop(&mut self) {
        if let Some(Action::Finish(edge)) = self.timeline.stop() {
            self.end_run(edge);
        }
        self.quiet_frames = 0;
    }

    fn is_foreign(&self, record: &BlockRecord) -> bool {
        self.runs.last().is_some_and(|run| {
            (run.start.sample_rate_hz, run.start.channels)
                != (record.clock.sample_rate_hz, record.channels)
        })
    }

    fn carry_out(&mut self, action: Action, planar: &[f32]) -> Result<(), SpoolError> {
        self.is_news = true;
        self.is_unsaved = true;
        match action {
            Action::Begin(start) => {
                self.store.set_format(start.sample_rate_hz, start.channels);
                self.runs.push(Run {
                    first: self.store.kept().end,
                    start,
                    map: vec![start.mark()],
                    frames: 0,
                    loop_samples: None,
                    ended: None,
                    lost_frames: 0,
                    rounding: Rounding::default(),
                });
            }
            Action::Write { from, to } => {
                let channels = self.store.channels();
                self.fold.add(planar, channels, from..to);
                self.store.append(planar, from..to)?;
                self.grow((to - from) as u64);
            }
            Action::Fill { frames } => {
                self.fold.add_silence(frames);
                self.store.append_silence(frames)?;
                self.grow(frames);
                self.count_lost(frames);
            }
            Action::CountLost { frames } => self.count_lost(frames),
            Action::Mark(mark) => {
                if let Some(run) = self.runs.last_mut() {
                    run.map.push(mark);
                }
            }
            Action::Finish(edge) => self.end_run(edge),
        }
        Ok(())
    }

    fn grow(&mut self, frames: u64) {
        if let Some(run) = self.runs.last_mut() {
            run.frames += frames;
        }
        Arc::make_mut(&mut self.pairs).extend(self.fold.take_ready());
    }

    fn count_lost(&mut self, frames: u64) {
        if let Some(run) = self.runs.last_mut() {
            run.lost_frames += frames;
        }
    }

    fn end_run(&mut self, edge: Edge) {
        self.is_news = true;
        self.is_unsaved = true;
        if let Some(run) = self.runs.last_mut() {
            run.ended.get_or_insert(edge);
        }
    }

    fn note(&mut self, record: &BlockRecord, planar: &[f32]) {
        if let Some(run) = self.runs.last_mut() {
            run.loop_samples = record.clock.loop_samples.or(run.loop_samples);
            run.rounding = run.rounding.heard(run, record);
        }
        if is_silent(planar) {
            self.quiet_frames += u64::from(record.frames);
        } else {
            self.quiet_frames = 0;
        }
    }

    fn evict(&mut self) {
        let frames = self.store.evict();
        if frames > 0 {
            let pairs = Arc::make_mut(&mut self.pairs);
            pairs.drain(..pairs.len().min(frames as usize / MEMORY_BUCKET_FRAMES));
            self.drop_old_runs();
        }
    }

    fn drop_old_runs(&mut self) {
        let from = self.store.kept().start;
        let surplus = self.runs.len().saturating_sub(MAX_RUNS);
        self.runs.drain(..surplus);
        self.runs
            .retain(|run| run.range().end > from || run.ended.is_none());
    }

    /// What is held, when that has changed since the last call.
    pub fn news(&mut self) -> Option<MemoryNews> {
        std::mem::take(&mut self.is_news).then(|| {
            let sample_rate_hz = self.store.sample_rate_hz();
            MemoryNews {
                sample_rate_hz,
                kept: self.store.kept(),
                runs: Arc::new(self.runs.clone()),
                pairs: self.pairs.clone(),
                quiet_secs: self.quiet_frames as f64 / f64::from(sample_rate_hz.max(1)),
            }
        })
    }

    /// How long the newest run is.
    pub fn last_run_secs(&self) -> f64 {
        self.runs.last().map_or(0.0, |run| {
            run.frames as f64 / f64::from(run.start.sample_rate_hz.max(1))
        })
    }

    /// Begins to cut a take out.
    ///
    /// # Errors
    /// A sentence for the user: nothing of the kind was heard, or it cannot be written.
    pub fn begin_cut(&mut self, instance: Option<&Path>, cut: Cut) -> Result<Cutter, String> {
        let piece = cut::find(&self.runs, self.store.kept().start, cut)?;
        self.store.flush().map_err(|error| error.to_string())?;
        let epoch = self.store.epoch();
        Cutter::begin(instance, &self.runs[piece.run], &piece, epoch)
            .map_err(|error| error.to_string())
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }
}

/// Digital silence.
fn is_silent(planar: &[f32]) -> bool {
    planar.iter().all(|sample| *sample == 0.0)
}
