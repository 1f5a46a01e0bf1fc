use super::{ConfigError, Fault};
use figment::{
    Figment, Metadata, Profile, Provider,
    util::nest,
    value::{Dict, Map, Value},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The commented default file; also the list of all keys and their types.
pub const DEFAULT_TOML: &str = include_str!("default.toml");

/// The variables operators of the first wrapper already set, and the keys they mean.
/// A `SIDEMAN_` variable for the same key is stronger.
const FORMER_VARIABLES: &[(&str, &str)] = &[
    ("WRAPPER_PORT", "listen"),
    ("ACESTEP_URL", "acestep.url"),
    ("ACESTEP_API_KEY", "acestep.api_key"),
    ("QUEUE_URL", "gpu_queue_service.url"),
    ("QUEUE_TOKENS", "gpu_queue_service.tokens_per_job"),
    ("GPU_MAX_CONCURRENT_JOBS", "jobs.max_concurrent"),
    ("GPU_VRAM_LIMIT", "gpu.vram_limit_mb"),
    ("MODEL_CACHE_DIR", "gpu.model_cache_dir"),
    ("REDIS_URL", "redis.url"),
];

const PREFIX: &str = "SIDEMAN_";
/// Names the file, so it is no key of it.
pub const CONFIG_VARIABLE: &str = "SIDEMAN_CONFIG";

/// Where settings come from, beside the defaults. Plain data, so that tests need no environment.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    pub file: Option<PathBuf>,
    pub env: BTreeMap<String, String>,
    /// (key, flag such as `--listen`, value)
    pub flags: Vec<(&'static str, &'static str, Value)>,
}

/// The layers on top of each other, and what was wrong with them.
pub struct Merged {
    pub figment: Figment,
    pub faults: Vec<Fault>,
    pub warnings: Vec<String>,
}

/// Lays defaults, file, environment and flags on top of each other.
///
/// # Errors
/// Only for a file that cannot be read as TOML; unknown keys become faults of the result.
pub fn merge(sources: &Sources) -> Result<Merged, ConfigError> {
    let defaults = defaults();
    let schema = schema();
    let mut merged = Merged {
        figment: Figment::from(Layer::new("default", defaults)),
        faults: Vec::new(),
        warnings: Vec::new(),
    };
    let file = sources.file.clone().or_else(|| {
        let named = sources.env.get(CONFIG_VARIABLE)?;
        (!named.is_empty()).then(|| PathBuf::from(named))
    });
    if let Some(path) = &file {
        merged.add_file(path, &schema)?;
    }
    for &(name, key) in FORMER_VARIABLES {
        if let Some(text) = set(&sources.env, name) {
            let value = match name {
                "WRAPPER_PORT" => Value::from(vec![format!("127.0.0.1:{}", text.trim())]),
                _ => typed(text, schema.get(key)),
            };
            merged.add(format!("the variable {name}"), key, value);
        }
    }
    merged.add_environment(&sources.env, &schema);
    for (key, flag, value) in &sources.flags {
        merged.add(format!("the flag {flag}"), key, value.clone());
    }
    Ok(merged)
}

impl Merged {
    fn add(&mut self, origin: String, key: &str, value: Value) {
        if let Some(values) = nest(key, value).into_dict() {
            let figment = std::mem::take(&mut self.figment);
            self.figment = figment.merge(Layer::new(origin, values));
        }
    }

