//! The LoRA that the server's model wears. The whole server has one state for that, so it is changed only
//! while nothing plays there, and the next task is sent before anybody can change it again.

use super::{
    http::{CallError, Server},
    settings::Settings,
    tasks::Tasks,
    wire::LoraStatus,
};
use crate::engine::{EngineError, Lora};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Mutex, MutexGuard};

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Scales that differ by less are the same: the server keeps them as it likes.
const SAME_SCALE: f64 = 0.001;

pub struct Wardrobe {
    settings: Arc<Settings>,
    server: Arc<Server>,
    tasks: Arc<Tasks>,
    turn: Mutex<()>,
}

/// The model stays as it is dressed until this is dropped.
pub type Dressed<'a> = MutexGuard<'a, ()>;

impl Wardrobe {
    pub fn new(settings: &Arc<Settings>, server: &Arc<Server>, tasks: &Arc<Tasks>) -> Self {
        Self {
            settings: Arc::clone(settings),
            server: Arc::clone(server),
            tasks: Arc::clone(tasks),
            turn: Mutex::default(),
        }
    }

    /// Sees to it that the model wears this LoRA, or none. Where the operator has named no LoRAs, what the
    /// server wears is not our business.
    ///
    /// # Errors
    /// There is no such LoRA, the server cannot put it on, or something plays there for too long.
    pub async fn dress(&self, lora: Option<&Lora>) -> Result<Dressed<'_>, EngineError> {
        let turn = self.turn.lock().await;
        let path = lora.map(|lora| self.path(lora)).transpose()?;
        if self.settings.loras.is_empty() {
            return Ok(turn);
        }
        let Some(worn) = self.worn().await? else {
            return match lora {
                None => Ok(turn),
                Some(lora) => Err(refused(lora, "this ACE-Step server has no calls for LoRAs")),
            };
        };
        if worn.is(lora) {
            return Ok(turn);
        }
        self.nothing_plays().await?;
        if worn.lora_loaded {
            self.post("unload", &Value::Null).await?;
        }
        if let (Some(lora), Some(path)) = (lora, path) {
            self.put_on(lora, path).await?;
        }
        Ok(turn)
    }

    fn path(&self, lora: &Lora) -> Result<&str, EngineError> {
        let path = self.settings.loras.get(&lora.name);
        path.map(String::as_str)
            .ok_or_else(|| refused(lora, "it is not in acestep.loras"))
    }

    /// `None`: the server knows no LoRAs.
    async fn worn(&self) -> Result<Option<LoraStatus>, EngineError> {
        let limit = self.settings.waits.call;
        match self.server.get("/v1/lora/status", limit).await {
            Ok(worn) => Ok(Some(worn)),
            Err(e) if e.has_status(StatusCode::NOT_FOUND) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    async fn put_on(&self, lora: &Lora, path: &str) -> Result<(), EngineError> {
        let name = &lora.name;
        let load = json!({ "lora_path": path, "adapter_name": name });
        let loaded = self.post("load", &load).await;
        loaded.map_err(|e| match e {
            CallError::Status {
                status: 400..=499,
                detail,
            } => refused(lora, &detail),
            other => other.into(),
        })?;
        let scale = json!({ "scale": lora.scale, "adapter_name": name });
        self.post("scale", &scale).await?;
        // Loading switches it on, in the versions that were seen.
        if self.worn().await?.is_some_and(|worn| !worn.use_lora) {
            self.post("toggle", &json!({ "use_lora": true })).await?;
        }
        Ok(())
    }

    async fn post(&self, call: &str, body: &Value) -> Result<Value, CallError> {
        // Weights are read from disk; the server may be frozen meanwhile.
        let limit = self.settings.load_limit;
        self.server
            .post(&format!("/v1/lora/{call}"), body, limit)
            .await
    }

    /// A change would be heard in whatever plays, ours or somebody else's.
    async fn nothing_plays(&self) -> Result<(), EngineError> {
        let begun = Instant::now();
        let limit = self.settings.waits.abandoned;
        self.tasks.quiet(|_| true, limit).await?;
        loop {
            let stats = self.server.stats(self.settings.waits.call).await?;
            if stats.jobs.running == 0 && stats.queue_size == 0 {
                return Ok(());
            }
            if begun.elapsed() > limit {
                let what =
                    "the ACE-Step server plays for somebody else; its LoRA cannot be changed";
                return Err(EngineError::Timeout(what.into()));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl LoraStatus {
    fn is(&self, wanted: Option<&Lora>) -> bool {
        let worn = self.lora_loaded && self.use_lora;
        let Some(wanted) = wanted else { return !worn };
        let scale = self.scales.get(&wanted.name).and_then(Value::as_f64);
        let scale = scale.unwrap_or(self.lora_scale);
        worn && self.adapters == [wanted.name.as_str()]
            && (scale - f64::from(wanted.scale)).abs() < SAME_SCALE
    }
}

fn refused(lora: &Lora, why: &str) -> EngineError {
    EngineError::Rejected(format!("the LoRA {} cannot be used: {why}", lora.name))
}
