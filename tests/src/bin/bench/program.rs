use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The standalone program without a sound card; dropped, it is killed.
pub struct Standalone {
    child: Child,
    log: PathBuf,
}

impl Standalone {
    /// Starts it with its folders below `home`, and no service to be found.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: &Path, home: &Path) -> Result<Self> {
        let log = home.join("standalone.log");
        let child = Command::new(program)
            .args(["-b", "dummy", "--service", "http://127.0.0.1:9"])
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_STATE_HOME", home.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self { child, log })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// # Errors
    /// It has ended; the error holds what it said.
    pub fn check_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => {
                let said = std::fs::read_to_string(&self.log).unwrap_or_default();
                bail!(
                    "the standalone program ended with {status}: {}",
                    said.trim()
                )
            }
        }
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
