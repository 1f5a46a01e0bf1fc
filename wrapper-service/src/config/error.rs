use std::fmt;

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The setting's path, e.g. `limits.max_secs`.
    pub key: String,
    /// Where the value came from, e.g. `the variable SIDEMAN_LIMITS_MAX_SECS`.
    pub origin: String,
    /// What was found. Never a secret.
    pub found: String,
    /// What would have been right.
    pub allowed: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            origin,
            found,
            allowed,
        } = self;
        write!(f, "{key} ({origin}): {found}; {allowed}")
    }
}

/// Why there is no configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "the configuration file {path} cannot be read: {cause}; check the path given with --config"
    )]
    File { path: String, cause: String },
    #[error("the configuration file {path} is not TOML: {cause}")]
    Syntax { path: String, cause: String },
    #[error("the configuration has {}:{}", count(.0), list(.0))]
    Faults(Vec<Fault>),
}

fn count(faults: &[Fault]) -> String {
    match faults.len() {
        1 => "a fault".into(),
        n => format!("{n} faults"),
    }
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}
