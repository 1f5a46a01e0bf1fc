//! Runs cargo and other programs, loudly.

use anyhow::{Context, Result, bail};
use std::{path::PathBuf, process::Command, time::Instant};

/// One feature set for every development build, so that nothing is compiled twice.
pub const FEATURES: [&str; 2] = [
    "--features",
    "sideman-plugin/standalone,sideman-plugin/assert_process_allocs",
];

/// The workspace's folder.
pub fn root() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().map_or(xtask.clone(), PathBuf::from)
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    let dir = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(dir)
}

/// `cargo ARGS…`
pub fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// Runs to the end, printing what runs and how long it took.
pub fn run(title: &str, command: &mut Command) -> Result<()> {
    eprintln!("\n=== {title}");
    let started = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    eprintln!(
        "=== {title}: {} after {:.0} s",
        if status.success() { "ok" } else { "FAILED" },
        started.elapsed().as_secs_f64()
    );
    if !status.success() {
        bail!("{title} failed ({status})");
    }
    Ok(())
}

/// Whether `program --version` runs.
pub fn exists(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    command.status().is_ok()
}
