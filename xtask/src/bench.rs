//! `cargo xtask bench`

use crate::{cargo, debian, display::Display};
use anyhow::Result;

#[derive(clap::Args)]
pub struct Args {
    /// Only the sections whose name contains this: process, editor, frames, instances, overhead, gpu, upload, memory
    filter: Option<String>,
}

/// Builds everything optimised and runs the measuring program of the `tests` package.
pub fn run(args: &Args) -> Result<()> {
    debian::ensure(&[debian::BUILD, debian::WINDOW, debian::TEST])?;
    cargo::run(
        "build (release)",
        &mut cargo::cargo([
            "build",
            "--release",
            "-p",
            "sideman-plugin",
            "-p",
            "wrapper-service",
            "-p",
            "sideman-tests",
            "--features",
            "sideman-plugin/standalone",
        ]),
    )?;
    let display = Display::start()?;
    let mut bench = std::process::Command::new(cargo::target_dir().join("release/sideman-bench"));
    bench.args(&args.filter).env("DISPLAY", &display.name);
    cargo::run("bench", &mut bench)
}
