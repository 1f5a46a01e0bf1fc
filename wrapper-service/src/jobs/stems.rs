use super::{
    blocking::blocking,
    craft::tags,
    record::{StemFile, StemRecord},
    store::Store,
};
use crate::{
    artifacts::Artifacts,
    audio::{AudioLimits, decode, encode},
    error::AppError,
};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use sideman_shared::protocol::{AudioFormat, Code};
use std::{io, ops::Range, sync::Arc};
use tokio::sync::Semaphore;

/// Our own masters were judged as sources already; they are read whatever the limits are now.
pub(super) const MASTER_LIMITS: AudioLimits = AudioLimits {
    min_secs: 0.0,
    max_secs: f64::INFINITY,
    max_channels: u16::MAX,
    min_rate_hz: 1,
    max_rate_hz: u32::MAX,
};

/// Hands out finished stems, in the format that is asked for.
pub struct StemService {
    store: Arc<dyn Store>,
    artifacts: Arc<Artifacts>,
    /// One conversion at a time: who waits for the same one finds it done.
    converter: Semaphore,
}

/// A stem's file, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenStem {
    /// `TRACK-BPM-KEY-SEED.EXT`
    pub file_name: String,
    pub format: AudioFormat,
    /// BLAKE3 of the bytes, hex.
    pub hash: String,
    pub bytes: u64,
}

impl StemService {
    pub fn new(store: Arc<dyn Store>, artifacts: Arc<Artifacts>) -> Self {
        Self {
            store,
            artifacts,
            converter: Semaphore::new(1),
        }
    }

    /// The stem in `format`, converted if need be, once; in the job's own format when `None`.
    ///
    /// # Errors
    /// Not found or another key's; the encoder; disk full.
    pub async fn open(
        &self,
        owner: &str,
        stem_id: &str,
        format: Option<AudioFormat>,
    ) -> Result<OpenStem, AppError> {
        let stem = self.store.stem(stem_id).await?;
        let stem = stem.filter(|s| s.owner == owner).ok_or_else(|| {
            AppError::new(
                Code::NotFound,
                format!("stem_id: there is no stem {stem_id:.64}"),
            )
        })?;
        let format = format.unwrap_or(stem.format);
        let file = match self.file(stem_id, format).await? {
            Some(file) => file,
            None => self.convert(&stem, format).await?,
        };
        Ok(OpenStem {
            file_name: tags(&stem).file_name(format),
            format,
            hash: file.hash,
            bytes: file.bytes,
        })
    }

    /// The bytes, or the part `range` of them.
    ///
    /// # Errors
    /// Forgotten meanwhile, or the disk.
    pub async fn read(
        &self,
        open: &OpenStem,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, AppError> {
        Ok(self.artifacts.read(&open.hash, range).await?)
    }

    async fn file(&self, stem_id: &str, format: AudioFormat) -> Result<Option<StemFile>, AppError> {
        let files = self.store.stem_files(stem_id).await?;
        Ok(files.into_iter().find(|f| f.format == format))
    }

    async fn convert(&self, stem: &StemRecord, format: AudioFormat) -> Result<StemFile, AppError> {
        let stem_id = &stem.stem.stem_id;
        let _converter = self.converter.acquire().await.map_err(AppError::internal)?;
        if let Some(done) = self.file(stem_id, format).await? {
            return Ok(done);
        }
        let master = self.file(stem_id, AudioFormat::Wav).await?;
        let master = master.ok_or_else(|| AppError::internal("a stem without its WAV master"))?;
        let from = self.artifacts.path(&master.hash);
        let (artifacts, tags) = (Arc::clone(&self.artifacts), tags(stem));
        let incoming = blocking(move || -> Result<_, AppError> {
            let audio = decode(&from, &MASTER_LIMITS)?;
            let path = artifacts.scratch()?;
            encode(&audio, format, &tags, &path)?;
            Ok(Artifacts::seal(path)?)
        })
        .await
        .map_err(|e| AppError::internal(e.detail))??;
        let file = StemFile {
            format,
            hash: incoming.hash.clone(),
            bytes: incoming.bytes,
        };
        let _keeping = self.artifacts.keeping().await;
        self.artifacts.keep(incoming).await?;
        self.store.add_stem_file(stem_id, &file).await?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::store::conformance::samples;

    #[test]
    fn files_are_named_by_what_is_in_them() {
        let mut stem = samples::stem_record("job-00000001", "stem-00000001", 1);
        assert_eq!(
            tags(&stem).file_name(AudioFormat::Mp3),
            "drums-92.5-F#_minor-42.mp3"
        );
        stem.words.key = None;
        assert_eq!(
            tags(&stem).file_name(AudioFormat::Wav),
            "drums-92.5-no_key-42.wav"
        );
    }
}
