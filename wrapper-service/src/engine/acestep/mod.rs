//! "acestep": ACE-Step 1.5's `api_server`, upstream or the lego fork, told apart by looking.
//!
//! The way of a part: `probe` looks what is there, `condition` judges it, `model` brings its model up,
//! `lora` dresses it; `source` makes the file, `submit` the form; `tasks` sends it and asks for all tasks
//! at once, `outcome` reads one answer and `patience` judges many; `follow` listens and tells; `download`
//! brings the file, `result` checks it. `pace` knows how long such work took before.

mod command;
mod condition;
mod download;
mod follow;
mod http;
mod lora;
mod model;
mod outcome;
mod pace;
mod patience;
mod probe;
mod result;
mod settings;
mod source;
mod submit;
mod tasks;
mod wire;

pub use settings::{ApiKey, Loading, Settings, Waits};

use super::{Engine, EngineError, EngineInfo, EngineOutput, EngineRequest, Model, ProgressSink};
use async_trait::async_trait;
use http::Server;
use lora::Wardrobe;
use model::AceModel;
use outcome::Played;
use pace::{Load, Pace};
use patience::End;
use probe::Prober;
use sideman_shared::{
    music::Track,
    protocol::{AudioFormat, EngineFeatures, Stage},
};
use source::Source;
use std::sync::Arc;
use submit::Submission;
use tasks::{ABANDONED, Listening, State, Tasks};
use tokio_util::sync::CancellationToken;

/// The name in configuration and in stems.
pub const NAME: &str = "acestep";
/// The candidate's share that is over when the task is sent, and when it has ended there.
const SENT: f64 = 0.02;
const ENDED: f64 = 0.97;

pub struct AceStep {
    settings: Arc<Settings>,
    server: Arc<Server>,
    prober: Arc<Prober>,
    tasks: Arc<Tasks>,
    model: Arc<AceModel>,
    wardrobe: Wardrobe,
    pace: Arc<Pace>,
}

impl AceStep {
    /// Touches nothing yet.
    ///
    /// # Errors
    /// The address or the key is none.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let settings = Arc::new(settings);
        let server = Arc::new(Server::new(&settings)?);
        let prober = Arc::new(Prober::new(Arc::clone(&server), Arc::clone(&settings)));
        let tasks = Tasks::new(Arc::clone(&server), settings.load_limit);
        let model = AceModel {
            settings: Arc::clone(&settings),
            server: Arc::clone(&server),
            prober: Arc::clone(&prober),
            tasks: Arc::clone(&tasks),
            turn: tokio::sync::Mutex::default(),
            busy: false.into(),
        };
        Ok(Self {
            pace: Arc::new(Pace::open(settings.history_path.clone())),
            model: Arc::new(model),
            wardrobe: Wardrobe::new(&settings, &server, &tasks),
            settings,
            server,
            prober,
            tasks,
        })
    }

    async fn play(
        &self,
        request: &EngineRequest,
        progress: &ProgressSink,
    ) -> Result<EngineOutput, EngineError> {
        progress.report(Stage::Generating, 0.0);
        let (for_source, settings) = (request.clone(), Arc::clone(&self.settings));
        let source = blocking(move || Source::prepare(&for_source, &settings)).await?;
        let source = Arc::new(source);
        let load = Load {
            track: request.track,
            steps: request.steps.unwrap_or(self.settings.steps),
            audio_secs: source.secs(),
        };
        let played = match self.take_up(request, &load, progress).await? {
            Some(played) => played,
            None => self.send(request, &source, &load, progress).await?,
        };
        warn_of_another_seed(request.seed, &played);
        progress.report(Stage::Decoding, ENDED);
        let file = self
            .settings
            .temporary_file("")
            .map_err(EngineError::our_disk)?;
        let file = download::fetch(&self.server, &played.file, file).await?;
        let audio = blocking(move || result::read(file.path(), &source)).await;
        // Fetched, or not worth fetching again: nothing is left to come back for.
        request.task.forget().await;
        Ok(EngineOutput {
            audio: audio?,
            model: played.model.or(self.settings.model.clone()),
        })
    }

    /// The result of work that an earlier life has begun, if there is any left of it.
    async fn take_up(
        &self,
        request: &EngineRequest,
        load: &Load,
        progress: &ProgressSink,
    ) -> Result<Option<Played>, EngineError> {
        let Some(id) = request.task.begun() else {
            return Ok(None);
        };
        let mut listening = self.tasks.resume(id);
        match self.follow(&mut listening, load, progress).await {
            End::Done(played) => Ok(Some(played)),
            End::Away(error) => Err(error),
            End::Lost(_) | End::Failed(_) => {
                tracing::info!(task = id, "nothing is left of it; playing again");
                request.task.forget().await;
                Ok(None)
            }
        }
    }

    async fn send(
        &self,
        request: &EngineRequest,
        source: &Arc<Source>,
        load: &Load,
        progress: &ProgressSink,
    ) -> Result<Played, EngineError> {
        if self.tasks.any(ABANDONED) {
            progress.report(Stage::WaitingForGpu, 0.0);
            let limit = self.settings.waits.abandoned;
            self.tasks.quiet(ABANDONED, limit).await?;
        }
        let flavour = self.make_ready(&request.work, progress).await?;
        let dressed = self.wardrobe.dress(request.lora.as_ref()).await?;
        let submission = Submission::new(request, Arc::clone(source), &self.settings);
        let mut listening = self.tasks.begin(submission, flavour);
        // From here on the task itself keeps the LoRA from being changed.
        drop(dressed);
        if let Some(id) = accepted(&mut listening).await {
            request.task.begin(&id).await;
        }
        let end = self.follow(&mut listening, load, progress).await;
        if !matches!(end, End::Away(_) | End::Done(_)) {
            request.task.forget().await;
        }
        end.into_result()
    }
}

