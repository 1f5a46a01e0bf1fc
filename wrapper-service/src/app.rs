//! The composition root: makes every part from the configuration and runs them until told to stop.

use crate::{
    artifacts::Artifacts,
    config::{
        AceStepLoad, AdmissionKind, Config, EngineKind, GateKind, StoreKind, UnloadKind, redact_url,
    },
    engine::{Engine, acestep, sketch},
    gate::{
        Gate, GpuQueueService, LeaseBook, LocalGate,
        gpu_queue_service::{self, Admission, Fields},
    },
    gpu::{Lifecycle, ModelPolicy, Unload},
    http,
    jobs::{
        Engines, JobService, JobServiceParts, Reaper, RetentionPolicy, Runner, RunnerSettings,
        SourceLimits, SourceService, StemService, TurnWaits, attempt::RetryPolicy,
        store::sqlite::SqliteStore,
    },
};
use anyhow::{Context, bail};
use std::{collections::BTreeMap, fs::File, path::Path, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// After the drain: how long open connections may take to close.
const CLOSE_DEADLINE: Duration = Duration::from_secs(5);

/// After that: how long the GPU queue may take to hear of the last releases.
const SETTLE_DEADLINE: Duration = Duration::from_secs(5);

/// What request handlers reach.
#[derive(Clone)]
pub struct AppState {
    pub config: Arc<Config>,
    pub jobs: Arc<JobService>,
    pub sources: Arc<SourceService>,
    pub stems: Arc<StemService>,
}

/// The service, put together but not yet running.
pub struct App {
    pub state: AppState,
    runner: Runner,
    reaper: Reaper,
    gate: Arc<dyn Gate>,
    model: Lifecycle,
    drain: Duration,
    /// Held as long as the service lives: one process per data folder.
    _lock: File,
}

/// Engines by the name that `--engine` takes.
pub type EngineMap = BTreeMap<String, Arc<dyn Engine>>;

/// Runs the service on `listeners` until `shutdown` fires and the drain is over.
///
/// # Errors
/// The data folder cannot be used, or a chosen part is not in this build.
pub async fn run(
    config: Config,
    listeners: Vec<TcpListener>,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let (engines, playing) = engines(&config)?;
    App::build(config, engines, playing)
        .await?
        .serve(listeners, shutdown)
        .await
}

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
        waits: acestep::Waits {
            abandoned: Duration::from_secs_f64(config.model.abandoned_timeout_secs),
            ..acestep::Waits::default()
        },
        ..acestep::Settings::new(&c.url)
    }
}

