//! "sketch": built-in, no AI model, no network, no GPU. It listens to the source and plays along,
//! the same way every time for the same seed.

use super::{Engine, EngineError, EngineOutput, EngineRequest, ProgressSink};
use async_trait::async_trait;
use sideman_shared::{
    music::Track,
    protocol::{AudioFormat, EngineFeatures, EngineInfo},
};
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// The name in configuration and in stems.
pub const NAME: &str = "sketch";

#[derive(Debug, Clone, Default)]
pub struct Sketch {
    /// A General MIDI SoundFont for the instrument tracks; synthesised voices without one.
    pub sound_font: Option<PathBuf>,
}

#[async_trait]
impl Engine for Sketch {
    async fn info(&self) -> EngineInfo {
        EngineInfo {
            name: NAME.into(),
            healthy: true,
            detail: "sketch: built-in, no AI model".into(),
            tracks: Track::ALL.to_vec(),
            features: EngineFeatures {
                region: false,
                lyrics: false,
                seed: true,
                cancel: true,
                progress: true,
                variations: true,
                formats: vec![AudioFormat::Wav, AudioFormat::Flac, AudioFormat::Mp3],
            },
        }
    }

    async fn generate(
        &self,
        _request: EngineRequest,
        _progress: ProgressSink,
        _cancel: CancellationToken,
    ) -> Result<EngineOutput, EngineError> {
        Err(EngineError::Failed("not written yet".into()))
    }
}
