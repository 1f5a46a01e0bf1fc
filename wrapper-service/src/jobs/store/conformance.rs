//! What every store promises. A store's tests call [`tests!`] with how a fresh one is made.

use super::{Page, Store, Submitted, TaskKey};
use crate::jobs::{
    record::{Idempotency, JobRecord, NewJob, StemFile, StemRecord},
    state::Event,
};
use sideman_shared::{
    music::Track,
    protocol::{AudioFormat, JobState, Priority, Stage},
};

/// Samples of what is stored.
pub mod samples {
    use super::*;
    use crate::jobs::{record::StemWords, state::Life};
    use sideman_shared::{
        music::{Bpm, Meter, Track},
        protocol::{JobRequest, Source, Stem, StemReport},
    };

    pub const SOURCE_ID: &str = "5050505050505050505050505050505050505050505050505050505050505050";

    pub fn source(source_id: &str, bytes: u64) -> Source {
        Source {
            source_id: source_id.into(),
            duration_secs: 2.0,
            sample_rate_hz: 8_000,
            channels: 1,
            frames: 16_000,
            bytes,
        }
    }

    pub fn request() -> JobRequest {
        JobRequest::new(SOURCE_ID, vec![Track::Drums, Track::Bass])
    }

    pub fn new_job(number: u32) -> NewJob {
        NewJob {
            job_id: format!("job-{number:08}"),
            owner: "ann".into(),
            request: request(),
            seed: u32::MAX,
            idempotency: None,
            created_at_ms: i64::from(number),
        }
    }

    pub fn job_record() -> JobRecord {
        JobRecord {
            seq: 1,
            job_id: "job-00000001".into(),
            owner: "ann".into(),
            request: request(),
            seed: 42,
            life: Life::default(),
            progress: 0.0,
            stage: Stage::WaitingForGpu,
            created_at_ms: 1,
            version: 1,
        }
    }

    pub fn stem_record(job_id: &str, stem_id: &str, variation: u8) -> StemRecord {
        StemRecord {
            job_id: job_id.into(),
            owner: "ann".into(),
            source_id: SOURCE_ID.into(),
            version: 0,
            format: AudioFormat::Flac,
            words: StemWords {
                bpm: Bpm::new(92.5).unwrap(),
                meter: Meter::COMMON,
                key: Some("F# minor".parse().unwrap()),
                caption: "tight".into(),
                song_position_secs: Some(1.5),
            },
            stem: Stem {
                stem_id: stem_id.into(),
                track: Track::Drums,
                variation,
                seed: 42,
                engine: "test".into(),
                model: None,
                frames: 16_000,
                sample_rate_hz: 8_000,
                channels: 1,
                duration_secs: 2.0,
                url: format!("/v1/stems/{stem_id}"),
                report: StemReport::default(),
            },
        }
    }
}

/// Submits sample job `number`, with its source.
pub async fn submit(store: &impl Store, number: u32) -> JobRecord {
    submit_as(store, samples::new_job(number)).await
}

async fn submit_as(store: &impl Store, job: NewJob) -> JobRecord {
    let source = samples::source(&job.request.source_id, 10);
    store.put_source(&source, 1).await.unwrap();
    match store.submit(&job, 100).await.unwrap() {
        Submitted::New(record) => record,
        other => panic!("not accepted: {other:?}"),
    }
}

async fn claim(store: &impl Store, now_ms: i64) -> Option<String> {
    store.claim(now_ms).await.unwrap().map(|j| j.job_id)
}

fn file(format: AudioFormat, hash: &str, bytes: u64) -> StemFile {
    StemFile {
        format,
        hash: hash.into(),
        bytes,
    }
}

pub async fn takes_jobs_by_priority_then_age(store: impl Store) {
    for (number, priority) in [
        (1, Priority::Batch),
        (2, Priority::Normal),
        (3, Priority::Interactive),
        (4, Priority::Normal),
    ] {
        let mut job = samples::new_job(number);
        job.request.priority = priority;
        submit_as(&store, job).await;
    }
    for expected in [
        "job-00000003",
        "job-00000002",
        "job-00000004",
        "job-00000001",
    ] {
        assert_eq!(claim(&store, 5).await.as_deref(), Some(expected));
    }
    assert_eq!(claim(&store, 5).await, None);
    assert_eq!(store.held().await.unwrap().len(), 4);
}

pub async fn gives_a_job_to_one_claimer_only(store: impl Store) {
    for number in 0..8 {
        submit(&store, number).await;
    }
    let claims = (0..16).map(|_| claim(&store, 5));
    let got = futures_util::future::join_all(claims).await;
    let mut got: Vec<_> = got.into_iter().flatten().collect();
    got.sort();
    got.dedup();
    assert_eq!(got.len(), 8);
}

