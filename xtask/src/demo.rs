//! `cargo xtask demo`

use crate::{cargo, debian};
use anyhow::Result;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// A song or loop (WAV, MP3, FLAC, OGG…) [default: an example song that the project makes]
    source: Option<PathBuf>,
    /// What to play: vocals, backing_vocals, drums, bass, …; several with commas
    #[arg(long, default_value = "drums,vocals", value_name = "TRACK,…")]
    track: String,
    /// The song's tempo [default: heard from the song]
    #[arg(long)]
    bpm: Option<f64>,
    /// Do the job in a headless host even if there is a display
    #[arg(long)]
    headless: bool,
}

pub fn run(args: &Args) -> Result<()> {
    debian::ensure(&[debian::BUILD, debian::WINDOW])?;
    cargo::run(
        "build",
        &mut cargo::cargo([
            "build",
            "-p",
            "sideman-plugin",
            "-p",
            "wrapper-service",
            "-p",
            "sideman-tests",
            "--lib",
            "--bins",
            "--features",
            "sideman-plugin/standalone",
        ]),
    )?;
    let built = cargo::target_dir().join("debug");
    let system = sideman_bundler::System::of_target(None);
    let library = built.join(system.library_file());
    let bundles = sideman_bundler::bundle(
        &library,
        system,
        "x86_64",
        &cargo::target_dir().join("demo"),
    )?;
    let mut demo = std::process::Command::new(built.join("sideman-demo"));
    demo.env("SIDEMAN_CLAP", &bundles.clap);
    if std::env::var_os("NICE_LOG").is_none() {
        // A debug build of the framework logs every connection.
        demo.env("NICE_LOG", cargo::target_dir().join("demo/plugin.log"));
    }
    demo.args(&args.source).args(["--track", &args.track]);
    if let Some(bpm) = args.bpm {
        demo.args(["--bpm", &bpm.to_string()]);
    }
    if args.headless {
        demo.arg("--headless");
    }
    cargo::run("demo", &mut demo)
}
