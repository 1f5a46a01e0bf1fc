use crate::engine::Engine;
use sideman_shared::protocol::{EngineFeatures, EngineInfo};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long an engine may think about how it is.
const INFO_DEADLINE: Duration = Duration::from_secs(3);

/// The engines of this service; one of them plays.
#[derive(Clone)]
pub struct Engines {
    all: BTreeMap<String, Arc<dyn Engine>>,
    playing: String,
}

impl Engines {
    /// `None` if `playing` is not among `all`.
    pub fn new(all: BTreeMap<String, Arc<dyn Engine>>, playing: &str) -> Option<Self> {
        all.contains_key(playing).then(|| Self {
            all,
            playing: playing.to_owned(),
        })
    }

    /// The name of the engine that plays new jobs.
    pub fn playing(&self) -> &str {
        &self.playing
    }

    pub fn engine(&self) -> Arc<dyn Engine> {
        Arc::clone(&self.all[&self.playing])
    }

    /// What the playing engine can do now.
    pub async fn info(&self) -> EngineInfo {
        ask(&self.playing, self.engine().as_ref()).await
    }

    /// All of them, by name.
    pub async fn infos(&self) -> Vec<EngineInfo> {
        let asked = self.all.iter().map(|(name, e)| ask(name, e.as_ref()));
        futures_util::future::join_all(asked).await
    }
}

async fn ask(name: &str, engine: &dyn Engine) -> EngineInfo {
    tokio::time::timeout(INFO_DEADLINE, engine.info())
        .await
        .unwrap_or_else(|_| EngineInfo {
            name: name.to_owned(),
            healthy: false,
            detail: format!("no answer within {} s", INFO_DEADLINE.as_secs()),
            tracks: Vec::new(),
            features: EngineFeatures::default(),
        })
}
