use sideman_shared::protocol::Code;

/// Why an engine gave nothing. Each maps to one failure code of the contract.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    #[error("cancelled")]
    Cancelled,
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The request can never succeed as it is.
    #[error("rejected: {0}")]
    Rejected(String),
    #[error("failed: {0}")]
    Failed(String),
    #[error("silent or non-finite audio: {0}")]
    Silent(String),
    #[error("timed out: {0}")]
    Timeout(String),
    #[error("out of GPU memory: {0}")]
    OutOfMemory(String),
    #[error("GPU quota exhausted: {0}")]
    QuotaExhausted(String),
}

impl EngineError {
    /// A file of ours could not be written.
    pub fn our_disk(cause: impl std::fmt::Display) -> Self {
        Self::Failed(format!("our disk: {cause}"))
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Cancelled => Code::Cancelled,
            Self::Unreachable(_) => Code::EngineUnreachable,
            Self::Rejected(_) => Code::EngineRejected,
            Self::Failed(_) => Code::EngineFailed,
            Self::Silent(_) => Code::EngineSilent,
            Self::Timeout(_) => Code::EngineTimeout,
            Self::OutOfMemory(_) => Code::EngineOutOfMemory,
            Self::QuotaExhausted(_) => Code::GpuQuotaExhausted,
        }
    }

    /// Whether the same request may succeed if tried again.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Failed(_) | Self::Timeout(_) | Self::Silent(_)
        )
    }
}
