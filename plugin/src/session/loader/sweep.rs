//! Keeps an instance's folder tidy. Only what a crash cut off is removed; a take nobody refers to goes
//! to the trash, which the user alone empties.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Uploads and downloads that a crash cut off.
const SCRATCH_AGE: Duration = Duration::from_secs(24 * 3600);
/// A looping host with capture on makes a take each time round.
const KEPT_TAKES: usize = 50;

/// Old scratch files.
pub fn leftovers(folder: &Path) {
    remove_older(&folder.join("downloads"), SCRATCH_AGE);
}

fn remove_older(folder: &Path, age: Duration) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let modified = entry.metadata().and_then(|m| m.modified());
        let is_old =
            modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|a| a > age));
        if is_old && let Err(error) = fs::remove_file(entry.path()) {
            tracing::debug!(%error, path = %entry.path().display(), "not swept");
        }
    }
}

/// Moves all takes to the trash but the newest and those that `keep` names. Take ids sort by time.
pub fn old_takes(folder: &Path, keep: &[PathBuf]) {
    let takes = fs::read_dir(folder.join("takes")).into_iter().flatten();
    let mut takes: Vec<PathBuf> = takes.flatten().map(|entry| entry.path()).collect();
    takes.sort();
    let old = takes.len().saturating_sub(KEPT_TAKES);
    for take in &takes[..old] {
        if keep.iter().any(|kept| kept.starts_with(take)) {
            continue;
        }
        let name = take.file_name().unwrap_or_default();
        if let Err(error) = fs::rename(take, folder.join("trash").join(name)) {
            tracing::debug!(%error, path = %take.display(), "not swept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_takes_and_those_in_use_stay() {
        let folder = tempfile::tempdir().unwrap();
        let take = |i: usize| folder.path().join(format!("takes/{i:03}/take.wav"));
        for i in 0..KEPT_TAKES + 3 {
            fs::create_dir_all(take(i).parent().unwrap()).unwrap();
            fs::write(take(i), b"audio").unwrap();
        }
        fs::create_dir(folder.path().join("trash")).unwrap();
        old_takes(folder.path(), &[take(1)]);
        let there: Vec<_> = (0..5).map(|i| take(i).exists()).collect();
        assert_eq!(there, [false, true, false, true, true]);
        assert!(folder.path().join("trash/000/take.wav").is_file());
    }

    #[test]
    fn only_old_leftovers_go() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, age: Duration| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = fs::File::create(&path).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
            path
        };
        let minute = Duration::from_secs(60);
        let fresh = file("downloads/a.flac", minute);
        let stale = file("downloads/b.flac", SCRATCH_AGE + minute);
        let trashed = file("trash/c.wav", SCRATCH_AGE * 1000);
        let stem = file("stems/e.wav", SCRATCH_AGE * 1000);
        leftovers(folder.path());
        assert!(fresh.exists() && trashed.exists() && stem.exists());
        assert!(!stale.exists());
    }
}
