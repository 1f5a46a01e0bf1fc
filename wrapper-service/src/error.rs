//! What a request is answered with when it cannot be served: `application/problem+json`.

use crate::{
    artifacts::ArtifactError, audio::AudioError, http::request_id, jobs::store::StoreError,
};
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sideman_shared::protocol::{Code, Problem};

/// A refusal or failure in the words of the contract.
#[derive(Debug, Clone, PartialEq)]
pub struct AppError {
    pub code: Code,
    /// The technical cause; names the field where there is one.
    pub detail: String,
    status: Option<StatusCode>,
    hint: Option<String>,
    retry_after_secs: Option<u64>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl AppError {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            status: None,
            hint: None,
            retry_after_secs: None,
            header: None,
        }
    }

    /// A field that is not as it should be.
    pub fn bad_field(field: &str, what: impl std::fmt::Display) -> Self {
        Self::new(Code::BadRequest, format!("{field}: {what}"))
    }

    /// Our own fault. The cause is for the log; the client sees only that there was one.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(
            Code::Internal,
            "an internal error; the service's log has the cause under this request id",
        )
    }

    /// What is asked contradicts what was asked before.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Code::BadRequest, detail).with_status(StatusCode::CONFLICT)
    }

    /// Not now, through no fault of the request.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(Code::Internal, detail).with_status(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// Another status than the code's own, where HTTP has a better one (405, 409, 415, 416).
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// A better next step than the code's own.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn retry_after(mut self, secs: u64) -> Self {
        self.retry_after_secs = Some(secs);
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status.unwrap_or_else(|| {
            StatusCode::from_u16(self.code.http_status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        })
    }

    pub fn problem(&self, request_id: String) -> Problem {
        Problem {
            type_uri: self.code.type_uri(),
            title: self.code.title().into(),
            status: self.status().as_u16(),
            detail: self.detail.clone(),
            code: self.code,
            hint: Some(self.hint.clone().unwrap_or_else(|| self.code.hint().into())),
            retry_after_secs: self.retry_after_secs,
            request_id,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for AppError {}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let problem = self.problem(request_id::current());
        let mut response = (self.status(), axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

impl From<StoreError> for AppError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Full(detail) => Self::new(Code::StorageFull, detail),
            other => Self::internal(other),
        }
    }
}

impl From<ArtifactError> for AppError {
    fn from(e: ArtifactError) -> Self {
        match e.code() {
            Code::Internal => Self::internal(e),
            code => Self::new(code, e.to_string()),
        }
    }
}

impl From<AudioError> for AppError {
    fn from(e: AudioError) -> Self {
        match e.code() {
            Code::Internal => Self::internal(e),
            code => Self::new(code, e.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_cause_next_step_and_headers() {
        let error = AppError::new(Code::QueueFull, "64 jobs are waiting").retry_after(30);
        let problem = error.problem("r-1".into());
        assert_eq!((problem.status, problem.retry_after_secs), (429, Some(30)));
        assert!(problem.hint.is_some_and(|h| h.contains("cancel")));
        let response = error.into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "30");
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }

    #[test]
    fn internal_causes_are_not_shown() {
        let error = AppError::internal("password in the stack");
        assert!(!error.detail.contains("password"));
    }
}
