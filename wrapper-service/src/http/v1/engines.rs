use crate::app::AppState;
use axum::{Json, extract::State};
use sideman_shared::protocol::EngineList;

/// `GET /v1/engines`
pub async fn list(State(state): State<AppState>) -> Json<EngineList> {
    Json(EngineList {
        engines: state.jobs.engines().await,
    })
}
