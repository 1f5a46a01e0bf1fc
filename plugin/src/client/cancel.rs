//! Telling the service that a job is cancelled: until it knows, however long it is away.

use super::{
    api::ClientEvent,
    error::ClientError,
    job::Life,
    retry::{Backoff, chance},
};
use reqwest::Method;
use sideman_shared::protocol::{Code, JobRequest};

/// What cancelling must undo.
#[derive(Debug, Clone, Default)]
pub enum AtService {
    #[default]
    Nothing,
    /// Posted without an answer: the service may have it.
    Perhaps(Box<JobRequest>),
    Job(String),
}

impl Life {
    /// The user has long been told; this frees the GPU.
    pub async fn cancel_at_service(&self, at_service: AtService) {
        let limit = self.service.waits.job;
        let told = tokio::time::timeout(limit, self.until_told(&at_service)).await;
        if told == Ok(true) {
            let local_id = self.local_id.clone();
            self.out.say(ClientEvent::CancelTold { local_id }).await;
        } else {
            tracing::warn!("the service could not be told that a job was cancelled");
        }
    }

    /// `false` when the key does not open the service: another one may, another day.
    async fn until_told(&self, at_service: &AtService) -> bool {
        let waits = &self.service.waits;
        let mut backoff = Backoff::new(waits.first_retry, waits.longest_retry);
        loop {
            match self.delete(at_service).await {
                Ok(()) => return true,
                Err(ClientError::Later(_)) => {}
                Err(ClientError::Never(failure)) => {
                    // Over already, or not ours any more: nothing is left to free.
                    let refused = [Some(Code::Unauthorized), Some(Code::Forbidden)];
                    return !refused.contains(&failure.code);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(backoff.pause(chance())) => {}
                () = self.back.notified() => {}
            }
        }
    }

    async fn delete(&self, at_service: &AtService) -> Result<(), ClientError> {
        let job_id = match at_service {
            AtService::Nothing => return Ok(()),
            AtService::Job(job_id) => job_id.clone(),
            // The same key gives the same job, and with it the id to delete.
            AtService::Perhaps(request) => self.post(request).await?.job_id,
        };
        let path = format!("/v1/jobs/{}", self.service.plain_id(&job_id)?);
        let delete = self.service.request(Method::DELETE, &path);
        let wait = self.service.waits.request;
        self.service.send(delete, wait).await.map(|_| ())
    }
}
