//! What instances whose process died remembered. The user may want it for a day: their own project
//! offers it when it is opened again, any other Sideman when its window opens. After that it goes.

use crate::capture::left_secs;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

const KEPT_FOR: Duration = Duration::from_secs(24 * 3600);
/// Folders looked at; a user with more has swept them by hand.
const MAX_LOOKS: usize = 1000;
/// Shorter is not worth a question.
const WORTH_ASKING_SECS: f64 = 2.0;

struct Left {
    instance: PathBuf,
    /// Since something was added last.
    age: Duration,
}

/// Every memory below the root, whether its process lives or not.
fn memories(root: &Path, now: SystemTime) -> impl Iterator<Item = Left> {
    let folders = fs::read_dir(root.join("instances")).into_iter().flatten();
    let instances = folders.flatten().take(MAX_LOOKS).map(|entry| entry.path());
    instances.filter_map(move |instance| {
        let changed = newest_change(&instance.join("memory"))?;
        Some(Left {
            instance,
            // A clock that was set back makes nothing old.
            age: now.duration_since(changed).unwrap_or_default(),
        })
    })
}

fn newest_change(memory: &Path) -> Option<SystemTime> {
    let files = fs::read_dir(memory).ok()?.flatten();
    let changed = |path: PathBuf| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    files
        .filter_map(|file| changed(file.path()))
        .chain(changed(memory.to_owned()))
        .max()
}

/// The lock of an instance that no process has open.
fn lock_of_dead(instance: &Path) -> Option<File> {
    let lock = File::options().write(true).open(instance.join("lock"));
    lock.ok().filter(|file| file.try_lock().is_ok())
}

/// Removes memories that are too old. Takes and stems are never touched.
pub fn sweep(root: &Path, now: SystemTime) {
    for left in memories(root, now).filter(|left| left.age > KEPT_FOR) {
        if let Some(_lock) = lock_of_dead(&left.instance)
            && let Err(error) = fs::remove_dir_all(left.instance.join("memory"))
        {
            tracing::debug!(%error, instance = %left.instance.display(), "not swept");
        }
    }
}

/// The newest that is worth a question, with its length in seconds; not the asker's own.
pub fn newest(root: &Path, own: &str, now: SystemTime) -> Option<(PathBuf, f64)> {
    let is_own = |left: &Left| left.instance.file_name().is_some_and(|name| name == own);
    let mut fresh: Vec<Left> = memories(root, now)
        .filter(|left| left.age <= KEPT_FOR && !is_own(left))
        .collect();
    fresh.sort_by_key(|left| left.age);
    fresh.into_iter().find_map(|left| {
        // Let go at once: its project may be on its way.
        drop(lock_of_dead(&left.instance)?);
        let secs = left_secs(&left.instance).filter(|secs| *secs >= WORTH_ASKING_SECS)?;
        Some((left.instance, secs))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// An instance with a memory of no use; its lock.
    fn instance(root: &Path, id: &str) -> File {
        let folder = root.join("instances").join(id);
        for sub in ["memory", "takes/t1"] {
            fs::create_dir_all(folder.join(sub)).unwrap();
        }
        fs::write(folder.join("memory/000000000000.f32"), [0; 64]).unwrap();
        fs::write(folder.join("takes/t1/take.wav"), b"audio").unwrap();
        File::create(folder.join("lock")).unwrap()
    }

    #[test]
    fn memories_of_the_dead_go_after_a_day_and_takes_never() {
        let root = tempfile::tempdir().unwrap();
        let dead = instance(root.path(), "dead");
        drop(dead);
        let living = instance(root.path(), "living");
        living.lock().unwrap();
        let there = |path: &str| root.path().join("instances").join(path).exists();
        let now = SystemTime::now();
        sweep(root.path(), now + 23 * HOUR);
        assert!(there("dead/memory") && there("living/memory"));
        sweep(root.path(), now + 25 * HOUR);
        assert!(!there("dead/memory") && there("living/memory"));
        assert!(there("dead/takes/t1/take.wav"));
        drop(living);
        sweep(root.path(), now + 25 * HOUR);
        assert!(!there("living/memory"), "once it has ended");
    }

    #[test]
    fn what_cannot_be_read_is_not_asked_about_and_stays_its_day() {
        let root = tempfile::tempdir().unwrap();
        drop(instance(root.path(), "dead"));
        assert_eq!(newest(root.path(), "own", SystemTime::now()), None);
        assert!(root.path().join("instances/dead/memory").exists());
        assert_eq!(
            newest(&root.path().join("nowhere"), "own", SystemTime::now()),
            None
        );
    }
}
