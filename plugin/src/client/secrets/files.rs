//! One small file per service address in the user's config folder, readable by the user alone.

use super::{ApiKey, KeyError};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Longer than any key; a wrong file is not read whole.
const MAX_KEY_BYTES: u64 = 4096;

/// The folder with the keys. Addresses are given in their normal form.
#[derive(Debug, Clone)]
pub(super) struct KeyFiles {
    folder: PathBuf,
}

impl KeyFiles {
    pub fn new(config_folder: PathBuf) -> Self {
        Self {
            folder: config_folder.join("keys"),
        }
    }

    pub fn load(&self, address: &str) -> Option<ApiKey> {
        let path = self.path(address);
        let is_sane = fs::metadata(&path).is_ok_and(|m| m.len() <= MAX_KEY_BYTES);
        let text = is_sane.then(|| fs::read_to_string(&path).ok()).flatten()?;
        ApiKey::read(&text)
    }

    pub fn store(&self, address: &str, key: &ApiKey) -> Result<(), KeyError> {
        let written = self.write(&self.path(address), key);
        written.map_err(|source| self.refused(source))
    }

    pub fn forget(&self, address: &str) -> Result<(), KeyError> {
        remove(&self.path(address)).map_err(|source| self.refused(source))
    }

    fn refused(&self, source: io::Error) -> KeyError {
        KeyError::Disk {
            folder: self.folder.clone(),
            source,
        }
    }

    /// Addresses hold characters that file names cannot; the hash also keeps the list of services out
    /// of a folder listing.
    fn path(&self, address: &str) -> PathBuf {
        let name = blake3::hash(address.as_bytes()).to_hex();
        self.folder.join(format!("{}.key", &name[..32]))
    }

    fn write(&self, path: &Path, key: &ApiKey) -> io::Result<()> {
        create_private_folder(&self.folder)?;
        let part = path.with_extension("part");
        remove(&part)?;
        let mut file = private_file().open(&part)?;
        file.write_all(key.expose().as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)
}

/// The user's profile is private on Windows by itself.
#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Private from the first moment on, not only after a later change of mode.
fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "http://127.0.0.1:8002";

    #[test]
    fn a_key_belongs_to_one_address_and_can_be_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFiles::new(folder.path().into());
        assert_eq!(keys.load(ADDRESS), None);
        keys.store(ADDRESS, &"first".into()).unwrap();
        keys.store(ADDRESS, &"second".into()).unwrap();
        assert_eq!(keys.load(ADDRESS), Some("second".into()));
        assert_eq!(keys.load("http://elsewhere:8002"), None);
        keys.forget(ADDRESS).unwrap();
        keys.forget(ADDRESS).unwrap();
        assert_eq!(keys.load(ADDRESS), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFiles::new(folder.path().into());
        keys.store(ADDRESS, &"k".into()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&keys.path(ADDRESS)), 0o600);
        assert_eq!(mode(&keys.folder), 0o700);
    }
}
