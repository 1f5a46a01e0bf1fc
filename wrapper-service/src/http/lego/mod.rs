//! `POST /lego` as a form: one request in, one stem out, for curl, scripts and the clients of the first
//! wrapper. The request is held open while an ordinary job runs.

mod accept;
mod form;

use super::auth::Caller;
use crate::{app::AppState, error::AppError, jobs::JobService};
use accept::Wanted;
use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;
use sideman_shared::protocol::{AudioFormat, Code, Job, JobRequest, JobState, Stem};
use std::sync::Arc;
use tracing::Instrument as _;

const X_JOB_ID: HeaderName = HeaderName::from_static("x-job-id");
const X_SEED: HeaderName = HeaderName::from_static("x-seed");

/// `POST /lego`. The upload's own limit replaces the framework's.
pub fn routes() -> Router<AppState> {
    Router::new().route("/lego", post(lego).layer(DefaultBodyLimit::disable()))
}

async fn lego(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, AppError> {
    let wanted = wanted(&headers)?;
    let multipart = Multipart::from_request(request, &()).await.map_err(|_| {
        AppError::new(
            Code::BadRequest,
            "Content-Type: multipart/form-data with a boundary is expected",
        )
        .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    })?;
    let form = form::read(multipart, &state.sources).await?;
    let (mut request, upload) = form.into_request(wanted)?;
    state.jobs.check_fields(&request)?;
    let (source, _) = state.sources.accept(upload).await?;
    request.source_id = source.source_id;
    let format = request.format;
    let started = start(&state.jobs, &caller.0, request).await?;
    let job = see_through(started).await?;
    match wanted {
        Wanted::Json => Ok(listing(&job)),
        Wanted::Audio(_) => first_stem(&state, &caller.0, &job, format).await,
    }
}

fn wanted(headers: &HeaderMap) -> Result<Wanted, AppError> {
    let said = headers.get(header::ACCEPT).map(HeaderValue::to_str);
    let wanted = match said {
        None => Some(Wanted::Audio(None)),
        Some(Ok(text)) => Wanted::of(text),
        Some(Err(_)) => None,
    };
    wanted.ok_or_else(|| {
        AppError::new(
            Code::BadRequest,
            "Accept: none of audio/mpeg, audio/wav, audio/flac and application/json",
        )
        .with_status(StatusCode::NOT_ACCEPTABLE)
    })
}

/// Submits in a task of its own: a client that goes away in the very moment drops this request, and
/// the job must not then be left behind with nobody who knows it.
async fn start(
    jobs: &Arc<JobService>,
    owner: &str,
    request: JobRequest,
) -> Result<Started, AppError> {
    let (jobs, owner) = (Arc::clone(jobs), owner.to_owned());
    let submitting = async move {
        let job = jobs.submit(&owner, request, None).await?.job;
        Ok(Started {
            jobs: Some(jobs),
            owner,
            job_id: job.job_id,
        })
    };
    tokio::spawn(submitting.in_current_span())
        .await
        .map_err(AppError::internal)?
}

/// Waits for the job's end. Whoever stops waiting, by going away or because the service stops, stops
/// the job: nobody would come for its stems.
async fn see_through(mut started: Started) -> Result<Job, AppError> {
    let Some(jobs) = started.jobs.clone() else {
        return Err(AppError::internal("a job that was given up is waited for"));
    };
    let (owner, job_id) = (started.owner.as_str(), started.job_id.as_str());
    let waited = jobs.wait(owner, job_id).await;
    let job = match waited {
        Ok(job) => job,
        Err(error) => {
            jobs.cancel(owner, job_id).await?;
            return Err(error);
        }
    };
    let with_id = |error: AppError| match HeaderValue::from_str(job_id) {
        Ok(id) => error.with_header(X_JOB_ID, id),
        Err(_) => error,
    };
    let ended = match (job.state, &job.error) {
        (JobState::Succeeded, _) => Ok(job),
        (JobState::Cancelled, _) => Err(with_id(AppError::new(
            Code::Cancelled,
            format!("the job {job_id} was cancelled by someone else"),
        ))),
        (_, Some(error)) => {
            let told = AppError::new(error.code, error.detail.clone());
            Err(with_id(match &error.hint {
                Some(hint) => told.with_hint(hint.clone()),
                None => told,
            }))
        }
        (state, None) => Err(AppError::internal(format!(
            "the job {job_id} ended {} without saying why",
            state.as_str()
        ))),
    };
    started.jobs = None;
    ended
}

/// A job of a client that waits for it. Dropped before its end, it is cancelled.
struct Started {
    /// `None` once the job has ended.
    jobs: Option<Arc<JobService>>,
    owner: String,
    job_id: String,
}

impl Drop for Started {
    fn drop(&mut self) {
        // Without a runtime the process is ending, and the job with it.
        let (Some(jobs), Ok(runtime)) = (self.jobs.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (owner, job_id) = (self.owner.clone(), self.job_id.clone());
        runtime.spawn(async move {
            tracing::info!(job_id, "the client went away");
            if let Err(error) = jobs.cancel(&owner, &job_id).await {
                tracing::warn!(%error, job_id, "cannot cancel the job of a client that went away");
            }
        });
    }
}

fn listing(job: &Job) -> Response {
    let stem = |stem: &Stem| {
        json!({
            "track": stem.track,
            "seed": stem.seed,
            "url": stem.url,
            "duration_secs": stem.duration_secs,
        })
    };
    let stems: Vec<_> = job.stems.iter().map(stem).collect();
    let body = Json(json!({"job_id": job.job_id, "stems": stems}));
    ([(X_JOB_ID, job.job_id.clone())], body).into_response()
}

async fn first_stem(
    state: &AppState,
    owner: &str,
    job: &Job,
    format: AudioFormat,
) -> Result<Response, AppError> {
    let first = job.stems.iter().min_by_key(|stem| stem.variation);
    let stem = first.ok_or_else(|| AppError::internal("a job succeeded without a stem"))?;
    let open = state.stems.open(owner, &stem.stem_id, Some(format)).await?;
    let bytes = state.stems.read(&open, None).await?;
    let name = format!("{}.{}", stem.track, format.extension());
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_LENGTH, open.bytes.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (X_JOB_ID, job.job_id.clone()),
        (X_SEED, stem.seed.to_string()),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}
