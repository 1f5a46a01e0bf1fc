//! What is at the address: which server, with which model, and whether it lets us in.

use super::{
    http::{CallError, Server},
    settings::Settings,
    wire::{Health, Inventory, KnownModel, ModelList, Stats},
};
use crate::engine::{EngineError, Work};
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
    /// All it has on its disk; empty where it does not tell.
    pub known: Vec<KnownModel>,
    /// What it loads when nobody names a model, on its disk or not; empty where it does not tell.
    pub default: Option<String>,
    pub stats: Stats,
}

impl Found {
    /// Whether the wanted model is the loaded one. Of nothing, nothing is said.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn has_loaded(&self, wanted: Option<&str>) -> Result<(), String> {
        match wanted {
            Some(wanted) if !self.models.is_empty() && !self.models.iter().any(|m| m == wanted) => {
                Err(format!(
                    "the ACE-Step server has {} loaded, not {wanted}; start it with \
                     ACESTEP_CONFIG_PATH={wanted}, or change acestep.model",
                    self.models.join(" and ")
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whether the model that would play can do such work. Of one that is not known, nothing is said.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn can(&self, work: &Work, wanted: Option<&str>) -> Result<(), String> {
        let model = wanted
            .or(self.models.first().map(String::as_str))
            .or(self.default.as_deref());
        let Some(model) = model.filter(|model| !self.is_able(model, work)) else {
            return Ok(());
        };
        let other = self.known.iter().find(|m| self.is_able(&m.name, work));
        let mend = match other {
            Some(other) => format!("set acestep.model = \"{}\", which it has too", other.name),
            None => "start it with ACESTEP_CONFIG_PATH=acestep-v15-base".into(),
        };
        let kind = work.as_str();
        Err(format!(
            "the ACE-Step server has the model {model}, which cannot do \"{kind}\": that needs a base \
             model; {mend}"
        ))
    }

    /// A server that lacks a model's settings file claims that it can do everything: the name counts too.
    fn is_able(&self, model: &str, work: &Work) -> bool {
        let told = self.known.iter().find(|m| m.name == model);
        let tasks = told.map_or(&[][..], |m| &m.supported_task_types);
        let claimed = tasks.is_empty() || tasks.iter().any(|t| t == work.as_str());
        claimed && !(work.needs_base() && model.contains("turbo"))
    }

    /// Whether the server says what it has, and this is not among it. It may still fetch it.
    pub fn lacks(&self, model: &str) -> bool {
        !self.known.is_empty() && !self.known.iter().any(|m| m.name == model)
    }

    /// What it has on its disk, for a sentence.
    pub fn on_disk(&self) -> String {
        let names: Vec<&str> = self.known.iter().map(|m| m.name.as_str()).collect();
        names.join(", ")
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
        let flavour = flavour?;
        let inventory = self.inventory(flavour, limit).await?;
        Ok(Found {
            known: inventory.models,
            default: inventory.default_model.filter(|name| !name.is_empty()),
            flavour,
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

    /// Versions without the call, or with another answer, do not tell.
    async fn inventory(&self, flavour: Flavour, limit: Duration) -> Result<Inventory, CallError> {
        if flavour != Flavour::Upstream {
            return Ok(Inventory::default());
        }
        let told = self
            .server
            .get::<Inventory>("/v1/model_inventory", limit)
            .await;
        match told {
            Err(CallError::Status { status: 404, .. } | CallError::Strange(_)) => {
                Ok(Inventory::default())
            }
            other => other,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(loaded: &[&str], known: &[(&str, &[&str])]) -> Found {
        let default = known.first().map(|(name, _)| (*name).to_owned());
        let known = known.iter().map(|(name, tasks)| KnownModel {
            name: (*name).into(),
            supported_task_types: tasks.iter().map(|&t| t.to_owned()).collect(),
        });
        Found {
            flavour: Flavour::Upstream,
            version: "1.0".into(),
            models: loaded.iter().map(|&m| m.to_owned()).collect(),
            known: known.collect(),
            default,
            stats: Stats::default(),
        }
    }

    const TURBO: (&str, &[&str]) = ("acestep-v15-turbo", &["text2music", "repaint", "cover"]);
    const BASE: (&str, &[&str]) = (
        "acestep-v15-base",
        &["cover", "extract", "lego", "complete"],
    );
    const COVER: Work = Work::Cover { strength: 0.5 };

    #[test]
    fn turbo_covers_and_cannot_play_along() {
        let turbo = found(&[TURBO.0], &[TURBO]);
        assert_eq!(turbo.can(&COVER, None), Ok(()));
        for work in [Work::Lego, Work::Extract, Work::Complete { tracks: vec![] }] {
            let said = turbo.can(&work, None).unwrap_err();
            assert!(
                said.contains("ACESTEP_CONFIG_PATH=acestep-v15-base"),
                "{said}"
            );
        }
        // Its settings file is missing: it claims everything. And the fork says nothing at all.
        let boaster = found(&[TURBO.0], &[(TURBO.0, BASE.1)]);
        assert!(boaster.can(&Work::Lego, None).is_err());
        assert!(found(&[TURBO.0], &[]).can(&Work::Lego, None).is_err());
        assert_eq!(found(&[BASE.0], &[]).can(&Work::Lego, None), Ok(()));
    }

    #[test]
    fn a_better_model_on_the_same_disk_is_named() {
        let said = found(&[TURBO.0], &[TURBO, BASE])
            .can(&Work::Lego, None)
            .unwrap_err();
        assert!(
            said.contains("acestep.model = \"acestep-v15-base\""),
            "{said}"
        );
    }

    #[test]
    fn before_a_load_the_default_is_judged() {
        assert!(found(&[], &[TURBO, BASE]).can(&Work::Lego, None).is_err());
        assert_eq!(
            found(&[], &[TURBO, BASE]).can(&Work::Lego, Some(BASE.0)),
            Ok(())
        );
        assert_eq!(found(&[], &[]).can(&Work::Lego, None), Ok(()));
        // It would be fetched, to be of no use.
        for disk in [&[][..], &[BASE]] {
            let mut absent = found(&[], disk);
            absent.default = Some(TURBO.0.into());
            assert!(absent.can(&Work::Lego, None).is_err());
            assert_eq!(absent.can(&Work::Lego, Some(BASE.0)), Ok(()));
        }
    }
}
