//! What an engine is given to play to: the source decoded and heard, and the stem a region leaves.

use super::{
    attempt::Failure,
    blocking::blocking,
    record::{JobRecord, now_ms},
    stems::MASTER_LIMITS,
    store::Store,
};
use crate::{
    artifacts::Artifacts,
    audio::{AudioLimits, Probe, decode},
    error::AppError,
};
use sideman_shared::{
    analysis::{Analysis, Hints, analyse},
    audio::AudioBuffer,
    protocol::{AudioFormat, Code},
};
use std::{path::PathBuf, sync::Arc};

pub struct Material {
    pub source_path: PathBuf,
    pub probe: Probe,
    pub source: Arc<AudioBuffer>,
    pub analysis: Arc<Analysis>,
    /// The stem that stays outside the region.
    pub base: Option<Arc<AudioBuffer>>,
}

/// Decodes and listens.
///
/// # Errors
/// The source or the base stem is gone or unreadable, or there is no tempo to hear.
pub async fn gather(
    store: &dyn Store,
    artifacts: &Artifacts,
    limits: AudioLimits,
    job: &JobRecord,
) -> Result<Material, Failure> {
    let request = &job.request;
    let source = store.use_source(&request.source_id, now_ms()).await;
    let source = source.map_err(lost)?.ok_or_else(|| {
        Failure::lasting(
            Code::NotFound,
            format!("source_id: {} is gone", request.source_id),
        )
    })?;
    let source_path = artifacts.path(&source.source_id);
    let base_path = match &request.base_stem_id {
        Some(stem_id) => Some(base_path(store, artifacts, stem_id).await?),
        None => None,
    };
    let hints = Hints {
        bpm: request.bpm,
        meter: request.time_signature.unwrap_or_default(),
        key: request.key_scale,
    };
    let path = source_path.clone();
    let (source_audio, analysis, base) = blocking(move || {
        let unreadable = |e| {
            let e = AppError::from(e);
            Failure::lasting(e.code, e.detail)
        };
        let audio = decode(&path, &limits).map_err(unreadable)?;
        let analysis = analyse(&audio, &hints)
            .map_err(|e| Failure::lasting(Code::BadRequest, format!("bpm: {e}; give the tempo")))?;
        let base = base_path.map(|p| decode(&p, &MASTER_LIMITS).map_err(unreadable));
        Ok::<_, Failure>((audio, analysis, base.transpose()?))
    })
    .await??;
    Ok(Material {
        source_path,
        probe: Probe {
            frames: source.frames,
            sample_rate_hz: source.sample_rate_hz,
            channels: source.channels,
        },
        source: Arc::new(source_audio),
        analysis: Arc::new(analysis),
        base: base.map(Arc::new),
    })
}

async fn base_path(
    store: &dyn Store,
    artifacts: &Artifacts,
    stem_id: &str,
) -> Result<PathBuf, Failure> {
    let files = store.stem_files(stem_id).await.map_err(lost)?;
    let master = files.into_iter().find(|f| f.format == AudioFormat::Wav);
    let master = master.ok_or_else(|| {
        Failure::lasting(Code::NotFound, format!("base_stem_id: {stem_id} is gone"))
    })?;
    Ok(artifacts.path(&master.hash))
}

fn lost(e: impl std::fmt::Display) -> Failure {
    Failure::transient(Code::Internal, e.to_string())
}
