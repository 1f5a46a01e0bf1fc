use super::{Secret, reader::Reader};
use std::collections::BTreeMap;

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
    /// Paths on the server by the names people know.
    pub loras: BTreeMap<String, String>,
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
        loras: loras(r),
    };
    if config.load == AceStepLoad::Command && config.load_command.is_empty() {
        let found = "\"command\" needs a command".to_owned();
        r.fault("acestep.load", found, "set acestep.load_command too");
    }
    config
}

/// `NAME=PATH` each. The name is the server's name for the adapter too, and may be no more than that takes.
fn loras(r: &mut Reader<'_>) -> BTreeMap<String, String> {
    const KEY: &str = "acestep.loras";
    let mut loras = BTreeMap::new();
    for entry in r.words(KEY) {
        let parts = entry.split_once('=').map(|(n, p)| (n.trim(), p.trim()));
        let (name, path) = parts.unwrap_or_default();
        if !is_name(name) || path.is_empty() {
            let allowed = "NAME=PATH is, the name of up to 64 letters, digits, spaces, - and _";
            r.fault(KEY, format!("{entry:?} is not allowed"), allowed);
        } else if loras.insert(name.to_owned(), path.to_owned()).is_some() {
            r.fault(
                KEY,
                format!("{name} is there twice"),
                "give each its own name",
            );
        }
    }
    loras
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_');
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}
