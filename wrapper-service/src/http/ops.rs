//! What operators, orchestrators and probes ask: health, figures, the interface's description, and the
//! pages for people.

use super::{metrics, openapi};
use crate::{
    app::AppState,
    error::AppError,
    gpu,
    jobs::{JobService, PartHealth, ServiceHealth},
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use sideman_shared::protocol::Code;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Watchers of the field give a health probe one second in all, connecting included.
const HEALTH_DEADLINE: Duration = Duration::from_millis(600);
const PAGE: &str = include_str!("page.html");
const DOCS: &str = include_str!("docs.html");
/// A page brings its own style and script and talks to nobody but us.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What was last known of the parts, for the moments when one of them is slow to say.
type LastHealth = Arc<Mutex<Option<ServiceHealth>>>;

/// All but the pages.
pub fn routes() -> Router<AppState> {
    let last = LastHealth::default();
    let (for_ready, for_metrics) = (last.clone(), last.clone());
    Router::new()
        .route(
            "/health",
            get(move |State(state): State<AppState>| health(state.jobs, last.clone())),
        )
        .route(
            "/readyz",
            get(move |State(state): State<AppState>| ready(state.jobs, for_ready.clone())),
        )
        .route("/livez", get(async || "ok"))
        .route("/gpu/stats", get(gpu_stats))
        .route(
            "/metrics",
            get(move |State(state): State<AppState>| figures(state.jobs, for_metrics.clone())),
        )
        .route("/openapi.json", get(openapi::serve))
}

/// `/` and `/docs`, which look after keys themselves.
pub fn page_routes() -> Router<AppState> {
    let with = |html: &'static str| {
        get(
            async move |State(state): State<AppState>, headers: HeaderMap| {
                page(html, &state, &headers)
            },
        )
    };
    Router::new()
        .route("/", with(PAGE))
        .route("/docs", with(DOCS))
}

/// Asks the parts, but not for longer than a probe waits; then the last answer has to do. The asking
/// goes on, so that the next probe knows better.
async fn ask(jobs: Arc<JobService>, last: LastHealth) -> Option<ServiceHealth> {
    let lock = |last: &LastHealth| last.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let known = last.clone();
    let asking = tokio::spawn(async move {
        let health = jobs.health().await;
        *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(health.clone());
        health
    });
    match tokio::time::timeout(HEALTH_DEADLINE, asking).await {
        Ok(Ok(health)) => Some(health),
        Ok(Err(_)) | Err(_) => lock(&last),
    }
}

/// 200 and `ok` while jobs can be accepted, else 503 and `down`: the words that probes of the field
/// read. A sick engine does not stop jobs from being accepted; its part says so.
async fn health(jobs: Arc<JobService>, last: LastHealth) -> Response {
    let Some(health) = ask(jobs, last).await else {
        let body = json!({"status": "down", "detail": "the service's parts do not answer"});
        return (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    };
    let status = match health.accepting {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, no_store(), Json(health_body(&health))).into_response()
}

fn health_body(health: &ServiceHealth) -> Value {
    let engine = PartHealth {
        name: health.engine.name.clone(),
        healthy: health.engine.healthy,
        detail: health.engine.detail.clone(),
    };
    let detail = match (health.accepting, engine.healthy && health.gate.healthy) {
        (true, true) => "jobs are accepted",
        (true, false) => "jobs are accepted and wait until the engine and the gate are well",
        (false, _) => "jobs are not accepted",
    };
    let mut body = json!({
        "status": if health.accepting { "ok" } else { "down" },
        "detail": detail,
        "engine": part(&engine),
        "gate": part(&health.gate),
        "store": part(&health.store),
        "queue": {"waiting": health.queue.waiting, "running": health.queue.running},
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let Some(model) = &health.model {
        body["model"] = part(model);
    }
    body
}

fn part(part: &PartHealth) -> Value {
    json!({
        "name": part.name,
        "healthy": part.healthy,
        "detail": part.detail,
    })
}

/// For load balancers: send requests here or not.
async fn ready(jobs: Arc<JobService>, last: LastHealth) -> Response {
    match ask(jobs, last).await {
        Some(health) if health.accepting => "ready".into_response(),
        _ => AppError::new(Code::Internal, "jobs are not accepted now")
            .with_status(StatusCode::SERVICE_UNAVAILABLE)
            .with_hint("Ask /health for the cause.")
            .into_response(),
    }
}

async fn figures(jobs: Arc<JobService>, last: LastHealth) -> Result<Response, AppError> {
    let health = ask(jobs, last)
        .await
        .ok_or_else(|| AppError::internal("the service's parts do not answer"))?;
    // Most machines without a GPU have no figures of it, and that is no failure.
    let gpu = tokio::task::spawn_blocking(gpu::read_stats).await;
    let gpu = gpu.map_err(AppError::internal)?.ok();
    let page = metrics::page(&health, gpu.as_ref());
    Ok((
        [(header::CONTENT_TYPE, metrics::MEDIA_TYPE)],
        no_store(),
        page,
    )
        .into_response())
}

async fn gpu_stats() -> Result<Response, AppError> {
    let stats = tokio::task::spawn_blocking(gpu::read_stats)
        .await
        .map_err(AppError::internal)?;
    let stats = stats.map_err(|cause| {
        AppError::new(Code::NotFound, format!("GPU figures: {cause}"))
            .with_hint("The sketch engine needs no GPU; other engines may run on another machine.")
    })?;
    Ok((no_store(), Json(stats)).into_response())
}

/// A page holds no data: it fetches it with the key that its reader enters. So a reader without a
/// key gets it too, with the status that says that one is wanted.
fn page(html: &'static str, state: &AppState, headers: &HeaderMap) -> Response {
    let wants_key =
        !state.config.auth.keys.is_empty() && !headers.contains_key(header::AUTHORIZATION);
    let mut response = Html(html).into_response();
    if wants_key {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(PAGE_POLICY),
    );
    if wants_key {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn no_store() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}
