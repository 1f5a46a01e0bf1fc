//! The built `wrapper-service` as a child process on a port of its own with a folder of its own.

use anyhow::{Context as _, bail};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long anything may take on a slow, busy machine before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The built program: beside the test executable, or where `WRAPPER_SERVICE_BIN` says.
///
/// # Panics
/// When it has not been built.
pub fn binary() -> PathBuf {
    find_binary().unwrap_or_else(|error| panic!("{error:#}"))
}

/// As [`binary`].
///
/// # Errors
/// It has not been built.
pub fn find_binary() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("WRAPPER_SERVICE_BIN") {
        return Ok(path.into());
    }
    let name = format!("wrapper-service{}", std::env::consts::EXE_SUFFIX);
    let here = std::env::current_exe().context("where is this program?")?;
    let mut near = here.ancestors().skip(1).take(3).map(|dir| dir.join(&name));
    near.find(|path| path.is_file()).with_context(|| {
        format!(
            "no {name} near {}; run cargo build -p wrapper-service",
            here.display()
        )
    })
}

/// A command for the program with an environment of nothing but what it needs.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    command.env_clear();
    // Windows needs SystemRoot for sockets.
    for name in ["PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// How a service is to be started.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    args: Vec<String>,
    env: Vec<(String, String)>,
    data: Option<Arc<TempDir>>,
}

impl Setup {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets `SIDEMAN_…`, or any other variable.
    pub fn env(mut self, name: &str, value: impl ToString) -> Self {
        self.env.push((name.into(), value.to_string()));
        self
    }

    /// Uses the folder of a service that ran before.
    pub fn data(mut self, data: Arc<TempDir>) -> Self {
        self.data = Some(data);
        self
    }

    /// Starts the service and waits until it says where it listens.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(self) -> Service {
        self.try_start().expect("the service starts")
    }

    /// As [`Self::start`].
    ///
    /// # Errors
    /// The program has not been built, or ends instead of listening; the error holds its log.
    pub fn try_start(self) -> anyhow::Result<Service> {
        find_binary()?;
        let data = match self.data {
            Some(data) => data,
            None => Arc::new(tempfile::tempdir()?),
        };
        let log = data.path().with_extension("log");
        let mut command = command();
        command.arg("serve").args(self.args).envs(self.env);
        let Listening {
            child,
            stdout,
            base,
        } = listen(command, data.path(), &log)?;
        Ok(Service {
            base,
            http: client(),
            child,
            stdout,
            data,
            log,
        })
    }
}

/// A service that has said where it listens. Whoever holds it ends it.
#[derive(Debug)]
pub struct Listening {
    pub child: Child,
    pub stdout: BufReader<ChildStdout>,
    /// `http://127.0.0.1:PORT`
    pub base: String,
}

/// Starts `command`, which is the program's `serve` with what else it needs, on a free port: its data in `data`,
/// its log appended to `log`.
///
/// # Errors
/// It ends instead of listening; the error holds its log.
pub fn listen(mut command: Command, data: &Path, log: &Path) -> anyhow::Result<Listening> {
    let stderr = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)?;
    let mut child = command
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .context("starting the program")?;
    let mut stdout = BufReader::new(child.stdout.take().context("no stdout")?);
    let mut line = String::new();
    stdout.read_line(&mut line)?;
    let Some(base) = line.trim().strip_prefix("listening on ").map(str::to_owned) else {
        let _ = child.kill();
        bail!(
            "first line {line:?}; log:\n{}",
            std::fs::read_to_string(log).unwrap_or_default()
        );
    };
    Ok(Listening {
        child,
        stdout,
        base,
    })
}

/// A client with a deadline.
///
/// # Panics
/// When the system gives it no thread.
pub fn client() -> reqwest::blocking::Client {
    // Built together with the plugin, the client wants a TLS provider even for plain HTTP. It may be
    // set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::blocking::Client::builder()
        .timeout(PATIENCE)
        .build()
        .expect("a client without TLS needs nothing")
}

