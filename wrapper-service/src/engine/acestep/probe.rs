//! What is at the address: which server, with which model, and whether it lets us in.

use super::{
    http::{CallError, Server},
    settings::Settings,
    wire::{Health, ModelList, Stats},
};
use crate::engine::EngineError;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// The fork with `/v1/load` and `/v1/unload`.
    Fork,
    /// Upstream with `/v1/init`; it loads its model when the first job comes.
    Upstream,
    /// Upstream before 25 February 2026: its model is loaded at its start or never.
    Early,
}

impl Flavour {
    pub fn words(self) -> &'static str {
        match self {
            Self::Fork => "ACE-Step 1.5, lego fork",
            Self::Upstream => "ACE-Step 1.5",
            Self::Early => "ACE-Step 1.5 before March 2026",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub flavour: Flavour,
    pub version: String,
    /// Loaded ones.
    pub models: Vec<String>,
    pub stats: Stats,
}

impl Found {
    /// Whether lego can be played with what is loaded. Of nothing, nothing is said.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn fit(&self, wanted: Option<&str>) -> Result<(), String> {
        if let Some(wanted) = wanted
            && !self.models.is_empty()
            && !self.models.iter().any(|m| m == wanted)
        {
            return Err(format!(
                "the ACE-Step server has {} loaded, not {wanted}; start it with \
                 ACESTEP_CONFIG_PATH={wanted}, or change acestep.model",
                self.models.join(" and ")
            ));
        }
        let playing = wanted.or(self.models.first().map(String::as_str));
        match playing {
            Some(model) if model.contains("turbo") => Err(format!(
                "the ACE-Step server has the model {model}; stems need a base model: start it with \
                 ACESTEP_CONFIG_PATH=acestep-v15-base"
            )),
            _ => Ok(()),
        }
    }
}

/// Looks, and remembers for a while what it saw.
pub struct Prober {
    server: Arc<Server>,
    settings: Arc<Settings>,
    seen: Mutex<Option<(Instant, Result<Found, CallError>)>>,
}

impl Prober {
    pub fn new(server: Arc<Server>, settings: Arc<Settings>) -> Self {
        Self {
            server,
            settings,
            seen: Mutex::new(None),
        }
    }

    /// What was seen a moment ago, or a quick look.
    pub async fn glance(&self) -> Result<Found, CallError> {
        let waits = &self.settings.waits;
        let mut seen = self.seen.lock().await;
        if let Some((at, found)) = &*seen
            && at.elapsed() < waits.look_again
        {
            return found.clone();
        }
        let found = self.look(waits.look).await;
        *seen = Some((Instant::now(), found.clone()));
        found
    }

    /// A fresh look with patience.
    pub async fn look(&self, limit: Duration) -> Result<Found, CallError> {
        tokio::time::timeout(limit, self.ask(limit))
            .await
            .unwrap_or(Err(CallError::Frozen(limit)))
    }

    /// What was seen is no longer so.
    pub async fn forget(&self) {
        *self.seen.lock().await = None;
    }

    async fn ask(&self, limit: Duration) -> Result<Found, CallError> {
        let health = self.health(limit).await?;
        let (flavour, models, stats) = tokio::join!(
            self.flavour(&health, limit),
            self.server.get::<ModelList>("/v1/models", limit),
            // The only cheap call that asks for the key.
            self.server.stats(limit),
        );
        Ok(Found {
            flavour: flavour?,
            version: health.version,
            models: models?.names(),
            stats: stats?,
        })
    }

    async fn health(&self, limit: Duration) -> Result<Health, CallError> {
        let answer = self.server.get::<Value>("/health", limit).await;
        let stranger = |what: &str| CallError::Strange(what.to_owned());
        let health = match answer {
            Ok(value) => value,
            Err(CallError::Status { status: 404, .. } | CallError::Strange(_)) => {
                return Err(stranger("there is no ACE-Step server at acestep.url"));
            }
            Err(e) => return Err(e),
        };
        let health: Health = serde_json::from_value(health).unwrap_or_default();
        match health.service.as_str() {
            "ACE-Step API" => Ok(health),
            "ACE-Step Gradio API" => Err(stranger(
                "acestep.url is ACE-Step's Gradio app, which cannot play to a source; start \
                 acestep.api_server and give its address",
            )),
            _ if self.answers("/props", limit).await? => Err(stranger(
                "acestep.url is an acestep.cpp server; use engine = \"ace-server\" for it",
            )),
            _ => Err(stranger("there is no ACE-Step server at acestep.url")),
        }
    }

    /// The fork's call answers to GET that it wants POST; where it is missing it is not found.
    async fn flavour(&self, health: &Health, limit: Duration) -> Result<Flavour, CallError> {
        if health.models_initialized.is_some() {
            return Ok(Flavour::Upstream);
        }
        if self.status("/v1/load", limit).await? == StatusCode::METHOD_NOT_ALLOWED {
            return Ok(Flavour::Fork);
        }
        let init = self.status("/v1/init", limit).await?;
        Ok(match init {
            StatusCode::METHOD_NOT_ALLOWED => Flavour::Upstream,
            _ => Flavour::Early,
        })
    }

    async fn status(&self, path: &str, limit: Duration) -> Result<StatusCode, CallError> {
        let request = self.server.request(Method::GET, path);
        Ok(self.server.send(request, limit).await?.status())
    }

    async fn answers(&self, path: &str, limit: Duration) -> Result<bool, CallError> {
        Ok(self.status(path, limit).await?.is_success())
    }
}

/// A server that is not the right one, or not as it should be, cannot be mended by trying again.
pub fn refusal(error: CallError) -> EngineError {
    match error {
        CallError::Strange(what) => EngineError::Rejected(what),
        other => other.into(),
    }
}
