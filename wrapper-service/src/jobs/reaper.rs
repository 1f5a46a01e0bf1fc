//! Forgets what is old, and what the disk has no room for: oldest finished first.

use super::{
    record::now_ms,
    store::{Store, StoreError},
};
use crate::{
    artifacts::{ArtifactError, Artifacts},
    error::AppError,
};
use sideman_shared::protocol::Code;
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(600);
/// Forgotten between two looks at the clock or the disk.
const BATCH: u32 = 16;
/// An upload whose job is about to come is not idle.
const SOURCE_GRACE_MS: i64 = 10 * 60 * 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// How long finished jobs, their stems, and unused sources are kept.
    pub keep_ms: i64,
    /// What all sources and stems together may take of the disk.
    pub max_bytes: u64,
}

#[derive(Clone)]
pub struct Reaper {
    store: Arc<dyn Store>,
    artifacts: Arc<Artifacts>,
    policy: RetentionPolicy,
    /// Two who make room at once would both forget for both.
    alone: Arc<Mutex<()>>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReapError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Artifacts(#[from] ArtifactError),
}

impl From<ReapError> for AppError {
    fn from(e: ReapError) -> Self {
        match e {
            ReapError::Store(e) => e.into(),
            ReapError::Artifacts(e) => e.into(),
        }
    }
}

impl Reaper {
    pub fn new(store: Arc<dyn Store>, artifacts: Arc<Artifacts>, policy: RetentionPolicy) -> Self {
        Self {
            store,
            artifacts,
            policy,
            alone: Arc::default(),
        }
    }

    /// Looks now and then, until `stop` fires.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.pass(now_ms()).await {
                tracing::warn!(%error, "could not clean up; trying again later");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Forgets what is past its time.
    ///
    /// # Errors
    /// The store or the disk.
    pub async fn pass(&self, now_ms: i64) -> Result<(), ReapError> {
        let _alone = self.alone.lock().await;
        let before = now_ms.saturating_sub(self.policy.keep_ms);
        while self.forget_finished(before, BATCH).await? {}
        while self.forget_idle_sources(before, BATCH).await? {}
        self.sweep_orphans().await
    }

    /// Makes sure that `bytes` more may be kept.
    ///
    /// # Errors
    /// `storage_full` when forgetting all that may be forgotten is not enough.
    pub async fn make_room(&self, bytes: u64) -> Result<(), AppError> {
        let _alone = self.alone.lock().await;
        let max = self.policy.max_bytes;
        while self.store.bytes_kept().await?.saturating_add(bytes) > max {
            // One at a time: not more is forgotten than the room needs.
            let now = now_ms();
            let forgot = self.forget_finished(now, 1).await?
                || self.forget_idle_sources(now - SOURCE_GRACE_MS, 1).await?;
            if !forgot {
                return Err(AppError::new(
                    Code::StorageFull,
                    format!("{bytes} bytes more would pass the {max} bytes allowed on disk"),
                ));
            }
        }
        Ok(())
    }

    /// Removes files that nothing refers to: left by a crash between a file and its record.
    ///
    /// # Errors
    /// The store or the disk.
    pub async fn sweep_orphans(&self) -> Result<(), ReapError> {
        let _sweeping = self.artifacts.sweeping().await;
        let needed = self.store.hashes().await?;
        for hash in self.artifacts.list().await? {
            if !needed.contains(&hash) {
                tracing::info!(%hash, "removing a file that nothing refers to");
                self.artifacts.remove(&hash).await?;
            }
        }
        Ok(())
    }

    /// False if there was none.
    async fn forget_finished(&self, before_ms: i64, limit: u32) -> Result<bool, ReapError> {
        let jobs = self.store.finished(before_ms, limit).await?;
        for job_id in &jobs {
            let hashes = self.store.forget_job(job_id).await?;
            tracing::info!(%job_id, "forgot a finished job");
            self.remove_unneeded(&hashes).await?;
        }
        Ok(!jobs.is_empty())
    }

    async fn forget_idle_sources(&self, before_ms: i64, limit: u32) -> Result<bool, ReapError> {
        let sources = self.store.idle_sources(before_ms, limit).await?;
        for source_id in &sources {
            if self.store.forget_source(source_id).await? {
                tracing::info!(%source_id, "forgot an unused source");
                self.remove_unneeded(std::slice::from_ref(source_id))
                    .await?;
            }
        }
        Ok(!sources.is_empty())
    }

    async fn remove_unneeded(&self, hashes: &[String]) -> Result<(), ReapError> {
        let _sweeping = self.artifacts.sweeping().await;
        for hash in hashes {
            if !self.store.needs_hash(hash).await? {
                self.artifacts.remove(hash).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
