//! One job's life, from a file on disk to stems on disk.

use super::{
    api::{ClientEvent, JobSpec},
    download::Download,
    error::{ClientError, Failure},
    follow::Follow,
    http::Service,
    outbox::Outbox,
    retry::{Backoff, chance},
    source::{self, Prepared},
    stem_file,
};
use parking_lot::Mutex;
use reqwest::Method;
use sideman_shared::protocol::{Code, Job, JobRequest, JobState};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Tries to tell the service that a job is cancelled.
const CANCEL_TRIES: u32 = 6;

pub enum Begin {
    Submit(Box<JobSpec>),
    Resume {
        job_id: String,
        download_to: PathBuf,
    },
}

pub struct Life {
    pub local_id: String,
    pub service: Arc<Service>,
    pub out: Outbox,
    /// The service answers again: whoever waits tries at once.
    pub back: Arc<Notify>,
    pub cancel: CancellationToken,
}

/// What cancelling must undo.
#[derive(Debug, Clone, Default)]
enum AtService {
    #[default]
    Nothing,
    /// Posted without an answer: the service may have it.
    Perhaps(Box<JobRequest>),
    Job(String),
}

impl Life {
    pub async fn run(self, begin: Begin) {
        let at_service = Mutex::new(AtService::default());
        let limit = self.service.waits.job;
        let ended = tokio::select! {
            biased;
            () = self.cancel.cancelled() => {
                let local_id = self.local_id.clone();
                self.out.say(ClientEvent::Cancelled { local_id }).await;
                let at_service = at_service.into_inner();
                return self.cancel_at_service(at_service).await;
            }
            ended = tokio::time::timeout(limit, self.live(begin, &at_service)) => ended,
        };
        let local_id = self.local_id.clone();
        let event = match ended {
            Ok(Ok(JobState::Cancelled)) => ClientEvent::Cancelled { local_id },
            Ok(Ok(_)) => ClientEvent::Done { local_id },
            Ok(Err(failure)) => failed(local_id, failure),
            Err(_) => failed(local_id, too_long()),
        };
        self.out.say(event).await;
    }

    async fn live(&self, begin: Begin, at_service: &Mutex<AtService>) -> Result<JobState, Failure> {
        let (job_id, download_to) = match begin {
            Begin::Submit(spec) => (self.submit(&spec, at_service).await?, spec.download_to),
            Begin::Resume {
                job_id,
                download_to,
            } => (job_id, download_to),
        };
        self.service.plain_id(&job_id)?;
        *at_service.lock() = AtService::Job(job_id.clone());
        let job = self.follow(&job_id).await?;
        match job.state {
            JobState::Succeeded => self.download(&job, download_to).await?,
            JobState::Failed => return Err(job_failure(&job)),
            _ => {}
        }
        Ok(job.state)
    }

