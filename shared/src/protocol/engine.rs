use super::AudioFormat;
use crate::music::Track;
use serde::{Deserialize, Serialize};

/// `GET /v1/engines`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineList {
    pub engines: Vec<EngineInfo>,
}

/// What an engine can do and whether it can do it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineInfo {
    pub name: String,
    pub healthy: bool,
    /// One sentence: what it is, or what is wrong.
    pub detail: String,
    pub tracks: Vec<Track>,
    pub features: EngineFeatures,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EngineFeatures {
    pub region: bool,
    pub lyrics: bool,
    pub seed: bool,
    pub cancel: bool,
    pub progress: bool,
    pub variations: bool,
    pub formats: Vec<AudioFormat>,
    /// `steps`, `guidance_scale` and `loop_assist` of a request mean something to it.
    pub steps: bool,
    pub guidance: bool,
    pub loop_assist: bool,
    /// The LoRAs a request's `lora` may name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loras: Vec<String>,
}
