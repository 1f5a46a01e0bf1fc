//! Stems deleted and brought back, one or several at a time.

use super::{Effect, MAX_UNDO, State, StemEntry};

/// One stem of a deletion and the place it had.
#[derive(Debug, Clone)]
pub(super) struct Deleted {
    at: usize,
    stem: StemEntry,
}

impl Deleted {
    pub(super) fn stem_mut(&mut self) -> &mut StemEntry {
        &mut self.stem
    }
}

impl State {
    /// All of them are one step to undo.
    pub(super) fn delete_stems(&mut self, ids: &[String]) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut batch = Vec::new();
        let mut was_playing = false;
        // From the end, so that the places still count while others go.
        for at in (0..self.stems.len()).rev() {
            if !ids.contains(&self.stems[at].saved.id) {
                continue;
            }
            let mut stem = self.stems.remove(at);
            was_playing |= std::mem::take(&mut stem.saved.auditioning);
            effects.push(Effect::Trash {
                stem: stem.saved.id.clone(),
                path: stem.saved.path.clone(),
            });
            batch.push(Deleted { at, stem });
        }
        if batch.is_empty() {
            return Vec::new();
        }
        self.deleted.push(batch);
        if self.deleted.len() > MAX_UNDO {
            self.deleted.remove(0);
        }
        if was_playing {
            effects.push(self.play());
        }
        effects
    }

    pub(super) fn undo_delete(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        // The last one taken away was the topmost.
        for deleted in self.deleted.pop().into_iter().flatten().rev() {
            let saved = &deleted.stem.saved;
            effects.push(Effect::Untrash {
                stem: saved.id.clone(),
                path: saved.path.clone(),
            });
            if deleted.stem.peaks.pairs.is_empty() {
                effects.push(saved.load_peaks());
            }
            self.put_back(deleted);
        }
        effects
    }

    pub(super) fn trash_failed(&mut self, id: &str, why: &str) {
        for batch in &mut self.deleted {
            if let Some(at) = batch.iter().position(|d| d.stem.saved.id == id) {
                let deleted = batch.remove(at);
                let name = deleted.stem.saved.path.display().to_string();
                self.deleted.retain(|batch| !batch.is_empty());
                self.put_back(deleted);
                self.notice(true, format!("{name} was not deleted: {why}"));
                return;
            }
        }
    }

    fn put_back(&mut self, deleted: Deleted) {
        let Deleted { at, stem } = deleted;
        if self.stems.iter().all(|s| s.saved.id != stem.saved.id) {
            self.stems.insert(at.min(self.stems.len()), stem);
        }
    }
}
