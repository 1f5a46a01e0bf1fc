//! `cargo xtask test`: what CI runs, in the order that fails fastest.

use crate::{
    arrows,
    cargo::{self, FEATURES, cargo},
    debian,
    display::Display,
};
use anyhow::{Context, Result};
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// Only tests whose name contains this (and none of the other checks)
    filter: Option<String>,
    /// Leave out clippy and the cross checks
    #[arg(long)]
    quick: bool,
}

/// The systems that cannot be run here but must at least type-check.
const CROSS_TARGETS: [&str; 2] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

pub fn run(args: &Args) -> Result<()> {
    debian::ensure(&[debian::BUILD, debian::WINDOW, debian::TEST])?;
    if args.filter.is_none() {
        cargo::run("format", &mut cargo(["fmt", "--all", "--check"]))?;
        arrows::run()?;
    }
    tests(args.filter.as_deref())?;
    if args.filter.is_none() && !args.quick {
        clippy()?;
        cross_checks()?;
    }
    Ok(())
}

fn tests(filter: Option<&str>) -> Result<()> {
    // The end-to-end tests run the built plugin and service, so these are built first, the same way.
    let mut build = cargo(["build", "--workspace", "--all-targets"]);
    cargo::run("build", build.args(FEATURES))?;
    let display = Display::start()?;
    // One runner that the whole machine may have; both print the same verdict.
    let mut test = if cargo::exists("cargo-nextest") {
        cargo([
            "nextest",
            "run",
            "--workspace",
            "--all-targets",
            "--no-fail-fast",
        ])
    } else {
        cargo(["test", "--workspace", "--all-targets", "--no-fail-fast"])
    };
    test.args(FEATURES)
        .args(filter)
        .env("DISPLAY", &display.name)
        .env("INSTA_UPDATE", "no");
    cargo::run("tests", &mut test)
}

fn clippy() -> Result<()> {
    let mut clippy = cargo(["clippy", "--workspace", "--all-targets"]);
    cargo::run(
        "clippy",
        clippy.args(FEATURES).args(["--", "-D", "warnings"]),
    )
}

fn cross_checks() -> Result<()> {
    for target in CROSS_TARGETS {
        let mut add = Command::new("rustup");
        cargo::run(
            &format!("rustup target add {target}"),
            add.args(["target", "add", target]),
        )
        .context("the type-check for Windows and macOS needs rustup")?;
        // The library only: the standalone's audio backends want each system's own headers.
        let mut check = cargo(["check", "-p", "sideman-plugin", "--lib", "--target", target]);
        cargo::run(&format!("check for {target}"), &mut check)?;
    }
    Ok(())
}
