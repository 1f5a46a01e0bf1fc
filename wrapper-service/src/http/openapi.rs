//! `GET /openapi.json`: the interface, described for programs. Kept by hand, and held to the routes and to
//! the types of the protocol by the tests below.

use axum::{http::header, response::IntoResponse};

const OPENAPI: &str = include_str!("openapi.json");

pub async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        http::router,
        testing::{Rig, ScriptedEngine},
    };
    use axum::{
        body::Body,
        http::{Method, Request, StatusCode},
    };
    use serde_json::{Value, json};
    use sideman_shared::protocol::{EngineList, Job, JobRequest, Problem, Source, SourceAnalysis};
    use std::collections::BTreeSet;
    use tower::ServiceExt as _;

    fn told() -> Value {
        serde_json::from_str(OPENAPI).unwrap()
    }

    /// By the answer to a call without anything in it: 405 where the method is not possible.
    async fn possible(rig: &Rig, method: &Method, path: &str) -> bool {
        let path = path.replace(['{', '}'], "");
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        let answer = router(rig.state.clone()).oneshot(request).await.unwrap();
        answer.status() != StatusCode::METHOD_NOT_ALLOWED
    }

    #[tokio::test]
    async fn exactly_the_methods_it_names_are_possible() {
        let rig = Rig::start(&ScriptedEngine::new([])).await;
        let told = told();
        let paths = told["paths"].as_object().unwrap();
        for (path, methods) in paths {
            for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT] {
                let named = methods.get(method.as_str().to_lowercase()).is_some();
                let possible = possible(&rig, &method, path).await;
                assert_eq!(possible, named, "{method} {path}");
            }
        }
        rig.stop().await;
    }

    /// Paths in the sources: `.route("…"`, those of `/v1` in their own folder.
    #[test]
    fn no_route_is_left_out() {
        let told = told();
        let paths = told["paths"].as_object().unwrap();
        for (prefix, source) in [
            ("", include_str!("lego/mod.rs")),
            ("", include_str!("ops.rs")),
            ("", include_str!("gate_notice.rs")),
            ("/v1", include_str!("v1/mod.rs")),
        ] {
            let routes = source.split(".route(").skip(1);
            for path in routes.filter_map(|rest| rest.split('"').nth(1)) {
                let known = path == "/" || paths.contains_key(&format!("{prefix}{path}"));
                assert!(known, "{prefix}{path} is not described");
            }
        }
    }

    fn names(value: &Value) -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    }

    /// A value with every field there is, as it is sent.
    fn full<T: serde::Serialize + serde::de::DeserializeOwned>(value: Value) -> Value {
        let read: T = serde_json::from_value(value).unwrap();
        serde_json::to_value(read).unwrap()
    }

    #[test]
    fn its_types_have_the_fields_of_the_protocol() {
        let request = json!({
            "source_id": "s", "tracks": ["drums"], "bpm": 120.0, "key_scale": "A minor",
            "time_signature": "4/4", "caption": "x", "lyrics": "x", "language": "en", "seed": 1,
            "variations": 2, "region": {"start_secs": 0.0, "end_secs": 1.0}, "base_stem_id": "b",
            "steps": 50, "guidance_scale": 7.0, "lora": "moog", "lora_scale": 0.5,
            "loop_assist": true, "priority": "batch", "format": "wav", "song_position_secs": 1.0,
        });
        let stem = json!({
            "stem_id": "x", "track": "drums", "variation": 1, "seed": 1, "engine": "e", "model": "m",
            "frames": 1, "sample_rate_hz": 1, "channels": 1, "duration_secs": 1.0, "url": "/",
            "report": {"peak_dbfs": 0.0, "rms_dbfs": 0.0, "lufs": 0.0, "silent": false,
                "clipped_frames": 0, "timing_offset_ms": 0.0, "drift_ms": 0.0, "warnings": []},
        });
        let error = json!({"code": "internal", "title": "", "detail": "", "hint": ""});
        let job = json!({
            "job_id": "j", "state": "queued", "source_id": "s", "request": request,
            "created_at": "", "started_at": "", "finished_at": "", "progress": 0.0,
            "queue": {"position": 1, "eta_secs": 1.0}, "stage": "storing", "attempt": 1,
            "stems": [stem], "error": error,
        });
        let engines = json!({"engines": [{"name": "e", "healthy": true, "detail": "",
            "tracks": [], "features": {"loras": ["moog"]}}]});
        let source = json!({"source_id": "s", "duration_secs": 1.0, "sample_rate_hz": 1,
            "channels": 1, "frames": 1, "bytes": 1});
        let analysis = json!({"bpm": 120.0, "bpm_confidence": 1.0, "beats": [], "downbeats": [],
            "key_scale": null, "key_confidence": 0.0});
        let problem = json!({"type": "", "title": "", "status": 400, "detail": "",
            "code": "internal", "hint": "", "retry_after_secs": 1, "request_id": ""});
        let job = full::<Job>(job);
        let engines = full::<EngineList>(engines);
        let told = told();
        for (name, value) in [
            ("JobRequest", &full::<JobRequest>(job["request"].clone())),
            ("Job", &job),
            ("QueuePlace", &job["queue"]),
            ("JobError", &job["error"]),
            ("Region", &job["request"]["region"]),
            ("Stem", &job["stems"][0]),
            ("StemReport", &job["stems"][0]["report"]),
            ("EngineInfo", &engines["engines"][0]),
            ("EngineFeatures", &engines["engines"][0]["features"]),
            ("Source", &full::<Source>(source)),
            ("SourceAnalysis", &full::<SourceAnalysis>(analysis)),
            ("Problem", &full::<Problem>(problem)),
        ] {
            let schema = &told["components"]["schemas"][name]["properties"];
            assert_eq!(names(schema), names(value), "{name}");
        }
    }
}
