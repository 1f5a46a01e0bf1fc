use super::*;
use crate::{
    jobs::store::{
        JobStore, SourceStore, StemStore,
        conformance::{samples, submit},
        sqlite::SqliteStore,
    },
    jobs::{record::StemFile, state::Event},
};
use bytes::Bytes;
use futures_util::stream;
use sideman_shared::protocol::AudioFormat;

const NOW: i64 = 1_000_000_000;
const KEEP: i64 = 1_000;

struct House {
    _dir: tempfile::TempDir,
    store: Arc<SqliteStore>,
    artifacts: Arc<Artifacts>,
    reaper: Reaper,
}

async fn house(max_bytes: u64) -> House {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&dir.path().join("jobs.sqlite")).await;
    let store = Arc::new(store.unwrap());
    let artifacts = Arc::new(Artifacts::open(dir.path()).unwrap());
    let policy = RetentionPolicy {
        keep_ms: KEEP,
        max_bytes,
    };
    House {
        reaper: Reaper::new(store.clone(), artifacts.clone(), policy),
        _dir: dir,
        store,
        artifacts,
    }
}

impl House {
    async fn keep(&self, text: &'static str) -> String {
        let chunk = Ok::<_, std::io::Error>(Bytes::from_static(text.as_bytes()));
        let incoming = self.artifacts.receive(stream::iter([chunk]), 99).await;
        let incoming = incoming.unwrap();
        let hash = incoming.hash.clone();
        self.artifacts.keep(incoming).await.unwrap();
        hash
    }

    /// A job that ended at `finished_at_ms` with one stem of these bytes.
    async fn finished(&self, number: u32, text: &'static str, finished_at_ms: i64) -> String {
        let job = submit(self.store.as_ref(), number).await;
        self.store.claim(0).await.unwrap().unwrap();
        let hash = self.keep(text).await;
        let stem = samples::stem_record(&job.job_id, &format!("stem-{number}"), 1);
        let file = StemFile {
            format: AudioFormat::Wav,
            hash: hash.clone(),
            bytes: text.len() as u64,
        };
        self.store.add_stem(&stem, &[file]).await.unwrap();
        let ended = self.store.step(&job.job_id, &Event::Finish, finished_at_ms);
        ended.await.unwrap();
        hash
    }

    async fn knows(&self, number: u32) -> bool {
        let id = format!("job-{number:08}");
        self.store.job(&id).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn what_is_past_its_time_goes_with_its_files() {
    let house = house(u64::MAX).await;
    let old = house.finished(1, "old", NOW - KEEP - 1).await;
    let fresh = house.finished(2, "fresh", NOW - KEEP + 1).await;
    house.reaper.pass(NOW).await.unwrap();
    assert!(!house.knows(1).await && !house.artifacts.has(&old).await);
    assert!(house.knows(2).await && house.artifacts.has(&fresh).await);
}

#[tokio::test]
async fn a_file_that_another_stem_needs_stays() {
    let house = house(u64::MAX).await;
    let hash = house.finished(1, "same", NOW - KEEP - 1).await;
    house.finished(2, "same", NOW).await;
    house.reaper.pass(NOW).await.unwrap();
    assert!(!house.knows(1).await && house.artifacts.has(&hash).await);
}

#[tokio::test]
async fn unused_sources_go_and_waiting_jobs_never_do() {
    let house = house(u64::MAX).await;
    let hash = house.keep("a song").await;
    let source = samples::source(&hash, 6);
    house
        .store
        .put_source(&source, NOW - KEEP - 1)
        .await
        .unwrap();
    submit(house.store.as_ref(), 1).await;
    house.reaper.pass(NOW).await.unwrap();
    assert_eq!(house.store.use_source(&hash, NOW).await.unwrap(), None);
    assert!(!house.artifacts.has(&hash).await);
    assert!(house.knows(1).await);
    let needed = house
        .store
        .use_source(samples::SOURCE_ID, NOW)
        .await
        .unwrap();
    assert!(needed.is_some());
}

#[tokio::test]
async fn room_is_made_by_the_oldest_finished_and_no_more() {
    // The jobs' source counts 10 bytes.
    let house = house(30).await;
    house.finished(1, "later 8.", 20).await;
    house.finished(2, "first 8.", 10).await;
    house.reaper.make_room(4).await.unwrap();
    assert!(house.knows(1).await && house.knows(2).await);
    house.reaper.make_room(5).await.unwrap();
    assert!(house.knows(1).await && !house.knows(2).await);
}

#[tokio::test]
async fn a_disk_that_cannot_be_freed_is_full() {
    let house = house(30).await;
    submit(house.store.as_ref(), 1).await;
    let full = house.reaper.make_room(21).await.unwrap_err();
    assert_eq!(full.code, Code::StorageFull);
    assert!(house.knows(1).await);
}

#[tokio::test]
async fn files_without_a_record_are_swept() {
    let house = house(u64::MAX).await;
    let kept = house.finished(1, "kept", NOW).await;
    let orphan = house.keep("orphan").await;
    house.reaper.sweep_orphans().await.unwrap();
    assert!(house.artifacts.has(&kept).await && !house.artifacts.has(&orphan).await);
}
