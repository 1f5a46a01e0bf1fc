use super::Failure;
use crate::config::Config;
use std::io::{Write as _, stdout};

/// Prints every setting, its value and where the value came from.
pub fn print(config: &Config) -> Result<(), Failure> {
    let widest = |of: fn(&crate::config::Effective) -> usize| {
        config.effective.iter().map(of).max().unwrap_or(0)
    };
    let key_width = widest(|e| e.key.len());
    let value_width = widest(|e| e.shown.chars().count().min(40));
    let mut out = stdout().lock();
    for entry in &config.effective {
        let shown = match entry.shown.as_str() {
            "" => "-",
            shown => shown,
        };
        writeln!(
            out,
            "{:key_width$}  {shown:value_width$}  {}",
            entry.key, entry.origin
        )
        .map_err(Failure::unwritten)?;
    }
    for warning in &config.warnings {
        writeln!(std::io::stderr(), "warning: {warning}").map_err(Failure::run)?;
    }
    Ok(())
}
