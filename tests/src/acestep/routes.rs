//! The HTTP face, in the words of the recordings.

use super::{Flavour, faults::Faults, form::Received, lora, world::World};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

pub type Here = State<Arc<World>>;

pub fn router(world: Arc<World>) -> Router {
    let mut router = Router::new()
        .route("/health", get(health))
        .route("/v1/models", get(models))
        .route("/v1/stats", get(stats))
        .route("/release_task", post(release_task))
        .route("/query_result", post(query_result))
        .route("/v1/audio", get(audio));
    router = match world.setup.flavour {
        Flavour::February => router,
        Flavour::Lego => lora::routes(router)
            .route("/v1/load", post(load))
            .route("/v1/unload", post(unload)),
        Flavour::April => lora::routes(router)
            .route("/v1/init", post(init))
            .route("/v1/model_inventory", get(inventory)),
    };
    router
        .fallback(async || detail(404, "Not Found"))
        .method_not_allowed_fallback(async || detail(405, "Method Not Allowed"))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::clone(&world), thaw))
        .with_state(world)
}

/// Notes the call, and waits as long as the server is frozen.
async fn thaw(State(world): Here, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    world.calls.lock().unwrap().push(path);
    let mut frozen = world.frozen.subscribe();
    let _ = frozen.wait_for(|frozen| !frozen).await;
    while world.faults().hang {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    next.run(request).await
}

pub fn detail(status: u16, what: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, Json(json!({"detail": what}))).into_response()
}

pub fn enveloped(data: Value) -> Response {
    Json(json!({
        "data": data, "code": 200, "error": null, "timestamp": 1_795_246_161_724_u64, "extra": null,
    }))
    .into_response()
}

fn plain_500() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
}

/// The refusal, if the key is wrong.
pub fn refused(world: &World, headers: &HeaderMap, missing: &str) -> Option<Response> {
    let key = world.setup.api_key.as_ref()?;
    let said = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok());
    match said {
        None => Some(detail(401, missing)),
        Some(said) if said.strip_prefix("Bearer ").unwrap_or(said) == key => None,
        Some(_) => Some(detail(401, "Invalid API key")),
    }
}

pub const MISSING: &str = "Missing Authorization header";
const MISSING_EITHER: &str = "Missing ai_token or Authorization header";

async fn health(State(world): Here) -> Response {
    let mut data = json!({"status": "ok", "service": "ACE-Step API", "version": "1.0"});
    if world.setup.flavour == Flavour::April {
        data["models_initialized"] = world.memory.lock().unwrap().loaded.is_some().into();
        data["llm_initialized"] = false.into();
        // The configured one, loaded or not.
        data["loaded_model"] = world.setup.model.clone().into();
        data["loaded_lm_model"] = Value::Null;
    }
    enveloped(data)
}

async fn models(State(world): Here) -> Response {
    let loaded = world.memory.lock().unwrap().loaded.clone();
    let entry = |name: String| {
        json!({
            "id": format!("acestep/{name}"), "name": format!("ACE-Step {name}"), "created": 1_792_654_161,
            "input_modalities": ["text", "audio"], "output_modalities": ["audio", "text"],
        })
    };
    let data: Vec<Value> = loaded.into_iter().map(entry).collect();
    Json(json!({"object": "list", "data": data})).into_response()
}

async fn inventory(State(world): Here, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    let loaded = world.memory.lock().unwrap().loaded.clone();
    let model = |name: &str| {
        let turbo: &[&str] = &["text2music", "repaint", "cover"];
        let base: &[&str] = &[
            "text2music",
            "repaint",
            "cover",
            "extract",
            "lego",
            "complete",
        ];
        json!({
            "name": name,
            "is_default": name == world.setup.model,
            "is_loaded": loaded.as_deref() == Some(name),
            "supported_task_types": if name.contains("turbo") { turbo } else { base },
        })
    };
    let models: Vec<Value> = world.on_disk().into_iter().map(model).collect();
    enveloped(json!({
        "models": models, "default_model": world.setup.model,
        "lm_models": [], "loaded_lm_model": null, "llm_initialized": false,
    }))
}

async fn stats(State(world): Here, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    let memory = world.memory.lock().unwrap();
    enveloped(json!({
        "jobs": {
            "total": memory.total, "queued": memory.queue.len(),
            "running": u64::from(memory.running.is_some()),
            "succeeded": memory.succeeded, "failed": memory.failed,
        },
        "queue_size": memory.queue.len(), "queue_maxsize": world.setup.queue_max, "avg_job_seconds": 5.0,
    }))
}

