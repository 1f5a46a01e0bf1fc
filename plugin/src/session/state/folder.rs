//! The folder that takes and stems lie in: moved, looked at, cleared.

use super::{ClipKey, Effect, FolderNews, FolderWork, State};
use crate::session::{
    CaptureView, FolderWish, MoveView, SavedMove, StorageView, storage::Relocation,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Debug, Default)]
pub(super) struct FolderState {
    pub moving: Option<Moving>,
    pub storage: Option<Arc<StorageView>>,
}

#[derive(Debug)]
pub(super) struct Moving {
    pub to: Option<PathBuf>,
    pub view: MoveView,
}

impl State {
    pub(super) fn folder_wish(&mut self, wish: FolderWish) -> Vec<Effect> {
        let work = match wish {
            FolderWish::Move(to) => return self.begin_move(to),
            FolderWish::CancelMove => {
                let Some(moving) = &mut self.folder.moving else {
                    return Vec::new();
                };
                moving.view.cancelling = true;
                FolderWork::CancelMove
            }
            FolderWish::Survey => FolderWork::Survey,
            FolderWish::EmptyTrash => {
                // What is gone for good cannot be brought back.
                self.deleted.clear();
                FolderWork::EmptyTrash
            }
            FolderWish::TrashOldTakes { older_than_days } => FolderWork::TrashOldTakes {
                keep: self.takes_in_use(),
                older_than_days,
            },
            FolderWish::ThrowAway { instance } => FolderWork::ThrowAway { instance },
            FolderWish::BringBack { instance } => FolderWork::BringBack { instance },
        };
        vec![Effect::Folder(work)]
    }

    /// The settings name the new folder once everything is there.
    pub(super) fn begin_move(&mut self, to: Option<PathBuf>) -> Vec<Effect> {
        if self.folder.moving.is_some() {
            self.notice(
                true,
                "The folder is being moved already. Wait, or cancel that first.",
            );
            return Vec::new();
        }
        if matches!(self.capture, CaptureView::Rolling { .. }) {
            self.notice(true, "Stop capturing before you move the folder.");
            return Vec::new();
        }
        self.folder.moving = Some(Moving::new(to.clone()));
        vec![Effect::Folder(FolderWork::Move { to })]
    }

    /// A move that the last run did not end.
    pub(super) fn resume_move(&mut self, saved: Option<SavedMove>) -> Option<Effect> {
        if self.folder.moving.is_some() {
            return None;
        }
        let to = saved?.to;
        self.folder.moving = Some(Moving::new(to.clone()));
        Some(Effect::Folder(FolderWork::Move { to }))
    }

    pub(super) fn folder_news(&mut self, news: FolderNews) -> Vec<Effect> {
        match news {
            FolderNews::Progress {
                done_bytes,
                total_bytes,
            } => {
                if let Some(moving) = &mut self.folder.moving {
                    moving.view.done_bytes = done_bytes;
                    moving.view.total_bytes = total_bytes;
                }
            }
            FolderNews::Moved(done) => return self.moved(done),
            FolderNews::Stopped { error } => {
                self.folder.moving = None;
                match error {
                    Some(why) => self.notice(
                        true,
                        format!("The folder was not moved: {why}. Everything is where it was."),
                    ),
                    None => self.notice(false, "The move was cancelled: all is where it was."),
                }
            }
            FolderNews::Surveyed(storage) => self.folder.storage = Some(Arc::new(*storage)),
            FolderNews::CanReturn => {
                if self.folder.moving.is_none() {
                    self.notice(
                        false,
                        "Your folder can be written to again: what was kept elsewhere moves back.",
                    );
                    return self.begin_move(self.settings.cache_folder.clone());
                }
            }
            FolderNews::Found { key, path } => return self.found(&key, path),
            FolderNews::Said(text) => self.notice(false, text),
        }
        Vec::new()
    }

    fn moved(&mut self, done: Option<Relocation>) -> Vec<Effect> {
        let Some(moving) = self.folder.moving.take() else {
            return Vec::new();
        };
        self.settings.cache_folder = moving.to;
        let mut effects = vec![Effect::SetCacheFolder(self.settings.cache_folder.clone())];
        if let Some(done) = done {
            self.readdress(&done.from, &done.to);
            self.notice(false, format!("The folder is now {}.", done.to.display()));
            effects.push(Effect::Folder(FolderWork::ClearOld(done)));
        }
        effects.push(Effect::Folder(FolderWork::Survey));
        effects
    }

    fn readdress(&mut self, from: &Path, to: &Path) {
        let readdress = |path: &mut PathBuf| {
            if let Ok(rest) = path.strip_prefix(from) {
                *path = to.join(rest);
            }
        };
        if let Some(source) = &mut self.source {
            readdress(&mut source.take.path);
        }
        for job in &mut self.jobs {
            readdress(&mut job.saved.take.path);
        }
        let deleted = self.deleted.iter_mut().flatten().map(|d| d.stem_mut());
        for stem in self.stems.iter_mut().chain(deleted) {
            readdress(&mut stem.saved.path);
            stem.saved
                .take
                .iter_mut()
                .for_each(|t| readdress(&mut t.path));
            stem.prepared.iter_mut().for_each(readdress);
        }
    }

    /// A file that was missing lies where its folder was moved to.
    fn found(&mut self, key: &ClipKey, path: PathBuf) -> Vec<Effect> {
        let place = match key {
            ClipKey::Source(id) => self
                .source
                .as_mut()
                .filter(|s| s.take.id == *id)
                .map(|s| (&mut s.take.path, &mut s.missing)),
            ClipKey::Stem(id) => self
                .stems
                .iter_mut()
                .find(|s| s.saved.id == *id)
                .map(|s| (&mut s.saved.path, &mut s.missing)),
        };
        let Some((old, missing)) = place else {
            return Vec::new();
        };
        old.clone_from(&path);
        *missing = false;
        let key = key.clone();
        vec![Effect::LoadPeaks { key, path }]
    }
}

impl Moving {
    fn new(to: Option<PathBuf>) -> Self {
        let shown = to.as_ref().map(|path| path.display().to_string());
        Self {
            view: MoveView {
                to: shown.unwrap_or_else(|| "Sideman's own folder".into()),
                done_bytes: 0,
                total_bytes: 0,
                cancelling: false,
            },
            to,
        }
    }
}
