use super::{Secret, reader::Reader};

#[derive(Debug, Clone)]
pub struct AceStepConfig {
    pub url: String,
    pub api_key: Option<Secret>,
    /// The checkpoint to play with; none: whatever the server has.
    pub model: Option<String>,
    pub load: AceStepLoad,
    /// A program and its arguments each; empty: none.
    pub load_command: Vec<String>,
    pub unload_command: Vec<String>,
    pub load_timeout_secs: u64,
    pub steps: u16,
    pub guidance_scale: f32,
    pub loop_assist_secs: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AceStepLoad {
    /// By the commands if there are any, else by the server's own calls.
    Auto,
    Http,
    Command,
    None,
}

const LONGEST_LOAD_SECS: u64 = 24 * 3600;

pub fn read(r: &mut Reader<'_>) -> AceStepConfig {
    let words = [
        ("auto", AceStepLoad::Auto),
        ("http", AceStepLoad::Http),
        ("command", AceStepLoad::Command),
        ("none", AceStepLoad::None),
    ];
    let config = AceStepConfig {
        url: r.http_url("acestep.url").unwrap_or_default(),
        api_key: r.secret("acestep.api_key"),
        model: r.text("acestep.model"),
        load: r.choice("acestep.load", &words),
        load_command: r.words("acestep.load_command"),
        unload_command: r.words("acestep.unload_command"),
        load_timeout_secs: r.whole("acestep.load_timeout_secs", 1..=LONGEST_LOAD_SECS),
        steps: r.count("acestep.steps", 1..=200) as u16,
        guidance_scale: r.number("acestep.guidance_scale", 0.0..=50.0) as f32,
        loop_assist_secs: r.number("acestep.loop_assist_secs", 0.0..=600.0),
    };
    if config.load == AceStepLoad::Command && config.load_command.is_empty() {
        let found = "\"command\" needs a command".to_owned();
        r.fault("acestep.load", found, "set acestep.load_command too");
    }
    config
}
