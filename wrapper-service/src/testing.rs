//! A whole service in a temporary folder, with an engine that does as it is told.

use crate::{
    app::{App, AppState},
    config::{Config, Sources},
    engine::{Engine, EngineError, EngineOutput, EngineRequest, Model, ProgressSink},
};
use async_trait::async_trait;
use futures_util::stream;
use sideman_shared::{
    audio::{
        AudioBuffer,
        wav::{SampleKind, write},
    },
    music::{Bpm, Track},
    protocol::{EngineFeatures, EngineInfo, Job, JobRequest, JobState, Source, Stage},
};
use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub const OWNER: &str = "anonymous";
/// Far beyond what any wait in a test needs.
const DEADLINE: Duration = Duration::from_secs(60);

/// What the engine does at one call.
#[derive(Debug, Clone)]
pub enum Act {
    Play,
    Silence,
    Fail(EngineError),
    Panic,
    /// Begins work under this name elsewhere and is cut off before it hears of the end.
    Begin(&'static str),
    /// Plays until cancelled.
    Linger,
    /// Cannot stop: cancelled, it returns, and something plays on until [`ScriptedEngine::go_on`].
    Leave,
    /// Plays once [`ScriptedEngine::go_on`] is called, or until cancelled.
    Await,
}

/// Does what its script says; then plays.
#[derive(Default)]
pub struct ScriptedEngine {
    script: Mutex<VecDeque<Act>>,
    seeds: Mutex<Vec<u32>>,
    begun: Mutex<Vec<Option<String>>>,
    called: Notify,
    go_on: Notify,
    left: AtomicBool,
    model: Mutex<Option<Arc<ScriptedModel>>>,
}

/// Notes when it is loaded and unloaded.
#[derive(Default)]
pub struct ScriptedModel(Mutex<Vec<&'static str>>);

impl ScriptedModel {
    pub fn told(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Model for ScriptedModel {
    async fn load(&self) -> Result<(), EngineError> {
        self.0.lock().unwrap().push("load");
        Ok(())
    }

    async fn unload(&self) -> Result<(), EngineError> {
        self.0.lock().unwrap().push("unload");
        Ok(())
    }
}

impl ScriptedEngine {
    pub fn new(script: impl IntoIterator<Item = Act>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into_iter().collect()),
            ..Self::default()
        })
    }

    /// An engine whose model can be taken out of memory.
    pub fn with_model(script: impl IntoIterator<Item = Act>) -> (Arc<Self>, Arc<ScriptedModel>) {
        let (engine, model) = (Self::new(script), Arc::<ScriptedModel>::default());
        *engine.model.lock().unwrap() = Some(Arc::clone(&model));
        (engine, model)
    }

    /// The seeds it was called with.
    pub fn seeds(&self) -> Vec<u32> {
        self.seeds.lock().unwrap().clone()
    }

    /// What it was told of work that an earlier life had begun, call by call.
    pub fn begun(&self) -> Vec<Option<String>> {
        self.begun.lock().unwrap().clone()
    }

    /// Waits until it has been called `times` in all.
    pub async fn called(&self, times: usize) {
        within(async {
            while self.seeds().len() < times {
                self.called.notified().await;
            }
        })
        .await;
    }

    pub fn go_on(&self) {
        self.go_on.notify_one();
    }
}

#[async_trait]
impl Engine for ScriptedEngine {
    async fn info(&self) -> EngineInfo {
        EngineInfo {
            name: "scripted".into(),
            healthy: true,
            detail: "does as it is told".into(),
            tracks: vec![Track::Drums, Track::Bass],
            features: EngineFeatures {
                region: true,
                seed: true,
                cancel: true,
                ..EngineFeatures::default()
            },
        }
    }

    fn model(&self) -> Option<Arc<dyn Model>> {
        let model = self.model.lock().unwrap().clone();
        model.map(|model| model as _)
    }

    async fn settled(&self, _model_goes: bool) {
        if self.left.load(Ordering::Relaxed) {
            self.go_on.notified().await;
            self.left.store(false, Ordering::Relaxed);
        }
    }

