//! `cargo xtask …`: everything a developer, a tester or CI runs.
//!
//! Needs no system library itself, so that it can say (or install) what the rest needs.

mod arrows;
mod bench;
mod bundle;
mod cargo;
mod ci;
mod debian;
mod demo;
mod display;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Build, try, test and measure Sideman"
)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Do the main job once: play a song into the plugin, get stems back
    Demo(demo::Args),
    /// Run everything that CI runs
    #[command(alias = "ci")]
    Test(ci::Args),
    /// Build Sideman.clap, Sideman.vst3, the standalone program and the service for use
    Bundle(bundle::Args),
    /// Measure: audio thread, editor, service overhead, uploads
    Bench(bench::Args),
    /// Check that no module reaches where ARCHITECTURE.md forbids
    Arrows,
}

fn main() -> Result<()> {
    std::env::set_current_dir(cargo::root())?;
    match Args::parse().task {
        Task::Demo(args) => demo::run(&args),
        Task::Test(args) => ci::run(&args),
        Task::Bundle(args) => bundle::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Arrows => arrows::run(),
    }
}
