//! What the engine is told from outside, as plain data.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};
use tempfile::NamedTempFile;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Without a slash at the end; may have a path.
    pub url: String,
    pub api_key: Option<ApiKey>,
    /// The checkpoint to play with; empty: whatever the server has loaded.
    pub model: Option<String>,
    pub loading: Loading,
    /// Loading a model, by whatever means; a server that loads answers nothing meanwhile.
    pub load_limit: Duration,
    pub steps: u16,
    pub guidance_scale: f32,
    /// Short sources are repeated up to this length, where loop assist is wanted.
    pub loop_assist_secs: f64,
    /// The LoRAs that may be asked for: where each lies on the server's disk, by its name.
    pub loras: BTreeMap<String, String>,
    /// Where past running times are kept; without it they are forgotten at the end.
    pub history_path: Option<PathBuf>,
    /// Where the files of running work lie; if it is not there, where the system puts temporary ones.
    pub aside: Option<PathBuf>,
    pub waits: Waits,
}

/// How a model comes into GPU memory and leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loading {
    /// By the server's own calls, whichever it has.
    Auto,
    /// By `/v1/load` and `/v1/unload`, or `/v1/init`.
    Http,
    /// By programs of the operator's; an empty one is none.
    Command {
        load: Vec<String>,
        unload: Vec<String>,
    },
    /// Not at all: it is there or it is not.
    None,
}

/// A key that prints as nothing.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Every wait that is not the operator's business. Shorter in tests.
#[derive(Debug, Clone)]
pub struct Waits {
    pub connect: Duration,
    /// A look at how the server is, on behalf of somebody who wants to know within a second.
    pub look: Duration,
    /// How long such a look is good for.
    pub look_again: Duration,
    /// One small call; the server may be frozen for longer.
    pub call: Duration,
    /// Between two polls, at first and at most.
    pub first_poll: Duration,
    pub longest_poll: Duration,
    /// A task the server does not know may only just have been accepted.
    pub unknown_grace: Duration,
    /// A running task that does not move for so long is asked about elsewhere.
    pub stall: Duration,
    /// The server refuses connections: it restarts, or it is gone.
    pub down: Duration,
    /// The server's queue is full.
    pub queue_full: Duration,
    /// A task from first to last.
    pub task: Duration,
    /// An abandoned task that still holds the GPU.
    pub abandoned: Duration,
    /// Between two pieces of a download, and how often it is taken up again.
    pub download_stall: Duration,
    pub download_tries: u32,
}

impl Default for Waits {
    fn default() -> Self {
        let secs = Duration::from_secs;
        Self {
            connect: secs(5),
            look: Duration::from_millis(800),
            look_again: secs(5),
            call: secs(20),
            first_poll: Duration::from_millis(250),
            longest_poll: secs(2),
            unknown_grace: secs(5),
            stall: secs(10),
            down: secs(90),
            queue_full: secs(300),
            task: secs(3_600),
            abandoned: secs(900),
            download_stall: secs(30),
            download_tries: 5,
        }
    }
}

impl Settings {
    /// Everything at its default but the address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            api_key: None,
            model: None,
            loading: Loading::Auto,
            load_limit: Duration::from_secs(600),
            steps: 50,
            guidance_scale: 7.0,
            loop_assist_secs: 60.0,
            loras: BTreeMap::new(),
            history_path: None,
            aside: None,
            waits: Waits::default(),
        }
    }

    /// A file that is gone when it is dropped.
    pub fn temporary_file(&self, suffix: &str) -> std::io::Result<NamedTempFile> {
        let mut names = tempfile::Builder::new();
        names.prefix("acestep-").suffix(suffix);
        let aside = self.aside.as_ref();
        let file = aside.and_then(|dir| names.tempfile_in(dir).ok());
        file.map_or_else(|| names.tempfile(), Ok)
    }
}