#[async_trait]
impl Engine for AceStep {
    async fn info(&self) -> EngineInfo {
        let (healthy, detail) = self.condition().await;
        EngineInfo {
            name: NAME.into(),
            healthy,
            detail,
            tracks: Track::ALL.to_vec(),
            features: EngineFeatures {
                region: true,
                steps: true,
                guidance: true,
                loop_assist: true,
                lyrics: true,
                seed: true,
                // We stop at once; the server plays to the end all the same.
                cancel: false,
                progress: true,
                variations: true,
                formats: vec![AudioFormat::Wav, AudioFormat::Flac, AudioFormat::Mp3],
                loras: self.settings.loras.keys().cloned().collect(),
            },
        }
    }

    async fn generate(
        &self,
        request: EngineRequest,
        progress: ProgressSink,
        cancel: CancellationToken,
    ) -> Result<EngineOutput, EngineError> {
        tokio::select! {
            biased;
            // The task note stays: whoever gives the work back to the queue may come back for it.
            () = cancel.cancelled() => Err(EngineError::Cancelled),
            played = self.play(&request, &progress) => played,
        }
    }

    async fn settled(&self, model_goes: bool) {
        if model_goes && self.model.ends_tasks() {
            return;
        }
        self.tasks.over(ABANDONED).await;
        // A load that nobody waits for goes on too.
        drop(self.model.turn.lock().await);
    }

    fn model(&self) -> Option<Arc<dyn Model>> {
        if self.settings.loading == Loading::None {
            return None;
        }
        Some(Arc::clone(&self.model) as Arc<dyn Model>)
    }
}

/// The server's name for the task, once it has one.
async fn accepted(listening: &mut Listening) -> Option<String> {
    let decided = listening
        .wait_for(|seen| !matches!(seen.state, State::Sending))
        .await;
    decided.ok()?.id.clone()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| EngineError::Failed(format!("our own work broke off: {e}")))?
}

fn warn_of_another_seed(ours: u32, played: &Played) {
    if let Some(theirs) = &played.seed
        && *theirs != ours.to_string()
    {
        tracing::warn!(ours, %theirs, "the ACE-Step server used another seed than it was told");
    }
}
