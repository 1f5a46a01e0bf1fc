//! Where takes and stems lie: one folder per instance, owned by one running instance at a time.
//!
//! `ROOT/instances/ID/{takes,stems,downloads,trash}` with a `lock` file that is held while the
//! instance lives. A duplicated track carries the id of its original; whoever comes second gets a
//! fresh id and only reads the other's files.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where instances' folders lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub root: PathBuf,
    /// Stands in while a root that the user chose is away or full.
    pub refuge: Option<PathBuf>,
}

impl From<PathBuf> for Place {
    fn from(root: PathBuf) -> Self {
        Self { root, refuge: None }
    }
}

#[derive(Debug)]
pub struct Library {
    place: Place,
    /// Wished for until `folder` is open, then the one in use.
    instance_id: String,
    open: Option<OpenFolder>,
    /// Claimed and not yet rid of what earlier runs left behind.
    is_unswept: bool,
}

#[derive(Debug)]
struct OpenFolder {
    path: PathBuf,
    is_refuge: bool,
    /// The lock goes when the file is closed, also after a crash.
    _lock: File,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "Sideman cannot write to its folder {}: {source}. Free space there, or choose another folder in \
     Settings.", path.display()
)]
pub struct LibraryError {
    path: PathBuf,
    source: io::Error,
}

/// Fresh ids tried when every one is taken; a second try is already a wonder.
const ID_TRIES: usize = 8;
/// Longer than a look at somebody's lock takes.
const LOOK: Duration = Duration::from_millis(20);
const SUBFOLDERS: [&str; 4] = ["takes", "stems", "downloads", "trash"];

impl Library {
    /// Nothing is created on disk before it is needed: hosts start plugins only to look at them.
    pub fn new(place: impl Into<Place>, instance_id: Option<String>) -> Self {
        Self {
            place: place.into(),
            instance_id: instance_id
                .filter(|id| is_plain_name(id))
                .unwrap_or_else(fresh_id),
            open: None,
            is_unswept: false,
        }
    }

    pub fn instance_id(&self) -> &str {
        &self.instance_id
    }

    /// From now on under another root, or as another instance. A folder that is open stays: what lies
    /// in others is referred to by its path.
    pub fn reopen(&mut self, place: Place, instance_id: Option<String>) {
        if place == self.place && self.open.as_ref().is_some_and(|open| !open.is_refuge) {
            return;
        }
        let wished = instance_id.filter(|id| !id.is_empty());
        let id = wished.unwrap_or_else(|| self.instance_id.clone());
        *self = Self::new(place, Some(id));
    }

    pub fn root(&self) -> &Path {
        &self.place.root
    }

    /// The chosen folder is away or full, and another stands in.
    pub fn is_in_refuge(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.is_refuge)
    }

    /// Leaves a folder that has become useless, if there is another to go to.
    ///
    /// # Errors
    /// As [`Self::stems`].
    pub fn take_refuge(&mut self) -> Result<Option<&Path>, LibraryError> {
        let Some(refuge) = self.place.refuge.clone() else {
            return Ok(None);
        };
        if !self.is_in_refuge() {
            self.open = Some(self.claim_below(&refuge, true)?);
        }
        Ok(self.open.as_ref().map(|open| open.path.as_path()))
    }

    /// The folder, once after it was opened: time to sweep it.
    pub fn unswept(&mut self) -> Option<PathBuf> {
        let due = std::mem::take(&mut self.is_unswept);
        self.open.as_ref().filter(|_| due).map(|o| o.path.clone())
    }

    /// The folder, if it is open.
    pub fn opened(&self) -> Option<PathBuf> {
        self.open.as_ref().map(|open| open.path.clone())
    }

    /// The folder exists already, from this run or an earlier one.
    pub fn is_on_disk(&self) -> bool {
        self.open.is_some()
            || self
                .root()
                .join("instances")
                .join(&self.instance_id)
                .is_dir()
    }

    /// Where finished stems lie.
    ///
    /// # Errors
    /// The folder cannot be made or locked.
    pub fn stems(&mut self) -> Result<PathBuf, LibraryError> {
        Ok(self.folder()?.join("stems"))
    }

    /// Uploads being encoded and downloads not yet whole.
    ///
    /// # Errors
    /// As [`Self::stems`].
    pub fn downloads(&mut self) -> Result<PathBuf, LibraryError> {
        Ok(self.folder()?.join("downloads"))
    }

    /// The trash, if `path` is a file of this instance; others' files are never touched.
    pub fn trash_for(&self, path: &Path) -> Option<PathBuf> {
        let folder = &self.open.as_ref()?.path;
        path.starts_with(folder).then(|| folder.join("trash"))
    }

    /// The open and locked folder of this instance.
    ///
    /// # Errors
    /// As [`Self::stems`].
    pub fn folder(&mut self) -> Result<&Path, LibraryError> {
        if self.open.is_none() {
            self.open = Some(self.claim()?);
            self.is_unswept = true;
        }
        let open = self.open.as_ref().expect("claimed just above");
        Ok(&open.path)
    }

    fn claim(&mut self) -> Result<OpenFolder, LibraryError> {
        let Place { root, refuge } = self.place.clone();
        let Some(refuge) = refuge else {
            return self.claim_below(&root, false);
        };
        // Not made when it is missing: below the mount point of a disk that is away, a new folder
        // would fill the wrong disk.
        let claimed = if root.is_dir() {
            self.claim_below(&root, false)
        } else {
            Err(LibraryError {
                path: root,
                source: io::ErrorKind::NotFound.into(),
            })
        };
        claimed.or_else(|error| {
            tracing::warn!(%error, "the recovery folder stands in");
            self.claim_below(&refuge, true)
        })
    }

    fn claim_below(&mut self, root: &Path, is_refuge: bool) -> Result<OpenFolder, LibraryError> {
        for _ in 0..ID_TRIES {
            let path = root.join("instances").join(&self.instance_id);
            match lock(&path) {
                Ok(Some(lock)) => {
                    return Ok(OpenFolder {
                        path,
                        is_refuge,
                        _lock: lock,
                    });
                }
                Ok(None) => self.instance_id = fresh_id(),
                Err(source) => return Err(LibraryError { path, source }),
            }
        }
        Err(LibraryError {
            path: root.to_owned(),
            source: io::Error::other("every instance folder is in use"),
        })
    }
}

