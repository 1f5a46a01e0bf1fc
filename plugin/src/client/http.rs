//! Requests to one service: deadlines, bounded bodies, and errors in our own words.

use super::{
    address::Address,
    error::{ClientError, Failure},
    secrets::ApiKey,
};
use reqwest::{Method, RequestBuilder, Response, header, redirect};
use serde::de::DeserializeOwned;
use sideman_shared::protocol::Problem;
use std::time::Duration;

/// JSON answers are a few kilobytes.
const MAX_JSON_BYTES: usize = 1 << 20;
const MAX_REDIRECTS: usize = 3;
/// How much of a wrong answer is quoted.
const QUOTED_CHARS: usize = 80;

/// Every wait of the client. Shorter in tests.
#[derive(Debug, Clone)]
pub struct Waits {
    pub connect: Duration,
    /// A whole small request.
    pub request: Duration,
    /// Between two pieces of a stream, up or down. The service sends a comment every 15 s.
    pub stall: Duration,
    pub first_retry: Duration,
    pub longest_retry: Duration,
    /// Between two regular looks at a service that is well.
    pub probe: Duration,
    /// Between two questions about a job whose events do not come.
    pub poll: Duration,
    /// A job from first to last; whatever hangs so long is given up.
    pub job: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(20),
            stall: Duration::from_secs(40),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(30),
            probe: Duration::from_secs(5),
            poll: Duration::from_secs(1),
            job: Duration::from_secs(24 * 3600),
        }
    }
}

/// One service with the key for it.
#[derive(Debug)]
pub struct Service {
    client: reqwest::Client,
    address: Address,
    key: Option<ApiKey>,
    pub waits: Waits,
}

impl Service {
    /// # Errors
    /// The address is none, or the system gives no certificates for `https`.
    pub fn new(address: &str, key: Option<ApiKey>, waits: Waits) -> Result<Self, Failure> {
        let address = Address::parse(address).map_err(|e| {
            Failure::new(
                "The service's address is wrong.",
                e.to_string(),
                "Correct the address in Settings.",
            )
        })?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Sideman/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(waits.connect)
            .redirect(redirect::Policy::limited(MAX_REDIRECTS));
        if address.is_loopback() {
            builder = builder.no_proxy();
        }
        if !address.is_https() {
            // A machine without certificates can still talk to its own service.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|e| {
            Failure::new(
                "A secure connection cannot be made.",
                e.without_url().to_string(),
                "Install the system's certificates (ca-certificates), or use an http:// address.",
            )
        })?;
        Ok(Self {
            client,
            address,
            key,
            waits,
        })
    }

    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// `path` begins with `/`; ids in it have passed [`plain_id`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.address.join(path));
        match &self.key {
            Some(key) => request.bearer_auth(key.expose()),
            None => request,
        }
    }

    /// Sends and gives the answer once its head is there and good.
    ///
    /// # Errors
    /// No answer within `head_wait`, or an error status.
    pub async fn send(
        &self,
        request: RequestBuilder,
        head_wait: Duration,
    ) -> Result<Response, ClientError> {
        let answer = tokio::time::timeout(head_wait, request.send()).await;
        let answer = answer
            .map_err(|_| ClientError::unanswered(self.address(), "No answer in time."))?
            .map_err(|e| ClientError::transport(self.address(), e))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(self.refusal(answer).await)
    }

    async fn refusal(&self, answer: Response) -> ClientError {
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|v| v.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        // A body that cannot be had leaves the bare status, which says enough.
        let body = self.body(answer).await.unwrap_or_default();
        let problem = serde_json::from_slice::<Problem>(&body).ok();
        ClientError::status(self.address(), status, retry_after, problem.as_ref())
    }

    /// A small request and its JSON answer.
    ///
    /// # Errors
    /// No answer in time, an error status, or an answer that is not what it should be.
    pub async fn json<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ClientError> {
        let answer = self.send(request, self.waits.request).await?;
        self.read_json(answer).await
    }

    /// # Errors
    /// As [`Self::json`].
    pub async fn read_json<T: DeserializeOwned>(&self, answer: Response) -> Result<T, ClientError> {
        let body = self.body(answer).await?;
        serde_json::from_slice(&body).map_err(|error| {
            let detail = format!("{error} in {:?}", quote(&body));
            Failure::not_a_service(self.address(), detail).into()
        })
    }

    /// The whole body, if it is of a sane size and comes in time.
    async fn body(&self, mut answer: Response) -> Result<Vec<u8>, ClientError> {
        let read = async {
            let mut body = Vec::new();
            while let Some(piece) = answer
                .chunk()
                .await
                .map_err(|e| ClientError::transport(self.address(), e))?
            {
                if body.len() + piece.len() > MAX_JSON_BYTES {
                    let detail = format!("Its answer is larger than {MAX_JSON_BYTES} bytes.");
                    return Err(Failure::not_a_service(self.address(), detail).into());
                }
                body.extend_from_slice(&piece);
            }
            Ok(body)
        };
        tokio::time::timeout(self.waits.request, read)
            .await
            .unwrap_or_else(|_| {
                Err(ClientError::unanswered(
                    self.address(),
                    "The answer broke off.",
                ))
            })
    }

    /// An id from an answer, safe to put into a path.
    ///
    /// # Errors
    /// It is not what the contract calls an id.
    pub fn plain_id<'a>(&self, id: &'a str) -> Result<&'a str, Failure> {
        let plain = id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if plain && (1..=128).contains(&id.len()) {
            Ok(id)
        } else {
            let detail = format!("{:?} is not an id.", quote(id.as_bytes()));
            Err(Failure::not_a_service(self.address(), detail))
        }
    }
}

fn quote(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * QUOTED_CHARS)]);
    text.chars().take(QUOTED_CHARS).collect()
}