impl App {
    /// Opens the data folder, takes back what an earlier life left running, and joins the parts.
    /// `playing` names the engine of `engines` that plays.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn build(config: Config, engines: EngineMap, playing: &str) -> anyhow::Result<Self> {
        let data_dir = config.data_dir.clone();
        std::fs::create_dir_all(&data_dir)
            .with_context(|| format!("data_dir: cannot make {}", data_dir.display()))?;
        let lock = lock(&data_dir)?;
        let store = open_store(&config).await?;
        let artifacts = Artifacts::open(&data_dir.join("artifacts"))
            .with_context(|| format!("data_dir: cannot use {}", data_dir.display()))?;
        let artifacts = Arc::new(artifacts);
        let engines = Engines::new(engines, playing)
            .with_context(|| format!("engine: there is no engine \"{playing}\""))?;
        let gate = open_gate(&config, Arc::clone(&store) as _)?;
        gate.recover()
            .await
            .context("cannot give back the GPU tokens of an earlier life")?;
        let model = Lifecycle::new(engines.engine().model(), model_policy(&config));
        let jobs = JobService::new(JobServiceParts {
            store: Arc::clone(&store) as _,
            engines,
            gate: Arc::clone(&gate),
            model: model.clone(),
            max_waiting_per_owner: config.limits.max_waiting_per_key,
            max_stems_per_job: config.limits.max_stems_per_job,
            concurrency: config.jobs.max_concurrent,
        });
        let reaper = Reaper::new(
            Arc::clone(&store) as _,
            Arc::clone(&artifacts),
            retention(&config),
        );
        let limits = SourceLimits {
            max_bytes: config.limits.max_upload_bytes,
            audio: config.limits.audio,
        };
        let sources = SourceService::new(
            Arc::clone(&store) as _,
            Arc::clone(&artifacts),
            reaper.clone(),
            limits,
        );
        let stems = StemService::new(store, Arc::clone(&artifacts));
        let runner = Runner::new(
            Arc::clone(&jobs),
            artifacts,
            reaper.clone(),
            runner_settings(&config),
        );
        runner
            .recover()
            .await
            .context("cannot take back interrupted jobs")?;
        reaper
            .sweep_orphans()
            .await
            .context("cannot clean the data folder")?;
        Ok(Self {
            drain: Duration::from_secs(config.jobs.drain_secs),
            state: AppState {
                config: Arc::new(config),
                jobs,
                sources: Arc::new(sources),
                stems: Arc::new(stems),
            },
            runner,
            reaper,
            gate,
            model,
            _lock: lock,
        })
    }

    /// Serves until `shutdown` fires: then accepts nothing more, lets running jobs finish up to the
    /// drain time, gives the rest back to the queue, and returns.
    ///
    /// # Errors
    /// A listener broke.
    pub async fn serve(
        self,
        listeners: Vec<TcpListener>,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        // Whatever ends first, all parts end.
        let stop = shutdown.child_token();
        let mut servers = JoinSet::new();
        for listener in listeners {
            let router = http::router(self.state.clone());
            let stopped = stop.clone().cancelled_owned();
            servers.spawn(async move {
                axum::serve(listener, router)
                    .with_graceful_shutdown(stopped)
                    .await
            });
        }
        let reaping = tokio::spawn(self.reaper.clone().run(stop.clone()));
        let running = tokio::spawn(self.runner.run(stop.clone(), self.drain));
        let jobs = &self.state.jobs;
        let broken = tokio::select! {
            () = stop.cancelled() => None,
            Some(ended) = servers.join_next() => Some(ended),
        };
        stop.cancel();
        jobs.drain();
        // The runner bounds itself by the drain time.
        let ran = running.await;
        jobs.close();
        let closing = async { while servers.join_next().await.is_some() {} };
        if tokio::time::timeout(CLOSE_DEADLINE, closing).await.is_err() {
            tracing::warn!("some connections did not close in time");
        }
        self.model.close().await;
        if tokio::time::timeout(SETTLE_DEADLINE, self.gate.settled())
            .await
            .is_err()
        {
            tracing::warn!("the GPU queue did not hear of all releases; the next start tells it");
        }
        reaping.await.context("the reaper ended badly")?;
        ran.context("the runner ended badly")?;
        match broken {
            Some(ended) => Ok(ended.context("a server ended badly")??),
            None => Ok(()),
        }
    }
}

/// A worker without HTTP: plays what is in the store until `shutdown` fires.
///
/// # Errors
/// As [`run`].
pub async fn work(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    let (engines, playing) = engines(&config)?;
    App::build(config, engines, playing)
        .await?
        .serve(Vec::new(), shutdown)
        .await
}

fn lock(data_dir: &Path) -> anyhow::Result<File> {
    let path = data_dir.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    file.try_lock().with_context(|| {
        format!(
            "data_dir: {} is used by another wrapper-service; stop it or choose another folder",
            data_dir.display()
        )
    })?;
    Ok(file)
}

async fn open_store(config: &Config) -> anyhow::Result<Arc<SqliteStore>> {
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

fn model_policy(config: &Config) -> ModelPolicy {
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

fn retention(config: &Config) -> RetentionPolicy {
    RetentionPolicy {
        keep_ms: (config.retention.days * 86_400_000.0) as i64,
        max_bytes: config.retention.max_bytes,
    }
}

fn runner_settings(config: &Config) -> RunnerSettings {
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
