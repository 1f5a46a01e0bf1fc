//! The LoRA calls, which both servers have in the same words.

use super::{
    routes::{Here, MISSING, detail, enveloped, refused},
    world::{Lora, World},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::sync::Arc;

pub fn routes(router: Router<Arc<World>>) -> Router<Arc<World>> {
    router
        .route("/v1/lora/status", get(status))
        .route("/v1/lora/{call}", post(call))
}

async fn status(State(world): Here, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    let lora = world.memory.lock().unwrap().lora.clone();
    let name = lora.as_ref().map(|lora| lora.name.clone());
    let scales: Value = lora
        .iter()
        .map(|l| (l.name.clone(), json!(l.scale)))
        .collect();
    enveloped(json!({
        "lora_loaded": lora.is_some(),
        "use_lora": lora.as_ref().is_some_and(|lora| lora.on),
        "lora_scale": lora.as_ref().map_or(1.0, |lora| lora.scale),
        "adapter_type": name.as_ref().map(|_| "lora"),
        "scales": scales,
        "active_adapter": name,
        "adapters": name.into_iter().collect::<Vec<_>>(),
        "synthetic_default_mode": false,
    }))
}

async fn call(
    State(world): Here,
    Path(call): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(refusal) = refused(&world, &headers, MISSING) {
        return refusal;
    }
    if world.memory.lock().unwrap().loaded.is_none() {
        return detail(500, "Model not initialized");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match call.as_str() {
        "load" => load(&world, &body),
        "unload" => unload(&world),
        "scale" => scale(&world, &body),
        "toggle" => toggle(&world, &body),
        _ => detail(404, "Not Found"),
    }
}

fn load(world: &World, body: &Value) -> Response {
    let (Some(path), name) = (body["lora_path"].as_str(), body["adapter_name"].as_str()) else {
        return detail(422, "Field required");
    };
    if !world.setup.loras.iter().any(|lora| lora == path) {
        return detail(400, &format!("❌ LoRA path not found: {path}"));
    }
    let lora = Lora {
        name: name.unwrap_or("default").to_owned(),
        scale: 1.0,
        on: true,
    };
    world.memory.lock().unwrap().lora = Some(lora);
    enveloped(json!({"message": "✅ LoRA loaded", "lora_path": path, "adapter_name": name}))
}

fn unload(world: &World) -> Response {
    let worn = world.memory.lock().unwrap().lora.take();
    let message = match worn {
        Some(_) => "✅ LoRA unloaded, using base model",
        None => "⚠️ No LoRA adapter loaded.",
    };
    enveloped(json!({"message": message}))
}

/// Without a LoRA: a warning, and nothing changes.
fn scale(world: &World, body: &Value) -> Response {
    let scale = body["scale"].as_f64().filter(|s| (0.0..=1.0).contains(s));
    let Some(scale) = scale else {
        return detail(422, "Input should be less than or equal to 1");
    };
    if let Some(lora) = &mut world.memory.lock().unwrap().lora {
        lora.scale = scale;
    }
    enveloped(json!({"message": "✅ LoRA scale", "scale": scale}))
}

/// Failures have the status 200.
fn toggle(world: &World, body: &Value) -> Response {
    match &mut world.memory.lock().unwrap().lora {
        Some(lora) => {
            lora.on = body["use_lora"] == true;
            enveloped(json!({"message": "✅", "use_lora": lora.on}))
        }
        None => {
            let error = "❌ No LoRA adapter loaded. Please load a LoRA first.";
            Json(json!({"data": null, "code": 400, "error": error, "timestamp": 1})).into_response()
        }
    }
}
