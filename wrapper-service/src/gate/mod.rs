//! Admission to the GPU. A gate knows tokens, not music: they are acquired before the model is touched
//! and released exactly once, on every path, with the true outcome.

mod local;

#[cfg(test)]
mod conformance;

pub use local::LocalGate;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

#[async_trait]
pub trait Gate: Send + Sync + 'static {
    /// Waits for the GPU. The caller bounds the wait.
    ///
    /// # Errors
    /// `cancel` fired, or the gate does not answer.
    async fn acquire(&self, ask: Ask, cancel: &CancellationToken) -> Result<Permit, GateError>;

    /// Must answer within a second or so.
    async fn status(&self) -> GateStatus;
}

/// Who wants the GPU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub job_id: String,
}

/// How the holder's work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Succeeded,
    Failed,
    Cancelled,
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
}

/// For the doctor and `/health`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateStatus {
    pub name: &'static str,
    pub healthy: bool,
    /// One sentence: how full it is, or what is wrong.
    pub detail: String,
}
