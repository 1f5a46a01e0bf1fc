use super::{Shared, faults::Fault, faults::Step, lock, pool::Place};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// What a task costs that does not say.
const DEFAULT_TOKENS: u32 = 1000;

const LOOK_EVERY: Duration = Duration::from_millis(5);

type Queue = State<Arc<Shared>>;

/// The same for every lane.
pub fn router(shared: Arc<Shared>) -> Router {
    let lane = Router::new()
        .route("/tasks", post(enqueue))
        .route("/tasks/{session_id}", get(look))
        .route("/task/status", post(report));
    Router::new()
        .nest("/transform", lane.clone())
        .nest("/sa3", lane.clone())
        .merge(lane)
        .with_state(shared)
}

async fn enqueue(State(queue): Queue, Json(body): Json<Value>) -> Response {
    let Some(session_id) = body["session_id"].as_str().map(str::to_owned) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let tokens = body["tokens"].as_u64().and_then(|t| u32::try_from(t).ok());
    let answer = faulty(&queue, Step::Enqueue, || {
        let mut pool = lock(&queue.pool);
        let (place, granted) = pool.enqueue(&session_id, tokens.unwrap_or(DEFAULT_TOKENS), false);
        let counts = (pool.active(), pool.queued());
        drop(pool);
        queue.announce(granted);
        told(place, counts)
    })
    .await;
    if queue.hold_answers.load(Ordering::Relaxed) {
        while matches!(lock(&queue.pool).place(&session_id), Place::Queued(_)) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
    answer
}

async fn look(State(queue): Queue, Path(session_id): Path<String>) -> Response {
    faulty(&queue, Step::Look, || {
        let mut pool = lock(&queue.pool);
        pool.ledger.looks += 1;
        told(pool.place(&session_id), (pool.active(), pool.queued()))
    })
    .await
}

async fn report(State(queue): Queue, Json(body): Json<Value>) -> Response {
    let said = (body["session_id"].as_str(), body["status"].as_str());
    let (Some(session_id), Some(status)) = said else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let step = match status {
        "processing" => Step::Begin,
        "completed" | "failed" => Step::End,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    faulty(&queue, step, || {
        match step {
            Step::Begin => lock(&queue.pool).begin(session_id),
            _ => {
                let granted = lock(&queue.pool).end(session_id, status);
                queue.announce(granted);
            }
        }
        Json(json!({"success": true})).into_response()
    })
    .await
}

/// Does what is asked, unless it is to go wrong.
async fn faulty(queue: &Shared, step: Step, act: impl FnOnce() -> Response) -> Response {
    let fault = lock(&queue.faults).next(step);
    match fault {
        None | Some(Fault::Twice) => act(),
        Some(Fault::Error) => (StatusCode::INTERNAL_SERVER_ERROR, "redis is full").into_response(),
        Some(Fault::Page) => Html("<html>Welcome to nginx!</html>").into_response(),
        Some(Fault::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Lost) => {
            act();
            lock(&queue.pool).ledger.lost_answers += 1;
            std::future::pending().await
        }
    }
}

fn told(place: Place, (active, queued): (usize, usize)) -> Response {
    let (status, position) = match place {
        Place::Unknown => {
            let body = json!({"error": "task not found"});
            return (StatusCode::NOT_FOUND, Json(body)).into_response();
        }
        Place::Queued(at) => ("queued", at),
        Place::Granted => ("processing", 0),
        Place::Ended => ("completed", 0),
    };
    Json(json!({
        "status": status,
        "position": position,
        "active_tasks": active,
        "queued_tasks": queued,
        "estimated_wait_seconds": 30.0 * position as f64,
    }))
    .into_response()
}
