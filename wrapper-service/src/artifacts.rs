//! Bytes by content hash. A file is written aside, hashed on the way, made durable, and only then moved
//! into place in one step: under a hash there is the whole file or nothing.

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key,
};
use sideman_shared::protocol::Code;
use std::{
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::{NamedTempFile, TempPath};
use tokio::{
    io::AsyncWriteExt,
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// An upload that sends nothing for this long is given up.
const STALL_DEADLINE: Duration = Duration::from_secs(30);
/// The folder of unfinished files, emptied by [`Artifacts::open`].
pub const INCOMING: &str = "incoming";
const BLOBS: &str = "blobs";

/// All sources and stems, on the local disk.
#[derive(Debug)]
pub struct Artifacts {
    disk: Arc<LocalFileSystem>,
    root: PathBuf,
    /// Read-held from keeping a file until something refers to it, write-held while sweeping.
    sweep: RwLock<()>,
}

/// A complete file that is not kept yet. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Incoming {
    path: TempPath,
    /// BLAKE3, hex.
    pub hash: String,
    pub bytes: u64,
}

impl Incoming {
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Artifacts {
    /// Opens the store under `root` and removes what an earlier life left half-written.
    ///
    /// # Errors
    /// The disk.
    pub fn open(root: &Path) -> Result<Self, ArtifactError> {
        let incoming = root.join(INCOMING);
        match std::fs::remove_dir_all(&incoming) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
        std::fs::create_dir_all(&incoming)?;
        std::fs::create_dir_all(root.join(BLOBS))?;
        let disk = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
        Ok(Self {
            disk: Arc::new(disk),
            root: root.canonicalize()?,
            sweep: RwLock::new(()),
        })
    }

    /// Writes a stream aside, hashing it. Stops reading as soon as it passes `max_bytes`.
    ///
    /// # Errors
    /// Too large, stalled, broken off, disk full; nothing stays behind.
    pub async fn receive<S, E>(&self, stream: S, max_bytes: u64) -> Result<Incoming, ArtifactError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: std::fmt::Display,
    {
        self.receive_within(stream, max_bytes, STALL_DEADLINE).await
    }

    async fn receive_within<S, E>(
        &self,
        stream: S,
        max_bytes: u64,
        stall: Duration,
    ) -> Result<Incoming, ArtifactError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: std::fmt::Display,
    {
        let (file, path) = self.aside()?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut hasher = blake3::Hasher::new();
        let mut bytes = 0_u64;
        tokio::pin!(stream);
        loop {
            let next = tokio::time::timeout(stall, stream.next()).await;
            let chunk = match next.map_err(|_| ArtifactError::Stalled(stall))? {
                None => break,
                Some(chunk) => chunk.map_err(|e| ArtifactError::BrokenOff(e.to_string()))?,
            };
            bytes += chunk.len() as u64;
            if bytes > max_bytes {
                return Err(ArtifactError::TooLarge { max_bytes });
            }
            hasher.update(&chunk);
            file.write_all(&chunk).await?;
        }
        file.sync_all().await?;
        Ok(Incoming {
            path,
            hash: hasher.finalize().to_hex().to_string(),
            bytes,
        })
    }

    /// An empty file for an encoder to write; then [`Artifacts::seal`]. Blocking.
    ///
    /// # Errors
    /// The disk.
    pub fn scratch(&self) -> Result<TempPath, ArtifactError> {
        Ok(self.aside()?.into_temp_path())
    }

    /// Hashes a written scratch file and makes it durable. Blocking.
    ///
    /// # Errors
    /// The disk.
    pub fn seal(path: TempPath) -> Result<Incoming, ArtifactError> {
        let file = std::fs::File::open(&path)?;
        file.sync_all()?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(&file)?;
        Ok(Incoming {
            hash: hasher.finalize().to_hex().to_string(),
            bytes: file.metadata()?.len(),
            path,
        })
    }

    /// Holds off sweeping. Take it before [`Artifacts::keep`], drop it when the record refers to the
    /// file.
    pub async fn keeping(&self) -> RwLockReadGuard<'_, ()> {
        self.sweep.read().await
    }

    /// Holds off keeping, so that what nothing refers to can be removed.
    pub async fn sweeping(&self) -> RwLockWriteGuard<'_, ()> {
        self.sweep.write().await
    }

    /// Moves a file into its place. The same bytes twice are one file.
    ///
    /// # Errors
    /// The disk.
    pub async fn keep(&self, incoming: Incoming) -> Result<(), ArtifactError> {
        let name = incoming.path.file_name().and_then(|n| n.to_str());
        let name = name.ok_or_else(|| io::Error::other("a scratch file without a name"))?;
        let from = Key::from_iter([INCOMING, name]);
        self.disk.rename(&from, &key(&incoming.hash)).await?;
        // The name is gone; there is nothing left to remove.
        let _ = incoming.path.keep();
        Ok(())
    }

    pub async fn has(&self, hash: &str) -> bool {
        self.disk.head(&key(hash)).await.is_ok()
    }

    /// Where the file lies, for decoders and engines that read files.
    pub fn path(&self, hash: &str) -> PathBuf {
        self.root.join(key(hash).as_ref())
    }

    /// The bytes of a file, or a part of them.
    ///
    /// # Errors
    /// Not kept, or the disk.
    pub async fn read(
        &self,
        hash: &str,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, ArtifactError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.disk.get_opts(&key(hash), options).await?;
        Ok(found.into_stream().map_err(io::Error::other).boxed())
    }

    /// Removes a file; one that is not there is already removed.
    ///
    /// # Errors
    /// The disk.
    pub async fn remove(&self, hash: &str) -> Result<(), ArtifactError> {
        match self.disk.delete(&key(hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// The hashes of all files.
    ///
    /// # Errors
    /// The disk.
    pub async fn list(&self) -> Result<Vec<String>, ArtifactError> {
        let all = self.disk.list(Some(&Key::from(BLOBS)));
        let names = all.map_ok(|meta| meta.location.filename().unwrap_or_default().to_owned());
        Ok(names.try_collect().await?)
    }

    fn aside(&self) -> Result<NamedTempFile, ArtifactError> {
        let mut names = tempfile::Builder::new();
        Ok(names.prefix("in-").tempfile_in(self.root.join(INCOMING))?)
    }
}

/// `blobs/ab/abcd…`: no folder grows too large.
fn key(hash: &str) -> Key {
    Key::from_iter([BLOBS, hash.get(..2).unwrap_or("--"), hash])
}

#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error("the file is larger than the {max_bytes} bytes allowed")]
    TooLarge { max_bytes: u64 },
    #[error("nothing was sent for {} s", .0.as_secs())]
    Stalled(Duration),
    #[error("the upload broke off: {0}")]
    BrokenOff(String),
    #[error("disk: {0}")]
    Io(#[from] io::Error),
    #[error("artifact store: {0}")]
    Store(#[from] object_store::Error),
}

impl ArtifactError {
    pub fn code(&self) -> Code {
        match self {
            Self::TooLarge { .. } => Code::UploadTooLarge,
            Self::Stalled(_) | Self::BrokenOff(_) => Code::BadRequest,
            Self::Store(object_store::Error::NotFound { .. }) => Code::NotFound,
            Self::Io(_) | Self::Store(_) if is_disk_full(self) => Code::StorageFull,
            Self::Io(_) | Self::Store(_) => Code::Internal,
        }
    }
}

/// Looks through the causes: the disk's own word is often wrapped.
fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(e) = cause {
        if e.downcast_ref::<io::Error>().is_some_and(|e| {
            matches!(
                e.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            )
        }) {
            return true;
        }
        cause = e.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn chunks(parts: &[&'static [u8]]) -> impl Stream<Item = Result<Bytes, String>> + use<> {
        let parts: Vec<_> = parts.iter().map(|p| Ok(Bytes::from_static(p))).collect();
        stream::iter(parts)
    }

    fn incoming_files(root: &Path) -> usize {
        std::fs::read_dir(root.join(INCOMING)).unwrap().count()
    }

    #[tokio::test]
    async fn bytes_are_kept_under_their_hash_and_read_in_part() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(dir.path()).unwrap();
        let incoming = artifacts
            .receive(chunks(&[b"hello ", b"world"]), 11)
            .await
            .unwrap();
        let hash = blake3::hash(b"hello world").to_hex().to_string();
        assert_eq!(
            (incoming.hash.as_str(), incoming.bytes),
            (hash.as_str(), 11)
        );
        assert!(!artifacts.has(&hash).await);
        artifacts.keep(incoming).await.unwrap();
        assert_eq!(
            std::fs::read(artifacts.path(&hash)).unwrap(),
            b"hello world"
        );
        let part = artifacts.read(&hash, Some(6..9)).await.unwrap();
        let part: Vec<Bytes> = part.try_collect().await.unwrap();
        assert_eq!(part.concat(), b"wor");
        assert_eq!(artifacts.list().await.unwrap(), std::slice::from_ref(&hash));
        assert_eq!(incoming_files(dir.path()), 0);
        artifacts.remove(&hash).await.unwrap();
        artifacts.remove(&hash).await.unwrap();
        assert!(!artifacts.has(&hash).await);
    }

    #[tokio::test]
    async fn a_refused_or_broken_upload_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(dir.path()).unwrap();
        let endless = stream::repeat_with(|| Ok::<_, String>(Bytes::from_static(b"12345")));
        let error = artifacts.receive(endless, 12).await.unwrap_err();
        assert_eq!(error.code(), Code::UploadTooLarge);
        let broken = stream::iter([Ok(Bytes::from_static(b"1")), Err("reset")]);
        let error = artifacts.receive(broken, 12).await.unwrap_err();
        assert_eq!(error.code(), Code::BadRequest);
        assert_eq!(incoming_files(dir.path()), 0);
    }

    #[tokio::test]
    async fn a_stalled_upload_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(dir.path()).unwrap();
        let stalled = stream::pending::<Result<Bytes, String>>();
        let soon = Duration::from_millis(1);
        let error = artifacts
            .receive_within(stalled, 12, soon)
            .await
            .unwrap_err();
        assert!(matches!(error, ArtifactError::Stalled(_)));
        assert_eq!(incoming_files(dir.path()), 0);
    }

    #[tokio::test]
    async fn opening_removes_what_was_half_written() {
        let dir = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(dir.path()).unwrap();
        let lost = artifacts.scratch().unwrap().keep().unwrap();
        Artifacts::open(dir.path()).unwrap();
        assert!(!lost.exists());
    }

    #[test]
    fn a_full_disk_is_recognised_however_wrapped() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(ArtifactError::from(full()).code(), Code::StorageFull);
        let wrapped = object_store::Error::Generic {
            store: "disk",
            source: Box::new(full()),
        };
        assert_eq!(ArtifactError::from(wrapped).code(), Code::StorageFull);
        let other = ArtifactError::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(other.code(), Code::Internal);
    }
}
