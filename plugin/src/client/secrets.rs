//! API keys: one small file per service address in the user's config folder, readable by the user
//! alone. Never in a project, a log or an error.

use super::address::Address;
use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Longer than any key; a wrong file is not read whole.
const MAX_KEY_BYTES: u64 = 4096;

/// A key that does not show itself when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// For the `Authorization` header and the key file only.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// The folder with the keys.
#[derive(Debug, Clone)]
pub struct KeyStore {
    folder: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("The API key could not be stored in {}: {source}.", folder.display())]
    Disk { folder: PathBuf, source: io::Error },
    #[error(
        "The API key has characters that no key has (spaces, line breaks, accents). Copy it again."
    )]
    Characters,
}

impl KeyStore {
    pub fn new(config_folder: PathBuf) -> Self {
        Self {
            folder: config_folder.join("keys"),
        }
    }

    /// Keeps the key for this address; an empty one is forgotten.
    ///
    /// # Errors
    /// The disk refused, or the text cannot be a key.
    pub fn store(&self, address: &str, key: &ApiKey) -> Result<(), KeyError> {
        if !key.0.chars().all(|c| c.is_ascii_graphic()) {
            return Err(KeyError::Characters);
        }
        let path = self.path(address);
        let done = if key.is_empty() {
            remove(&path)
        } else {
            self.write(&path, key)
        };
        done.map_err(|source| KeyError::Disk {
            folder: self.folder.clone(),
            source,
        })
    }

    /// The key stored for this address.
    pub fn load(&self, address: &str) -> Option<ApiKey> {
        let path = self.path(address);
        let is_sane = fs::metadata(&path).is_ok_and(|m| m.len() <= MAX_KEY_BYTES);
        let text = is_sane.then(|| fs::read_to_string(&path).ok()).flatten()?;
        let key = text.trim();
        let usable = !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
        usable.then(|| ApiKey::from(key))
    }

    /// Addresses hold characters that file names cannot; the hash also keeps the list of services out
    /// of a folder listing.
    fn path(&self, address: &str) -> PathBuf {
        let normal = Address::parse(address).map(|a| a.as_str().to_owned());
        let normal = normal.unwrap_or_else(|_| address.trim().to_owned());
        let name = blake3::hash(normal.as_bytes()).to_hex();
        self.folder.join(format!("{}.key", &name[..32]))
    }

    fn write(&self, path: &Path, key: &ApiKey) -> io::Result<()> {
        create_private_folder(&self.folder)?;
        let part = path.with_extension("part");
        remove(&part)?;
        let mut file = private_file().open(&part)?;
        file.write_all(key.0.as_bytes())?;
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
        let keys = KeyStore::new(folder.path().into());
        assert_eq!(keys.load(ADDRESS), None);
        keys.store(ADDRESS, &"first".into()).unwrap();
        keys.store(ADDRESS, &"second".into()).unwrap();
        assert_eq!(keys.load("127.0.0.1:8002/"), Some("second".into()));
        assert_eq!(keys.load("http://elsewhere:8002"), None);
        keys.store(ADDRESS, &"".into()).unwrap();
        keys.store(ADDRESS, &"".into()).unwrap();
        assert_eq!(keys.load(ADDRESS), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::new(folder.path().into());
        keys.store(ADDRESS, &"k".into()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&keys.path(ADDRESS)), 0o600);
        assert_eq!(mode(&keys.folder), 0o700);
    }

    #[test]
    fn neither_printing_nor_an_error_shows_it() {
        assert!(!format!("{:?}", ApiKey::from("s3cret")).contains("s3cret"));
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::new(folder.path().into());
        let error = keys.store(ADDRESS, &"s3 cret".into()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("cret"));
    }
}
