//! Admission to the GPU. A gate knows tokens, not music: they are acquired before the model is touched
//! and released exactly once, on every path, with the true outcome.

pub mod conformance;
pub mod gpu_queue_service;
mod lease;
mod local;

pub use gpu_queue_service::GpuQueueService;
pub use lease::{BookError, LeaseBook, Leftover, MemoryBook};
pub use local::LocalGate;

use async_trait::async_trait;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[async_trait]
pub trait Gate: Send + Sync + 'static {
    /// Waits for the GPU. The caller bounds the wait; a dropped wait leaves nothing behind.
    ///
    /// # Errors
    /// `cancel` fired, or the gate has lost its patience with whoever grants.
    async fn acquire(
        &self,
        ask: Ask,
        news: &WaitNews,
        cancel: &CancellationToken,
    ) -> Result<Permit, GateError>;

    /// Must answer within a second or so.
    async fn status(&self) -> GateStatus;

    /// Gives back what an earlier life of the service still held. Call once, before new work begins;
    /// the telling itself goes on beside it.
    ///
    /// # Errors
    /// The book of leases cannot be read.
    async fn recover(&self) -> Result<(), BookError> {
        Ok(())
    }

    /// A word of the granting side that came by itself. `id` tells repeats apart.
    fn notify(&self, _id: Option<&str>, _body: &serde_json::Value) -> Noticed {
        Noticed::Unwanted
    }

    /// Returns once every release has arrived. The caller bounds the wait.
    async fn settled(&self) {}
}

/// Who wants the GPU.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    pub job_id: String,
    /// How much there is to play to; a price may depend on it.
    pub source_secs: f64,
}

/// What is known while one waits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waiting {
    /// 1 is next.
    pub place: Option<u32>,
    pub eta_secs: Option<f64>,
    /// Why the wait does not go on, as a sentence.
    pub trouble: Option<String>,
}

/// Where a gate tells how the wait goes.
#[derive(Clone)]
pub struct WaitNews(Arc<dyn Fn(Waiting) + Send + Sync>);

impl WaitNews {
    pub fn new(tell: impl Fn(Waiting) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// For callers that do not care.
    pub fn ignore() -> Self {
        Self::new(|_| {})
    }

    pub fn tell(&self, waiting: Waiting) {
        (self.0)(waiting);
    }
}

/// What became of a word that came by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticed {
    Taken,
    /// It does not say whom it is for.
    NoSession,
    /// This gate hears no such words.
    Unwanted,
}

/// How the holder's work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Succeeded,
    Failed,
    Cancelled,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The right to use the GPU. Dropped without a word (a panic, an abort) it counts as failed.
#[must_use = "dropping a permit gives the GPU away"]
pub struct Permit {
    release: Option<Box<dyn FnOnce(Outcome) + Send>>,
}

impl Permit {
    /// `release` runs exactly once and must not block.
    pub fn new(release: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self {
            release: Some(Box::new(release)),
        }
    }

    pub fn release(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Some(release) = self.release.take() {
            release(outcome);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.finish(Outcome::Failed);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    #[error("cancelled while waiting for the GPU")]
    Cancelled,
    #[error("the GPU queue does not answer: {0}")]
    Unreachable(String),
    /// Without a written lease a crash would leak tokens, so none is asked for.
    #[error(transparent)]
    Book(#[from] BookError),
}

/// For the doctor and `/health`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateStatus {
    pub name: &'static str,
    pub healthy: bool,
    /// One sentence: how full it is, or what is wrong.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_permit_speaks_exactly_once() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let permit = || {
            let heard = Arc::clone(&heard);
            Permit::new(move |outcome| heard.lock().unwrap().push(outcome))
        };
        permit().release(Outcome::Succeeded);
        drop(permit());
        assert_eq!(
            *heard.lock().unwrap(),
            [Outcome::Succeeded, Outcome::Failed]
        );
    }
}
