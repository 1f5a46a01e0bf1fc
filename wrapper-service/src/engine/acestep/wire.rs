//! The server's JSON, as far as we read it. Whatever is missing is empty: versions differ.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Around most answers.
#[derive(Debug, Deserialize)]
pub struct Envelope {
    #[serde(default)]
    pub data: Value,
    pub code: Option<i64>,
    pub error: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Submitted {
    pub task_id: String,
}

/// One entry of `/query_result`.
#[derive(Debug, Clone, Deserialize)]
pub struct TaskState {
    pub task_id: String,
    #[serde(default)]
    pub status: i64,
    /// JSON in a string.
    #[serde(default)]
    pub result: String,
    #[serde(default)]
    pub progress_text: Option<String>,
}

/// One entry of [`TaskState::result`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ResultItem {
    pub file: String,
    pub status: i64,
    pub progress: Option<f64>,
    pub stage: Option<String>,
    pub error: Option<String>,
    pub seed_value: Option<String>,
    pub dit_model: Option<String>,
}

/// `/health`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Health {
    pub service: String,
    pub version: String,
    /// Servers since 27 February 2026.
    pub models_initialized: Option<bool>,
}

/// `/v1/stats`. The `queued` count never falls after a refusal, so the queue's own size is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Stats {
    pub jobs: JobCounts,
    pub queue_size: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct JobCounts {
    /// Since the server's start, less those that ended a day ago: it falls while the server runs.
    pub total: u64,
    pub running: u64,
}

/// `/v1/models`: nothing in it means that nothing is loaded.
///
/// Most servers answer in OpenRouter's form, `{"data":[{"id":"acestep/NAME"}]}` without an envelope; those without
/// that router in front give the documented one, `{"models":[{"name":"NAME"}]}` inside the usual envelope.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ModelList {
    #[serde(alias = "models")]
    pub data: Vec<ModelEntry>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ModelEntry {
    /// Empty in the documented form.
    pub id: String,
    /// Without `acestep/` in the documented form, a title in OpenRouter's.
    pub name: String,
}

/// `/v1/model_inventory`: what lies on the disk, loaded or not.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Inventory {
    pub models: Vec<KnownModel>,
    /// The one that is loaded when none is named. It need not be among the others: it is fetched then.
    pub default_model: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct KnownModel {
    pub name: String,
    pub supported_task_types: Vec<String>,
}

/// `/v1/lora/status`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LoraStatus {
    pub lora_loaded: bool,
    pub use_lora: bool,
    pub lora_scale: f64,
    /// By adapter, in versions that know several.
    pub scales: BTreeMap<String, Value>,
    pub adapters: Vec<String>,
}

impl ModelList {
    pub fn names(&self) -> Vec<String> {
        let name = |m: &ModelEntry| match m.id.rsplit('/').next() {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => m.name.clone(),
        };
        self.data.iter().map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_listing_models_give_their_bare_names() {
        let names = |json: &str| serde_json::from_str::<ModelList>(json).unwrap().names();
        let openrouter = r#"{"object":"list","data":[{"id":"acestep/acestep-v15-base",
            "name":"ACE-Step acestep-v15-base"}]}"#;
        assert_eq!(names(openrouter), ["acestep-v15-base"]);
        let documented = r#"{"models":[{"name":"acestep-v15-base","is_default":true}],
            "default_model":"acestep-v15-base"}"#;
        assert_eq!(names(documented), ["acestep-v15-base"]);
        assert!(names(r#"{"object":"list","data":[]}"#).is_empty());
    }
}
