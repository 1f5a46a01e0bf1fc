//! API keys: in the system's keychain where there is one, else in a file only the user can read. Never
//! in a project, a log or an error.

mod files;
#[cfg_attr(target_os = "linux", path = "secret_service.rs")]
#[cfg_attr(not(target_os = "linux"), path = "system.rs")]
mod keychain;

use super::address::Address;
use files::KeyFiles;
use keychain::Keychain;
use std::{fmt, io, path::PathBuf, time::Duration};

/// A keychain that is locked asks the user, who may take a moment; a broken one must not hold the
/// client for ever.
const KEYCHAIN_LIMIT: Duration = Duration::from_secs(20);
/// `off` keeps keys in files, for machines whose keychain asks too often.
const SWITCH: &str = "SIDEMAN_KEYCHAIN";

/// A key that does not show itself when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// For the `Authorization` header and the store only.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was stored, if it can be a key.
    fn read(text: &str) -> Option<Self> {
        let key = Self::from(text.trim());
        (!key.is_empty() && key.is_plain()).then_some(key)
    }

    fn is_plain(&self) -> bool {
        self.0.chars().all(|c| c.is_ascii_graphic())
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

/// Where a key lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    Keychain,
    /// There is no keychain, or it refused.
    File,
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

/// Both places.
#[derive(Debug, Clone)]
pub struct KeyStore {
    files: KeyFiles,
    keychain: Option<Keychain>,
}

impl KeyStore {
    /// Files alone.
    pub fn in_files(config_folder: PathBuf) -> Self {
        Self {
            files: KeyFiles::new(config_folder),
            keychain: None,
        }
    }

    /// The user's keychain, files where it fails. Tests never reach the developer's own keychain.
    pub fn of_user(config_folder: PathBuf) -> Self {
        let is_off = cfg!(test) || std::env::var(SWITCH).is_ok_and(|v| v == "off");
        Self {
            keychain: (!is_off).then(Keychain::default),
            ..Self::in_files(config_folder)
        }
    }

    /// The key of this address. One that still lies in a file moves into the keychain.
    pub async fn load(&self, address: &str) -> Option<(ApiKey, KeyPlace)> {
        let address = normal(address);
        if let Some(key) = self.in_keychain(|k| k.load(&address)).await.flatten() {
            return Some((key, KeyPlace::Keychain));
        }
        let key = self.files.load(&address)?;
        if self.keep_in_keychain(&address, &key).await {
            if let Err(error) = self.files.forget(&address) {
                tracing::warn!("a key file stays although the keychain has the key: {error}");
            }
            return Some((key, KeyPlace::Keychain));
        }
        Some((key, KeyPlace::File))
    }

    /// Keeps the key for this address and says where; an empty one is forgotten.
    ///
    /// # Errors
    /// The disk refused, or the text cannot be a key.
    pub async fn store(&self, address: &str, key: &ApiKey) -> Result<Option<KeyPlace>, KeyError> {
        if !key.is_plain() {
            return Err(KeyError::Characters);
        }
        let address = normal(address);
        if key.is_empty() {
            self.in_keychain(|k| k.forget(&address)).await;
            self.files.forget(&address)?;
            return Ok(None);
        }
        if self.keep_in_keychain(&address, key).await {
            self.files.forget(&address)?;
            return Ok(Some(KeyPlace::Keychain));
        }
        self.files.store(&address, key)?;
        Ok(Some(KeyPlace::File))
    }

    /// Where a key for this address lies, without reading it: nobody is asked to unlock anything.
    pub async fn find(&self, address: &str) -> Option<KeyPlace> {
        let address = normal(address);
        if self.in_keychain(|k| k.has(&address)).await == Some(true) {
            return Some(KeyPlace::Keychain);
        }
        self.files.load(&address).map(|_| KeyPlace::File)
    }

    async fn keep_in_keychain(&self, address: &str, key: &ApiKey) -> bool {
        self.in_keychain(|k| k.store(address, key)).await.is_some()
    }

    /// `None` when there is no keychain, or it refused or did not answer: the file serves then.
    async fn in_keychain<'a, T, F>(&'a self, ask: impl FnOnce(&'a Keychain) -> F) -> Option<T>
    where
        F: Future<Output = Result<T, String>>,
    {
        let asked = ask(self.keychain.as_ref()?);
        match tokio::time::timeout(KEYCHAIN_LIMIT, asked).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(why)) => {
                tracing::debug!("no keychain: {why}");
                None
            }
            Err(_) => {
                tracing::warn!("the keychain does not answer; API keys are kept in files");
                None
            }
        }
    }
}

