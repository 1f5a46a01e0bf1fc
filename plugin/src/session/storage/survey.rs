//! Looking at what lies where.

use super::{InstanceUse, MIN_FREE_BYTES, StorageView};
use std::{
    fs::{self, File, TryLockError},
    path::Path,
    time::SystemTime,
};

/// The whole root; `own` is the folder of the instance that asks.
pub fn survey(root: &Path, own: Option<&Path>) -> StorageView {
    let mut instances = each(&root.join("instances"), own);
    instances.sort_by_key(|i| (!i.is_own, std::cmp::Reverse(i.total_bytes())));
    let trashed = each(&root.join("trash"), None);
    let closed_trash = instances
        .iter()
        .filter(|i| i.is_own || !i.is_open)
        .map(|i| i.trash_bytes);
    StorageView {
        root: root.to_owned(),
        free_bytes: fs4::available_space(root).ok(),
        trash_bytes: closed_trash.sum::<u64>()
            + trashed.iter().map(InstanceUse::total_bytes).sum::<u64>(),
        instances,
        trashed,
    }
}

/// Whether the folder is there and something can still be written to it. Never made here: below the
/// mount point of a disk that is away, a new folder would fill the wrong disk.
pub fn has_room(root: &Path) -> bool {
    root.is_dir() && fs4::available_space(root).is_ok_and(|free| free >= MIN_FREE_BYTES)
}

fn each(folder: &Path, own: Option<&Path>) -> Vec<InstanceUse> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
    folders.map(|e| instance(&e.path(), own)).collect()
}

fn instance(folder: &Path, own: Option<&Path>) -> InstanceUse {
    let is_own = own == Some(folder);
    let mut found = InstanceUse {
        id: folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        is_own,
        is_open: is_own || is_open(folder),
        ..InstanceUse::default()
    };
    let mut newest = None;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let sum = sum(&entry.path());
        newest = newest.max(sum.newest);
        match entry.file_name().to_str() {
            Some("takes") => (found.takes, found.takes_bytes) = (sum.audio_files, sum.bytes),
            Some("stems") => (found.stems, found.stems_bytes) = (sum.audio_files, sum.bytes),
            Some("trash") => found.trash_bytes = sum.bytes,
            _ => found.other_bytes += sum.bytes,
        }
    }
    let idle = newest.and_then(|at| SystemTime::now().duration_since(at).ok());
    found.idle_days = idle.map(|idle| (idle.as_secs() / 86_400) as u32);
    found
}

/// Another running Sideman holds the lock.
pub(super) fn is_open(folder: &Path) -> bool {
    let lock = File::options().write(true).open(folder.join("lock"));
    lock.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

#[derive(Default)]
struct Sum {
    bytes: u64,
    audio_files: u32,
    newest: Option<SystemTime>,
}

fn sum(path: &Path) -> Sum {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return Sum::default();
    };
    if !meta.is_dir() {
        let is_audio = path.extension().is_some_and(|e| e == "wav" || e == "flac");
        let is_lock = path.ends_with("lock");
        return Sum {
            bytes: meta.len(),
            audio_files: u32::from(is_audio),
            newest: meta.modified().ok().filter(|_| !is_lock),
        };
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.fold(Sum::default(), |all, entry| {
        let one = sum(&entry.path());
        Sum {
            bytes: all.bytes + one.bytes,
            audio_files: all.audio_files + one.audio_files,
            newest: all.newest.max(one.newest),
        }
    })
}
