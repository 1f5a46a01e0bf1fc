//! The user's settings on disk: read again when another instance has written them, written as a whole
//! and renamed into place.

use super::{UserChange, UserSettings};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    time::SystemTime,
};

const NAME: &str = "settings.json";
/// A longer one is not ours.
const MAX_BYTES: u64 = 1 << 20;

#[derive(Debug, thiserror::Error)]
#[error(
    "The settings could not be kept in {}: {source}. They hold until Sideman is closed; free space or \
     allow writing there to keep them.", folder.display()
)]
pub struct UserFileError {
    folder: PathBuf,
    source: io::Error,
}

#[derive(Debug)]
pub struct UserFile {
    folder: PathBuf,
    /// When the file that was read last had been written, and how long it is.
    seen: Option<(SystemTime, u64)>,
    now: UserSettings,
}

impl UserFile {
    /// Reads the file; without one (or with one that makes no sense) all is as on a first run.
    pub fn open(config_folder: PathBuf) -> Self {
        let mut file = Self {
            folder: config_folder,
            seen: None,
            now: UserSettings::default(),
        };
        file.news();
        file
    }

    pub fn now(&self) -> &UserSettings {
        &self.now
    }

    /// What another instance has written since the last look.
    pub fn news(&mut self) -> Option<&UserSettings> {
        let stamp = self.stamp();
        if stamp.is_none() || stamp == self.seen {
            return None;
        }
        self.seen = stamp;
        let text = fs::read_to_string(self.path()).ok()?;
        let Ok(mut read) = serde_json::from_str::<UserSettings>(&text) else {
            tracing::warn!("{} makes no sense; left alone", self.path().display());
            return None;
        };
        read.mend();
        if read == self.now {
            return None;
        }
        self.now = read;
        Some(&self.now)
    }

    /// Applies one change to the newest file and writes it. On an error the change holds all the same,
    /// for this instance.
    ///
    /// # Errors
    /// The disk refused.
    pub fn change(&mut self, change: UserChange) -> Result<(), UserFileError> {
        let written = self.locked(|file| {
            file.news();
            file.now.apply(change.clone());
            file.write()
        });
        written.map_err(|source| {
            self.now.apply(change);
            UserFileError {
                folder: self.folder.clone(),
                source,
            }
        })
    }

    /// One instance at a time; a disk that cannot lock is used unlocked.
    fn locked(&mut self, work: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::create(self.folder.join("settings.lock"))?;
        // Held for the length of one small write by others; released when closed.
        let _ = lock.lock();
        work(self)
    }

    fn write(&mut self) -> io::Result<()> {
        let part = self.folder.join(format!("{NAME}.part"));
        let mut file = File::create(&part)?;
        file.write_all(&serde_json::to_vec_pretty(&self.now)?)?;
        file.sync_all()?;
        fs::rename(&part, self.path())?;
        self.seen = self.stamp();
        Ok(())
    }

    fn stamp(&self) -> Option<(SystemTime, u64)> {
        let meta = fs::metadata(self.path()).ok()?;
        let is_ours = meta.is_file() && meta.len() <= MAX_BYTES;
        is_ours.then_some((meta.modified().ok()?, meta.len()))
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Looks, ServiceEntry};

    #[test]
    fn instances_see_each_other_s_changes_and_undo_none() {
        let home = tempfile::tempdir().unwrap();
        let open = || UserFile::open(home.path().join("config"));
        let (mut a, mut b) = (open(), open());
        assert!(a.news().is_none() && !home.path().join("config").exists());
        a.change(UserChange::Offline(true)).unwrap();
        let studio = ServiceEntry {
            name: "Studio".into(),
            address: "http://studio:8002".into(),
        };
        // `b` has not looked yet, and still keeps what `a` wrote.
        b.change(UserChange::AddService(studio.clone())).unwrap();
        let seen = a.news().unwrap();
        assert!(seen.offline && seen.services[1] == studio);
        assert!(a.news().is_none(), "nothing new");
        assert_eq!(open().now(), b.now());
    }

    #[test]
    fn a_broken_file_is_not_a_broken_plugin() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(NAME), b"{ half").unwrap();
        assert_eq!(
            *UserFile::open(home.path().into()).now(),
            UserSettings::default()
        );
    }

    #[test]
    fn a_disk_that_refuses_is_said_and_the_change_holds() {
        let home = tempfile::tempdir().unwrap();
        let in_the_way = home.path().join("config");
        fs::write(&in_the_way, b"a file").unwrap();
        let mut file = UserFile::open(in_the_way);
        let looks = Looks {
            zoom_percent: 150,
            ..Looks::default()
        };
        let error = file.change(UserChange::Looks(looks)).unwrap_err();
        assert!(error.to_string().contains("until Sideman is closed"));
        assert_eq!(file.now().looks, looks);
    }
}
