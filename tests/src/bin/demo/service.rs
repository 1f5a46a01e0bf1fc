//! The demo's own service, in the demo's folder, for as long as the demo runs.

use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

pub struct DemoService {
    child: Child,
    url: String,
}

impl DemoService {
    /// Starts the built service on a free port; returns when it listens. Its log goes to
    /// `folder/service.log`.
    pub fn start(folder: &Path) -> Result<Self> {
        let program = sideman_tests::service::binary();
        let log = std::fs::File::create(folder.join("service.log"))?;
        let mut child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.join("service"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the service has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let Some(url) = url else {
            let _ = child.kill();
            anyhow::bail!(
                "the service did not start; see {}",
                folder.join("service.log").display()
            );
        };
        Ok(Self { child, url })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Why the newest job failed, in the service's words.
    pub fn newest_error(&self) -> String {
        let ask = || -> Result<Value> {
            let http = sideman_tests::service::client();
            Ok(http
                .get(format!("{}/v1/jobs?limit=1", self.url))
                .send()?
                .json()?)
        };
        match ask() {
            Ok(list) => list["jobs"][0]["error"].to_string(),
            Err(error) => format!("and the service does not say why ({error})"),
        }
    }
}

impl Drop for DemoService {
    /// Asks it to end as an operator would; insists after a while.
    fn drop(&mut self) {
        #[cfg(unix)]
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        for _ in 0..50 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
