use super::*;
use crate::{
    engine::EngineError,
    jobs::attempt::another_seed,
    testing::{Act, OWNER, Rig, ScriptedEngine},
};
use sideman_shared::{
    audio::AudioBuffer,
    music::Track,
    protocol::{AudioFormat, Job, Region, Stage},
};

async fn play(script: impl IntoIterator<Item = Act>) -> (Rig, Arc<ScriptedEngine>, Job) {
    let engine = ScriptedEngine::new(script);
    let rig = Rig::start(&engine).await;
    let job = rig.submit(rig.request().await).await;
    let job = rig.ended(&job.job_id).await;
    (rig, engine, job)
}

fn code(job: &Job) -> Option<Code> {
    job.error.as_ref().map(|e| e.code)
}

#[tokio::test]
async fn a_job_succeeds_with_its_stem() {
    let (rig, engine, job) = play([]).await;
    assert_eq!((job.state, job.attempt), (JobState::Succeeded, 1));
    assert_eq!(job.progress, 1.0);
    assert!(job.started_at.is_some() && job.finished_at.is_some() && job.queue.is_none());
    let [stem] = job.stems.as_slice() else {
        panic!("{:?}", job.stems);
    };
    assert_eq!(
        (stem.seed, stem.frames, stem.sample_rate_hz),
        (7, 16_000, 8_000)
    );
    assert_eq!(engine.seeds(), [7]);
    let open = rig
        .state
        .stems
        .open(OWNER, &stem.stem_id, None)
        .await
        .unwrap();
    assert_eq!(open.format, AudioFormat::Wav);
    assert_eq!(open.file_name, "drums-120-A_minor-7.wav");
}

#[tokio::test]
async fn every_track_and_variation_becomes_a_stem() {
    let engine = ScriptedEngine::new([]);
    let rig = Rig::start(&engine).await;
    let mut request = rig.request().await;
    request.tracks = vec![Track::Bass, Track::Drums];
    request.variations = 2;
    let job = rig.submit(request).await;
    let job = rig.ended(&job.job_id).await;
    let stems: Vec<_> = job
        .stems
        .iter()
        .map(|s| (s.track, s.variation, s.seed))
        .collect();
    assert_eq!(
        stems,
        [
            (Track::Bass, 1, 7),
            (Track::Bass, 2, 8),
            (Track::Drums, 1, 7),
            (Track::Drums, 2, 8),
        ]
    );
}

#[tokio::test]
async fn a_lasting_failure_ends_the_job_at_once() {
    let (_rig, engine, job) = play([Act::Fail(EngineError::Rejected("no such key".into()))]).await;
    assert_eq!(job.state, JobState::Failed);
    assert_eq!(code(&job), Some(Code::EngineRejected));
    assert!(job.error.unwrap().detail.contains("no such key"));
    assert_eq!(engine.seeds().len(), 1);
}

#[tokio::test]
async fn a_passing_failure_is_tried_again() {
    let (_rig, _, job) = play([Act::Fail(EngineError::Unreachable("refused".into()))]).await;
    assert_eq!((job.state, job.attempt), (JobState::Succeeded, 2));
}

#[tokio::test]
async fn a_silent_result_is_played_once_more_with_another_seed() {
    let (_rig, engine, job) = play([Act::Silence]).await;
    assert_eq!(job.state, JobState::Succeeded);
    assert_eq!(engine.seeds(), [7, another_seed(7)]);
    assert_eq!(job.stems[0].seed, another_seed(7));
}

#[tokio::test]
async fn silence_twice_fails_the_job() {
    let silent = EngineError::Silent("all zero".into());
    let (_rig, engine, job) = play([Act::Silence, Act::Fail(silent)]).await;
    assert_eq!(code(&job), Some(Code::EngineSilent));
    assert_eq!(engine.seeds().len(), 2);
}

#[tokio::test]
async fn a_panic_fails_its_job_and_nothing_else() {
    let (rig, _, job) = play([Act::Panic]).await;
    assert_eq!(code(&job), Some(Code::Internal));
    let next = rig.submit(rig.request().await).await;
    let next = rig.ended(&next.job_id).await;
    assert_eq!(next.state, JobState::Succeeded);
}

