use super::range::{Asked, asked};
use crate::{
    app::AppState,
    error::AppError,
    http::{auth::Caller, extract::ApiQuery},
    jobs::OpenStem,
};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use sideman_shared::protocol::{AudioFormat, Code};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    format: Option<AudioFormat>,
}

/// `GET /v1/stems/{stem_id}[?format=wav|flac|mp3]`
pub async fn download(
    State(state): State<AppState>,
    Caller(owner): Caller,
    Path(stem_id): Path<String>,
    ApiQuery(params): ApiQuery<Params>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let open = state.stems.open(&owner, &stem_id, params.format).await?;
    let etag = format!("\"{}\"", open.hash);
    let sent = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if sent(header::IF_NONE_MATCH).is_some_and(|tags| names(tags, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    // A part of another file is of no use: then the whole is sent.
    let same_file = sent(header::IF_RANGE).is_none_or(|tag| tag.trim() == etag);
    let range = sent(header::RANGE).filter(|_| same_file);
    let (status, part) = match asked(range, open.bytes) {
        Asked::Whole => (StatusCode::OK, None),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, Some(part)),
        Asked::Unsatisfiable => return Err(unsatisfiable(&open)),
    };
    let body = Body::from_stream(state.stems.read(&open, part.clone()).await?);
    let mut response = (status, body).into_response();
    let length = part.as_ref().map_or(open.bytes, |p| p.end - p.start);
    let mut set = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    if let Some(part) = part {
        let last = part.end - 1;
        let range = format!("bytes {}-{last}/{}", part.start, open.bytes);
        set(header::CONTENT_RANGE, range);
    }
    set(header::CONTENT_LENGTH, length.to_string());
    set(header::CONTENT_TYPE, open.format.media_type().into());
    set(header::ACCEPT_RANGES, "bytes".into());
    set(header::ETAG, etag);
    set(
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{}\"", open.file_name),
    );
    // A stem never changes under its id.
    set(
        header::CACHE_CONTROL,
        "private, max-age=604800, immutable".into(),
    );
    Ok(response)
}

fn names(tags: &str, etag: &str) -> bool {
    let mut tags = tags.split(',').map(|t| t.trim().trim_start_matches("W/"));
    tags.any(|t| t == "*" || t == etag)
}

fn unsatisfiable(open: &OpenStem) -> AppError {
    let error = AppError::new(
        Code::BadRequest,
        format!("Range: outside of the file's {} bytes", open.bytes),
    )
    .with_status(StatusCode::RANGE_NOT_SATISFIABLE);
    match HeaderValue::from_str(&format!("bytes */{}", open.bytes)) {
        Ok(value) => error.with_header(header::CONTENT_RANGE, value),
        Err(_) => error,
    }
}
