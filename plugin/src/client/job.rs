//! One job's life, from a file on disk to stems on disk.

use super::{
    api::{ClientEvent, JobSpec},
    cancel::AtService,
    error::{ClientError, Failure},
    follow::{Follow, News},
    http::Service,
    outbox::Outbox,
    retry::{Backoff, chance},
    source::{self, Prepared},
    stems::Arrivals,
};
use parking_lot::Mutex;
use reqwest::Method;
use sideman_shared::protocol::{Code, Job, JobRequest, JobState};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub enum Begin {
    Submit(Box<JobSpec>),
    Resume {
        job_id: String,
        /// Stems not to fetch again.
        have: Vec<String>,
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

impl Life {
    pub async fn run(self, begin: Begin) {
        let at_service = Mutex::new(AtService::default());
        let limit = self.service.waits.job;
        let ended = tokio::select! {
            biased;
            () = self.cancel.cancelled() => {
                let local_id = self.local_id.clone();
                self.out.say(ClientEvent::Cancelled { local_id }).await;
                return self.cancel_at_service(at_service.into_inner()).await;
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
        let (job_id, have, download_to) = match begin {
            Begin::Submit(spec) => {
                let job_id = self.submit(&spec, at_service).await?;
                (job_id, Vec::new(), spec.download_to)
            }
            Begin::Resume {
                job_id,
                have,
                download_to,
            } => (job_id, have, download_to),
        };
        self.service.plain_id(&job_id)?;
        *at_service.lock() = AtService::Job(job_id.clone());
        // Each stem is fetched as soon as it is finished, while the next is being played.
        let arrivals = Arrivals::new(have);
        let (job, fetched) = tokio::join!(
            async {
                let job = self.follow(&job_id, &arrivals).await;
                arrivals.close();
                job
            },
            self.fetch(&arrivals, download_to)
        );
        let job = job?;
        match job.state {
            JobState::Succeeded if job.stems.is_empty() => {
                let detail = "The job succeeded without a stem.";
                Err(Failure::not_a_service(self.service.address(), detail))
            }
            JobState::Failed => Err(job_failure(&job)),
            state => fetched.map(|()| state),
        }
    }

    /// Tries until it works, fails for good, or the budget of a failing service is used up.
    pub(super) async fn insist<T>(
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
            self.out
                .say(ClientEvent::Posting {
                    local_id: self.local_id.clone(),
                    source_id: request.source_id.clone(),
                })
                .await;
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
    pub(super) async fn post(&self, request: &JobRequest) -> Result<Job, ClientError> {
        let post = self
            .service
            .request(Method::POST, "/v1/jobs")
            .header("Idempotency-Key", &self.local_id)
            .json(request);
        self.service.json(post).await
    }

    async fn follow(&self, job_id: &str, arrivals: &Arrivals) -> Result<Job, Failure> {
        let mut follow = Follow::new(job_id);
        self.insist(async || {
            let news = |news: News<'_>| self.pass_on(news, arrivals);
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

    fn pass_on(&self, news: News<'_>, arrivals: &Arrivals) {
        let local_id = self.local_id.clone();
        match news {
            News::Job(job) => {
                arrivals.announce(job);
                self.out.mention(ClientEvent::Progress {
                    local_id,
                    job: Box::new(job.clone()),
                });
            }
            News::Alive => self.out.mention(ClientEvent::Alive { local_id }),
        }
    }
}

pub fn failed(local_id: String, failure: Failure) -> ClientEvent {
    ClientEvent::Failed {
        local_id,
        title: failure.title,
        detail: failure.detail,
        hint: failure.hint,
        can_retry: failure.can_retry,
        code: failure.code,
        request_id: failure.request_id,
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
            request_id: None,
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
