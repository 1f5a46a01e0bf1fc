//! The folder as a whole: looked at, cleared.

use crate::session::{
    ClipKey, FolderNews, LoaderEvent,
    storage::{self, Relocation},
};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

const DAY: Duration = Duration::from_secs(86_400);

pub enum FolderTask {
    ClearOld(Relocation),
    Survey {
        root: PathBuf,
        own: Option<PathBuf>,
    },
    EmptyTrash {
        root: PathBuf,
        own: Option<PathBuf>,
    },
    TrashOldTakes {
        root: PathBuf,
        own: PathBuf,
        keep: Vec<PathBuf>,
        older_than_days: u32,
    },
    ThrowAway {
        root: PathBuf,
        own: Option<PathBuf>,
        instance: String,
    },
    BringBack {
        root: PathBuf,
        own: Option<PathBuf>,
        instance: String,
    },
}

impl FolderTask {
    /// What there is to tell; after a change, what now lies where.
    pub fn carry_out(self) -> Option<FolderNews> {
        let survey = |root: &Path, own: Option<&Path>| {
            FolderNews::Surveyed(Box::new(storage::survey(root, own)))
        };
        let (root, own, done) = match self {
            Self::ClearOld(relocation) => {
                let cleared = storage::clear_old(&relocation);
                return cleared
                    .err()
                    .map(|e| sorry("cleared", &relocation.from, &e));
            }
            Self::Survey { root, own } => return Some(survey(&root, own.as_deref())),
            Self::EmptyTrash { root, own } => {
                let done = storage::empty_trash(&root, own.as_deref());
                (root, own, done)
            }
            Self::TrashOldTakes {
                root,
                own,
                keep,
                older_than_days,
            } => {
                let age = DAY * older_than_days;
                let done = storage::trash_old_takes(&own, &keep, age);
                (root, Some(own), done.map(|_| ()))
            }
            Self::ThrowAway {
                root,
                own,
                instance,
            } => {
                let done = storage::throw_away(&root, &instance);
                (root, own, done)
            }
            Self::BringBack {
                root,
                own,
                instance,
            } => {
                let done = storage::bring_back(&root, &instance);
                (root, own, done)
            }
        };
        Some(match done {
            Ok(()) => survey(&root, own.as_deref()),
            Err(error) => sorry("tidied", &root, &error),
        })
    }
}

fn sorry(done: &str, path: &Path, error: &io::Error) -> FolderNews {
    FolderNews::Said(format!(
        "{} was not wholly {done}: {error}. Nothing else was changed.",
        path.display()
    ))
}

/// A file that is not where it should be: elsewhere, or missing.
pub fn missing(key: ClipKey, path: &Path) -> LoaderEvent {
    match storage::follow(path) {
        Some(path) => LoaderEvent::Folder(FolderNews::Found { key, path }),
        None => LoaderEvent::Present(vec![(key, false)]),
    }
}
