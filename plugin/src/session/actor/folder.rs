//! The folder: claimed, moved, left when it is of no use, and returned to.

use super::Actor;
use crate::session::{
    Event, ExportTo, FolderNews, FolderWork, LoaderEvent,
    library::Place,
    loader::{FolderTask, Task},
    storage,
};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// How often the disk is asked whether it still takes something.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// When the disk was looked at last.
#[derive(Default)]
pub struct DiskWatch(Option<Instant>);

impl Actor {
    pub(super) fn place_of(&self, chosen: Option<PathBuf>) -> Place {
        match chosen {
            Some(root) => Place {
                root,
                refuge: Some(self.folders.data.join("recovery")),
            },
            None => self.folders.data.clone().into(),
        }
    }

    pub(super) fn folder_work(&mut self, work: FolderWork) {
        let root = self.library.root().to_owned();
        let own = self.library.opened();
        let task = match work {
            FolderWork::Move { to } => return self.start_move(to),
            FolderWork::CancelMove => return self.loader.cancel_move(),
            FolderWork::ClearOld(done) => FolderTask::ClearOld(done),
            FolderWork::Survey => FolderTask::Survey { root, own },
            FolderWork::EmptyTrash => FolderTask::EmptyTrash { root, own },
            FolderWork::TrashOldTakes {
                keep,
                older_than_days,
            } => match own {
                Some(own) => FolderTask::TrashOldTakes {
                    root,
                    own,
                    keep,
                    older_than_days,
                },
                // Without a folder there are no takes.
                None => return,
            },
            FolderWork::ThrowAway { instance } => FolderTask::ThrowAway {
                root,
                own,
                instance,
            },
            FolderWork::BringBack { instance } => FolderTask::BringBack {
                root,
                own,
                instance,
            },
        };
        self.load(Task::Folder(task));
    }

    fn start_move(&mut self, to: Option<PathBuf>) {
        let place = self.place_of(to);
        let target = place
            .root
            .join("instances")
            .join(self.library.instance_id());
        let started = match self.library.opened() {
            Some(from) if from != target => self.loader.start_move(from, target),
            // Nothing lies anywhere yet, or it lies there already.
            _ => return self.folder_news(FolderNews::Moved(None)),
        };
        if let Err(error) = started {
            let error = Some(error.to_string());
            self.folder_news(FolderNews::Stopped { error });
        }
    }

    fn folder_news(&mut self, news: FolderNews) {
        self.handle(Event::Loader(LoaderEvent::Folder(news)));
    }

    pub(super) fn set_cache_folder(&mut self, chosen: Option<PathBuf>) {
        let place = self.place_of(chosen);
        self.library.reopen(place, None);
        match self.library.folder() {
            Ok(folder) => self.audio.set_capture_folder(folder.to_owned()),
            Err(error) => self.report(Err(error)),
        }
        self.tell_refuge();
    }

    /// Now and then: a disk that is full or away is left, and returned to when it is back.
    pub(super) fn watch_disk(&mut self) {
        let due = self
            .disk_watch
            .0
            .is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        if !due || self.library.opened().is_none() {
            return;
        }
        self.disk_watch.0 = Some(Instant::now());
        match (
            self.library.is_in_refuge(),
            storage::has_room(self.library.root()),
        ) {
            (true, true) => self.folder_news(FolderNews::CanReturn),
            (false, false) => {
                let taken = self.library.take_refuge();
                match taken.map(|folder| folder.map(ToOwned::to_owned)) {
                    Ok(Some(folder)) => self.audio.set_capture_folder(folder),
                    Ok(None) => {}
                    Err(error) => self.report(Err(error)),
                }
                self.tell_refuge();
            }
            _ => {}
        }
    }

    fn tell_refuge(&mut self) {
        let folder = self
            .library
            .opened()
            .filter(|_| self.library.is_in_refuge());
        if let Some(folder) = folder {
            self.handle(Event::Trouble(format!(
                "{} is full or not there. New takes and stems are kept in {} and move back when it \
                 is writable again.",
                self.library.root().display(),
                folder.display()
            )));
        }
    }

    pub(super) fn export(&mut self, task: impl FnOnce(PathBuf) -> Task, to: &ExportTo) {
        let exports = match (to, self.library.folder()) {
            (_, Ok(folder)) => folder.join("exports"),
            (ExportTo::Dragging, Err(error)) => return self.report(Err(error)),
            // Saved elsewhere: the own folder is not needed.
            (_, Err(_)) => PathBuf::new(),
        };
        self.load(task(exports));
    }
}