    async fn generate(
        &self,
        request: EngineRequest,
        progress: ProgressSink,
        cancel: CancellationToken,
    ) -> Result<EngineOutput, EngineError> {
        self.begun
            .lock()
            .unwrap()
            .push(request.task.begun().map(str::to_owned));
        let act = self.script.lock().unwrap().pop_front();
        if let Some(Act::Begin(task)) = act {
            request.task.begin(task).await;
        }
        self.seeds.lock().unwrap().push(request.seed);
        self.called.notify_one();
        progress.report(Stage::Generating, 0.5);
        let level = match act.unwrap_or(Act::Play) {
            Act::Play => 0.25,
            Act::Silence => 0.0,
            Act::Fail(error) => return Err(error),
            Act::Panic => panic!("told to"),
            Act::Leave => {
                cancel.cancelled().await;
                self.left.store(true, Ordering::Relaxed);
                return Err(EngineError::Cancelled);
            }
            Act::Begin(_) | Act::Linger => {
                cancel.cancelled().await;
                return Err(EngineError::Cancelled);
            }
            Act::Await => tokio::select! {
                () = cancel.cancelled() => return Err(EngineError::Cancelled),
                () = self.go_on.notified() => 0.25,
            },
        };
        let frames = request.source.frames();
        let rate_hz = request.source.sample_rate_hz();
        Ok(EngineOutput {
            audio: tone(frames, rate_hz, level, request.seed),
            model: None,
        })
    }
}

/// A sine whose pitch tells the seed.
pub fn tone(frames: usize, rate_hz: u32, level: f32, seed: u32) -> AudioBuffer {
    let step = 0.02 + 0.001 * (seed % 100) as f32;
    let wave = (0..frames).map(|i| level * (i as f32 * step).sin());
    AudioBuffer::new(vec![wave.collect()], rate_hz).unwrap()
}

/// A click track of 120 BPM as the bytes of a WAV file.
pub fn song(secs: f64) -> Vec<u8> {
    let rate_hz = 8_000;
    let frames = (secs * f64::from(rate_hz)) as usize;
    let wave = (0..frames).map(|i| {
        let since_beat = (i % 4_000) as f32;
        (since_beat * 0.4).sin() * 0.6 * (-since_beat / 300.0).exp()
    });
    let audio = AudioBuffer::new(vec![wave.collect()], rate_hz).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    write(file.path(), &audio, SampleKind::Pcm24, None).unwrap();
    std::fs::read(file.path()).unwrap()
}

/// The defaults, for a service in `dir`.
pub fn config(dir: &Path) -> Config {
    let mut config = Config::load(&Sources::default()).unwrap();
    config.data_dir = dir.to_owned();
    config.jobs.drain_secs = 0;
    config
}

/// A running service.
pub struct Rig {
    pub state: AppState,
    dir: TempDir,
    stop: CancellationToken,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Rig {
    pub async fn start(engine: &Arc<ScriptedEngine>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::start_in(dir, engine, |_| {}).await
    }

    pub async fn start_in(
        dir: TempDir,
        engine: &Arc<ScriptedEngine>,
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = config(dir.path());
        adjust(&mut config);
        let engine: Arc<dyn Engine> = Arc::clone(engine) as _;
        let engines = BTreeMap::from([("scripted".to_owned(), engine)]);
        let app = App::build(config, engines, "scripted").await.unwrap();
        let stop = CancellationToken::new();
        Self {
            state: app.state.clone(),
            dir,
            serving: tokio::spawn(app.serve(Vec::new(), stop.clone())),
            stop,
        }
    }

    /// An orderly shutdown; the folder stays for another life.
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        within(self.serving).await.unwrap().unwrap();
        self.dir
    }

    /// As `kill -9`: nothing of the service runs any further.
    pub async fn kill(self) -> TempDir {
        self.serving.abort();
        let _ = self.serving.await;
        self.dir
    }

    pub async fn upload(&self, secs: f64) -> Source {
        let chunk = Ok::<_, std::io::Error>(bytes::Bytes::from(song(secs)));
        let (source, _) = self.state.sources.put(stream::iter([chunk])).await.unwrap();
        source
    }

    /// A request for drums to an uploaded song, with all that could be heard or chosen said.
    pub async fn request(&self) -> JobRequest {
        let mut request = JobRequest::new(self.upload(2.0).await.source_id, vec![Track::Drums]);
        request.bpm = Bpm::new(120.0);
        request.key_scale = Some("A minor".parse().unwrap());
        request.seed = Some(7);
        request
    }

    pub async fn submit(&self, request: JobRequest) -> Job {
        let submitted = self.state.jobs.submit(OWNER, request, None).await;
        submitted.unwrap().job
    }

    /// The job at its end.
    pub async fn ended(&self, job_id: &str) -> Job {
        within(self.state.jobs.wait(OWNER, job_id)).await.unwrap()
    }

    /// The job once it is in `state`.
    pub async fn reached(&self, job_id: &str, state: JobState) -> Job {
        within(async {
            loop {
                let job = self.state.jobs.get(OWNER, job_id).await.unwrap();
                if job.state == state {
                    return job;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
    }
}

/// A wait that fails the test instead of hanging it.
pub async fn within<T>(wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, wait)
        .await
        .expect("waited too long")
}
