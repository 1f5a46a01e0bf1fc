//! The service's faces over HTTP. Handlers are thin: everything passes through `JobService`,
//! `SourceService` and `StemService`.

pub mod auth;
pub mod extract;
mod gate_notice;
mod lego;
mod linger;
mod metrics;
mod openapi;
mod ops;
pub mod request_id;
mod v1;

use crate::{app::AppState, error::AppError};
use axum::{
    Router,
    http::{Method, StatusCode, Uri},
    middleware,
    response::{IntoResponse, Response},
};
use sideman_shared::protocol::Code;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;

/// All routes, with request ids, problems and keys.
pub fn router(state: AppState) -> Router {
    Router::new()
        .nest("/v1", v1::router())
        .merge(lego::routes())
        .merge(ops::routes())
        .merge(gate_notice::routes())
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(state.clone(), auth::layer))
        .merge(ops::page_routes())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(linger::layer))
        // Outermost, so that every answer has its id.
        .layer(middleware::from_fn(request_id::layer))
        .with_state(state)
}

async fn no_route(uri: Uri) -> AppError {
    AppError::new(
        Code::NotFound,
        format!("there is nothing at {:.200}", uri.path()),
    )
    .with_hint("Check the path; the interface begins at /v1.")
}

async fn wrong_method(method: Method, uri: Uri) -> AppError {
    AppError::new(
        Code::BadRequest,
        format!("{method} is not possible at {:.200}", uri.path()),
    )
    .with_status(StatusCode::METHOD_NOT_ALLOWED)
    .with_hint("The Allow header names the methods that are.")
}

fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    AppError::internal("a request handler panicked").into_response()
}

#[cfg(test)]
mod tests;
