//! The command line. Words are fixed by the contract; values are judged by [`crate::config`].

use crate::config::Sources;
use clap::{Args, Parser, Subcommand};
use figment::value::Value;
use sideman_shared::music::{Bpm, KeyScale, Track};
use std::path::PathBuf;

/// Sideman's service beside the GPU: takes a song, has an engine play a stem to it, keeps the stem.
#[derive(Debug, Parser)]
#[command(name = "wrapper-service", version, about, propagate_version = true)]
#[command(after_help = "\
Examples:
  wrapper-service serve
  wrapper-service render song.wav --track drums,bass -o stems/
  SIDEMAN_AUTH_KEYS=studio:A-LONG-SECRET wrapper-service serve --listen 0.0.0.0:8002

Every setting is also an environment variable SIDEMAN_… and a key of the TOML file;
`wrapper-service config` shows them all with their values and where these came from.
Order: flag, environment, file, default.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the HTTP interface and work off the jobs.
    Serve(Settings),
    /// Work off jobs without HTTP, for a store shared by several nodes.
    Work(Settings),
    /// Play stems to one file here and now, without a server.
    Render(RenderArgs),
    /// The doctor: says whether a job could run now, and if not, why.
    Check(CheckArgs),
    /// Show the effective configuration and where each value came from; secrets are redacted.
    Config(Settings),
}

/// Flags shared by all commands that run with the whole configuration.
#[derive(Debug, Clone, Default, Args)]
pub struct Settings {
    /// The TOML file to read [env: SIDEMAN_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where to listen; may be repeated. Port 0 picks a free one [default: 127.0.0.1:8002]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Vec<String>,
    /// Where jobs, sources and stems are kept
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Who plays [default: sketch]
    #[arg(long, value_name = "NAME", value_parser = ENGINES)]
    pub engine: Option<String>,
    /// Who admits jobs to the GPU [default: local]
    #[arg(long, value_name = "NAME", value_parser = ["local", "gpu-queue-service", "redis"])]
    pub gate: Option<String>,
    /// Where job records live [default: sqlite]
    #[arg(long, value_name = "NAME", value_parser = ["sqlite", "redis"])]
    pub store: Option<String>,
    /// How long running jobs may finish after SIGTERM or SIGINT [default: 30]
    #[arg(long, value_name = "SECS")]
    pub drain: Option<u64>,
    /// Listen beyond this machine without an API key
    #[arg(long)]
    pub allow_anonymous: bool,
}

const ENGINES: [&str; 4] = ["sketch", "acestep", "ace-server", "gradio"];

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub settings: Settings,
    /// Only ask whether the service that listens here answers, for whoever watches it
    #[arg(long, conflicts_with = "calibrate")]
    pub live: bool,
    /// Play one real job, measure its time and GPU memory, and propose settings
    #[arg(long)]
    pub calibrate: bool,
    /// What to play to [default: 30 s of clicks and chords]
    #[arg(long, value_name = "FILE", requires = "calibrate")]
    pub source: Option<PathBuf>,
    /// How soon a stem should be there; the steps are proposed for it
    #[arg(
        long,
        value_name = "SECS",
        requires = "calibrate",
        default_value_t = 30.0
    )]
    pub within: f64,
}

#[derive(Debug, Args)]
pub struct RenderArgs {
    /// The song or loop to play to: WAV, AIFF, FLAC, MP3, OGG or M4A
    #[arg(value_name = "SOURCE")]
    pub source: PathBuf,
    /// What to play: vocals, backing_vocals, drums, bass, guitar, keyboard, strings, synth,
    /// percussion, brass, woodwinds, fx; several with commas
    #[arg(long, value_name = "T[,T…]", value_delimiter = ',', required = true)]
    pub track: Vec<Track>,
    /// The file to write (.wav, .flac or .mp3), or a folder; several tracks need a folder
    #[arg(short, long, value_name = "PATH")]
    pub output: PathBuf,
    /// The tempo, 20–400 [default: heard in the source]
    #[arg(long, value_name = "F")]
    pub bpm: Option<Bpm>,
    /// The key, such as "A minor" [default: heard in the source]
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyScale>,
    /// What the player is told [default: each track's own]
    #[arg(long, value_name = "S")]
    pub caption: Option<String>,
    /// The same seed plays the same stem [default: chosen and reported]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// Who plays [default: sketch]
    #[arg(long, value_name = "NAME", value_parser = ENGINES)]
    pub engine: Option<String>,
    /// The TOML file to read [env: SIDEMAN_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Settings {
    /// The flags that were given, over this process's environment.
    pub fn sources(&self) -> Sources {
        let mut flags = Vec::new();
        let mut add = |key, flag, value: Option<Value>| {
            flags.extend(value.map(|value| (key, flag, value)));
        };
        let listen = (!self.listen.is_empty()).then(|| Value::from(self.listen.clone()));
        add("listen", "--listen", listen);
        let dir = self.data_dir.as_ref().map(|dir| dir.display().to_string());
        add("data_dir", "--data-dir", dir.map(Value::from));
        add("engine", "--engine", self.engine.clone().map(Value::from));
        add("gate", "--gate", self.gate.clone().map(Value::from));
        add("store", "--store", self.store.clone().map(Value::from));
        add("jobs.drain_secs", "--drain", self.drain.map(Value::from));
        let anonymous = self.allow_anonymous.then(|| Value::from(true));
        add("auth.allow_anonymous", "--allow-anonymous", anonymous);
        Sources {
            file: self.config.clone(),
            env: environment(),
            flags,
        }
    }
}

impl RenderArgs {
    pub fn sources(&self) -> Sources {
        let settings = Settings {
            config: self.config.clone(),
            engine: self.engine.clone(),
            ..Settings::default()
        };
        settings.sources()
    }
}

/// Variables that are no UTF-8 cannot be settings and are left out.
fn environment() -> std::collections::BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn render_takes_tracks_with_commas_and_keys_with_spaces() {
        let words = [
            "wrapper-service",
            "render",
            "a.wav",
            "--track",
            "drums,bass",
        ];
        let more = ["-o", "out", "--key", "Bb minor", "--bpm", "92.5"];
        let cli = Cli::try_parse_from(words.into_iter().chain(more)).unwrap();
        let Command::Render(args) = cli.command else {
            panic!("not render")
        };
        assert_eq!(args.track, [Track::Drums, Track::Bass]);
        assert_eq!(args.key.unwrap().to_string(), "A# minor");
        assert_eq!(args.bpm.unwrap().get(), 92.5);
    }
}