    /// Tries until it works, fails for good, or the budget of a failing service is used up.
    async fn insist<T>(
        &self,
        mut attempt: impl AsyncFnMut() -> Result<T, ClientError>,
    ) -> Result<T, Failure> {
        let waits = &self.service.waits;
        let mut backoff = Backoff::new(waits.first_retry, waits.longest_retry);
        loop {
            let later = match attempt().await {
                Ok(value) => return Ok(value),
                Err(ClientError::Never(failure)) => return Err(failure),
                Err(ClientError::Later(later)) => later,
            };
            let wait = backoff.next(&later, chance())?;
            self.out
                .say(ClientEvent::Waiting {
                    local_id: self.local_id.clone(),
                    reason: later.reason,
                    retry_in_secs: wait.as_secs_f64(),
                })
                .await;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.back.notified() => {}
            }
        }
    }

    async fn submit(
        &self,
        spec: &JobSpec,
        at_service: &Mutex<AtService>,
    ) -> Result<String, Failure> {
        self.uploading(0.0);
        let prepared = source::prepare(&self.local_id, spec).await?;
        let request = JobRequest {
            source_id: prepared.source_id.clone(),
            ..spec.request.clone()
        };
        let mut resent = false;
        let job = loop {
            self.upload(&prepared).await?;
            *at_service.lock() = AtService::Perhaps(Box::new(request.clone()));
            match self.insist(async || self.post(&request).await).await {
                // Swept away between the question and the job.
                Err(failure) if failure.code == Some(Code::NotFound) && !resent => resent = true,
                posted => break posted?,
            }
        };
        self.service.plain_id(&job.job_id)?;
        self.out
            .say(ClientEvent::Submitted {
                local_id: self.local_id.clone(),
                job_id: job.job_id.clone(),
            })
            .await;
        Ok(job.job_id)
    }

    async fn upload(&self, prepared: &Prepared) -> Result<(), Failure> {
        self.insist(async || {
            self.uploading(0.0);
            source::ensure(&self.service, prepared, |f| self.uploading(f)).await
        })
        .await
    }

    fn uploading(&self, fraction: f64) {
        self.out.mention(ClientEvent::Uploading {
            local_id: self.local_id.clone(),
            fraction,
        });
    }

    /// However often it is sent, the local id makes it one job.
    async fn post(&self, request: &JobRequest) -> Result<Job, ClientError> {
        let post = self
            .service
            .request(Method::POST, "/v1/jobs")
            .header("Idempotency-Key", &self.local_id)
            .json(request);
        self.service.json(post).await
    }

    async fn follow(&self, job_id: &str) -> Result<Job, Failure> {
        let mut follow = Follow::new(job_id);
        self.insist(async || {
            let news = |job: &Job| {
                self.out.mention(ClientEvent::Progress {
                    local_id: self.local_id.clone(),
                    job: Box::new(job.clone()),
                });
            };
            follow.until_done(&self.service, news).await
        })
        .await
        .map_err(|failure| match failure.code {
            Some(Code::NotFound) => Failure::new(
                "The service does not know this job any more.",
                failure.detail,
                "Generate it again.",
            ),
            _ => failure,
        })
    }

    async fn download(&self, job: &Job, folder: PathBuf) -> Result<(), Failure> {
        if job.stems.is_empty() {
            let detail = "The job succeeded without a stem.";
            return Err(Failure::not_a_service(self.service.address(), detail));
        }
        let count = job.stems.len() as f64;
        for (index, stem) in job.stems.iter().enumerate() {
            self.service.plain_id(&stem.stem_id)?;
            let mut download = Download::new(&folder, &stem_file::name(job, stem));
            let mut last_percent = None;
            let path = self
                .insist(async || {
                    let on_fraction = |f: f64| {
                        let percent = (f * 100.0) as u32;
                        if last_percent.replace(percent) != Some(percent) {
                            self.out.mention(ClientEvent::Downloading {
                                local_id: self.local_id.clone(),
                                fraction: (index as f64 + f) / count,
                            });
                        }
                    };
                    download.fetch(&self.service, stem, on_fraction).await
                })
                .await?;
            self.out
                .say(ClientEvent::StemReady {
                    local_id: self.local_id.clone(),
                    stem: Box::new(stem.clone()),
                    path,
                })
                .await;
        }
        Ok(())
    }

    /// The user has long been told; this frees the GPU.
    async fn cancel_at_service(&self, at_service: AtService) {
        let waits = &self.service.waits;
        let mut backoff = Backoff::new(waits.first_retry, waits.longest_retry);
        for _ in 0..CANCEL_TRIES {
            match self.delete(&at_service).await {
                Err(ClientError::Later(_)) => tokio::time::sleep(backoff.pause(chance())).await,
                Ok(()) => return,
                // Over already, or not ours any more: nothing is left to free.
                Err(ClientError::Never(failure)) => {
                    return tracing::debug!(detail = failure.detail, "nothing to cancel");
                }
            }
        }
        tracing::warn!("the service could not be told that a job was cancelled");
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

pub fn failed(local_id: String, failure: Failure) -> ClientEvent {
    ClientEvent::Failed {
        local_id,
        title: failure.title,
        detail: failure.detail,
        hint: failure.hint,
        can_retry: failure.can_retry,
    }
}

fn job_failure(job: &Job) -> Failure {
    match &job.error {
        Some(error) => Failure {
            title: error.title.clone(),
            detail: error.detail.clone(),
            hint: error.hint.clone().or(Some(error.code.hint().into())),
            can_retry: true,
            code: Some(error.code),
        },
        None => Failure::new(
            Code::Internal.title(),
            "The job failed without a reason.",
            Code::Internal.hint(),
        ),
    }
}

fn too_long() -> Failure {
    Failure::new(
        "The stem did not come within a day.",
        "The job was followed for 24 hours without an end.",
        "Look at the service, then try again.",
    )
}
