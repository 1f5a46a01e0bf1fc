//! The main job, once: a song goes into the plugin, stems come back. `cargo xtask demo` runs it.

mod headless;
mod service;
mod source;
mod windowed;

use anyhow::{Context, Result};
use clap::Parser;
use sideman_shared::music::{Bpm, Track};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

#[derive(Parser)]
#[command(
    name = "cargo xtask demo",
    about = "Play a song into the plugin and get stems back"
)]
struct Args {
    /// A song or loop (WAV, MP3, FLAC, OGG…) [default: an example song that the project makes]
    source: Option<PathBuf>,
    /// What to play
    #[arg(
        long,
        default_value = "drums,vocals",
        value_name = "TRACK,…",
        value_delimiter = ','
    )]
    track: Vec<Track>,
    /// The song's tempo [default: heard from the song]
    #[arg(long)]
    bpm: Option<Bpm>,
    /// Do the job in a headless host even if there is a display
    #[arg(long)]
    headless: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Release))
        .context("cannot catch Ctrl-C")?;

    let folder = folder()?;
    std::fs::create_dir_all(&folder)?;
    let source = source::prepare(args.source.as_deref(), args.bpm, &folder)?;
    println!("source   {}", source.path.display());
    println!(
        "         {:.1} s, {} Hz, {} ({})",
        source.audio.duration_secs(),
        source.audio.sample_rate_hz(),
        if source.audio.channel_count() == 1 {
            "mono"
        } else {
            "stereo"
        },
        source.tempo_words,
    );
    let service = service::DemoService::start(&folder)?;
    println!(
        "service  {} (engine sketch, SQLite, local gate)",
        service.url()
    );

    let has_display = std::env::var_os("DISPLAY").is_some_and(|d| !d.is_empty());
    if has_display && !args.headless {
        windowed::run(&source, service.url(), &folder, &interrupted)
    } else {
        headless::run(&source, &args.track, &service, &folder, &interrupted)
    }
}

/// Where all that the demo makes lies: `target/demo`, or where `SIDEMAN_DEMO_FOLDER` says.
fn folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("SIDEMAN_DEMO_FOLDER") {
        return Ok(folder.into());
    }
    let target = built_folder()?.parent().map(|target| target.join("demo"));
    target.context("no target folder")
}

/// Where cargo put this program, the plugin and the service.
fn built_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program
        .parent()
        .context("this program lies in no folder")?
        .to_owned())
}
