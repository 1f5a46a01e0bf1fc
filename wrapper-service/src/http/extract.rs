//! Extractors that refuse in the words of the contract.

use crate::error::AppError;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;
use sideman_shared::protocol::Code;
use std::time::Duration;

/// How long a JSON body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body; unknown and wrong fields are refused by name.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_json = kind.and_then(|v| v.to_str().ok()).is_some_and(|v| {
            let essence = v.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json")
        });
        if !is_json {
            return Err(AppError::new(
                Code::BadRequest,
                "Content-Type: application/json is expected",
            )
            .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = tokio::time::timeout(BODY_DEADLINE, Bytes::from_request(request, state));
        let body = body.await.map_err(|_| {
            let secs = BODY_DEADLINE.as_secs();
            AppError::new(
                Code::BadRequest,
                format!("the body did not arrive within {secs} s"),
            )
            .with_status(StatusCode::REQUEST_TIMEOUT)
        })?;
        let body = body.map_err(|e| {
            let code = match e.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Code::UploadTooLarge,
                _ => Code::BadRequest,
            };
            AppError::new(code, e.body_text())
        })?;
        read(&body).map(Self)
    }
}

/// Reads JSON; the error tells the path of the wrong field.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    // A list of values without names would be read as the fields in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(AppError::new(
            Code::BadRequest,
            "the body is not a JSON object",
        ));
    }
    match axum::Json::<T>::from_bytes(body) {
        Ok(axum::Json(value)) => Ok(value),
        Err(rejection) => {
            let text = rejection.body_text();
            // The framework's preface says nothing that the code does not say already.
            let cause = text
                .strip_prefix("Failed to deserialize the JSON body into the target type: ")
                .or_else(|| text.strip_prefix("Failed to parse the request body as JSON: "))
                .unwrap_or(&text);
            Err(AppError::new(Code::BadRequest, cause))
        }
    }
}

/// Query parameters; unknown and wrong ones are refused by name.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let Query(value) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|e| {
                let text = e.body_text();
                let cause = text.strip_prefix("Failed to deserialize query string: ");
                AppError::new(Code::BadRequest, cause.unwrap_or(&text))
            })?;
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::protocol::JobRequest;

    #[test]
    fn wrong_fields_are_named() {
        let refuse = |json: &str| read::<JobRequest>(json.as_bytes()).unwrap_err().detail;
        let base = r#""source_id":"x","tracks":["drums"]"#;
        assert!(refuse(&format!("{{{base},\"kazoo\":1}}")).contains("unknown field `kazoo`"));
        assert!(refuse(&format!("{{{base},\"bpm\":999}}")).starts_with("bpm: "));
        assert!(refuse(r#"{"source_id":"x","tracks":["kazoo"]}"#).starts_with("tracks[0]: "));
        assert!(refuse(r#"{"tracks":["drums"]}"#).contains("missing field `source_id`"));
        assert!(refuse("{").contains("EOF"));
        assert!(refuse(r#"["x",["drums"]]"#).contains("not a JSON object"));
    }
}
