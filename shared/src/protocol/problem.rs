use serde::{Deserialize, Serialize};

/// An error answer: RFC 9457 `application/problem+json`, with our `code` and `hint`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// A URN made of the code; see [`Code::type_uri`].
    #[serde(rename = "type")]
    pub type_uri: String,
    /// One sentence for a musician.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The technical cause.
    pub detail: String,
    pub code: Code,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_secs: Option<u64>,
    pub request_id: String,
}

/// What went wrong, as a word programs can match on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    BadRequest,
    AudioUnreadable,
    AudioTooLong,
    AudioTooShort,
    UploadTooLarge,
    Unauthorized,
    Forbidden,
    NotFound,
    RateLimited,
    QuotaExceeded,
    QueueFull,
    EngineUnreachable,
    EngineRejected,
    EngineFailed,
    EngineSilent,
    EngineTimeout,
    EngineOutOfMemory,
    GpuQuotaExhausted,
    GateUnreachable,
    StorageFull,
    Cancelled,
    /// Also what an unknown, newer code is read as.
    #[serde(other)]
    Internal,
}

impl Code {
    /// (word, HTTP status, one sentence for a musician, what to do next)
    fn row(self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            Self::BadRequest => (
                "bad_request",
                400,
                "The request was not understood.",
                "Correct the named field and send it again.",
            ),
            Self::AudioUnreadable => (
                "audio_unreadable",
                422,
                "This file could not be read as audio.",
                "Export it as WAV, FLAC or MP3 and try again.",
            ),
            Self::AudioTooLong => (
                "audio_too_long",
                422,
                "The audio is too long.",
                "Send a shorter part of the song.",
            ),
            Self::AudioTooShort => (
                "audio_too_short",
                422,
                "The audio is too short.",
                "Capture at least one bar.",
            ),
            Self::UploadTooLarge => (
                "upload_too_large",
                413,
                "The file is too large.",
                "Send it as FLAC or MP3, or send a shorter part.",
            ),
            Self::Unauthorized => (
                "unauthorized",
                401,
                "The service wants an API key.",
                "Enter the API key in the settings.",
            ),
            Self::Forbidden => (
                "forbidden",
                403,
                "This API key may not do that.",
                "Ask the service's operator for a key that may.",
            ),
            Self::NotFound => (
                "not_found",
                404,
                "The service does not have that (any more).",
                "Generate it again.",
            ),
            Self::RateLimited => (
                "rate_limited",
                429,
                "Too many requests in a short time.",
                "Wait a moment and try again.",
            ),
            Self::QuotaExceeded => (
                "quota_exceeded",
                429,
                "This API key's share is used up.",
                "Try again later, or ask the operator for more.",
            ),
            Self::QueueFull => (
                "queue_full",
                429,
                "Too many jobs are waiting already.",
                "Wait for one to finish, or cancel one.",
            ),
            Self::EngineUnreachable => (
                "engine_unreachable",
                503,
                "The AI engine does not answer.",
                "Try again in a minute; if it stays so, the operator should look at the engine.",
            ),
            Self::EngineRejected => (
                "engine_rejected",
                422,
                "The AI engine refused this request.",
                "Change the settings named in the details.",
            ),
            Self::EngineFailed => (
                "engine_failed",
                502,
                "The AI engine failed while playing.",
                "Try again; another seed or a shorter part may help.",
            ),
            Self::EngineSilent => (
                "engine_silent",
                502,
                "The AI engine returned silence.",
                "Try another seed or a caption that says what to play.",
            ),
            Self::EngineTimeout => (
                "engine_timeout",
                504,
                "The AI engine took too long.",
                "Try a shorter part or fewer steps.",
            ),
            Self::EngineOutOfMemory => (
                "engine_out_of_memory",
                507,
                "The GPU ran out of memory.",
                "Try a shorter part.",
            ),
            Self::GpuQuotaExhausted => (
                "gpu_quota_exhausted",
                429,
                "The GPU time for now is used up.",
                "Try again later.",
            ),
            Self::GateUnreachable => (
                "gate_unreachable",
                503,
                "The GPU queue does not answer.",
                "Try again in a minute; if it stays so, the operator should look at the queue.",
            ),
            Self::StorageFull => (
                "storage_full",
                507,
                "The service's disk is full.",
                "The operator must free space; your take is kept.",
            ),
            Self::Cancelled => (
                "cancelled",
                409,
                "The job was cancelled.",
                "Generate again when you are ready.",
            ),
            Self::Internal => (
                "internal",
                500,
                "Something went wrong inside the service.",
                "Try again; if it stays so, send the request id to the operator.",
            ),
        }
    }

    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    pub fn http_status(self) -> u16 {
        self.row().1
    }

    /// One sentence for a musician.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// What to do next.
    pub fn hint(self) -> &'static str {
        self.row().3
    }

    /// The problem's `type`.
    pub fn type_uri(self) -> String {
        format!("urn:sideman:problem:{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_read_as_internal() {
        assert_eq!(
            serde_json::from_str::<Code>("\"from_the_future\"").unwrap(),
            Code::Internal
        );
    }

    #[test]
    fn words_are_the_wire_words() {
        let code = Code::GpuQuotaExhausted;
        assert_eq!(
            serde_json::to_string(&code).unwrap(),
            format!("\"{}\"", code.as_str())
        );
    }
}
