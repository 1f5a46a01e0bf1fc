//! `/v1`: the Sideman plugin's face, and any new client's.

mod engines;
mod events;
mod jobs;
mod range;
mod sources;
mod stems;

use crate::app::AppState;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, head, post},
};

pub fn router() -> Router<AppState> {
    Router::new()
        // The upload counts its bytes itself, while they come.
        .route(
            "/sources",
            post(sources::upload).layer(DefaultBodyLimit::disable()),
        )
        .route("/sources/{source_id}", head(sources::exists))
        .route("/sources/{source_id}/analysis", get(sources::analysis))
        .route("/jobs", post(jobs::submit).get(jobs::list))
        .route("/jobs/{job_id}", get(jobs::show).delete(jobs::cancel))
        .route("/jobs/{job_id}/events", get(events::follow))
        .route("/stems/{stem_id}", get(stems::download))
        .route("/engines", get(engines::list))
}
