//! The configuration: defaults, a TOML file, the environment and flags, in rising order. It is read
//! and validated as a whole, and every value knows where it came from.

mod acestep;
mod error;
mod gpu;
mod layers;
mod paths;
mod read;
mod reader;
mod secret;
#[cfg(test)]
mod tests;

pub use acestep::{AceStepConfig, AceStepLoad};
pub use error::{ConfigError, Fault};
pub use gpu::{
    AdmissionKind, GpuConfig, GpuQueueServiceConfig, ModelConfig, RedisConfig, UnloadKind,
};
pub use layers::{DEFAULT_TOML, Sources};
pub use reader::Effective;
pub use secret::{Secret, redact_url};

use crate::audio::AudioLimits;
use std::{net::SocketAddr, path::PathBuf};

/// Everything the service is told from outside. Made by [`Config::load`], valid ever after.
#[derive(Debug, Clone)]
pub struct Config {
    /// At least one.
    pub listen: Vec<SocketAddr>,
    pub data_dir: PathBuf,
    pub engine: EngineKind,
    pub gate: GateKind,
    pub store: StoreKind,
    pub auth: Auth,
    pub limits: Limits,
    pub jobs: Jobs,
    pub retention: Retention,
    pub sketch: SketchConfig,
    pub acestep: AceStepConfig,
    pub gpu_queue_service: GpuQueueServiceConfig,
    pub redis: RedisConfig,
    pub gpu: GpuConfig,
    pub model: ModelConfig,
    pub log: LogConfig,
    /// Every value as text with its origin, secrets redacted; in the order of the default file.
    pub effective: Vec<Effective>,
    /// Legal but probably not meant; one sentence each.
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    Sketch,
    AceStep,
    AceServer,
    Gradio,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateKind {
    Local,
    GpuQueueService,
    Redis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    Sqlite,
    Redis,
}

#[derive(Debug, Clone)]
pub struct Auth {
    /// None: nobody is asked for a key.
    pub keys: Vec<ApiKey>,
    pub allow_anonymous: bool,
}

#[derive(Debug, Clone)]
pub struct ApiKey {
    /// Unique; owns the jobs made with the key and appears in logs.
    pub name: String,
    pub secret: Secret,
    pub may: KeyRights,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRights {
    /// Look, upload, start and cancel.
    All,
    /// GET and HEAD only.
    Read,
}

#[derive(Debug, Clone)]
pub struct Limits {
    pub max_upload_bytes: u64,
    pub audio: AudioLimits,
    pub max_waiting_per_key: u32,
    /// Tracks times variations of one job.
    pub max_stems_per_job: u32,
}

#[derive(Debug, Clone)]
pub struct Jobs {
    pub max_concurrent: u32,
    /// The first try included.
    pub max_attempts: u32,
    pub attempt_timeout_secs: u64,
    pub gpu_wait_timeout_secs: u64,
    pub drain_secs: u64,
}

#[derive(Debug, Clone)]
pub struct Retention {
    pub days: f64,
    /// Sources and stems together.
    pub max_bytes: u64,
}

#[derive(Debug, Clone)]
pub struct SketchConfig {
    pub sound_font: Option<PathBuf>,
}

#[derive(Debug, Clone)]
pub struct LogConfig {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// Merges and validates.
    ///
    /// # Errors
    /// Every fault found, each with its key, where the value came from and what is allowed.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        read::read(&layers::merge(sources)?, sources)
    }
}
