//! The demo's own service, in the demo's folder, for as long as the demo runs.

use anyhow::Result;
use serde_json::Value;
use sideman_tests::service::{self, Listening};
use std::{path::Path, process::Command, time::Duration};

pub struct DemoService(Listening);

impl DemoService {
    /// Starts the built service on a free port, as its operator would; returns when it listens. Its log goes to
    /// `folder/service.log`.
    pub fn start(folder: &Path) -> Result<Self> {
        let mut command = Command::new(service::find_binary()?);
        command.arg("serve");
        let (data, log) = (folder.join("service"), folder.join("service.log"));
        Ok(Self(service::listen(command, &data, &log)?))
    }

    pub fn url(&self) -> &str {
        &self.0.base
    }

    /// Why the newest job failed, in the service's words.
    pub fn newest_error(&self) -> String {
        let ask = || -> Result<Value> {
            let http = service::client();
            Ok(http
                .get(format!("{}/v1/jobs?limit=1", self.0.base))
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
            .arg(self.0.child.id().to_string())
            .status();
        for _ in 0..50 {
            if matches!(self.0.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.child.kill();
        let _ = self.0.child.wait();
    }
}