/// A running service. Dropped, it is killed and its folder removed.
#[derive(Debug)]
pub struct Service {
    base: String,
    pub http: reqwest::blocking::Client,
    child: Child,
    stdout: BufReader<ChildStdout>,
    data: Arc<TempDir>,
    log: PathBuf,
}

impl Service {
    /// With defaults.
    pub fn start() -> Self {
        Setup::new().start()
    }

    /// `http://127.0.0.1:PORT`
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// What the service has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn get(&self, path: &str) -> reqwest::blocking::RequestBuilder {
        self.http.get(self.url(path))
    }

    pub fn post(&self, path: &str) -> reqwest::blocking::RequestBuilder {
        self.http.post(self.url(path))
    }

    pub fn delete(&self, path: &str) -> reqwest::blocking::RequestBuilder {
        self.http.delete(self.url(path))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn send(&self, request: reqwest::blocking::RequestBuilder) -> Answer {
        let response = request
            .send()
            .unwrap_or_else(|error| panic!("no answer: {error:?}; log:\n{}", self.log()));
        Answer::read(response)
    }

    /// Uploads a source and returns its id.
    ///
    /// # Panics
    /// When the service does not take it.
    pub fn upload(&self, bytes: Vec<u8>) -> String {
        let request = self.post("/v1/sources").header("content-type", "audio/wav");
        let answer = self.send(request.body(bytes));
        assert!([200, 201].contains(&answer.status), "{answer:?}");
        answer.json()["source_id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    /// Submits a job and returns its id.
    ///
    /// # Panics
    /// When the service does not take it.
    pub fn submit(&self, request: &Value) -> String {
        let answer = self.send(self.post("/v1/jobs").json(request));
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["job_id"].as_str().expect("an id").to_owned()
    }

    /// Asks until the job is as wished.
    ///
    /// # Panics
    /// When that takes longer than [`PATIENCE`].
    pub fn wait_for(&self, job_id: &str, wished: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.send(self.get(&format!("/v1/jobs/{job_id}"))).json();
            if wished(&job) {
                return job;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "still {job:#}; log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks until the job has ended.
    pub fn finish(&self, job_id: &str) -> Value {
        self.wait_for(job_id, |job| {
            ["succeeded", "failed", "cancelled"].contains(&job["state"].as_str().unwrap_or(""))
        })
    }

    /// Pulls the plug: SIGKILL. The folder stays, for the next start.
    pub fn pull_the_plug(mut self) -> Arc<TempDir> {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it was ours");
        self.data.clone()
    }

    /// Asks politely: SIGTERM. Does not wait.
    #[cfg(unix)]
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(status.expect("kill is there").success());
    }

    /// Waits until the program has ended; the rest of its stdout, and its folder.
    ///
    /// # Panics
    /// When that takes longer than [`PATIENCE`].
    pub fn wait_for_exit(mut self) -> (ExitStatus, String, Arc<TempDir>) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it was ours") {
                break status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "still runs; log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut rest = String::new();
        let _ = self.stdout.read_to_string(&mut rest);
        (status, rest, self.data.clone())
    }

    /// The files of the data folder, relative, without the job store's own.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        files_under(self.data_dir())
            .into_iter()
            .filter(|path| !path.to_string_lossy().contains(".sqlite"))
            .collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if Arc::strong_count(&self.data) == 1 {
            let _ = std::fs::remove_file(&self.log);
        }
    }
}

/// All files under a folder, relative to it.
pub fn files_under(root: &Path) -> BTreeSet<PathBuf> {
    fn walk(root: &Path, dir: &Path, into: &mut BTreeSet<PathBuf>) {
        // A file may go while we look.
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, into);
            } else if let Ok(relative) = path.strip_prefix(root) {
                into.insert(relative.to_owned());
            }
        }
    }
    let mut files = BTreeSet::new();
    walk(root, root, &mut files);
    files
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// # Panics
    /// When the body breaks off.
    pub fn read(response: reqwest::blocking::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().expect("a whole body").to_vec(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or("")
    }

    /// # Panics
    /// When the body is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
