//! A private X server for tests that open the real window.

use anyhow::{Context, Result};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// An `Xvfb` that ends with this value.
pub struct Display {
    server: Child,
    /// For `DISPLAY`, e.g. `:99`.
    pub name: String,
}

impl Display {
    /// Starts on a free display number; returns when it accepts connections.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1000x24",
                "-nolisten",
                "tcp",
                // Tests come and go; a server without clients must not start over.
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb (Debian package xvfb)")?;
        let out = server.stdout.take().context("Xvfb has no output")?;
        // Xvfb writes its number once it is ready, or ends.
        let mut number = String::new();
        BufReader::new(out).read_line(&mut number)?;
        let name = format!(":{}", number.trim());
        anyhow::ensure!(name.len() > 1, "Xvfb ended without a display");
        Ok(Self { server, name })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Nothing to do about a server that is gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
