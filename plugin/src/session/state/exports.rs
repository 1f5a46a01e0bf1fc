//! Stems on their way out: saved, and made ready to be dragged.

use super::{Effect, ExportTo, State, StemEntry, present::title};
use std::path::{Path, PathBuf};

impl State {
    pub(super) fn save_stem_as(&self, id: &str, to: PathBuf) -> Vec<Effect> {
        let stem = self.stems.iter().find(|stem| stem.saved.id == id);
        let export = stem.map(|stem| self.export(stem, ExportTo::File(to)));
        export.into_iter().collect()
    }

    pub(super) fn save_stems_to(&self, ids: &[String], folder: &Path) -> Vec<Effect> {
        let wanted = self.stems.iter().filter(|s| ids.contains(&s.saved.id));
        wanted
            .map(|stem| self.export(stem, ExportTo::Folder(folder.to_owned())))
            .collect()
    }

    /// What must be made so that every stem can be dragged as the settings want it.
    pub(super) fn prepare_drags(&mut self) -> Vec<Effect> {
        let as_it_is = self.settings.export.is_original();
        for stem in &mut self.stems {
            stem.prepared = None;
        }
        if as_it_is {
            return Vec::new();
        }
        let stems = self.stems.iter().filter(|stem| !stem.missing);
        stems
            .map(|stem| self.export(stem, ExportTo::Dragging))
            .collect()
    }

    /// As [`Self::prepare_drags`], for one.
    pub(super) fn prepare_drag(&mut self, id: &str) -> Option<Effect> {
        if self.settings.export.is_original() {
            return None;
        }
        let at = self.stems.iter().position(|s| s.saved.id == id)?;
        self.stems[at].prepared = None;
        Some(self.export(&self.stems[at], ExportTo::Dragging))
    }

    pub(super) fn prepared(&mut self, id: &str, path: PathBuf) {
        if self.settings.export.is_original() {
            return;
        }
        if let Some(stem) = self.stems.iter_mut().find(|s| s.saved.id == id) {
            stem.prepared = Some(path);
        }
    }

    fn export(&self, stem: &StemEntry, to: ExportTo) -> Effect {
        Effect::Export {
            stem: Box::new(stem.saved.clone()),
            to,
            settings: self.settings.export.clone(),
            take_title: stem.saved.take.as_ref().map(title).unwrap_or_default(),
        }
    }
}
