//! The three calls of the contract, each bounded in time and size.

use super::{Settings, answer::Told};
use reqwest::{RequestBuilder, Response, StatusCode, header, redirect};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// No honest answer is longer.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Talks to the queue.
#[derive(Debug, Clone)]
pub struct QueueClient {
    http: reqwest::Client,
    /// Address and lane, e.g. `http://gpu-queue:8085/sa3`.
    base: String,
    settings: Settings,
}

/// Why there is no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub cause: String,
    /// The queue may have done what it was asked.
    pub may_have_heard: bool,
    /// Something answered, though nothing of use.
    pub answered: bool,
}

/// What the queue knows of a session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Look {
    Told(Told),
    Unknown,
}

impl QueueClient {
    /// # Errors
    /// The system's TLS cannot be used.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        // Needed before any client is made, even for plain HTTP. It may be set already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder();
        if settings.url.starts_with("http://") {
            // A machine without certificates can still talk to its neighbour.
            builder = builder.tls_certs_only([]);
        }
        let http = builder
            .timeout(settings.request_timeout)
            .redirect(redirect::Policy::none())
            // The queue is a neighbour.
            .no_proxy()
            .build()?;
        let base = format!(
            "{}{}",
            settings.url.trim_end_matches('/'),
            settings.path_prefix
        );
        Ok(Self {
            http,
            base,
            settings,
        })
    }

    /// `POST /tasks`.
    ///
    /// # Errors
    /// Not reached, not understood, refused.
    pub async fn enqueue(
        &self,
        session_id: &str,
        job_id: &str,
        tokens: u32,
    ) -> Result<Told, Trouble> {
        let names = &self.settings.fields;
        let mut body = Map::new();
        body.insert(names.session_id.clone(), session_id.into());
        if !names.tokens.is_empty() {
            body.insert(names.tokens.clone(), tokens.into());
        }
        if !self.settings.task_type.is_empty() {
            body.insert(
                names.task_type.clone(),
                self.settings.task_type.as_str().into(),
            );
            // A JSON text inside of JSON: so the contract has it.
            body.insert("data".into(), json!({"job_id": job_id}).to_string().into());
        }
        let request = self.http.post(format!("{}/tasks", self.base)).json(&body);
        let (status, text) = self.send(request).await?;
        match status {
            // Only a repeat of ours can be known there already.
            StatusCode::CONFLICT => Ok(Told::WAITING),
            status if status.is_success() => {
                let body: Option<Value> = serde_json::from_str(&text).ok();
                let told = body.and_then(|body| Told::read(&body, &names.status));
                Ok(told.unwrap_or(Told::WAITING))
            }
            status => Err(refused(status, &text)),
        }
    }

    /// `GET /tasks/{session_id}`.
    ///
    /// # Errors
    /// Not reached, not understood.
    pub async fn look(&self, session_id: &str) -> Result<Look, Trouble> {
        self.look_within(session_id, self.settings.request_timeout)
            .await
    }

    /// As [`Self::look`], for those who cannot wait as long.
    ///
    /// # Errors
    /// Not reached, not understood.
    pub async fn look_within(&self, session_id: &str, limit: Duration) -> Result<Look, Trouble> {
        let request = self.http.get(format!("{}/tasks/{session_id}", self.base));
        let (status, text) = self.send(request.timeout(limit)).await?;
        match status {
            StatusCode::OK => {
                let body: Option<Value> = serde_json::from_str(&text).ok();
                let told = body.and_then(|b| Told::read(&b, &self.settings.fields.status));
                told.map(Look::Told).ok_or_else(|| Trouble {
                    cause: "its answer is no JSON object".into(),
                    may_have_heard: false,
                    answered: true,
                })
            }
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                Ok(Look::Unknown)
            }
            status => Err(refused(status, &text)),
        }
    }

    /// `POST /task/status`. A session that the queue does not know has nothing to report.
    ///
    /// # Errors
    /// Not reached, not understood, refused.
    pub async fn report(&self, session_id: &str, status: &str) -> Result<(), Trouble> {
        let names = &self.settings.fields;
        let mut body = Map::new();
        body.insert(names.session_id.clone(), session_id.into());
        body.insert(names.status.clone(), status.into());
        let request = self.http.post(format!("{}/task/status", self.base));
        match self.send(request.json(&body)).await? {
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => Ok(()),
            (status, _) if status.is_success() => Ok(()),
            (status, text) => Err(refused(status, &text)),
        }
    }

    /// The status and the body, unless something else than a queue answers.
    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, String), Trouble> {
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_page = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.contains("html"));
        let text = read(response).await?;
        if is_page || text.trim_start().starts_with('<') {
            return Err(Trouble {
                cause: format!("a web page answers (HTTP {}), not a queue", status.as_u16()),
                may_have_heard: true,
                answered: true,
            });
        }
        Ok((status, text))
    }
}

async fn read(mut response: Response) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unanswered(&error))? {
        if bytes.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Trouble {
                cause: format!("its answer is longer than {MAX_BODY_BYTES} bytes"),
                may_have_heard: true,
                answered: true,
            });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn refused(status: StatusCode, text: &str) -> Trouble {
    let said = text.trim().replace(char::is_control, " ");
    Trouble {
        cause: match said.as_str() {
            "" => format!("HTTP {}", status.as_u16()),
            said => format!("HTTP {}: {said:.120}", status.as_u16()),
        },
        may_have_heard: !status.is_client_error(),
        answered: true,
    }
}

/// The address may hold a password, and the error would show it.
fn unanswered(error: &reqwest::Error) -> Trouble {
    let mut root: &dyn std::error::Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    let cause = if error.is_timeout() {
        "no answer in time".to_owned()
    } else if root.source().is_none() && std::ptr::addr_eq(root, error) {
        "no connection".to_owned()
    } else {
        root.to_string()
    };
    Trouble {
        cause,
        may_have_heard: !error.is_connect(),
        answered: false,
    }
}