pub async fn knows_a_repeated_submission(store: impl Store) {
    let keyed = |number, hash: &str| NewJob {
        idempotency: Some(Idempotency {
            key: "k".into(),
            request_hash: hash.into(),
        }),
        ..samples::new_job(number)
    };
    let first = submit_as(&store, keyed(1, "h")).await;
    // A repeat is known even when the queue is full.
    let again = store.submit(&keyed(2, "h"), 0).await.unwrap();
    assert_eq!(again, Submitted::Same(first.clone()));
    let other = store.submit(&keyed(3, "other"), 100).await.unwrap();
    let job_id = first.job_id;
    assert_eq!(other, Submitted::Conflict { job_id });
    let mut bobs = keyed(4, "other");
    bobs.owner = "bob".into();
    submit_as(&store, bobs).await;
    assert_eq!(store.counts().await.unwrap().waiting, 2);
}

pub async fn bounds_the_queue_of_each_owner(store: impl Store) {
    submit(&store, 1).await;
    submit(&store, 2).await;
    let full = store.submit(&samples::new_job(3), 2).await.unwrap();
    assert_eq!(full, Submitted::QueueFull { waiting: 2 });
    let mut bobs = samples::new_job(4);
    bobs.owner = "bob".into();
    let bobs = store.submit(&bobs, 2).await.unwrap();
    assert!(matches!(bobs, Submitted::New(_)));
    claim(&store, 5).await;
    let room = store.submit(&samples::new_job(5), 2).await.unwrap();
    assert!(
        matches!(room, Submitted::New(_)),
        "a running job still counts as waiting"
    );
}

pub async fn follows_the_rules_of_the_state_machine(store: impl Store) {
    let job = submit(&store, 1).await;
    assert!(store.step(&job.job_id, &Event::Finish, 5).await.is_err());
    assert!(store.step("job-unknown", &Event::Cancel, 5).await.is_err());
    let running = store.claim(5).await.unwrap().unwrap();
    assert_eq!(
        (running.life.attempt, running.life.started_at_ms),
        (1, Some(5))
    );
    assert!(running.version > job.version);
    let done = store.step(&job.job_id, &Event::Finish, 6).await.unwrap();
    assert!(done.moved);
    assert_eq!(done.job.life.state, JobState::Succeeded);
    assert_eq!(done.job.progress, 1.0);
    let late = store.step(&job.job_id, &Event::Cancel, 7).await.unwrap();
    assert!(!late.moved);
    assert_eq!(store.job(&job.job_id).await.unwrap(), Some(done.job));
}

pub async fn keeps_why_a_job_failed(store: impl Store) {
    let job = submit(&store, 1).await;
    claim(&store, 5).await;
    let error = crate::jobs::attempt::Failure::lasting(
        sideman_shared::protocol::Code::EngineFailed,
        "it \"broke\"",
    )
    .job_error();
    let event = Event::Fail(error.clone());
    store.step(&job.job_id, &event, 6).await.unwrap();
    let kept = store.job(&job.job_id).await.unwrap().unwrap();
    assert_eq!(kept.life.error, Some(error));
}

pub async fn a_retry_waits_for_its_time(store: impl Store) {
    let job = submit(&store, 1).await;
    claim(&store, 5).await;
    let retry = Event::Retry { not_before_ms: 50 };
    store.step(&job.job_id, &retry, 6).await.unwrap();
    assert_eq!(claim(&store, 49).await, None);
    let again = store.claim(50).await.unwrap().unwrap();
    assert_eq!((again.life.attempt, again.life.failures), (2, 1));
}

pub async fn progress_never_falls_within_an_attempt(store: impl Store) {
    let job = submit(&store, 1).await;
    let report = |attempt, stage, progress| store.report(&job.job_id, attempt, stage, progress);
    report(0, Stage::Generating, 0.9).await.unwrap();
    claim(&store, 5).await;
    report(1, Stage::Generating, 0.6).await.unwrap();
    report(1, Stage::Checking, 0.4).await.unwrap();
    report(7, Stage::Storing, 0.9).await.unwrap();
    let now = store.job(&job.job_id).await.unwrap().unwrap();
    assert_eq!((now.progress, now.stage), (0.6, Stage::Checking));
    // A new attempt begins with what is finished: one of two stems.
    let stem = samples::stem_record(&job.job_id, "stem-00000001", 1);
    store.add_stem(&stem, &[]).await.unwrap();
    store.step(&job.job_id, &Event::Return, 6).await.unwrap();
    let again = store.claim(7).await.unwrap().unwrap();
    assert_eq!((again.progress, again.stage), (0.5, Stage::WaitingForGpu));
}