/// `None` when another instance holds it.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    for name in SUBFOLDERS {
        fs::create_dir_all(folder.join(name))?;
    }
    let mut options = File::options();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))?;
    let locked = file.try_lock().or_else(|_| {
        // Another may only be looking whether somebody has it.
        std::thread::sleep(LOOK);
        file.try_lock()
    });
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        // Some network disks cannot lock: better unlocked than unusable.
        Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => Ok(Some(file)),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

fn fresh_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A project is data from elsewhere: its id must not lead out of the folder.
fn is_plain_name(id: &str) -> bool {
    (8..=64).contains(&id.len())
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_instances_never_share_a_folder() {
        let root = tempfile::tempdir().unwrap();
        let mut original = Library::new(root.path().to_owned(), None);
        let first = original.folder().unwrap().to_owned();
        let id = original.instance_id().to_owned();

        let mut duplicate = Library::new(root.path().to_owned(), Some(id.clone()));
        let second = duplicate.folder().unwrap().to_owned();
        assert_ne!(first, second);
        assert_ne!(duplicate.instance_id(), id);

        drop(original);
        let mut reopened = Library::new(root.path().to_owned(), Some(id));
        assert_eq!(
            reopened.folder().unwrap(),
            first,
            "free again once the first is gone"
        );
    }

    #[test]
    fn only_own_files_go_to_the_trash() {
        let root = tempfile::tempdir().unwrap();
        let mut library = Library::new(root.path().to_owned(), None);
        let own = library.stems().unwrap().join("a.wav");
        assert!(library.trash_for(&own).unwrap().ends_with("trash"));
        assert_eq!(library.trash_for(&root.path().join("song.wav")), None);
    }

    #[test]
    fn nothing_is_written_before_it_is_needed_and_ids_cannot_climb() {
        let root = tempfile::tempdir().unwrap();
        let library = Library::new(root.path().to_owned(), Some("../../../etc".into()));
        assert!(is_plain_name(library.instance_id()));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_made_says_so() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, b"").unwrap();
        let said = Library::new(file, None).folder().unwrap_err().to_string();
        assert!(said.contains("Settings"), "{said}");
    }

    #[test]
    fn a_folder_that_is_away_has_a_refuge_and_is_not_made_anew() {
        let home = tempfile::tempdir().unwrap();
        let place = Place {
            root: home.path().join("usb"),
            refuge: Some(home.path().join("recovery")),
        };
        let mut library = Library::new(place.clone(), None);
        let id = library.instance_id().to_owned();
        let folder = library.folder().unwrap().to_owned();
        assert!(folder.starts_with(home.path().join("recovery")));
        assert!(library.is_in_refuge() && !place.root.exists());
        fs::create_dir(&place.root).unwrap();
        library.reopen(place.clone(), None);
        let folder = library.folder().unwrap().to_owned();
        assert_eq!(folder, place.root.join("instances").join(&id));
        let refuge = library.take_refuge().unwrap().unwrap().to_owned();
        assert!(refuge.starts_with(home.path().join("recovery")) && library.is_in_refuge());
    }
}
