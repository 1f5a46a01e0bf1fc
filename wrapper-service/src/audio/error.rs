use sideman_shared::protocol::Code;

/// Why a file is not usable audio, or could not be written.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    #[error("not readable as audio: {0}")]
    Unreadable(String),
    #[error("{secs:.1} s long; at most {max_secs:.0} s are allowed")]
    TooLong { secs: f64, max_secs: f64 },
    #[error("{secs:.3} s long; at least {min_secs} s are needed")]
    TooShort { secs: f64, min_secs: f64 },
    #[error("resampling from {from_rate_hz} to {to_rate_hz} Hz: {detail}")]
    Resample {
        from_rate_hz: u32,
        to_rate_hz: u32,
        detail: String,
    },
    #[error("disk: {0}")]
    Io(#[from] std::io::Error),
    #[error("encoding {format}: {detail}")]
    Encode {
        format: &'static str,
        detail: String,
    },
}

impl AudioError {
    pub fn code(&self) -> Code {
        match self {
            Self::Unreadable(_) => Code::AudioUnreadable,
            Self::TooLong { .. } => Code::AudioTooLong,
            Self::TooShort { .. } => Code::AudioTooShort,
            Self::Io(e) if e.kind() == std::io::ErrorKind::StorageFull => Code::StorageFull,
            Self::Io(_) | Self::Encode { .. } | Self::Resample { .. } => Code::Internal,
        }
    }
}