/// A multipart body is received whole before the key is looked at.
async fn release_task(State(world): Here, request: Request) -> Response {
    let headers = request.headers().clone();
    let Ok(form) = Multipart::from_request(request, &()).await else {
        return detail(415, "Unsupported Content-Type: use multipart/form-data");
    };
    let Some(received) = Received::read(form).await else {
        return plain_500();
    };
    if let Some(refusal) = refused(&world, &headers, MISSING_EITHER) {
        return refusal;
    }
    if world.setup.flavour == Flavour::February {
        return plain_500();
    }
    match world.take(received) {
        Some((id, place)) => {
            enveloped(json!({"task_id": id, "status": "queued", "queue_position": place}))
        }
        None => detail(429, "Server busy: queue is full"),
    }
}

async fn query_result(State(world): Here, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING_EITHER) {
        return refusal;
    }
    let broken = Faults::take(&mut world.faults.lock().unwrap().poll_errors);
    let asked = serde_json::from_slice::<Value>(&body);
    let (false, Ok(asked)) = (broken, asked) else {
        return plain_500();
    };
    let ids = asked["task_id_list"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let known = ids.iter().filter_map(Value::as_str);
    world
        .largest_question
        .fetch_max(ids.len(), Ordering::Relaxed);
    enveloped(known.map(|id| world.report(id)).collect())
}

async fn audio(
    State(world): Here,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    let Some(path) = query.get("path") else {
        return detail(422, "Field required");
    };
    if !path.starts_with("/srv/acestep/.cache/") {
        return detail(403, "Access denied: path outside allowed directory");
    }
    let Some(bytes) = world.disk.lock().unwrap().files.get(path).cloned() else {
        return detail(404, "Audio file not found");
    };
    let mut faults = world.faults.lock().unwrap();
    let cut = Faults::take(&mut faults.cut_downloads);
    // A file that was written anew has another tag.
    let etag = match faults.change_files {
        true => format!("\"{:x}-{}\"", bytes.len(), faults.cut_downloads),
        false => format!("\"{:x}\"", bytes.len()),
    };
    drop(faults);
    serve(&headers, bytes, &etag, cut)
}

/// The file or the rest of it; cut off half-way, if it must be.
fn serve(headers: &HeaderMap, bytes: Vec<u8>, etag: &str, cut: bool) -> Response {
    let said = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let same = said(header::IF_RANGE).is_none_or(|tag| tag == etag);
    let from = said(header::RANGE)
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .filter(|from| same && *from < bytes.len());
    let total = bytes.len();
    let rest = bytes[from.unwrap_or(0)..].to_vec();
    let length = rest.len();
    let body = match cut {
        false => Body::from(rest),
        true => {
            let half = Bytes::from(rest[..length / 2].to_vec());
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            Body::from_stream(futures_util::stream::iter([Ok(half), Err(broken)]))
        }
    };
    let answer = Response::builder()
        .header(header::CONTENT_TYPE, "audio/wav")
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CONTENT_LENGTH, length)
        .header(header::ETAG, etag);
    let answer = match from {
        None => answer.status(StatusCode::OK),
        Some(from) => answer.status(StatusCode::PARTIAL_CONTENT).header(
            header::CONTENT_RANGE,
            format!("bytes {from}-{}/{total}", total - 1),
        ),
    };
    answer.body(body).unwrap()
}

async fn load(State(world): Here, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    if world.memory.lock().unwrap().loaded.is_some() {
        return enveloped(json!({"status": "already_loaded"}));
    }
    let model = world.setup.model.clone();
    match world.load(&model, true).await {
        Ok(()) => enveloped(json!({"status": "loaded", "model": model})),
        Err(e) => detail(500, &format!("Model load failed: {e}")),
    }
}

/// Does not look whether a job is running.
async fn unload(State(world): Here, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    let mut memory = world.memory.lock().unwrap();
    (memory.loaded, memory.lora) = (None, None);
    drop(memory);
    enveloped(json!({"status": "unloaded"}))
}

/// Failures have the status 200.
async fn init(State(world): Here, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return detail(422, "Field required");
    };
    let model = asked["model"]
        .as_str()
        .unwrap_or(&world.setup.model)
        .to_owned();
    match world.load(&model, false).await {
        Ok(()) => enveloped(json!({
            "message": "Model initialization completed", "slot": 1, "loaded_model": model,
        })),
        Err(e) => {
            Json(json!({"data": null, "code": 500, "error": e, "timestamp": 1})).into_response()
        }
    }
}
