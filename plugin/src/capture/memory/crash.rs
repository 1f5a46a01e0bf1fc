//! What of the memory outlives a crash: found again by the same instance, or rescued by another.

use super::{Cut, Cutter, Memory, Run, store::Kept};
use crate::capture::{spool::SpoolError, timeline::Edge};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::Arc};

/// Lies in a memory that its process has left and somebody has taken from since.
const TAKEN: &str = "taken";

/// How much of what was heard last lies in a folder whose process died, in seconds.
pub fn left_secs(instance: &Path) -> Option<f64> {
    Memory::left_in(instance).map(|memory| memory.last_run_secs())
}

/// What lies beside the segments.
#[derive(Serialize, Deserialize)]
struct Saved {
    runs: Vec<Run>,
    kept: Kept,
}

impl Memory {
    /// Makes what was heard so far safe from a crash. Writes nothing where nothing but silence was heard.
    pub fn save(&mut self) -> Result<(), SpoolError> {
        if !std::mem::take(&mut self.is_unsaved) || !self.store.has_sound() {
            return Ok(());
        }
        self.store.flush()?;
        let kept = self.store.saved_kept();
        self.store.save(&Saved {
            runs: self.runs.clone(),
            kept,
        })
    }

    /// What a process that died has left, if it can be read; else its leavings go.
    pub fn recover(&mut self) {
        if !self.runs.is_empty() {
            return;
        }
        let Some(saved) = self.store.saved::<Saved>() else {
            return;
        };
        if !self.resume(saved) {
            self.store.clear();
            return;
        }
        self.store.read_all(|samples, channels| {
            let frames = samples.len() / channels.max(1);
            let planar: Vec<f32> = (0..channels)
                .flat_map(|channel| samples.iter().skip(channel).step_by(channels).copied())
                .collect();
            self.fold.add(&planar, channels, 0..frames);
        });
        Arc::make_mut(&mut self.pairs).extend(self.fold.take_ready());
        self.drop_old_runs();
        self.is_news = true;
    }

    /// `false` when the frames are not all there.
    fn resume(&mut self, saved: Saved) -> bool {
        if !self.store.resume(saved.kept) {
            return false;
        }
        self.runs = saved.runs;
        let kept = self.store.kept();
        self.runs.retain(|run| run.range().start < kept.end);
        if let Some(last) = self.runs.last_mut() {
            last.frames = last.frames.min(kept.end - last.first);
            last.ended.get_or_insert(Edge::Stopped);
        }
        true
    }

    /// What another instance's process has left in its folder, only to be read; `None` when that cannot
    /// be read, or a part of it was made a take already.
    fn left_in(instance: &Path) -> Option<Self> {
        let mut memory = Self::default();
        memory.set_folder(instance);
        let is_taken = instance.join("memory").join(TAKEN).exists();
        let saved = memory.store.saved::<Saved>().filter(|_| !is_taken)?;
        memory.resume(saved).then_some(memory)
    }

    /// Begins to make a take of what a dead process has left in the folder `from`. The memory is for
    /// [`Cutter::go_on`].
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn begin_rescue(instance: Option<&Path>, from: &Path) -> Result<(Self, Cutter), String> {
        let gone =
            "What the other Sideman remembered is gone: its project may have been opened again.";
        let mut left = Self::left_in(from).ok_or(gone)?;
        let last = left.runs.last().map(Run::range).ok_or(gone)?;
        let cutter = left
            .begin_cut(instance, Cut::SincePlay)
            .or_else(|_| left.begin_cut(instance, Cut::Range(last)))?;
        Ok((left, cutter))
    }

    /// Nobody else needs to be asked about what was left in this folder.
    pub fn note_taken(&self) {
        if let Some(folder) = self.store.folder()
            && let Err(error) = std::fs::write(folder.join(TAKEN), [])
        {
            tracing::debug!(%error, "others will be asked about the same memory");
        }
    }
}