pub async fn lists_an_owners_jobs_newest_first(store: impl Store) {
    for number in 1..=3 {
        submit(&store, number).await;
    }
    let mut bobs = samples::new_job(4);
    bobs.owner = "bob".into();
    submit_as(&store, bobs).await;
    claim(&store, 5).await;
    let page = |state, before_seq, limit| Page {
        owner: "ann".into(),
        state,
        before_seq,
        limit,
    };
    let ids = |jobs: &[JobRecord]| jobs.iter().map(|j| j.job_id.clone()).collect::<Vec<_>>();
    let first = store.list(&page(None, None, 2)).await.unwrap();
    assert_eq!(ids(&first), ["job-00000003", "job-00000002"]);
    let rest = store
        .list(&page(None, Some(first[1].seq), 2))
        .await
        .unwrap();
    assert_eq!(ids(&rest), ["job-00000001"]);
    let running = page(Some(JobState::Running), None, 9);
    assert_eq!(ids(&store.list(&running).await.unwrap()), ["job-00000001"]);
}

pub async fn tells_what_stands_before_a_job(store: impl Store) {
    // A job of two stems that took 4 s.
    let past = submit(&store, 1).await;
    claim(&store, 1_000).await;
    store
        .step(&past.job_id, &Event::Finish, 5_000)
        .await
        .unwrap();
    let running = submit(&store, 2).await;
    claim(&store, 6_000).await;
    let stem = samples::stem_record(&running.job_id, "stem-00000001", 1);
    store.add_stem(&stem, &[]).await.unwrap();
    submit(&store, 3).await;
    let mut batch = samples::new_job(4);
    batch.request.priority = Priority::Batch;
    let batch = submit_as(&store, batch).await;
    let normal = submit(&store, 5).await;
    let outlook = store.outlook(&normal).await.unwrap();
    assert_eq!((outlook.jobs_ahead, outlook.stems_ahead), (1, 3));
    assert_eq!(outlook.secs_per_stem, Some(2.0));
    assert_eq!(store.outlook(&batch).await.unwrap().jobs_ahead, 2);
}

pub async fn keeps_stems_once_and_in_order(store: impl Store) {
    let job = submit(&store, 1).await;
    claim(&store, 5).await;
    for (stem_id, variation) in [("stem-b", 2), ("stem-a", 1), ("stem-twice", 1)] {
        let stem = samples::stem_record(&job.job_id, stem_id, variation);
        let files = [file(AudioFormat::Wav, stem_id, 5)];
        store.add_stem(&stem, &files).await.unwrap();
    }
    let stems = store.stems(&job.job_id).await.unwrap();
    let ids: Vec<_> = stems.iter().map(|s| s.stem.stem_id.as_str()).collect();
    assert_eq!(ids, ["stem-b", "stem-a"]);
    assert!(job.version < stems[0].version && stems[0].version < stems[1].version);
    let mut expected = samples::stem_record(&job.job_id, "stem-a", 1);
    expected.version = stems[1].version;
    assert_eq!(store.stem("stem-a").await.unwrap(), Some(expected));
    assert_eq!(store.stem("stem-twice").await.unwrap(), None);
    let mp3 = file(AudioFormat::Mp3, "m", 1);
    store.add_stem_file("stem-a", &mp3).await.unwrap();
    store.add_stem_file("stem-a", &mp3).await.unwrap();
    let files = store.stem_files("stem-a").await.unwrap();
    assert_eq!(files.len(), 2);
    assert!(files.contains(&mp3));
}

pub async fn keeps_begun_work_until_its_stem_is_kept(store: impl Store) {
    let job = submit(&store, 1).await;
    claim(&store, 5).await;
    let key = |variation, seed| TaskKey {
        job_id: job.job_id.clone(),
        track: Track::Drums,
        variation,
        seed,
    };
    assert_eq!(store.task(&key(1, 7)).await.unwrap(), None);
    for (key, task) in [(key(1, 7), "a"), (key(1, u32::MAX), "b"), (key(2, 7), "c")] {
        store.put_task(&key, Some("begun")).await.unwrap();
        store.put_task(&key, Some(task)).await.unwrap();
    }
    assert_eq!(
        store.task(&key(1, u32::MAX)).await.unwrap().as_deref(),
        Some("b")
    );
    let stem = samples::stem_record(&job.job_id, "stem-00000001", 1);
    store.add_stem(&stem, &[]).await.unwrap();
    assert_eq!(store.task(&key(1, 7)).await.unwrap(), None);
    assert_eq!(store.task(&key(2, 7)).await.unwrap().as_deref(), Some("c"));
    store.put_task(&key(2, 7), None).await.unwrap();
    assert_eq!(store.task(&key(2, 7)).await.unwrap(), None);
    store.put_task(&key(2, 8), Some("d")).await.unwrap();
    store.step(&job.job_id, &Event::Finish, 10).await.unwrap();
    store.forget_job(&job.job_id).await.unwrap();
    assert_eq!(
        store.task(&key(2, 8)).await.unwrap(),
        None,
        "it outlived its job"
    );
}

