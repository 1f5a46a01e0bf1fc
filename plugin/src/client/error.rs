//! What can go wrong between here and the service, sorted by what to do about it.

use reqwest::StatusCode;
use sideman_shared::protocol::{Code, Problem};
use std::{error::Error as _, time::Duration};

#[derive(Debug, Clone, PartialEq)]
pub enum ClientError {
    /// Not now: tried again by itself.
    Later(Later),
    /// Not at all: the user must do something.
    Never(Failure),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Later {
    /// A sentence for the row that waits.
    pub reason: String,
    /// The service said when.
    pub retry_after: Option<Duration>,
    /// The service is there but fails: only a few tries, unlike waiting for one that is away.
    pub counted: bool,
    /// What is said when the tries are used up.
    pub at_last: Failure,
}

/// In the shape the window shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub title: String,
    pub detail: String,
    pub hint: Option<String>,
    pub can_retry: bool,
    /// The service's word, where it gave one.
    pub code: Option<Code>,
    /// The service's, for its operator.
    pub request_id: Option<String>,
}

impl Failure {
    pub fn new(title: &str, detail: impl Into<String>, hint: &str) -> Self {
        Self {
            title: title.to_owned(),
            detail: detail.into(),
            hint: Some(hint.to_owned()),
            can_retry: true,
            code: None,
            request_id: None,
        }
    }

    /// The answer is not what a Sideman service says.
    pub fn not_a_service(address: &str, detail: impl Into<String>) -> Self {
        Self::new(
            &format!("What answers at {address} is not a Sideman service, or is broken."),
            detail,
            "Correct the address in Settings.",
        )
    }

    pub fn local_file(error: &std::io::Error, path: &std::path::Path) -> Self {
        Self::new(
            "A file could not be read or written.",
            format!("{}: {error}", path.display()),
            "Check that the disk has space and the folder exists, then try again.",
        )
    }

    fn from_problem(problem: &Problem) -> Self {
        Self {
            title: problem.title.clone(),
            detail: problem.detail.clone(),
            hint: problem.hint.clone().or(Some(problem.code.hint().into())),
            can_retry: true,
            code: Some(problem.code),
            request_id: Some(problem.request_id.clone()).filter(|id| !id.is_empty()),
        }
    }
}

impl From<Failure> for ClientError {
    fn from(failure: Failure) -> Self {
        Self::Never(failure)
    }
}

impl ClientError {
    /// No answer, or none in time, or one that broke off.
    pub fn unanswered(address: &str, what: impl Into<String>) -> Self {
        let reason = format!("The service at {address} does not answer.");
        Self::Later(Later {
            at_last: Failure::new(
                &reason,
                what,
                "Start the wrapper-service or correct the address in Settings, then try again.",
            ),
            reason,
            retry_after: None,
            counted: false,
        })
    }

    /// A transport error. The error's own text is kept without the URL.
    pub fn transport(address: &str, error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_redirect() {
            return Failure::not_a_service(address, "It redirects in a circle.").into();
        }
        if error.is_builder() {
            return Failure::new(
                "The request could not be made.",
                root_cause(&error),
                "Correct the address or the API key in Settings.",
            )
            .into();
        }
        let is_away = error.is_connect() || error.is_timeout();
        match Self::unanswered(address, root_cause(&error)) {
            // Somebody answers and breaks off: that is not worth more than a few tries.
            Self::Later(later) if !is_away => Self::Later(Later {
                reason: format!("The service at {address} broke off."),
                counted: true,
                ..later
            }),
            other => other,
        }
    }

    /// An answer with an error status. `problem` is its body, where that could be read as one.
    pub fn status(
        address: &str,
        status: StatusCode,
        retry_after: Option<Duration>,
        problem: Option<&Problem>,
    ) -> Self {
        let failure = match problem {
            Some(problem) => Failure::from_problem(problem),
            None => bare_status(address, status),
        };
        let told = problem.and_then(|p| p.retry_after_secs);
        let retry_after = told.map(Duration::from_secs).or(retry_after);
        match status.as_u16() {
            429 if retry_after.is_some() || is_soon_over(failure.code) => Self::Later(Later {
                reason: failure.title.clone(),
                retry_after,
                counted: false,
                at_last: failure,
            }),
            // A disk that is full or a GPU that is too small does not mend itself while one waits.
            507 | 501 | 505 => Self::Never(failure),
            code @ 500.. => Self::Later(Later {
                reason: failure.title.clone(),
                retry_after,
                counted: code != 503,
                at_last: failure,
            }),
            408 | 425 => Self::Later(Later {
                reason: failure.title.clone(),
                retry_after,
                counted: true,
                at_last: failure,
            }),
            _ => Self::Never(failure),
        }
    }
}

/// A queue moves on by itself; a used-up quota may not.
fn is_soon_over(code: Option<Code>) -> bool {
    matches!(code, None | Some(Code::RateLimited | Code::QueueFull))
}

/// An error status without a problem in it, as proxies send.
fn bare_status(address: &str, status: StatusCode) -> Failure {
    let code = match status.as_u16() {
        401 => Some(Code::Unauthorized),
        403 => Some(Code::Forbidden),
        413 => Some(Code::UploadTooLarge),
        429 => Some(Code::RateLimited),
        _ => None,
    };
    let detail = format!("{address} answered {status}.");
    match code {
        Some(code) => Failure {
            code: Some(code),
            ..Failure::new(code.title(), detail, code.hint())
        },
        None if status.is_server_error() => Failure::new(
            "The service has trouble of its own.",
            detail,
            "Try again in a minute; if it stays so, the operator should look at it.",
        ),
        None => Failure::not_a_service(address, detail),
    }
}

/// The last link of the chain says it best, e.g. `Connection refused (os error 111)`.
fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "No answer in time.".to_owned();
    }
    let mut cause = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        cause = error.to_string();
        next = error.source();
    }
    cause
}
