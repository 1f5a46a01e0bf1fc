//! Admission by a token queue that several services share: enqueue, wait for the grant, work, report
//! the end. The queue's source is not public, so every name in its contract can be set.

mod answer;
mod client;
mod contact;
mod pace;
mod session;
mod wait;

use super::{Ask, BookError, Gate, GateError, GateStatus, LeaseBook, Noticed, Permit, WaitNews};
use answer::Told;
use async_trait::async_trait;
use client::QueueClient;
use contact::Health;
use serde_json::Value;
use session::Sessions;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use wait::Line;

pub const NAME: &str = "gpu-queue-service";

/// What was learnt this recently need not be asked again for a health probe.
const FRESH: Duration = Duration::from_secs(5);
const PROBE_LIMIT: Duration = Duration::from_secs(1);
/// A session that never was: any answer but silence shows that the queue lives.
const PROBE_ID: &str = "sideman-probe";

/// How a client learns that it may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Asks again and again, and listens to the webhook too.
    Auto,
    /// Asks again and again.
    Poll,
    /// Listens; asks only now and then whether the queue still knows it.
    Webhook,
    /// The answer to the enqueueing is the grant.
    Immediate,
}

impl Admission {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Poll => "poll",
            Self::Webhook => "webhook",
            Self::Immediate => "immediate",
        }
    }
}

/// Names of JSON fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    pub session_id: String,
    /// Empty: not sent.
    pub tokens: String,
    pub task_type: String,
    pub status: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// May hold a password; `shown` does not.
    pub url: String,
    pub shown: String,
    /// The lane: empty, or `/` and a name.
    pub path_prefix: String,
    pub admission: Admission,
    pub tokens_per_job: u32,
    /// More for each minute of the source.
    pub tokens_per_minute: u32,
    /// Empty: not sent.
    pub task_type: String,
    pub fields: Fields,
    pub poll_min: Duration,
    pub poll_max: Duration,
    pub request_timeout: Duration,
    /// A queue that does not know us for this long has forgotten us.
    pub forgotten_after: Duration,
    /// Zero: waits for as long as the caller does.
    pub fail_after: Duration,
    pub start_without_grant: bool,
}

impl Settings {
    fn price(&self, source_secs: f64) -> u32 {
        let minutes = (source_secs.max(0.0) / 60.0).ceil() as u32;
        let by_length = self.tokens_per_minute.saturating_mul(minutes);
        self.tokens_per_job.saturating_add(by_length)
    }
}

/// Cheap to clone; all clones are one gate.
#[derive(Clone)]
pub struct GpuQueueService {
    settings: Settings,
    sessions: Arc<Sessions>,
}

impl GpuQueueService {
    /// # Errors
    /// The system's TLS cannot be used.
    pub fn new(settings: Settings, book: Arc<dyn LeaseBook>) -> Result<Self, reqwest::Error> {
        let client = QueueClient::new(settings.clone())?;
        Ok(Self {
            settings,
            sessions: Arc::new(Sessions::new(client, book)),
        })
    }
}

#[async_trait]
impl Gate for GpuQueueService {
    async fn acquire(
        &self,
        ask: Ask,
        news: &WaitNews,
        cancel: &CancellationToken,
    ) -> Result<Permit, GateError> {
        let session = tokio::select! {
            biased;
            // The session in it is dropped and so given back, also if its grant comes this moment.
            () = cancel.cancelled() => return Err(GateError::Cancelled),
            session = Line::new(self, ask, news).stand() => session?,
        };
        Ok(Permit::new(move |outcome| session.end(outcome)))
    }

    async fn status(&self) -> GateStatus {
        let health = match self.sessions.contact.health(FRESH) {
            Some(health) => health,
            None => {
                let look = self.sessions.client.look_within(PROBE_ID, PROBE_LIMIT);
                match self.sessions.contact.note(look.await) {
                    Ok(_) => Health::Well,
                    Err(trouble) => Health::Silent {
                        since: Duration::ZERO,
                        cause: trouble.cause,
                    },
                }
            }
        };
        GateStatus {
            name: NAME,
            healthy: health == Health::Well,
            detail: self.describe(&health),
        }
    }

    async fn recover(&self) -> Result<(), BookError> {
        for left in self.sessions.book.left().await? {
            tracing::info!(session_id = %left.session_id, "giving back a lease of an earlier life");
            let handle = Handle::current();
            self.sessions
                .tell_end(left.session_id, left.outcome, &handle);
        }
        Ok(())
    }

    fn notify(&self, id: Option<&str>, body: &Value) -> Noticed {
        if !matches!(
            self.settings.admission,
            Admission::Auto | Admission::Webhook
        ) {
            return Noticed::Unwanted;
        }
        let fields = &self.settings.fields;
        let session_id = body.get(&fields.session_id).and_then(Value::as_str);
        let Some(session_id) = session_id else {
            return Noticed::NoSession;
        };
        if let Some(told) = Told::read(body, &fields.status) {
            self.sessions.hear(id, session_id, told);
        }
        Noticed::Taken
    }

    async fn settled(&self) {
        self.sessions.all_told().await;
    }
}

impl GpuQueueService {
    fn describe(&self, health: &Health) -> String {
        let settings = &self.settings;
        let queue = format!(
            "{}{} ({})",
            settings.shown,
            settings.path_prefix,
            settings.admission.as_str()
        );
        let mut said = match health {
            Health::Well => {
                let holding = self.sessions.holding.load(Ordering::Relaxed);
                let waiting = self.sessions.waiting();
                let price = match settings.tokens_per_minute {
                    0 => format!("{} tokens a job", settings.tokens_per_job),
                    more => format!(
                        "{} tokens a job and {more} a minute",
                        settings.tokens_per_job
                    ),
                };
                format!(
                    "{queue} answers; {price}; {holding} of our jobs hold tokens, {waiting} wait"
                )
            }
            Health::Silent { since, cause } => format!(
                "{queue} does not answer since {} s: {cause}; jobs wait until it does",
                since.as_secs()
            ),
        };
        if self.sessions.untold() > 0 {
            said += &format!("; {} releases are still to be told", self.sessions.untold());
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_rises_with_every_begun_minute() {
        let settings = Settings {
            url: "http://q".into(),
            shown: "http://q".into(),
            path_prefix: String::new(),
            admission: Admission::Auto,
            tokens_per_job: 1000,
            tokens_per_minute: 200,
            task_type: String::new(),
            fields: Fields {
                session_id: "session_id".into(),
                tokens: "tokens".into(),
                task_type: "task_type".into(),
                status: "status".into(),
            },
            poll_min: Duration::from_secs(1),
            poll_max: Duration::from_secs(1),
            request_timeout: Duration::from_secs(1),
            forgotten_after: Duration::from_secs(1),
            fail_after: Duration::ZERO,
            start_without_grant: false,
        };
        assert_eq!(settings.price(1.0), 1200);
        assert_eq!(settings.price(60.5), 1400);
        assert_eq!(settings.price(f64::NAN), 1000);
    }
}
