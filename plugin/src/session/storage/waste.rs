//! What the user throws away. Nothing here runs by itself; only emptying the trash deletes.

use super::survey::is_open;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Moves the folder of a closed instance into the root's trash.
///
/// # Errors
/// It is open; the disk.
pub fn throw_away(root: &Path, id: &str) -> io::Result<()> {
    let folder = root.join("instances").join(plain(id)?);
    if is_open(&folder) {
        return Err(io::Error::other("a running Sideman uses it"));
    }
    fs::create_dir_all(root.join("trash"))?;
    fs::rename(folder, root.join("trash").join(id))
}

/// The other way.
///
/// # Errors
/// The disk.
pub fn bring_back(root: &Path, id: &str) -> io::Result<()> {
    let to = root.join("instances").join(plain(id)?);
    if to.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(root.join("trash").join(id), to)
}

fn plain(id: &str) -> io::Result<&str> {
    let is_plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_plain
        .then_some(id)
        .ok_or(io::ErrorKind::InvalidInput.into())
}

/// Deletes for good: folders in the root's trash, the own trash, and that of closed instances.
///
/// # Errors
/// The first thing that could not be deleted; the rest is.
pub fn empty_trash(root: &Path, own: Option<&Path>) -> io::Result<()> {
    let mut result = clear(&root.join("trash"));
    let instances = fs::read_dir(root.join("instances")).into_iter().flatten();
    for folder in instances.flatten().map(|e| e.path()) {
        if own == Some(&folder) || !is_open(&folder) {
            result = result.and(clear(&folder.join("trash")));
        }
    }
    result
}

fn clear(folder: &Path) -> io::Result<()> {
    let mut result = Ok(());
    for path in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = path.path();
        result = result.and(if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        });
    }
    result
}

/// Moves takes of the own folder into its trash, whose newest file is older than `age`, but none that
/// `keep` names. How many went.
///
/// # Errors
/// The disk.
pub fn trash_old_takes(own: &Path, keep: &[PathBuf], age: Duration) -> io::Result<u32> {
    let mut count = 0;
    for take in fs::read_dir(own.join("takes"))?.flatten().map(|e| e.path()) {
        let is_kept = keep.iter().any(|kept| kept.starts_with(&take));
        let is_old = written(&take).is_some_and(|at| {
            SystemTime::now()
                .duration_since(at)
                .is_ok_and(|since| since > age)
        });
        let name = take.file_name().map(|name| own.join("trash").join(name));
        if let (false, true, Some(to)) = (is_kept, is_old, name) {
            fs::rename(&take, to)?;
            count += 1;
        }
    }
    Ok(count)
}

fn written(path: &Path) -> Option<SystemTime> {
    if path.is_dir() {
        let files = fs::read_dir(path).ok()?.flatten();
        return files.filter_map(|e| written(&e.path())).max();
    }
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::storage::survey;
    use std::fs::File;

    fn file(path: PathBuf, days: u64) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, [0; 1000]).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        let age = Duration::from_secs(days * 86_400);
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn nothing_goes_for_good_before_the_trash_is_emptied() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        let own = root.join("instances/own");
        fs::create_dir_all(own.join("trash")).unwrap();
        for (take, days) in [("t1", 40), ("t2", 40), ("t3", 1)] {
            file(own.join(format!("takes/{take}/take.wav")), days);
        }
        file(root.join("instances/other/stems/a.wav"), 100);
        let keep = [own.join("takes/t2/take.wav")];
        let month = Duration::from_secs(30 * 86_400);
        assert_eq!(trash_old_takes(&own, &keep, month).unwrap(), 1);
        throw_away(root, "other").unwrap();
        assert!(throw_away(root, "../own").is_err());

        let seen = survey(root, Some(&own));
        assert_eq!((seen.instances.len(), seen.trashed.len()), (1, 1));
        assert_eq!(seen.instances[0].takes, 2);
        assert_eq!(seen.trash_bytes, 2000);
        assert_eq!(seen.trashed[0].idle_days, Some(100));

        bring_back(root, "other").unwrap();
        assert!(root.join("instances/other/stems/a.wav").is_file());
        throw_away(root, "other").unwrap();
        empty_trash(root, Some(&own)).unwrap();
        assert_eq!(survey(root, Some(&own)).trash_bytes, 0);
        assert!(own.join("takes/t2/take.wav").is_file());
    }

    #[test]
    fn an_open_folder_is_not_thrown_away() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("instances/other");
        file(folder.join("stems/a.wav"), 0);
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        assert!(throw_away(home.path(), "other").is_err());
        file(folder.join("trash/b.wav"), 0);
        empty_trash(home.path(), None).unwrap();
        assert!(folder.join("trash/b.wav").is_file());
    }
}
