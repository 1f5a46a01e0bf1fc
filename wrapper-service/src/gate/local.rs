use super::{Ask, Gate, GateError, GateStatus, Permit, WaitNews};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// A gate for a GPU that nobody else uses: a fair count of places in this process.
#[derive(Debug)]
pub struct LocalGate {
    places: Arc<Semaphore>,
    capacity: usize,
}

impl LocalGate {
    /// `capacity`: jobs that may use the GPU at once, at least 1.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(capacity)),
            capacity,
        }
    }
}

#[async_trait]
impl Gate for LocalGate {
    async fn acquire(
        &self,
        _ask: Ask,
        _news: &WaitNews,
        cancel: &CancellationToken,
    ) -> Result<Permit, GateError> {
        let place = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(GateError::Cancelled),
            place = Arc::clone(&self.places).acquire_owned() => place,
        };
        let place = place.map_err(|_| GateError::Unreachable("the gate is closed".into()))?;
        Ok(Permit::new(move |_outcome| drop(place)))
    }

    async fn status(&self) -> GateStatus {
        let taken = self.capacity - self.places.available_permits();
        GateStatus {
            name: "local",
            healthy: true,
            detail: format!("{taken} of {} places taken", self.capacity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::conformance;

    #[tokio::test]
    async fn keeps_the_promises_of_a_gate() {
        conformance::check(|| LocalGate::new(1)).await;
    }
}
