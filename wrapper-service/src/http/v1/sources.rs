use crate::{app::AppState, error::AppError};
use axum::{
    Json,
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use sideman_shared::protocol::{Code, Source, SourceAnalysis};

const PART: &str = "audio_file";

/// `POST /v1/sources`: the audio file as the body, or as the multipart part `audio_file`.
pub async fn upload(
    State(state): State<AppState>,
    request: Request,
) -> Result<(StatusCode, Json<Source>), AppError> {
    let max_bytes = state.sources.max_bytes();
    let kind = essence(request.headers());
    let multipart = kind == "multipart/form-data";
    if !multipart {
        // An honest length saves both sides the transfer; multipart adds its own lines to it.
        refuse_too_large(request.headers(), max_bytes)?;
        if !(kind.is_empty() || kind == "application/octet-stream" || kind.starts_with("audio/")) {
            return Err(AppError::new(
                Code::BadRequest,
                format!("Content-Type: {kind:.80} is not audio"),
            )
            .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            .with_hint("Send audio/*, application/octet-stream, or multipart with audio_file."));
        }
    }
    let (source, new) = if multipart {
        from_multipart(&state, request).await?
    } else {
        let body = request.into_body().into_data_stream();
        state.sources.put(body).await?
    };
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(source)))
}

/// `HEAD /v1/sources/{source_id}`
pub async fn exists(
    State(state): State<AppState>,
    Path(source_id): Path<String>,
) -> Result<StatusCode, AppError> {
    state.sources.find(&source_id).await?;
    Ok(StatusCode::OK)
}

/// `GET /v1/sources/{source_id}/analysis`
pub async fn analysis(
    State(state): State<AppState>,
    Path(source_id): Path<String>,
) -> Result<Json<SourceAnalysis>, AppError> {
    Ok(Json(state.sources.analysis(&source_id).await?))
}

async fn from_multipart(state: &AppState, request: Request) -> Result<(Source, bool), AppError> {
    let refused = |what: String| AppError::new(Code::BadRequest, what);
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|e| refused(e.body_text()))?;
    let part = parts.next_field().await;
    match part.map_err(|e| refused(e.body_text()))? {
        Some(part) if part.name() == Some(PART) => state.sources.put(part).await,
        Some(part) => Err(refused(format!(
            "{:.80}: unknown part; the only part is {PART}",
            part.name().unwrap_or_default()
        ))),
        None => Err(refused(format!("{PART}: the part is missing"))),
    }
}

fn refuse_too_large(headers: &HeaderMap, max_bytes: u64) -> Result<(), AppError> {
    let length = headers.get(header::CONTENT_LENGTH);
    let length: Option<u64> = length.and_then(|v| v.to_str().ok()?.parse().ok());
    match length {
        Some(bytes) if bytes > max_bytes => Err(AppError::new(
            Code::UploadTooLarge,
            format!("{bytes} bytes; at most {max_bytes} are allowed"),
        )),
        _ => Ok(()),
    }
}

/// The media type without its parameters, in lower case; empty if none was sent.
fn essence(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE);
    let text = kind.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}
