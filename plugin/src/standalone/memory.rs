//! What the program remembers from one run to the next: the project as a DAW would save it, the
//! transport, and the window's size.

use crate::{player::SavedPlayer, session::ProjectState};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

const FILE: &str = "standalone.json";
/// A longer one is not ours.
const MAX_BYTES: u64 = 16 << 20;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    pub project: ProjectState,
    pub player: SavedPlayer,
    /// Points.
    pub window: Option<(f32, f32)>,
}

/// The file, in the user's folder for such things.
#[derive(Debug, Clone)]
pub struct Memory {
    path: PathBuf,
}

impl Memory {
    pub fn of_user() -> Self {
        let folder = match directories::ProjectDirs::from("", "", "Sideman") {
            Some(dirs) => dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned(),
            None => std::env::temp_dir().join("Sideman"),
        };
        Self::at(&folder)
    }

    pub fn at(folder: &Path) -> Self {
        Self {
            path: folder.join(FILE),
        }
    }

    /// `None` on a first run. A file that makes no sense is set aside, not overwritten.
    pub fn load(&self) -> Option<Remembered> {
        let meta = fs::metadata(&self.path).ok()?;
        let text = (meta.len() <= MAX_BYTES).then(|| fs::read_to_string(&self.path));
        let read = text.and_then(Result::ok);
        let parsed = read.and_then(|text| serde_json::from_str(&text).ok());
        if parsed.is_none() {
            let aside = self.path.with_extension("unreadable.json");
            tracing::warn!(
                "{} makes no sense; it is now {}",
                self.path.display(),
                aside.display()
            );
            // If even that fails, the file is written anew at the end.
            let _ = fs::rename(&self.path, aside);
        }
        parsed
    }

    /// As a whole or not at all.
    ///
    /// # Errors
    /// The disk refused.
    pub fn save(&self, remembered: &Remembered) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let part = self.path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        file.write_all(&serde_json::to_vec(remembered)?)?;
        file.sync_all()?;
        fs::rename(part, &self.path)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_finds_what_the_one_before_left() {
        let home = tempfile::tempdir().unwrap();
        let memory = Memory::at(&home.path().join("state"));
        assert_eq!(memory.load(), None);
        let mut left = Remembered {
            window: Some((900.0, 700.0)),
            ..Remembered::default()
        };
        left.project.form.caption = "brushes".into();
        left.player.bpm = Some(92.5);
        memory.save(&left).unwrap();
        assert_eq!(memory.load(), Some(left));
    }

    #[test]
    fn a_broken_file_is_set_aside() {
        let home = tempfile::tempdir().unwrap();
        let memory = Memory::at(home.path());
        fs::write(memory.path(), b"{ half").unwrap();
        assert_eq!(memory.load(), None);
        let aside = home.path().join("standalone.unreadable.json");
        assert_eq!(fs::read(aside).unwrap(), b"{ half");
    }
}
