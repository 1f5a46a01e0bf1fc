//! One try of one job: listen, wait for the GPU, play each candidate, check it, keep it.

use super::{
    attempt::{Failure, another_seed},
    blocking::blocking,
    craft::{check, encode_all, record, tags},
    material::{self, Material},
    progress::Progress,
    reaper::Reaper,
    record::{JobRecord, StemFile, StemRecord, candidates},
    service::JobService,
    store::{Store, TaskKey},
    turn::{TurnWaits, Turns},
    work_clock::WorkClock,
};
use crate::{
    artifacts::Artifacts,
    audio::{AudioLimits, Finished},
    engine::{EngineError, EngineRequest, Lora, TaskNote, Work},
    error::AppError,
    gate::Outcome,
};
use sideman_shared::{
    music::Track,
    protocol::{Code, Stage},
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Seeds tried before a silent candidate fails its job.
const SILENT_TRIES: u32 = 2;

/// Why a try stopped short.
#[derive(Debug, PartialEq)]
pub enum Stop {
    Cancelled,
    /// Not begun, because the service stops.
    GivenBack,
    Failed(Failure),
}

impl Stop {
    /// What the gate is told.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Cancelled | Self::GivenBack => Outcome::Cancelled,
            Self::Failed(_) => Outcome::Failed,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Where jobs are worked on.
pub struct Desk {
    jobs: Arc<JobService>,
    artifacts: Arc<Artifacts>,
    reaper: Reaper,
    audio: AudioLimits,
    pub turns: Turns,
}

/// One stem to play.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub track: Track,
    /// From 1.
    pub variation: u8,
    /// Stems of the job that are finished already.
    pub done: usize,
}

/// A candidate that passed the checks.
pub struct Played {
    pub finished: Finished,
    pub seed: u32,
    pub model: Option<String>,
}

impl Desk {
    pub fn new(
        jobs: Arc<JobService>,
        artifacts: Arc<Artifacts>,
        reaper: Reaper,
        audio: AudioLimits,
        waits: TurnWaits,
    ) -> Self {
        Self {
            turns: Turns::new(Arc::clone(&jobs), waits),
            jobs,
            artifacts,
            reaper,
            audio,
        }
    }

    /// Plays what the job still lacks. All its stems are durably kept when this returns.
    ///
    /// # Errors
    /// Cancelled, or failed for a reason.
    pub async fn play(
        &self,
        job: &JobRecord,
        clock: &WorkClock,
        cancel: &CancellationToken,
    ) -> Result<(), Stop> {
        let progress = Progress::new(candidates(&job.request));
        tokio::select! {
            done = self.play_rest(job, &progress, clock, cancel) => done,
            never = progress.pump(&self.jobs, job) => match never {},
        }
    }

    async fn play_rest(
        &self,
        job: &JobRecord,
        progress: &Progress,
        clock: &WorkClock,
        cancel: &CancellationToken,
    ) -> Result<(), Stop> {
        let kept = self.jobs.store().stems(&job.job_id).await;
        let rest = missing(job, &kept.map_err(AppError::from).map_err(failure)?);
        if rest.is_empty() {
            return Ok(());
        }
        // Listening needs no GPU, so nobody waits for us meanwhile.
        let material =
            material::gather(self.jobs.store(), &self.artifacts, self.audio, job).await?;
        let secs = material.source.duration_secs();
        let turn = self.turns.take(job, secs, progress, clock, cancel).await?;
        let played = self.play_all(job, &material, &rest, progress, cancel).await;
        turn.end(
            played
                .as_ref()
                .map_or_else(Stop::outcome, |()| Outcome::Succeeded),
        );
        played
    }

    async fn play_all(
        &self,
        job: &JobRecord,
        material: &Material,
        rest: &[Candidate],
        progress: &Progress,
        cancel: &CancellationToken,
    ) -> Result<(), Stop> {
        for candidate in rest {
            let played = self
                .play_one(job, material, *candidate, progress, cancel)
                .await?;
            progress.report(Stage::Storing, candidate.done, 0.97);
            self.keep(job, material, *candidate, played).await?;
            self.jobs.changes().tell(&job.job_id);
            if cancel.is_cancelled() {
                return Err(Stop::Cancelled);
            }
        }
        Ok(())
    }

    /// Plays one candidate; a silent one once more with another seed.
    async fn play_one(
        &self,
        job: &JobRecord,
        material: &Material,
        candidate: Candidate,
        progress: &Progress,
        cancel: &CancellationToken,
    ) -> Result<Played, Stop> {
        let engine = self.jobs.playing_engines().engine();
        let first_seed = job.seed.wrapping_add(u32::from(candidate.variation) - 1);
        let mut seed = first_seed;
        for _ in 0..SILENT_TRIES {
            let task = self.task(job, candidate, seed).await?;
            let request = request(job, material, candidate.track, seed, task.clone());
            let sink = progress.sink(candidate.done);
            match engine.generate(request, sink, cancel.clone()).await {
                Ok(output) => {
                    progress.report(Stage::Checking, candidate.done, 0.95);
                    let finished = check(job, material, output.audio).await?;
                    if let Some(finished) = finished {
                        return Ok(Played {
                            finished,
                            seed,
                            model: output.model,
                        });
                    }
                }
                Err(EngineError::Silent(_)) => {}
                Err(_) if cancel.is_cancelled() => return Err(Stop::Cancelled),
                Err(EngineError::Cancelled) => {
                    let detail = "the engine stopped although nobody asked it to";
                    return Err(Failure::transient(Code::EngineFailed, detail).into());
                }
                Err(e) => return Err(Failure::from(e).into()),
            }
            if cancel.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            tracing::warn!(seed, track = %candidate.track, "silent result");
            // Nobody needs to come back for silence.
            task.forget().await;
            seed = another_seed(seed);
        }
        let detail = format!(
            "{} was silent with seed {first_seed} and with seed {}",
            candidate.track,
            another_seed(first_seed)
        );
        Err(Failure::lasting(Code::EngineSilent, detail).into())
    }

    /// Where the engine writes down what it has begun for this candidate and seed.
    async fn task(
        &self,
        job: &JobRecord,
        candidate: Candidate,
        seed: u32,
    ) -> Result<TaskNote, Failure> {
        let key = TaskKey {
            job_id: job.job_id.clone(),
            track: candidate.track,
            variation: candidate.variation,
            seed,
        };
        let begun = self.jobs.store().task(&key).await;
        let begun = begun.map_err(AppError::from).map_err(failure)?;
        let store = self.jobs.shared_store();
        Ok(TaskNote::new(begun, move |task| {
            let (store, key) = (Arc::clone(&store), key.clone());
            Box::pin(async move { keep_task(store.as_ref(), &key, task.as_deref()).await })
        }))
    }

    /// Encodes a stem, keeps its files, then its record.
    async fn keep(
        &self,
        job: &JobRecord,
        material: &Material,
        candidate: Candidate,
        played: Played,
    ) -> Result<(), Stop> {
        let engine = self.jobs.playing_engines().info().await;
        let mut report = played.finished.report.clone();
        if job.request.lyrics.is_some() && !engine.features.lyrics {
            let warning = format!("the engine \"{}\" does not sing lyrics", engine.name);
            report.warnings.push(warning);
        }
        let record = record(job, material, candidate, &played, &engine.name, report);
        let tags = tags(&record);
        let audio = played.finished.audio;
        let artifacts = Arc::clone(&self.artifacts);
        let wanted = job.request.format;
        let encoded = blocking(move || encode_all(&artifacts, &audio, wanted, &tags)).await??;
        let bytes = encoded.iter().map(|(_, file)| file.bytes).sum();
        self.reaper.make_room(bytes).await.map_err(failure)?;
        let _keeping = self.artifacts.keeping().await;
        let mut files = Vec::new();
        for (format, incoming) in encoded {
            files.push(StemFile {
                format,
                hash: incoming.hash.clone(),
                bytes: incoming.bytes,
            });
            let kept = self.artifacts.keep(incoming).await;
            kept.map_err(AppError::from).map_err(failure)?;
        }
        let added = self.jobs.store().add_stem(&record, &files).await;
        Ok(added.map_err(AppError::from).map_err(failure)?)
    }
}

/// The stems a job asks for and does not have yet, in the order of its tracks.
fn missing(job: &JobRecord, kept: &[StemRecord]) -> Vec<Candidate> {
    let has = |track, variation| {
        let same = |s: &&StemRecord| s.stem.track == track && s.stem.variation == variation;
        kept.iter().any(|s| same(&s))
    };
    let all =
        job.request.tracks.iter().flat_map(|&track| {
            (1..=job.request.variations).map(move |variation| (track, variation))
        });
    all.filter(|&(track, variation)| !has(track, variation))
        .enumerate()
        .map(|(i, (track, variation))| Candidate {
            track,
            variation,
            done: kept.len() + i,
        })
        .collect()
}

/// Without the note a crash costs a second playing, no more; so the job goes on.
async fn keep_task(store: &dyn Store, key: &TaskKey, task: Option<&str>) {
    if let Err(error) = store.put_task(key, task).await {
        tracing::warn!(%error, "cannot write down the engine's task");
    }
}

fn request(
    job: &JobRecord,
    material: &Material,
    track: Track,
    seed: u32,
    task: TaskNote,
) -> EngineRequest {
    EngineRequest {
        work: Work::default(),
        task,
        source_path: material.source_path.clone(),
        source: Arc::clone(&material.source),
        analysis: Arc::clone(&material.analysis),
        track,
        caption: job.request.caption_for(track).to_owned(),
        lyrics: job.request.lyrics.clone(),
        language: job.request.language.clone(),
        seed,
        region: job.request.region,
        steps: job.request.steps,
        guidance_scale: job.request.guidance_scale,
        lora: job.request.lora.as_ref().map(|name| Lora {
            name: name.clone(),
            scale: job.request.lora_scale.unwrap_or(1.0),
        }),
        loop_assist: job
            .request
            .wants_loop_assist(material.source.duration_secs()),
    }
}

/// A refusal met while working is the end of the try; our own faults may pass.
pub(super) fn failure(error: AppError) -> Failure {
    Failure {
        code: error.code,
        transient: error.code == Code::Internal,
        detail: error.detail,
    }
}