    fn add_file(
        &mut self,
        path: &Path,
        schema: &BTreeMap<String, Value>,
    ) -> Result<(), ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::File {
            path: shown.clone(),
            cause: cause.to_string(),
        })?;
        let values = parse(&text).map_err(|cause| ConfigError::Syntax {
            path: shown.clone(),
            cause,
        })?;
        let origin = format!("the file {shown}");
        for (key, value) in flatten(&values) {
            if schema.contains_key(&key) {
                self.add(origin.clone(), &key, value);
            } else if value.as_dict().is_some() && is_section(&key, schema) {
                // Everything in it is commented out.
            } else {
                self.faults.push(unknown(&key, &origin, schema.keys()));
            }
        }
        Ok(())
    }

    fn add_environment(
        &mut self,
        env: &BTreeMap<String, String>,
        schema: &BTreeMap<String, Value>,
    ) {
        let keys: BTreeMap<String, &String> =
            schema.keys().map(|key| (variable_of(key), key)).collect();
        for (name, text) in env {
            if !name.starts_with(PREFIX) || name == CONFIG_VARIABLE || text.is_empty() {
                continue;
            }
            match keys.get(name) {
                Some(key) => {
                    let value = typed(text, schema.get(*key));
                    self.add(format!("the variable {name}"), key, value);
                }
                // Other programs of the project read variables with the same prefix, so this one
                // may be theirs.
                None => self.warnings.push(format!(
                    "the variable {name} is no setting of the service; `wrapper-service config` lists them"
                )),
            }
        }
    }
}

/// `limits.max_secs` → `SIDEMAN_LIMITS_MAX_SECS`.
pub fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

fn set<'a>(env: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    env.get(name)
        .map(String::as_str)
        .filter(|text| !text.is_empty())
}

/// Every key with its default value, whose type is the key's type.
pub fn schema() -> BTreeMap<String, Value> {
    flatten(&defaults())
}

fn defaults() -> Dict {
    parse(DEFAULT_TOML).expect("the embedded default file is TOML; a test reads it")
}

/// The message has the line, not its text: that may hold a secret.
fn parse(text: &str) -> Result<Dict, String> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].lines().count().max(1));
        format!("line {line}: {}", error.message())
    })
}

fn is_section(key: &str, schema: &BTreeMap<String, Value>) -> bool {
    let inside = format!("{key}.");
    schema.keys().any(|known| known.starts_with(&inside))
}

/// All values that are no tables, by their dotted path. An empty table counts as a value, so that a
/// misspelt section is noticed.
fn flatten(values: &Dict) -> BTreeMap<String, Value> {
    fn walk(prefix: &str, values: &Dict, into: &mut BTreeMap<String, Value>) {
        for (name, value) in values {
            let key = format!("{prefix}{name}");
            match value.as_dict() {
                Some(inner) if !inner.is_empty() => walk(&format!("{key}."), inner, into),
                _ => {
                    into.insert(key, value.clone());
                }
            }
        }
    }
    let mut flat = BTreeMap::new();
    walk("", values, &mut flat);
    flat
}

/// A variable's text as the type its default has; a text that is none stays text, which the reader
/// then refuses with the key's name.
fn typed(text: &str, default: Option<&Value>) -> Value {
    let text = text.trim();
    match default {
        Some(Value::Num(..)) => {
            let digits = text.replace('_', "");
            if let Ok(whole) = digits.parse::<i64>() {
                return Value::from(whole);
            }
            digits
                .parse::<f64>()
                .map_or_else(|_| Value::from(text), Value::from)
        }
        Some(Value::Bool(..)) => match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Value::from(true),
            "0" | "false" | "no" | "off" => Value::from(false),
            _ => Value::from(text),
        },
        Some(Value::Array(..)) => {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            Value::from(parts.map(str::to_owned).collect::<Vec<_>>())
        }
        _ => Value::from(text),
    }
}

fn unknown<'a>(key: &str, origin: &str, known: impl Iterator<Item = &'a String>) -> Fault {
    let last = key.rsplit('.').next().unwrap_or(key);
    let near: Vec<&str> = known
        .filter(|k| k.rsplit('.').next() == Some(last) || k.starts_with(&format!("{key}.")))
        .map(String::as_str)
        .collect();
    let allowed = if near.is_empty() {
        "`wrapper-service config` lists the settings".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    Fault {
        key: key.to_owned(),
        origin: origin.to_owned(),
        found: "there is no such setting".into(),
        allowed,
    }
}

/// Values that share one origin.
struct Layer {
    origin: String,
    values: Dict,
}

impl Layer {
    fn new(origin: impl Into<String>, values: Dict) -> Self {
        Self {
            origin: origin.into(),
            values,
        }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}
