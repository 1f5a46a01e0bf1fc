//! Settings of what stands between a job and the GPU: the queue's, the model's, the card's.

use super::{Config, EngineKind, GateKind, Secret, reader::Reader};
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmissionKind {
    Auto,
    Poll,
    Webhook,
    Immediate,
}

#[derive(Debug, Clone)]
pub struct GpuQueueServiceConfig {
    /// May hold a password.
    pub url: Option<Secret>,
    /// Empty, or `/` and a name.
    pub path_prefix: String,
    pub admission: AdmissionKind,
    pub tokens_per_job: u32,
    pub tokens_per_minute: u32,
    /// Empty: not sent.
    pub task_type: String,
    pub poll_min_secs: f64,
    pub poll_max_secs: f64,
    pub request_timeout_secs: f64,
    pub forgotten_after_secs: f64,
    /// 0: no limit of its own.
    pub fail_after_secs: f64,
    pub start_without_grant: bool,
    pub session_field: String,
    /// Empty: not sent.
    pub tokens_field: String,
    pub task_type_field: String,
    pub status_field: String,
}

#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// May hold a password.
    pub url: Option<Secret>,
}

#[derive(Debug, Clone)]
pub struct GpuConfig {
    /// None: all there is.
    pub vram_limit_mb: Option<u64>,
    pub model_cache_dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnloadKind {
    AfterEachJob,
    WhenIdle,
    Never,
}

#[derive(Debug, Clone)]
pub struct ModelConfig {
    pub load_on_demand: bool,
    pub unload: UnloadKind,
    pub idle_secs: f64,
    pub warm_grace_secs: f64,
    pub unload_timeout_secs: f64,
    pub abandoned_timeout_secs: f64,
}

pub fn queue(r: &mut Reader<'_>) -> GpuQueueServiceConfig {
    let words = [
        ("auto", AdmissionKind::Auto),
        ("poll", AdmissionKind::Poll),
        ("webhook", AdmissionKind::Webhook),
        ("immediate", AdmissionKind::Immediate),
    ];
    GpuQueueServiceConfig {
        url: r.http_url("gpu_queue_service.url").map(Secret::new),
        path_prefix: path_prefix(r),
        admission: r.choice("gpu_queue_service.admission", &words),
        tokens_per_job: r.count("gpu_queue_service.tokens_per_job", 1..=1_000_000),
        tokens_per_minute: r.count("gpu_queue_service.tokens_per_minute", 0..=1_000_000),
        task_type: text(r, "gpu_queue_service.task_type"),
        poll_min_secs: r.number("gpu_queue_service.poll_min_secs", 0.01..=60.0),
        poll_max_secs: r.number("gpu_queue_service.poll_max_secs", 0.01..=600.0),
        request_timeout_secs: r.number("gpu_queue_service.request_timeout_secs", 0.1..=600.0),
        forgotten_after_secs: r.number("gpu_queue_service.forgotten_after_secs", 0.0..=3600.0),
        fail_after_secs: r.number("gpu_queue_service.fail_after_secs", 0.0..=86_400.0),
        start_without_grant: r.switch("gpu_queue_service.start_without_grant"),
        session_field: name(r, "gpu_queue_service.session_field"),
        tokens_field: text(r, "gpu_queue_service.tokens_field"),
        task_type_field: name(r, "gpu_queue_service.task_type_field"),
        status_field: name(r, "gpu_queue_service.status_field"),
    }
}

pub fn redis(r: &mut Reader<'_>) -> RedisConfig {
    RedisConfig {
        url: r
            .url("redis.url", &["redis://", "rediss://"])
            .map(Secret::new),
    }
}

pub fn gpu(r: &mut Reader<'_>) -> GpuConfig {
    GpuConfig {
        vram_limit_mb: Some(r.whole("gpu.vram_limit_mb", 0..=1_000_000)).filter(|mb| *mb > 0),
        model_cache_dir: r.text("gpu.model_cache_dir").map(PathBuf::from),
    }
}

pub fn model(r: &mut Reader<'_>) -> ModelConfig {
    let words = [
        ("after_each_job", UnloadKind::AfterEachJob),
        ("when_idle", UnloadKind::WhenIdle),
        ("never", UnloadKind::Never),
    ];
    ModelConfig {
        load_on_demand: r.switch("model.load_on_demand"),
        unload: r.choice("model.unload", &words),
        idle_secs: r.number("model.idle_secs", 0.0..=604_800.0),
        warm_grace_secs: r.number("model.warm_grace_secs", 0.0..=3600.0),
        unload_timeout_secs: r.number("model.unload_timeout_secs", 0.1..=600.0),
        abandoned_timeout_secs: r.number("model.abandoned_timeout_secs", 0.0..=86_400.0),
    }
}

/// What no value of these can know alone.
pub fn judge(config: &mut Config, r: &mut Reader<'_>) {
    let queue = &config.gpu_queue_service;
    let wants_queue = config.gate == GateKind::GpuQueueService;
    if wants_queue && queue.url.is_none() {
        let found = "the gate gpu-queue-service has no address to ask";
        let allowed = "set it with QUEUE_URL=http://HOST:8085 or url in [gpu_queue_service]";
        r.fault("gpu_queue_service.url", found.into(), allowed);
    }
    if queue.poll_min_secs > queue.poll_max_secs {
        let allowed = "gpu_queue_service.poll_min_secs must not be larger than poll_max_secs";
        r.refuse("gpu_queue_service.poll_min_secs", allowed);
    }
    if !wants_queue && queue.url.is_some() {
        config.warnings.push(
            "gpu_queue_service.url is set but not used: jobs start without asking the queue; say \
             --gate gpu-queue-service to ask it"
                .into(),
        );
    }
    let has_model = config.engine != EngineKind::Sketch;
    if wants_queue && has_model && config.model.unload != UnloadKind::AfterEachJob {
        config.warnings.push(
            "model.unload is not after_each_job: an engine's model stays in GPU memory while its \
             tokens are given back"
                .into(),
        );
    }
}

fn path_prefix(r: &mut Reader<'_>) -> String {
    let key = "gpu_queue_service.path_prefix";
    let prefix = text(r, key);
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let right = prefix.starts_with('/') && prefix.chars().all(plain) && !prefix.ends_with('/');
    if !prefix.is_empty() && !right {
        r.refuse(key, "empty, or a path such as /transform is allowed");
    }
    prefix
}

/// May be empty.
fn text(r: &mut Reader<'_>, key: &str) -> String {
    r.text(key).unwrap_or_default()
}

fn name(r: &mut Reader<'_>, key: &str) -> String {
    let name = text(r, key);
    if name.is_empty() {
        r.refuse(key, "the name of a JSON field is allowed");
    }
    name
}
