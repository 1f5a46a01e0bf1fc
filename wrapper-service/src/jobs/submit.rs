use super::{
    record::{Idempotency, NewJob, now_ms},
    service::{DEFAULT_RETRY_SECS, JobService, shutting_down},
    store::Submitted,
    validate,
};
use crate::error::AppError;
use sideman_shared::protocol::{Code, Job, JobRequest, Source};
use uuid::Uuid;

/// A job that was accepted, now or before.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    pub job: Job,
    /// The same submission had come before.
    pub repeated: bool,
}

impl JobService {
    /// Judges the fields of a request that has no source yet.
    ///
    /// # Errors
    /// The first wrong field.
    pub fn check_fields(&self, request: &JobRequest) -> Result<(), AppError> {
        validate::shape(request, self.parts.max_stems_per_job)
    }

    /// Accepts a job durably. `owner` is the name of the caller's key.
    ///
    /// # Errors
    /// A wrong field, an unknown source, what the engine cannot do, a full queue, a reused
    /// idempotency key (409), a full disk.
    pub async fn submit(
        &self,
        owner: &str,
        request: JobRequest,
        idempotency_key: Option<String>,
    ) -> Result<Submission, AppError> {
        if self.draining.is_cancelled() {
            return Err(shutting_down());
        }
        validate::shape(&request, self.parts.max_stems_per_job)?;
        let source = self.source_of(&request).await?;
        validate::possible(&request, &source, &self.parts.engines.info().await)?;
        self.check_base(owner, &request).await?;
        let body = serde_json::to_vec(&request).map_err(AppError::internal)?;
        self.accept(NewJob {
            job_id: Uuid::now_v7().simple().to_string(),
            owner: owner.to_owned(),
            seed: request.seed.unwrap_or_else(rand::random),
            idempotency: idempotency_key.map(|key| Idempotency {
                key,
                request_hash: blake3::hash(&body).to_hex().to_string(),
            }),
            created_at_ms: now_ms(),
            request,
        })
        .await
    }

    async fn accept(&self, new: NewJob) -> Result<Submission, AppError> {
        let max_waiting = self.parts.max_waiting_per_owner;
        match self.parts.store.submit(&new, max_waiting).await? {
            Submitted::New(record) => {
                self.wake().notify_one();
                tracing::info!(job_id = %record.job_id, owner = %new.owner, "job accepted");
                let job = self.snapshot_of(record).await?.show();
                Ok(Submission {
                    job,
                    repeated: false,
                })
            }
            Submitted::Same(record) => Ok(Submission {
                job: self.snapshot_of(record).await?.show(),
                repeated: true,
            }),
            Submitted::Conflict { job_id } => Err(AppError::conflict(format!(
                "Idempotency-Key: already used for job {job_id} with another body"
            ))
            .with_hint("Use a new key for a new job.")),
            Submitted::QueueFull { waiting } => Err(AppError::new(
                Code::QueueFull,
                format!("{waiting} jobs of this key are waiting; at most {max_waiting} may"),
            )
            .retry_after(DEFAULT_RETRY_SECS)),
        }
    }

    async fn source_of(&self, request: &JobRequest) -> Result<Source, AppError> {
        let source = self
            .parts
            .store
            .use_source(&request.source_id, now_ms())
            .await?;
        source.ok_or_else(|| {
            AppError::new(
                Code::NotFound,
                format!("source_id: there is no source {:.64}", request.source_id),
            )
            .with_hint("Upload it to /v1/sources first.")
        })
    }

    /// A base stem must be the caller's, of the same source and of the track to be played again.
    async fn check_base(&self, owner: &str, request: &JobRequest) -> Result<(), AppError> {
        let Some(stem_id) = &request.base_stem_id else {
            return Ok(());
        };
        let base = self.parts.store.stem(stem_id).await?;
        let base = base.filter(|b| b.owner == owner).ok_or_else(|| {
            AppError::new(
                Code::NotFound,
                format!("base_stem_id: there is no stem {stem_id:.64}"),
            )
        })?;
        if base.source_id != request.source_id {
            return Err(AppError::bad_field(
                "base_stem_id",
                "this stem was played to another source",
            ));
        }
        if request.tracks.first() != Some(&base.stem.track) {
            return Err(AppError::bad_field(
                "tracks",
                format!("the base stem is {}", base.stem.track),
            ));
        }
        Ok(())
    }
}
