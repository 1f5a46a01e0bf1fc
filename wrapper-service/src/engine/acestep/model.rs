//! The model's way into GPU memory and out of it, as the server or the operator provides it.

use super::{
    command,
    http::{CallError, Server},
    probe::{Flavour, Found, Prober, refusal},
    settings::{Loading, Settings},
    tasks::Tasks,
};
use crate::engine::{EngineError, Model, Work};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

const LOOK_EVERY: Duration = Duration::from_millis(500);

pub struct AceModel {
    pub settings: Arc<Settings>,
    pub server: Arc<Server>,
    pub prober: Arc<Prober>,
    pub tasks: Arc<Tasks>,
    /// One load or unload at a time.
    pub turn: Mutex<()>,
    /// While a load or unload is under way the server may answer nobody.
    pub busy: AtomicBool,
}

#[async_trait]
impl Model for AceModel {
    async fn load(&self) -> Result<(), EngineError> {
        // Who loads for a job does not say for what. The service's jobs are all of this kind.
        self.ensure(&Work::Lego).await.map(drop)
    }

    /// Never under a job that somebody waits for, ours or anybody's: it would fail. One that was
    /// cancelled is waited for too, unless the server is stopped, which ends it.
    async fn unload(&self) -> Result<(), EngineError> {
        let _turn = self.turn.lock().await;
        let counts = |listened: bool| listened || !self.ends_tasks();
        self.tasks
            .quiet(counts, self.settings.waits.abandoned)
            .await?;
        let _busy = Busy::begin(&self.busy);
        let gone = self.take_down().await;
        self.prober.forget().await;
        gone?;
        self.tasks.forget_all("its server was stopped");
        Ok(())
    }
}

struct Busy<'a>(&'a AtomicBool);

