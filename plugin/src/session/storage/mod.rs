//! The folder that takes and stems lie in: what it holds, moving it, and what is thrown away.

mod breadcrumb;
mod relocate;
mod survey;
mod waste;
mod words;

pub use breadcrumb::follow;
pub use relocate::{Relocation, clear_old, copy_all, discard};
pub use survey::{has_room, survey};
pub use waste::{bring_back, empty_trash, throw_away, trash_old_takes};

pub use words::{FolderNews, FolderWish, FolderWork};

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Below this a folder counts as full: one long take must still fit.
pub const MIN_FREE_BYTES: u64 = 256 << 20;

/// What lies in the folder, as last looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StorageView {
    pub root: PathBuf,
    pub free_bytes: Option<u64>,
    /// The own one first, then the largest first.
    pub instances: Vec<InstanceUse>,
    /// Instance folders in the trash.
    pub trashed: Vec<InstanceUse>,
    /// Everything that emptying the trash would free.
    pub trash_bytes: u64,
}

/// One instance's folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InstanceUse {
    pub id: String,
    pub takes: u32,
    pub takes_bytes: u64,
    pub stems: u32,
    pub stems_bytes: u64,
    /// Copies made for dragging, and what was being fetched.
    pub other_bytes: u64,
    pub trash_bytes: u64,
    /// Since the newest file in it was written.
    pub idle_days: Option<u32>,
    pub is_own: bool,
    /// A running Sideman has it.
    pub is_open: bool,
}

impl InstanceUse {
    pub fn total_bytes(&self) -> u64 {
        self.takes_bytes + self.stems_bytes + self.other_bytes + self.trash_bytes
    }
}

/// A move of the folder, on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct MoveView {
    pub to: String,
    pub done_bytes: u64,
    pub total_bytes: u64,
    pub cancelling: bool,
}

/// A move that goes on when the project is opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedMove {
    pub to: Option<PathBuf>,
}
