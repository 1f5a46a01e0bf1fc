//! The book in which every lease is written down, so that a crash leaks no tokens.

use super::Outcome;
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Leases outlive the process: written before the queue hears of them, struck out only after the queue
/// has heard that they ended.
#[async_trait]
pub trait LeaseBook: Send + Sync + 'static {
    /// Before the queue is asked.
    async fn enqueued(&self, session_id: &str, job_id: &str) -> Result<(), BookError>;

    async fn granted(&self, session_id: &str) -> Result<(), BookError>;

    /// The work is over; the queue does not know yet.
    async fn ended(&self, session_id: &str, outcome: Outcome) -> Result<(), BookError>;

    /// The queue knows.
    async fn forget(&self, session_id: &str) -> Result<(), BookError>;

    /// All leases of earlier lives. Asked before new ones are written.
    async fn left(&self) -> Result<Vec<Leftover>, BookError>;
}

/// A lease that nobody holds any more and the queue may not know that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub session_id: String,
    /// What the queue has to hear: the true outcome where it is known, else a failure.
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the book of GPU leases cannot be used: {0}")]
pub struct BookError(pub String);

/// A book that a crash burns. For tests, and for those who only look.
#[derive(Debug, Default)]
pub struct MemoryBook(Mutex<BTreeMap<String, Option<Outcome>>>);

impl MemoryBook {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Option<Outcome>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl LeaseBook for MemoryBook {
    async fn enqueued(&self, session_id: &str, _job_id: &str) -> Result<(), BookError> {
        self.lock().insert(session_id.to_owned(), None);
        Ok(())
    }

    async fn granted(&self, _session_id: &str) -> Result<(), BookError> {
        Ok(())
    }

    async fn ended(&self, session_id: &str, outcome: Outcome) -> Result<(), BookError> {
        self.lock().insert(session_id.to_owned(), Some(outcome));
        Ok(())
    }

    async fn forget(&self, session_id: &str) -> Result<(), BookError> {
        self.lock().remove(session_id);
        Ok(())
    }

    async fn left(&self) -> Result<Vec<Leftover>, BookError> {
        let left = self.lock().clone().into_iter();
        let left = left.map(|(session_id, outcome)| Leftover {
            session_id,
            outcome: outcome.unwrap_or(Outcome::Failed),
        });
        Ok(left.collect())
    }
}
