//! Logs go to stderr, as text for people or as JSON for collectors. stdout belongs to the commands.
//!
//! Secrets are [`crate::config::Secret`], which prints as `[redacted]`; headers and bodies are never
//! logged.

use crate::config::{LogConfig, LogFormat};
use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;

/// Installs the process's subscriber. Call once, before anything logs.
///
/// # Errors
/// A filter that cannot be read, as one sentence.
pub fn init(config: &LogConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|cause| {
        format!(
            "log.filter {:?} cannot be read: {cause}; a filter such as `info` or \
             `info,wrapper_service=debug` is allowed",
            config.filter
        )
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    let installed = match config.format {
        LogFormat::Text => builder.with_ansi(stderr().is_terminal()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    installed.map_err(|cause| format!("logging could not be started: {cause}"))
}
