//! An engine is a function from a request to audio, with a progress sink and a cancel token.
//!
//! It knows nothing of jobs, gates, HTTP or where files are kept. One call plays one candidate of one
//! track; the runner calls it once per (track, variation).

pub mod acestep;
mod error;
pub mod sketch;
mod work;

pub use error::EngineError;
pub use work::{Lora, TaskNote, Work};

use async_trait::async_trait;
use sideman_shared::{
    analysis::Analysis,
    audio::AudioBuffer,
    music::Track,
    protocol::{EngineInfo, Region, Stage},
};
use std::{path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// What it is, what it can do, and whether it could do it now. Must answer within a second or so;
    /// never an error: an unreachable engine is `healthy: false` with a sentence in `detail`.
    async fn info(&self) -> EngineInfo;

    /// Plays one candidate. The result need not have the source's length or rate: `audio::finish` sees
    /// to that. Must return soon (`EngineError::Cancelled`) after `cancel` fires, with the GPU freed.
    async fn generate(
        &self,
        request: EngineRequest,
        progress: ProgressSink,
        cancel: CancellationToken,
    ) -> Result<EngineOutput, EngineError>;

    /// Returns once nothing that was cancelled works on any more, for engines that cannot stop what
    /// they have begun elsewhere. `model_goes`: the model is taken out of memory right after, which is
    /// as good where it ends such work too. The caller bounds the wait.
    async fn settled(&self, _model_goes: bool) {}

    /// The model's place in GPU memory, for engines that have one to give up.
    fn model(&self) -> Option<Arc<dyn Model>> {
        None
    }
}

/// A model that can be brought into GPU memory and taken out of it. Who calls sees to it that nothing
/// plays meanwhile.
#[async_trait]
pub trait Model: Send + Sync + 'static {
    /// Returns once jobs can be played; at once if they can already. Bounded by the model's own time
    /// limit.
    ///
    /// # Errors
    /// Not loadable, with the reason.
    async fn load(&self) -> Result<(), EngineError>;

    /// Returns once the memory is free.
    ///
    /// # Errors
    /// The memory may still be taken.
    async fn unload(&self) -> Result<(), EngineError>;
}

/// One candidate of one track.
#[derive(Debug, Clone)]
pub struct EngineRequest {
    pub work: Work,
    pub task: TaskNote,
    /// The source as uploaded, for engines that send a file.
    pub source_path: PathBuf,
    /// The source decoded, mono or stereo, at its own rate, for engines that listen themselves.
    pub source: Arc<AudioBuffer>,
    /// What was heard in the source, with the user's tempo, meter and key already taken as true.
    pub analysis: Arc<Analysis>,
    pub track: Track,
    /// The user's caption or the track's default; never empty.
    pub caption: String,
    pub lyrics: Option<String>,
    pub language: Option<String>,
    pub seed: u32,
    pub region: Option<Region>,
    pub steps: Option<u16>,
    pub guidance_scale: Option<f32>,
    pub lora: Option<Lora>,
    /// Whether a short source may be repeated to give the player context.
    pub loop_assist: bool,
}

#[derive(Debug)]
pub struct EngineOutput {
    pub audio: AudioBuffer,
    /// The model that played, if the engine has models.
    pub model: Option<String>,
}

/// Where an engine reports how far it is. Cheap to call often; the runner thins it out.
#[derive(Clone)]
pub struct ProgressSink(Arc<dyn Fn(Stage, f64) + Send + Sync>);

impl ProgressSink {
    pub fn new(report: impl Fn(Stage, f64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(report))
    }

    /// For callers that do not care.
    pub fn ignore() -> Self {
        Self::new(|_, _| {})
    }

    /// `fraction` 0–1 of this candidate.
    pub fn report(&self, stage: Stage, fraction: f64) {
        (self.0)(stage, fraction.clamp(0.0, 1.0));
    }
}
