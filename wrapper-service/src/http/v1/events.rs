use crate::{app::AppState, error::AppError, http::auth::Caller, jobs::JobEvent};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt};
use std::time::Duration;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// The contract promises a sign of life at least every 15 s.
const COMMENT_EVERY: Duration = Duration::from_secs(10);

/// `GET /v1/jobs/{job_id}/events`
pub async fn follow(
    State(state): State<AppState>,
    Caller(owner): Caller,
    Path(job_id): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, AppError>>>, AppError> {
    let events = state
        .jobs
        .subscribe(&owner, &job_id, last_event_id(&headers))
        .await?;
    let alive = KeepAlive::new().interval(COMMENT_EVERY).text("alive");
    Ok(Sse::new(events.map(|e| to_sse(&e))).keep_alive(alive))
}

/// An id that is not ours means a fresh start.
fn last_event_id(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(&LAST_EVENT_ID)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn to_sse(event: &JobEvent) -> Result<Event, AppError> {
    let data = event.to_json().map_err(AppError::internal)?;
    Ok(Event::default()
        .event(event.name().as_str())
        .id(event.id.to_string())
        .data(data))
}
