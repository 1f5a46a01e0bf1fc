use super::{blocking::blocking, reaper::Reaper, record::now_ms, store::Store};
use crate::{
    artifacts::{Artifacts, Incoming},
    audio::{AudioLimits, decode, probe},
    error::AppError,
};
use bytes::Bytes;
use futures_util::Stream;
use sideman_shared::{
    analysis::{AnalysisError, Hints, analyse},
    protocol::{Code, Source, SourceAnalysis},
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Files that are decoded at once; the rest wait, so that uploads cannot take all cores.
const DECODERS: usize = 2;

#[derive(Debug, Clone, Copy)]
pub struct SourceLimits {
    pub max_bytes: u64,
    pub audio: AudioLimits,
}

/// The songs and loops that clients bring. A source is known by its bytes: whoever has the bytes may
/// use it, so it belongs to no key.
pub struct SourceService {
    store: Arc<dyn Store>,
    artifacts: Arc<Artifacts>,
    reaper: Reaper,
    limits: SourceLimits,
    decoders: Semaphore,
}

impl SourceService {
    pub fn new(
        store: Arc<dyn Store>,
        artifacts: Arc<Artifacts>,
        reaper: Reaper,
        limits: SourceLimits,
    ) -> Self {
        Self {
            store,
            artifacts,
            reaper,
            limits,
            decoders: Semaphore::new(DECODERS),
        }
    }

    /// What an upload may weigh.
    pub fn max_bytes(&self) -> u64 {
        self.limits.max_bytes
    }

    /// Takes an upload as it comes; true if these bytes were not known before. Nothing stays behind
    /// on any error.
    ///
    /// # Errors
    /// Too large, stalled or broken off, not audio, too long or short, disk full.
    pub async fn put<S, E>(&self, upload: S) -> Result<(Source, bool), AppError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: std::fmt::Display,
    {
        let incoming = self.receive(upload).await?;
        self.accept(incoming).await
    }

    /// The first half of [`SourceService::put`]: the bytes, not yet judged and not yet kept. Dropped,
    /// they leave nothing behind.
    ///
    /// # Errors
    /// Too large, stalled or broken off, disk full.
    pub async fn receive<S, E>(&self, upload: S) -> Result<Incoming, AppError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: std::fmt::Display,
    {
        Ok(self
            .artifacts
            .receive(upload, self.limits.max_bytes)
            .await?)
    }

    /// The second half of [`SourceService::put`].
    ///
    /// # Errors
    /// Not audio, too long or short, disk full.
    pub async fn accept(&self, incoming: Incoming) -> Result<(Source, bool), AppError> {
        let known = self.store.use_source(&incoming.hash, now_ms()).await?;
        if let Some(source) = known
            && self.artifacts.has(&incoming.hash).await
        {
            return Ok((source, false));
        }
        let _decoder = self.decoders.acquire().await.map_err(AppError::internal)?;
        let limits = self.limits.audio;
        let (incoming, probed) = blocking(move || {
            let probed = probe(incoming.path(), &limits);
            (incoming, probed)
        })
        .await
        .map_err(|e| AppError::internal(e.detail))?;
        let probed = probed?;
        self.reaper.make_room(incoming.bytes).await?;
        let source = Source {
            source_id: incoming.hash.clone(),
            duration_secs: probed.frames as f64 / f64::from(probed.sample_rate_hz.max(1)),
            sample_rate_hz: probed.sample_rate_hz,
            channels: probed.channels,
            frames: probed.frames,
            bytes: incoming.bytes,
        };
        let _keeping = self.artifacts.keeping().await;
        self.artifacts.keep(incoming).await?;
        let new = self.store.put_source(&source, now_ms()).await?;
        tracing::info!(source_id = %source.source_id, bytes = source.bytes, new, "source kept");
        Ok((source, new))
    }

    /// A source that was uploaded before. Asking keeps it from being forgotten.
    ///
    /// # Errors
    /// Not found.
    pub async fn find(&self, source_id: &str) -> Result<Source, AppError> {
        let found = self.store.use_source(source_id, now_ms()).await?;
        found.ok_or_else(|| {
            AppError::new(
                Code::NotFound,
                format!("source_id: there is no source {source_id:.64}"),
            )
            .with_hint("Upload it to /v1/sources.")
        })
    }

    /// What is heard in a source: listened to once, then remembered.
    ///
    /// # Errors
    /// Not found, or there is no pulse to hear.
    pub async fn analysis(&self, source_id: &str) -> Result<SourceAnalysis, AppError> {
        self.find(source_id).await?;
        let _decoder = self.decoders.acquire().await.map_err(AppError::internal)?;
        // Looked up only here: whoever waited for a decoder may find it done.
        if let Some(known) = self.store.analysis(source_id).await? {
            return Ok(known);
        }
        let path = self.artifacts.path(source_id);
        let limits = self.limits.audio;
        let heard = blocking(move || {
            let audio = decode(&path, &limits)?;
            analyse(&audio, &Hints::default()).map_err(no_pulse)
        })
        .await
        .map_err(|e| AppError::internal(e.detail))??;
        let analysis = SourceAnalysis {
            bpm: heard.bpm,
            bpm_confidence: heard.bpm_confidence,
            beats: heard.beats_secs,
            downbeats: heard.downbeats_secs,
            key_scale: heard.key,
            key_confidence: heard.key_confidence,
        };
        self.store.put_analysis(source_id, &analysis).await?;
        Ok(analysis)
    }
}

fn no_pulse(e: AnalysisError) -> AppError {
    let code = match e {
        AnalysisError::TooShort => Code::AudioTooShort,
        AnalysisError::Silent => Code::AudioUnreadable,
    };
    AppError::new(code, e.to_string()).with_hint("Give the tempo yourself.")
}
