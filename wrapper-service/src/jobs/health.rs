use super::store::Counts;
use sideman_shared::protocol::EngineInfo;

/// How the parts are that a job needs. Plain words, so that whoever shows them needs no part itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceHealth {
    /// Whether a job sent now would be taken: the store works and the service is not shutting down.
    pub accepting: bool,
    pub engine: EngineInfo,
    pub gate: PartHealth,
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
