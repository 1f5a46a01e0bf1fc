use crate::{
    app::AppState,
    error::AppError,
    http::{
        auth::Caller,
        extract::{ApiJson, ApiQuery},
    },
    jobs::ListQuery,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use sideman_shared::protocol::{Job, JobList, JobRequest, JobState};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const MAX_KEY_CHARS: usize = 255;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListParams {
    state: Option<JobState>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// `POST /v1/jobs`
pub async fn submit(
    State(state): State<AppState>,
    Caller(owner): Caller,
    headers: HeaderMap,
    ApiJson(request): ApiJson<JobRequest>,
) -> Result<Response, AppError> {
    let key = idempotency_key(&headers)?;
    let submission = state.jobs.submit(&owner, request, key).await?;
    let location = format!("/v1/jobs/{}", submission.job.job_id);
    Ok((
        StatusCode::ACCEPTED,
        [(header::LOCATION, location)],
        Json(submission.job),
    )
        .into_response())
}

/// `GET /v1/jobs`
pub async fn list(
    State(state): State<AppState>,
    Caller(owner): Caller,
    ApiQuery(params): ApiQuery<ListParams>,
) -> Result<Json<JobList>, AppError> {
    let query = ListQuery {
        state: params.state,
        limit: params.limit,
        cursor: params.cursor,
    };
    Ok(Json(state.jobs.list(&owner, query).await?))
}

/// `GET /v1/jobs/{job_id}`
pub async fn show(
    State(state): State<AppState>,
    Caller(owner): Caller,
    Path(job_id): Path<String>,
) -> Result<Json<Job>, AppError> {
    Ok(Json(state.jobs.get(&owner, &job_id).await?))
}

/// `DELETE /v1/jobs/{job_id}`
pub async fn cancel(
    State(state): State<AppState>,
    Caller(owner): Caller,
    Path(job_id): Path<String>,
) -> Result<Json<Job>, AppError> {
    Ok(Json(state.jobs.cancel(&owner, &job_id).await?))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(value) = headers.get(&IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if (1..=MAX_KEY_CHARS).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(AppError::bad_field(
            "Idempotency-Key",
            format!("1–{MAX_KEY_CHARS} plain characters are expected"),
        )),
    }
}
