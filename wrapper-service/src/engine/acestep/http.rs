//! Calls to one server: deadlines, the key in the header only, and answers taken apart.

use super::{
    settings::{Settings, Waits},
    wire::{Envelope, Stats, Submitted, TaskState},
};
use crate::engine::EngineError;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header, redirect};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

/// JSON answers are a few kilobytes each task.
const MAX_ANSWER_BYTES: usize = 8 << 20;
/// How much of a wrong answer is quoted.
const QUOTED_CHARS: usize = 200;

/// One server with the key for it.
pub struct Server {
    client: reqwest::Client,
    base: String,
    key: Option<header::HeaderValue>,
    pub waits: Waits,
}

/// Why a call gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// Nobody listens, or the connection broke.
    #[error("{0}")]
    Unreachable(String),
    /// No answer in time: a server that loads a model answers nobody.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Frozen(Duration),
    #[error("HTTP {status}: {detail}")]
    Status { status: u16, detail: String },
    #[error("an answer that cannot be understood: {0}")]
    Strange(String),
}

impl CallError {
    pub fn has_status(&self, wanted: StatusCode) -> bool {
        matches!(self, Self::Status { status, .. } if *status == wanted.as_u16())
    }
}

impl From<CallError> for EngineError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unreachable(cause) => {
                Self::Unreachable(format!("the ACE-Step server does not answer: {cause}"))
            }
            CallError::Frozen(_) => Self::Timeout(format!("the ACE-Step server gave {error}")),
            CallError::Status {
                status: 401 | 403,
                ref detail,
            } => Self::Rejected(format!(
                "the ACE-Step server does not accept our key ({detail}); set acestep.api_key or \
                 ACESTEP_API_KEY to the server's"
            )),
            CallError::Status { status: 429, .. } => {
                Self::Failed("the ACE-Step server's queue is full".into())
            }
            CallError::Status {
                status: 400..=499,
                ref detail,
            } => Self::Rejected(format!("the ACE-Step server refused: {detail}")),
            other => Self::Failed(format!("the ACE-Step server answered with {other}")),
        }
    }
}

impl Server {
    /// # Errors
    /// The address or the key cannot be sent.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        install_tls();
        let url = Url::parse(&settings.url).map_err(|e| format!("acestep.url: {e}"))?;
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Sideman/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.waits.connect)
            // A redirect could carry the key to another machine.
            .redirect(redirect::Policy::none());
        if local {
            builder = builder.no_proxy();
        }
        if url.scheme() == "http" {
            // A machine without certificates can still talk to its own server.
            builder = builder.tls_certs_only([]);
        }
        let key = settings.api_key.as_ref().map(|key| {
            let value = header::HeaderValue::from_str(&format!("Bearer {}", key.expose()));
            value.map(|mut value| {
                value.set_sensitive(true);
                value
            })
        });
        Ok(Self {
            client: builder.build().map_err(|e| e.without_url().to_string())?,
            base: settings.url.trim_end_matches('/').to_owned(),
            key: key
                .transpose()
                .map_err(|_| "acestep.api_key: it has characters no header can carry")?,
            waits: settings.waits.clone(),
        })
    }

    /// The address without what may be secret in it.
    pub fn shown(&self) -> &str {
        self.base.rsplit('@').next().unwrap_or_default()
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.key {
            Some(key) => request.header(header::AUTHORIZATION, key.clone()),
            None => request,
        }
    }

    /// A file's address as the server gives it: relative and percent-encoded. Another machine's is
    /// refused, for the key must not go there.
    pub fn download(&self, file: &str) -> Result<RequestBuilder, CallError> {
        let path = match file.strip_prefix(&self.base) {
            Some(path) => path,
            None if file.starts_with('/') => file,
            None => {
                let what = format!("its audio is said to be at {}", quote(file));
                return Err(CallError::Strange(what));
            }
        };
        Ok(self.request(Method::GET, path))
    }

    /// Sends and gives the answer's head, whatever its status.
    pub async fn send(
        &self,
        request: RequestBuilder,
        limit: Duration,
    ) -> Result<Response, CallError> {
        match tokio::time::timeout(limit, request.send()).await {
            Err(_) => Err(CallError::Frozen(limit)),
            Ok(Err(e)) if e.is_timeout() => Err(CallError::Frozen(limit)),
            Ok(answer) => answer.map_err(unreachable),
        }
    }

    /// Sends and reads JSON: bare, or out of its envelope.
    pub async fn json<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        limit: Duration,
    ) -> Result<T, CallError> {
        let answer = tokio::time::timeout(limit, async {
            let answer = self.send(request, limit).await?;
            Ok((answer.status(), body(answer).await?))
        });
        let (status, body) = answer.await.map_err(|_| CallError::Frozen(limit))??;
        let value = open(status, &body)?;
        serde_json::from_value(value).map_err(|e| CallError::Strange(e.to_string()))
    }

    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        limit: Duration,
    ) -> Result<T, CallError> {
        self.json(self.request(Method::GET, path), limit).await
    }

    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        limit: Duration,
    ) -> Result<T, CallError> {
        let request = self.request(Method::POST, path).json(body);
        self.json(request, limit).await
    }

    /// How these tasks are. Those it does not mention it does not know.
    pub async fn query(&self, ids: &[String]) -> Result<Vec<TaskState>, CallError> {
        let body = json!({ "task_id_list": ids });
        self.post("/query_result", &body, self.waits.call).await
    }

    pub async fn stats(&self, limit: Duration) -> Result<Stats, CallError> {
        self.get("/v1/stats", limit).await
    }

    /// Sends a whole form. The server may be frozen before it answers.
    pub async fn submit(
        &self,
        form: reqwest::multipart::Form,
        limit: Duration,
    ) -> Result<Submitted, CallError> {
        let request = self.request(Method::POST, "/release_task").multipart(form);
        self.json(request, limit).await
    }
}

