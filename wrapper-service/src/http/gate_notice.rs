//! `POST /task_notification`: the GPU queue says whose turn it is.

use crate::{
    app::AppState,
    error::AppError,
    jobs::{JobService, Noticed},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use sideman_shared::protocol::Code;
use std::sync::Arc;

/// No honest notification is longer.
const MAX_BYTES: usize = 64 * 1024;
const NOTIFICATION_ID: &str = "x-notification-id";

pub fn routes() -> Router<AppState> {
    let notified = |State(state): State<AppState>, headers: HeaderMap, body: Bytes| async move {
        notified(&state.jobs, &headers, &body)
    };
    let limit = DefaultBodyLimit::max(MAX_BYTES);
    Router::new().route("/task_notification", post(notified).layer(limit))
}

/// Answers in the words that the queue knows from its other clients. A word for nobody gets the same
/// answer: whoever guesses session names learns nothing.
fn notified(jobs: &Arc<JobService>, headers: &HeaderMap, body: &[u8]) -> Response {
    let refuse = |message: &str| {
        let body = json!({"status": "error", "message": message});
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    };
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return refuse("No JSON data received");
    };
    let id = headers.get(NOTIFICATION_ID).and_then(|id| id.to_str().ok());
    match jobs.gate_notice(id, &body) {
        Noticed::Taken => Json(json!({
            "status": "received",
            "notification_id": id,
            "message": "Task notification received for processing",
        }))
        .into_response(),
        Noticed::NoSession => refuse("Missing session_id"),
        Noticed::Unwanted => AppError::new(Code::NotFound, "no GPU queue is listened to here")
            .with_hint("Set gate = \"gpu-queue-service\" with admission \"auto\" or \"webhook\".")
            .into_response(),
    }
}