pub async fn forgets_finished_jobs_only(store: impl Store) {
    let job = submit(&store, 1).await;
    claim(&store, 5).await;
    let stem = samples::stem_record(&job.job_id, "stem-1", 1);
    let files = [
        file(AudioFormat::Wav, "w", 5),
        file(AudioFormat::Flac, "f", 3),
    ];
    store.add_stem(&stem, &files).await.unwrap();
    assert!(store.finished(i64::MAX, 9).await.unwrap().is_empty());
    store.forget_job(&job.job_id).await.unwrap();
    assert!(
        store.job(&job.job_id).await.unwrap().is_some(),
        "a running job was forgotten"
    );
    store.step(&job.job_id, &Event::Finish, 10).await.unwrap();
    assert!(store.finished(10, 9).await.unwrap().is_empty());
    assert_eq!(
        store.finished(11, 9).await.unwrap(),
        std::slice::from_ref(&job.job_id)
    );
    let mut hashes = store.forget_job(&job.job_id).await.unwrap();
    hashes.sort();
    assert_eq!(hashes, ["f", "w"]);
    assert_eq!(store.stem("stem-1").await.unwrap(), None);
    assert!(!store.needs_hash("w").await.unwrap());
}

pub async fn keeps_sources_while_jobs_need_them(store: impl Store) {
    let source = samples::source("lonely", 7);
    assert!(store.put_source(&source, 10).await.unwrap());
    assert!(!store.put_source(&source, 20).await.unwrap());
    assert_eq!(store.use_source("lonely", 30).await.unwrap(), Some(source));
    assert_eq!(store.use_source("unknown", 30).await.unwrap(), None);
    submit(&store, 1).await;
    assert!(store.idle_sources(30, 9).await.unwrap().is_empty());
    assert_eq!(store.idle_sources(31, 9).await.unwrap(), ["lonely"]);
    assert!(!store.forget_source(samples::SOURCE_ID).await.unwrap());
    assert!(store.forget_source("lonely").await.unwrap());
    assert_eq!(store.use_source("lonely", 40).await.unwrap(), None);
}

pub async fn remembers_an_analysis(store: impl Store) {
    use sideman_shared::{music::Bpm, protocol::SourceAnalysis};
    let analysis = SourceAnalysis {
        bpm: Bpm::new(127.5).unwrap(),
        bpm_confidence: 0.5,
        beats: vec![0.0, 0.47],
        downbeats: vec![0.0],
        key_scale: None,
        key_confidence: 0.0,
    };
    store.put_source(&samples::source("s", 7), 1).await.unwrap();
    assert_eq!(store.analysis("s").await.unwrap(), None);
    store.put_analysis("s", &analysis).await.unwrap();
    assert_eq!(store.analysis("s").await.unwrap(), Some(analysis));
    assert_eq!(store.analysis("unknown").await.unwrap(), None);
}

pub async fn counts_the_same_bytes_once(store: impl Store) {
    let job = submit(&store, 1).await;
    for (stem_id, variation) in [("stem-1", 1), ("stem-2", 2)] {
        let stem = samples::stem_record(&job.job_id, stem_id, variation);
        let files = [file(AudioFormat::Wav, "same", 5)];
        store.add_stem(&stem, &files).await.unwrap();
    }
    // The source has 10 bytes.
    assert_eq!(store.bytes_kept().await.unwrap(), 15);
    let hashes = store.hashes().await.unwrap();
    assert_eq!(hashes.len(), 2);
    assert!(hashes.contains("same") && hashes.contains(samples::SOURCE_ID));
}

/// One test per promise.
macro_rules! tests {
    ($fresh:ident) => {
        $crate::jobs::store::conformance::tests!(@each $fresh
            takes_jobs_by_priority_then_age
            gives_a_job_to_one_claimer_only
            knows_a_repeated_submission
            bounds_the_queue_of_each_owner
            follows_the_rules_of_the_state_machine
            keeps_why_a_job_failed
            a_retry_waits_for_its_time
            progress_never_falls_within_an_attempt
            lists_an_owners_jobs_newest_first
            tells_what_stands_before_a_job
            keeps_stems_once_and_in_order
            keeps_begun_work_until_its_stem_is_kept
            forgets_finished_jobs_only
            keeps_sources_while_jobs_need_them
            remembers_an_analysis
            counts_the_same_bytes_once
        );
    };
    (@each $fresh:ident $($promise:ident)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let (_dir, store) = $fresh().await;
                $crate::jobs::store::conformance::$promise(store).await;
            }
        )*
    };
}
pub(crate) use tests;
