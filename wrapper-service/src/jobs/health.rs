use super::{service::JobService, store::Counts};
use sideman_shared::protocol::EngineInfo;
use std::time::Duration;

/// How long the parts may think about how they are.
const STATUS_DEADLINE: Duration = Duration::from_secs(3);

/// How the parts are that a job needs. Plain words, so that whoever shows them needs no part itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceHealth {
    /// Whether a job sent now would be taken: the store works and the service is not shutting down.
    pub accepting: bool,
    pub engine: EngineInfo,
    pub gate: PartHealth,
    /// Where the engine has a model to give up.
    pub model: Option<PartHealth>,
    pub store: PartHealth,
    pub queue: Counts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHealth {
    pub name: String,
    pub healthy: bool,
    /// One sentence.
    pub detail: String,
}

impl JobService {
    /// How every part is now; bounded in time, never an error.
    pub async fn health(&self) -> ServiceHealth {
        let (engine, gate, counts) = tokio::join!(
            self.parts.engines.info(),
            tokio::time::timeout(STATUS_DEADLINE, self.parts.gate.status()),
            tokio::time::timeout(STATUS_DEADLINE, self.parts.store.counts()),
        );
        let gate = gate.map_or_else(
            |_| PartHealth {
                name: "gate".into(),
                healthy: false,
                detail: format!("no answer within {} s", STATUS_DEADLINE.as_secs()),
            },
            |status| PartHealth {
                name: status.name.into(),
                healthy: status.healthy,
                detail: status.detail,
            },
        );
        let (queue, store_detail) = match counts {
            Ok(Ok(counts)) => (Some(counts), "answers".to_owned()),
            Ok(Err(e)) => (None, e.to_string()),
            Err(_) => (
                None,
                format!("no answer within {} s", STATUS_DEADLINE.as_secs()),
            ),
        };
        ServiceHealth {
            accepting: queue.is_some() && !self.draining.is_cancelled(),
            model: self.model().status().map(|status| PartHealth {
                name: engine.name.clone(),
                healthy: status.healthy,
                detail: status.detail,
            }),
            engine,
            gate,
            store: PartHealth {
                name: self.parts.store.name().into(),
                healthy: queue.is_some(),
                detail: store_detail,
            },
            queue: queue.unwrap_or_default(),
        }
    }
}
