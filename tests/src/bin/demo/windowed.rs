//! With a display: the standalone plugin with the song playing into it, ready to press Generate.

use super::source::Source;
use anyhow::{Context, Result};
use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

pub fn run(
    source: &Source,
    service_url: &str,
    folder: &Path,
    interrupted: &AtomicBool,
) -> Result<()> {
    let program = super::built_folder()?.join(format!("sideman{}", std::env::consts::EXE_SUFFIX));
    println!(
        "window   opening: the song loops; press Capture, then Generate. Ctrl-C ends everything."
    );
    let mut window = Command::new(&program)
        .arg("--song")
        .arg(&source.path)
        .args(["--bpm", &source.bpm.to_string(), "--service", service_url])
        .env("XDG_DATA_HOME", folder.join("plugin"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    loop {
        if let Some(status) = window.try_wait()? {
            anyhow::ensure!(status.success(), "the window program ended with {status}");
            return Ok(());
        }
        if interrupted.load(Ordering::Acquire) {
            // The terminal sent Ctrl-C to the window as well; it is given time to put its things away.
            for _ in 0..30 {
                if window.try_wait()?.is_some() {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            window.kill()?;
            window.wait()?;
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