/// Another part of this process may have installed one: any will do.
fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that somebody was faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

pub fn unreachable(error: reqwest::Error) -> CallError {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    CallError::Unreachable(cause.to_string())
}

async fn body(mut answer: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&piece);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(CallError::Strange("it is far too long".into()));
        }
    }
    Ok(body)
}

/// What is in an answer. Failures come as a status, or as a code inside an answer whose status is 200.
fn open(status: StatusCode, body: &[u8]) -> Result<Value, CallError> {
    if !status.is_success() {
        return Err(CallError::Status {
            status: status.as_u16(),
            detail: detail(body),
        });
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| CallError::Strange(quote(&String::from_utf8_lossy(body))))?;
    if value.get("code").is_none() || value.get("data").is_none() {
        return Ok(value);
    }
    let envelope: Envelope =
        serde_json::from_value(value).map_err(|e| CallError::Strange(e.to_string()))?;
    match envelope.code {
        None | Some(200) => Ok(envelope.data),
        Some(code) => Err(CallError::Status {
            status: u16::try_from(code).unwrap_or(500),
            detail: envelope.error.as_ref().map_or_else(String::new, words),
        }),
    }
}

/// The reason in an error's body: FastAPI's `detail`, or the text itself.
fn detail(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => words(value.get("detail").or(value.get("error")).unwrap_or(&value)),
        Err(_) => quote(&String::from_utf8_lossy(body)),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        other => quote(&other.to_string()),
    }
}

fn quote(text: &str) -> String {
    text.trim().chars().take(QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_hide_in_statuses_codes_and_plain_text() {
        let opened =
            |status, body: &str| open(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        let enveloped = r#"{"data":null,"code":400,"error":"Slot 2 is not available"}"#;
        let said = opened(200, enveloped).unwrap_err().to_string();
        assert_eq!(said, "HTTP 400: Slot 2 is not available");
        let said = opened(500, "Internal Server Error")
            .unwrap_err()
            .to_string();
        assert_eq!(said, "HTTP 500: Internal Server Error");
        let said = opened(401, r#"{"detail":"Invalid API key"}"#).unwrap_err();
        assert!(said.has_status(StatusCode::UNAUTHORIZED));
        assert!(
            EngineError::from(said)
                .to_string()
                .contains("ACESTEP_API_KEY")
        );
        assert!(matches!(opened(200, "<html>"), Err(CallError::Strange(_))));
        let bare = opened(200, r#"{"object":"list","data":[]}"#).unwrap();
        assert_eq!(bare["object"], "list");
    }

    #[test]
    fn the_key_goes_to_no_other_machine() {
        let server = Server::new(&Settings::new("http://127.0.0.1:1/ace")).unwrap();
        let url = |file: &str| {
            server
                .download(file)
                .unwrap()
                .build()
                .unwrap()
                .url()
                .to_string()
        };
        let file = "/v1/audio?path=%2Fsrv%2Fa%20b%5C.wav";
        assert_eq!(url(file), format!("http://127.0.0.1:1/ace{file}"));
        assert_eq!(url(&format!("http://127.0.0.1:1/ace{file}")), url(file));
        assert!(server.download("http://elsewhere/v1/audio?path=x").is_err());
        assert!(server.download("").is_err());
    }
}
