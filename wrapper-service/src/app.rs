//! The composition root: makes every part from the configuration and runs them until told to stop.

mod parts;

pub use parts::{EngineMap, engines, open_gate};

use crate::{
    artifacts::Artifacts,
    config::Config,
    gate::Gate,
    gpu::Lifecycle,
    http,
    jobs::{
        Engines, JobService, JobServiceParts, Reaper, Runner, SourceLimits, SourceService,
        StemService,
    },
};
use anyhow::Context;
use parts::{artifacts_dir, model_policy, open_store, retention, runner_settings};
use std::{fs::File, path::Path, sync::Arc, time::Duration};
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
        let artifacts = Artifacts::open(&artifacts_dir(&config))
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
