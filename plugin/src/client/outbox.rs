use super::ClientEvent;
use crossbeam_channel::{Sender, TrySendError};
use std::time::Duration;

/// How long a full queue is left alone before the next try.
const FULL_WAIT: Duration = Duration::from_millis(10);

/// The way back to the session.
#[derive(Debug, Clone)]
pub struct Outbox(Sender<ClientEvent>);

impl Outbox {
    pub fn new(events: Sender<ClientEvent>) -> Self {
        Self(events)
    }

    /// Certain to arrive, unless the session is gone.
    pub async fn say(&self, mut event: ClientEvent) {
        while let Err(TrySendError::Full(back)) = self.0.try_send(event) {
            event = back;
            tokio::time::sleep(FULL_WAIT).await;
        }
    }

    /// Left out when the session is busy: the next one says more anyway.
    pub fn mention(&self, event: ClientEvent) {
        let _ = self.0.try_send(event);
    }
}