impl<'a> Busy<'a> {
    fn begin(flag: &'a AtomicBool) -> Self {
        flag.store(true, Ordering::Relaxed);
        Self(flag)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl AceModel {
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// Whether taking the model down ends what the server plays: it is stopped for that.
    pub fn ends_tasks(&self) -> bool {
        matches!(&self.settings.loading, Loading::Command { unload, .. } if !unload.is_empty())
    }

    /// Whether this server's model can be brought up by us at all.
    pub fn can_load(&self, found: &Found) -> bool {
        match &self.settings.loading {
            Loading::Auto | Loading::Http => found.flavour != Flavour::Early,
            Loading::Command { load, .. } => !load.is_empty(),
            Loading::None => false,
        }
    }

    /// Whether another model than the one that is loaded can be had, and is wanted.
    pub fn can_switch(&self, found: &Found) -> bool {
        let by_call = matches!(self.settings.loading, Loading::Auto | Loading::Http);
        by_call && found.flavour == Flavour::Upstream && !self.is_up(found)
    }

    /// Whether what is loaded is what is wanted.
    pub fn is_up(&self, found: &Found) -> bool {
        let wanted = self.settings.model.as_ref();
        !found.models.is_empty() && wanted.is_none_or(|w| found.models.contains(w))
    }

    /// What is there once the model is up. One that cannot do the work is not loaded for it.
    pub async fn ensure(&self, work: &Work) -> Result<Found, EngineError> {
        let _turn = self.turn.lock().await;
        let _busy = Busy::begin(&self.busy);
        let loaded = self.bring_up(work).await;
        self.prober.forget().await;
        let found = loaded?;
        // What one that was there can do is for the work to ask.
        let wanted = self.settings.model.as_deref();
        found.has_loaded(wanted).map_err(EngineError::Rejected)?;
        Ok(found)
    }

    async fn bring_up(&self, work: &Work) -> Result<Found, EngineError> {
        let limit = self.settings.load_limit;
        if let Loading::Command { load, .. } = &self.settings.loading {
            let begun = Instant::now();
            if let Ok(found) = self.prober.look(self.settings.waits.call).await
                && self.is_up(&found)
            {
                return Ok(found);
            }
            command::run("load_command", load, limit).await?;
            return self.up_within(limit.saturating_sub(begun.elapsed())).await;
        }
        let found = self.prober.look(limit).await.map_err(refusal)?;
        if self.is_up(&found) {
            return Ok(found);
        }
        if !self.can_load(&found) {
            return Err(EngineError::Rejected(
                "the ACE-Step server has no model loaded and cannot be told to load one; start it \
                 with one, or set acestep.load_command"
                    .into(),
            ));
        }
        let wanted = self.settings.model.as_deref();
        found.can(work, wanted).map_err(EngineError::Rejected)?;
        let (path, body) = match (found.flavour, wanted) {
            (Flavour::Upstream, Some(model)) => ("/v1/init", json!({ "model": model })),
            (Flavour::Upstream, None) => ("/v1/init", json!({})),
            _ => ("/v1/load", Value::Null),
        };
        let loaded = self.server.post::<Value>(path, &body, limit).await;
        if let Err(error) = loaded {
            return Err(self.with_inventory(not_loaded(error, limit), &found));
        }
        self.prober.look(limit).await.map_err(refusal)
    }

    /// A model that is not on the server's disk is the likeliest cause.
    fn with_inventory(&self, error: EngineError, found: &Found) -> EngineError {
        match (error, &self.settings.model) {
            (EngineError::Failed(why), Some(wanted)) if found.lacks(wanted) => {
                EngineError::Rejected(format!(
                    "the ACE-Step server does not have the model {wanted} and could not get it ({why}); \
                     it has {}: change acestep.model, or put the weights there",
                    found.on_disk()
                ))
            }
            (error, _) => error,
        }
    }

    /// A server that was started just now: first its port is closed, then it may be frozen.
    async fn up_within(&self, limit: Duration) -> Result<Found, EngineError> {
        let begun = Instant::now();
        loop {
            let left = limit.saturating_sub(begun.elapsed());
            let looked = self.prober.look(left).await;
            match looked {
                // Upstream says that it has none until the first job comes.
                Ok(found) if self.is_up(&found) || found.flavour == Flavour::Upstream => {
                    return Ok(found);
                }
                Ok(_) | Err(CallError::Unreachable(_)) if left > LOOK_EVERY => {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Ok(_) => {
                    let secs = self.settings.load_limit.as_secs();
                    let what =
                        format!("no model was loaded within {secs} s of acestep.load_command");
                    return Err(EngineError::Timeout(what));
                }
                Err(e) => return Err(refusal(e)),
            }
        }
    }

    async fn take_down(&self) -> Result<(), EngineError> {
        let found = match self.prober.look(self.settings.waits.call).await {
            Ok(found) => found,
            // It is down: so is its model.
            Err(CallError::Unreachable(_)) => return Ok(()),
            Err(e) => return Err(refusal(e)),
        };
        if found.stats.jobs.running + found.stats.queue_size > self.tasks.how_many() {
            let what = "the ACE-Step server plays for somebody else; its model stays";
            return Err(EngineError::Failed(what.into()));
        }
        match &self.settings.loading {
            Loading::Command { unload, .. } => {
                command::run("unload_command", unload, self.settings.load_limit).await
            }
            Loading::Auto | Loading::Http if found.flavour == Flavour::Fork => {
                let limit = self.settings.load_limit;
                let gone = self.server.post::<Value>("/v1/unload", &Value::Null, limit).await;
                Ok(gone.map(drop)?)
            }
            _ => Err(EngineError::Rejected(
                "this ACE-Step server keeps its model until it ends; set acestep.unload_command to \
                 something that stops it"
                    .into(),
            )),
        }
    }
}

fn not_loaded(error: CallError, limit: Duration) -> EngineError {
    match error {
        CallError::Frozen(_) => EngineError::Timeout(format!(
            "the model was not loaded within {} s (acestep.load_timeout_secs)",
            limit.as_secs()
        )),
        CallError::Status { ref detail, .. } if detail.to_lowercase().contains("out of memory") => {
            EngineError::OutOfMemory(detail.clone())
        }
        CallError::Status {
            status: 500..,
            detail,
        } => EngineError::Failed(detail),
        other => other.into(),
    }
}
