//! The service's parts, each made from its share of the configuration.

use crate::{
    artifacts::INCOMING,
    config::{
        AceStepLoad, AdmissionKind, Config, EngineKind, GateKind, StoreKind, UnloadKind, redact_url,
    },
    engine::{Engine, acestep, sketch},
    gate::{
        Gate, GpuQueueService, LeaseBook, LocalGate,
        gpu_queue_service::{self, Admission, Fields},
    },
    gpu::{ModelPolicy, Unload},
    jobs::{
        RetentionPolicy, RunnerSettings, TurnWaits, attempt::RetryPolicy,
        store::sqlite::SqliteStore,
    },
};
use anyhow::{Context, bail};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

/// Engines by the name that `--engine` takes.
pub type EngineMap = BTreeMap<String, Arc<dyn Engine>>;

/// The engines that the configuration describes, and the name of the one that plays.
///
/// # Errors
/// The chosen engine is not in this build.
pub fn engines(config: &Config) -> anyhow::Result<(EngineMap, &'static str)> {
    let playing = match config.engine {
        EngineKind::Sketch => sketch::NAME,
        EngineKind::AceStep => acestep::NAME,
        other => bail!("engine: {other:?} is not in this build; use --engine sketch or acestep"),
    };
    let sketch = sketch::Sketch {
        sound_font: config.sketch.sound_font.clone(),
    };
    let mut all: EngineMap =
        BTreeMap::from([(sketch::NAME.to_owned(), Arc::new(sketch) as Arc<dyn Engine>)]);
    if playing == acestep::NAME {
        let engine = acestep::AceStep::new(acestep_settings(config)).map_err(anyhow::Error::msg)?;
        all.insert(acestep::NAME.to_owned(), Arc::new(engine));
    }
    Ok((all, playing))
}

/// Sources and stems.
pub(super) fn artifacts_dir(config: &Config) -> PathBuf {
    config.data_dir.join("artifacts")
}

fn acestep_settings(config: &Config) -> acestep::Settings {
    let c = &config.acestep;
    let by_command = acestep::Loading::Command {
        load: c.load_command.clone(),
        unload: c.unload_command.clone(),
    };
    acestep::Settings {
        api_key: c
            .api_key
            .as_ref()
            .map(|key| acestep::ApiKey::new(key.expose())),
        model: c.model.clone(),
        loading: match c.load {
            AceStepLoad::Command => by_command,
            AceStepLoad::Auto if !c.load_command.is_empty() || !c.unload_command.is_empty() => {
                by_command
            }
            AceStepLoad::Auto => acestep::Loading::Auto,
            AceStepLoad::Http => acestep::Loading::Http,
            AceStepLoad::None => acestep::Loading::None,
        },
        load_limit: Duration::from_secs(c.load_timeout_secs),
        steps: c.steps,
        guidance_scale: c.guidance_scale,
        loop_assist_secs: c.loop_assist_secs,
        loras: c.loras.clone(),
        history_path: Some(config.data_dir.join("acestep-history.json")),
        aside: Some(artifacts_dir(config).join(INCOMING)),
        waits: acestep::Waits {
            abandoned: Duration::from_secs_f64(config.model.abandoned_timeout_secs),
            ..acestep::Waits::default()
        },
        ..acestep::Settings::new(&c.url)
    }
}

pub(super) async fn open_store(config: &Config) -> anyhow::Result<Arc<SqliteStore>> {
    match config.store {
        StoreKind::Sqlite => {
            let path = config.data_dir.join("sideman.sqlite");
            let store = SqliteStore::open(&path).await;
            let store = store.with_context(|| format!("cannot open {}", path.display()))?;
            Ok(Arc::new(store))
        }
        StoreKind::Redis => bail!("store: redis is not in this build; use --store sqlite"),
    }
}

/// The gate that the configuration describes. `book` is where it writes down its leases.
///
/// # Errors
/// It is not in this build, or cannot be made.
pub fn open_gate(config: &Config, book: Arc<dyn LeaseBook>) -> anyhow::Result<Arc<dyn Gate>> {
    match config.gate {
        GateKind::Local => {
            let places = usize::try_from(config.jobs.max_concurrent).unwrap_or(1);
            Ok(Arc::new(LocalGate::new(places)))
        }
        GateKind::GpuQueueService => {
            let gate = GpuQueueService::new(queue_settings(config)?, book);
            Ok(Arc::new(gate.context("gate: cannot make an HTTP client")?))
        }
        GateKind::Redis => bail!("gate: redis is not in this build; use --gate local"),
    }
}

fn queue_settings(config: &Config) -> anyhow::Result<gpu_queue_service::Settings> {
    let queue = &config.gpu_queue_service;
    let url = queue
        .url
        .as_ref()
        .context("gpu_queue_service.url is empty")?;
    Ok(gpu_queue_service::Settings {
        url: url.expose().to_owned(),
        shown: redact_url(url.expose()),
        path_prefix: queue.path_prefix.clone(),
        admission: match queue.admission {
            AdmissionKind::Auto => Admission::Auto,
            AdmissionKind::Poll => Admission::Poll,
            AdmissionKind::Webhook => Admission::Webhook,
            AdmissionKind::Immediate => Admission::Immediate,
        },
        tokens_per_job: queue.tokens_per_job,
        tokens_per_minute: queue.tokens_per_minute,
        task_type: queue.task_type.clone(),
        fields: Fields {
            session_id: queue.session_field.clone(),
            tokens: queue.tokens_field.clone(),
            task_type: queue.task_type_field.clone(),
            status: queue.status_field.clone(),
        },
        poll_min: Duration::from_secs_f64(queue.poll_min_secs),
        poll_max: Duration::from_secs_f64(queue.poll_max_secs),
        request_timeout: Duration::from_secs_f64(queue.request_timeout_secs),
        forgotten_after: Duration::from_secs_f64(queue.forgotten_after_secs),
        fail_after: Duration::from_secs_f64(queue.fail_after_secs),
        start_without_grant: queue.start_without_grant,
    })
}

pub(super) fn model_policy(config: &Config) -> ModelPolicy {
    let model = &config.model;
    ModelPolicy {
        load_on_demand: model.load_on_demand,
        unload: match model.unload {
            UnloadKind::AfterEachJob => Unload::AfterEachJob,
            UnloadKind::WhenIdle => Unload::WhenIdle(Duration::from_secs_f64(model.idle_secs)),
            UnloadKind::Never => Unload::Never,
        },
        warm_grace: Duration::from_secs_f64(model.warm_grace_secs),
        unload_timeout: Duration::from_secs_f64(model.unload_timeout_secs),
    }
}

pub(super) fn retention(config: &Config) -> RetentionPolicy {
    RetentionPolicy {
        keep_ms: (config.retention.days * 86_400_000.0) as i64,
        max_bytes: config.retention.max_bytes,
    }
}

pub(super) fn runner_settings(config: &Config) -> RunnerSettings {
    RunnerSettings {
        concurrency: config.jobs.max_concurrent,
        attempt_deadline: Duration::from_secs(config.jobs.attempt_timeout_secs),
        turn: TurnWaits {
            gpu: Duration::from_secs(config.jobs.gpu_wait_timeout_secs),
            abandoned: Duration::from_secs_f64(config.model.abandoned_timeout_secs),
        },
        retry: RetryPolicy {
            max_failures: config.jobs.max_attempts,
            ..RetryPolicy::default()
        },
        audio: config.limits.audio,
    }
}
