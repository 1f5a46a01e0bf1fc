//! Every request has an id: the caller's if it sent a sane one, else ours. It is in the answer's
//! `X-Request-Id`, in the body of every problem, and in the log.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sideman_shared::protocol::Code;
use tracing::Instrument;
use uuid::Uuid;

use crate::error::AppError;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const MAX_CHARS: usize = 128;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request being served; empty outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Gives the request its id, and every error answer the form of the contract.
pub async fn layer(request: Request, next: Next) -> Response {
    let sent = request.headers().get(&HEADER).and_then(sane);
    let id = sent.unwrap_or_else(|| Uuid::new_v4().simple().to_string());
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method = %request.method(),
        path = request.uri().path(),
    );
    let served = async {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "answered");
        as_problem(response)
    };
    let mut response = CURRENT.scope(id.clone(), served.instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn sane(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    ((1..=MAX_CHARS).contains(&text.len()) && text.chars().all(plain)).then(|| text.to_owned())
}

/// Errors that the framework words itself are said in our words.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    // The framework's own are plain text or empty.
    let worded =
        |v: &HeaderValue| v.as_bytes().ends_with(b"json") || v.as_bytes().starts_with(b"text/html");
    let ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(worded);
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let code = match status.as_u16() {
        404 => Code::NotFound,
        413 => Code::UploadTooLarge,
        429 => Code::RateLimited,
        400..=499 => Code::BadRequest,
        _ => Code::Internal,
    };
    let said = status.canonical_reason().unwrap_or("refused");
    AppError::new(code, said)
        .with_status(status)
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_ids_are_echoed() {
        let check = |text: &str| sane(&HeaderValue::from_str(text).unwrap());
        assert_eq!(check("abc-1_2.3:4").as_deref(), Some("abc-1_2.3:4"));
        for text in ["", "a b", "<script>", &"x".repeat(129)] {
            assert_eq!(check(text), None, "{text}");
        }
    }
}