#[tokio::test]
async fn a_running_job_is_cancelled_when_its_engine_lets_go() {
    let engine = ScriptedEngine::new([Act::Linger]);
    let rig = Rig::start(&engine).await;
    let job = rig.submit(rig.request().await).await;
    engine.called(1).await;
    let told = rig.state.jobs.cancel(OWNER, &job.job_id).await.unwrap();
    assert_eq!(told.state, JobState::Cancelling);
    let job = rig.ended(&job.job_id).await;
    assert_eq!((job.state, job.error), (JobState::Cancelled, None));
    let again = rig.state.jobs.cancel(OWNER, &job.job_id).await.unwrap();
    assert_eq!(again.state, JobState::Cancelled);
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_and_its_place_moves_up() {
    let engine = ScriptedEngine::new([Act::Linger]);
    let rig = Rig::start(&engine).await;
    let request = rig.request().await;
    rig.submit(request.clone()).await;
    engine.called(1).await;
    let second = rig.submit(request.clone()).await;
    let third = rig.submit(request).await;
    assert_eq!(third.queue.map(|q| q.position), Some(2));
    let gone = rig.state.jobs.cancel(OWNER, &second.job_id).await.unwrap();
    assert_eq!(gone.state, JobState::Cancelled);
    let third = rig.state.jobs.get(OWNER, &third.job_id).await.unwrap();
    assert_eq!(third.queue.map(|q| q.position), Some(1));
}

#[tokio::test]
async fn a_try_past_its_deadline_fails() {
    let engine = ScriptedEngine::new([Act::Linger]);
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::start_in(dir, &engine, |c| c.jobs.attempt_timeout_secs = 1).await;
    let job = rig.submit(rig.request().await).await;
    let job = rig.ended(&job.job_id).await;
    assert_eq!(code(&job), Some(Code::EngineTimeout));
}

#[tokio::test]
async fn a_killed_service_goes_on_where_it_was() {
    let engine = ScriptedEngine::new([Act::Play, Act::Linger]);
    let rig = Rig::start(&engine).await;
    let mut request = rig.request().await;
    request.tracks = vec![Track::Bass, Track::Drums];
    let running = rig.submit(request.clone()).await;
    let waiting = rig.submit(request).await;
    engine.called(2).await;
    let finished = rig.reached(&running.job_id, JobState::Running).await.stems;
    assert_eq!(finished.len(), 1);
    let dir = rig.kill().await;

    let engine = ScriptedEngine::new([]);
    let rig = Rig::start_in(dir, &engine, |_| {}).await;
    let running = rig.ended(&running.job_id).await;
    assert_eq!((running.state, running.attempt), (JobState::Succeeded, 2));
    assert_eq!(running.stems[0], finished[0]);
    assert_eq!(running.stems.len(), 2);
    let waiting = rig.ended(&waiting.job_id).await;
    assert_eq!((waiting.state, waiting.attempt), (JobState::Succeeded, 1));
    assert_eq!(engine.seeds().len(), 3);
}

#[tokio::test]
async fn a_job_that_kills_the_service_every_time_is_given_up() {
    let mut dir = tempfile::tempdir().unwrap();
    let mut job_id = String::new();
    for life in 0..3 {
        let engine = ScriptedEngine::new([Act::Linger]);
        let rig = Rig::start_in(dir, &engine, |_| {}).await;
        if life == 0 {
            job_id = rig.submit(rig.request().await).await.job_id;
        }
        engine.called(1).await;
        dir = rig.kill().await;
    }
    let rig = Rig::start_in(dir, &ScriptedEngine::new([]), |_| {}).await;
    let job = rig.ended(&job_id).await;
    assert_eq!((job.state, job.attempt), (JobState::Failed, 3));
    assert!(job.error.unwrap().detail.contains("stopped while"));
}

#[tokio::test]
async fn an_orderly_shutdown_gives_unfinished_jobs_back() {
    let engine = ScriptedEngine::new([Act::Linger]);
    let rig = Rig::start(&engine).await;
    let job = rig.submit(rig.request().await).await;
    engine.called(1).await;
    let dir = rig.stop().await;
    let rig = Rig::start_in(dir, &ScriptedEngine::new([]), |_| {}).await;
    let job = rig.ended(&job.job_id).await;
    assert_eq!((job.state, job.attempt), (JobState::Succeeded, 2));
}

#[tokio::test]
async fn a_drain_lets_a_running_job_finish() {
    let engine = ScriptedEngine::new([Act::Await]);
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::start_in(dir, &engine, |c| c.jobs.drain_secs = 60).await;
    let request = rig.request().await;
    let job = rig.submit(request.clone()).await;
    engine.called(1).await;
    let state = rig.state.clone();
    let stopping = tokio::spawn(rig.stop());
    crate::testing::within(async {
        while state.jobs.health().await.accepting {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let refused = state.jobs.submit(OWNER, request, None).await.unwrap_err();
    assert_eq!(refused.status(), 503);
    engine.go_on();
    stopping.await.unwrap();
    let job = state.jobs.get(OWNER, &job.job_id).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Succeeded, 1));
}

#[tokio::test]
async fn two_lives_cannot_share_a_folder() {
    let rig = Rig::start(&ScriptedEngine::new([])).await;
    let config = crate::testing::config(&rig.state.config.data_dir);
    let engines = crate::app::engines(&config).unwrap();
    let second = crate::app::App::build(config, engines.0, engines.1).await;
    let said = format!("{:#}", second.err().unwrap());
    assert!(said.contains("used by another wrapper-service"), "{said}");
}

async fn stem_audio(rig: &Rig, job: &Job) -> AudioBuffer {
    let stem = &job.stems[0].stem_id;
    let open = rig.state.stems.open(OWNER, stem, None).await.unwrap();
    let blobs = rig.state.config.data_dir.join("artifacts/blobs");
    let path = blobs.join(&open.hash[..2]).join(&open.hash);
    crate::audio::decode(&path, &AudioLimits::default()).unwrap()
}

#[tokio::test]
async fn a_region_changes_only_its_part() {
    let (rig, _, base) = play([]).await;
    let mut request = rig.request().await;
    request.seed = Some(50);
    request.base_stem_id = Some(base.stems[0].stem_id.clone());
    request.region = Some(Region {
        start_secs: 0.5,
        end_secs: 1.0,
    });
    let part = rig.submit(request).await;
    let part = rig.ended(&part.job_id).await;
    assert_eq!(part.state, JobState::Succeeded, "{:?}", part.error);
    let (old, new) = (stem_audio(&rig, &base).await, stem_audio(&rig, &part).await);
    let (old, new) = (&old.channels()[0], &new.channels()[0]);
    assert_eq!(old[..4_000], new[..4_000]);
    assert_eq!(old[8_000..], new[8_000..]);
    assert!(
        old[4_500..7_500]
            .iter()
            .zip(&new[4_500..7_500])
            .any(|(a, b)| a != b)
    );
}

#[tokio::test]
async fn work_begun_elsewhere_is_found_again_after_a_crash() {
    let engine = ScriptedEngine::new([Act::Begin("task-1")]);
    let rig = Rig::start(&engine).await;
    let job = rig.submit(rig.request().await).await;
    engine.called(1).await;
    let dir = rig.kill().await;

    let engine = ScriptedEngine::new([Act::Silence]);
    let rig = Rig::start_in(dir, &engine, |_| {}).await;
    let job = rig.ended(&job.job_id).await;
    assert_eq!(job.state, JobState::Succeeded);
    // The other seed is other work, and silence is not worth coming back for.
    assert_eq!(engine.begun(), [Some("task-1".to_owned()), None]);
}

#[tokio::test]
async fn the_model_stays_between_jobs_and_goes_after_the_last() {
    let (engine, model) = ScriptedEngine::with_model([Act::Await, Act::Await]);
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::start_in(dir, &engine, |c| {
        c.model.unload = crate::config::UnloadKind::AfterEachJob;
        c.model.warm_grace_secs = 600.0;
    })
    .await;
    let first = rig.submit(rig.request().await).await;
    let second = rig.submit(rig.request().await).await;
    engine.called(1).await;
    engine.go_on();
    rig.ended(&first.job_id).await;
    engine.called(2).await;
    assert_eq!(
        model.told(),
        ["load", "load"],
        "unloaded although work was waiting"
    );
    let playing = rig.state.jobs.health().await.model.unwrap();
    assert!(
        playing.healthy && playing.detail.contains("jobs play"),
        "{playing:?}"
    );
    engine.go_on();
    rig.ended(&second.job_id).await;
    rig.stop().await;
    assert_eq!(model.told(), ["load", "load", "unload"]);
}

/// Starts a job, cancels it while it plays, and submits another.
async fn cancelled_and_another(rig: &Rig, engine: &ScriptedEngine) -> Job {
    let first = rig.submit(rig.request().await).await;
    engine.called(1).await;
    rig.state.jobs.cancel(OWNER, &first.job_id).await.unwrap();
    assert_eq!(rig.ended(&first.job_id).await.state, JobState::Cancelled);
    rig.submit(rig.request().await).await
}

#[tokio::test]
async fn what_a_cancelled_job_left_running_keeps_the_gpu() {
    let (engine, model) = ScriptedEngine::with_model([Act::Leave]);
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::start_in(dir, &engine, |c| {
        c.model.unload = crate::config::UnloadKind::AfterEachJob;
    })
    .await;
    let second = cancelled_and_another(&rig, &engine).await;
    let second = rig.reached(&second.job_id, JobState::Running).await;
    assert_eq!(
        (second.stage, engine.seeds().len()),
        (Stage::WaitingForGpu, 1)
    );
    assert_eq!(model.told(), ["load"], "unloaded under what still runs");
    engine.go_on();
    let second = rig.ended(&second.job_id).await;
    assert_eq!(second.state, JobState::Succeeded);
}

#[tokio::test]
async fn what_a_cancelled_job_left_running_does_not_keep_the_gpu_for_ever() {
    let engine = ScriptedEngine::new([Act::Leave]);
    let dir = tempfile::tempdir().unwrap();
    let rig = Rig::start_in(dir, &engine, |c| c.model.abandoned_timeout_secs = 0.1).await;
    let second = cancelled_and_another(&rig, &engine).await;
    assert_eq!(rig.ended(&second.job_id).await.state, JobState::Succeeded);
}
