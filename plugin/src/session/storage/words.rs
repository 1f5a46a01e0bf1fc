//! What is said about the folder between window, session, and the threads that do the work.

use super::{Relocation, StorageView};
use crate::session::ClipKey;
use std::path::PathBuf;

/// What the user wants done with the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderWish {
    /// To another root with everything in it; `None` is the user's data folder.
    Move(Option<PathBuf>),
    CancelMove,
    Survey,
    /// The only wish that deletes.
    EmptyTrash,
    TrashOldTakes {
        older_than_days: u32,
    },
    /// A closed instance's whole folder, into the trash.
    ThrowAway {
        instance: String,
    },
    BringBack {
        instance: String,
    },
}

/// What the session decided to have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderWork {
    Move {
        to: Option<PathBuf>,
    },
    CancelMove,
    ClearOld(Relocation),
    Survey,
    EmptyTrash,
    TrashOldTakes {
        keep: Vec<PathBuf>,
        older_than_days: u32,
    },
    ThrowAway {
        instance: String,
    },
    BringBack {
        instance: String,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum FolderNews {
    Progress {
        done_bytes: u64,
        total_bytes: u64,
    },
    /// All is in the new place; `None` when there was nothing to move.
    Moved(Option<Relocation>),
    /// The move ended before its end; everything is where it was.
    Stopped {
        error: Option<String>,
    },
    Surveyed(Box<StorageView>),
    /// The chosen folder can be written to again.
    CanReturn,
    /// A missing file lies elsewhere now.
    Found {
        key: ClipKey,
        path: PathBuf,
    },
    /// A sentence for the user.
    Said(String),
}