/// One key an address, however it was typed.
fn normal(address: &str) -> String {
    match Address::parse(address) {
        Ok(address) => address.as_str().to_owned(),
        Err(_) => address.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_keychain_a_file_keeps_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::of_user(folder.path().into());
        assert_eq!(keys.find("studio:8002").await, None);
        let kept = keys.store("http://studio:8002/", &"k1".into()).await;
        assert_eq!(kept.unwrap(), Some(KeyPlace::File));
        let loaded = keys.load("studio:8002").await;
        assert_eq!(loaded, Some(("k1".into(), KeyPlace::File)));
        assert_eq!(keys.store("studio:8002", &"".into()).await.unwrap(), None);
        assert_eq!(keys.find("studio:8002").await, None);
    }

    #[tokio::test]
    async fn neither_printing_nor_an_error_shows_it() {
        assert!(!format!("{:?}", ApiKey::from("s3cret")).contains("s3cret"));
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::in_files(folder.path().into());
        let error = keys.store("a:1", &"s3 cret".into()).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("cret"));
    }

    /// In a session of its own, with a bus and a keyring that end with it: nobody's own keys are touched.
    /// Elsewhere than on Linux it would be the user's, so there `SIDEMAN_TEST_KEYCHAIN=1` must ask for it.
    #[test]
    fn a_real_keychain_takes_the_key_over_from_the_file() {
        if std::env::var_os("SIDEMAN_TEST_KEYCHAIN").is_some() {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            return runtime.block_on(a_key_moves_from_the_file_to_the_keychain());
        }
        #[cfg(target_os = "linux")]
        in_a_session_of_its_own();
        #[cfg(not(target_os = "linux"))]
        eprintln!("skipped: SIDEMAN_TEST_KEYCHAIN is not set");
    }

    /// This test once more, in there.
    #[cfg(target_os = "linux")]
    fn in_a_session_of_its_own() {
        const MISSING: i32 = 127;
        const SESSION: &str = "command -v gnome-keyring-daemon >&2 || exit 127
            printf test | gnome-keyring-daemon --unlock --components=secrets >&2 || exit
            exec \"$0\" --exact client::secrets::tests::a_real_keychain_takes_the_key_over_from_the_file";
        let home = tempfile::tempdir().unwrap();
        let runtime_dir = home.path().join("run");
        std::fs::create_dir(&runtime_dir).unwrap();
        let ran = std::process::Command::new("timeout")
            .args(["60", "dbus-run-session", "--", "sh", "-c", SESSION])
            .arg(std::env::current_exe().unwrap())
            .env("SIDEMAN_TEST_KEYCHAIN", "1")
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", &runtime_dir)
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned()
            + &String::from_utf8_lossy(&ran.stderr);
        if ran.status.code() == Some(MISSING) {
            eprintln!(
                "skipped: dbus-run-session and gnome-keyring-daemon are not both here: {said}"
            );
            return;
        }
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
    }

    async fn a_key_moves_from_the_file_to_the_keychain() {
        let folder = tempfile::tempdir().unwrap();
        let files = KeyStore::in_files(folder.path().into());
        let address = format!("http://sideman-test-{}:1", std::process::id());
        files.store(&address, &"first".into()).await.unwrap();
        let keys = KeyStore {
            keychain: Some(Keychain),
            ..files.clone()
        };
        let moved = keys.load(&address).await;
        assert_eq!(moved, Some(("first".into(), KeyPlace::Keychain)));
        assert_eq!(files.find(&address).await, None, "the file is gone");
        let stored = keys.store(&address, &"second".into()).await.unwrap();
        assert_eq!(stored, Some(KeyPlace::Keychain));
        assert_eq!(keys.find(&address).await, Some(KeyPlace::Keychain));
        let (key, _) = keys.load(&address).await.unwrap();
        assert_eq!(key, "second".into());
        keys.store(&address, &"".into()).await.unwrap();
        assert_eq!(keys.load(&address).await, None);
    }
}
