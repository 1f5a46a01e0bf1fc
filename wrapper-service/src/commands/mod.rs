//! What the program does, one file per command. A command returns a [`Failure`] instead of exiting.

mod calibrate;
mod check;
mod config;
mod live;
mod render;
mod serve;

use crate::{
    app,
    cli::Command,
    config::{Config, EngineKind, GateKind, Sources, StoreKind},
    engine::Engine,
    telemetry,
};
use std::{fmt::Display, io::Write as _, process::ExitCode, sync::Arc};

/// Why a command did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The command line or the configuration asks for something that cannot be. Exit code 2.
    Usage(String),
    /// It was right to ask, and it failed. Exit code 1.
    Run(String),
    /// As `Run`, with everything said already. Exit code 1.
    Said,
}

impl Failure {
    fn usage(cause: impl Display) -> Self {
        Self::Usage(cause.to_string())
    }

    fn run(cause: impl Display) -> Self {
        Self::Run(cause.to_string())
    }

    /// Of stdout. A reader that has seen enough, as in `… | head`, need not be told.
    fn unwritten(cause: std::io::Error) -> Self {
        match cause.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Said,
            _ => Self::Run(format!("stdout cannot be written: {cause}")),
        }
    }
}

/// Runs one command to its end.
pub fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::Serve(settings) => load(&settings.sources()).and_then(serve::serve),
        Command::Work(settings) => load(&settings.sources()).and_then(serve::work),
        Command::Render(args) => load(&args.sources()).and_then(|c| render::render(&c, args)),
        // Every few seconds: nothing is logged, and nothing but the service is looked at.
        Command::Check(args) if args.live => {
            read(&args.settings.sources()).and_then(|c| live::live(&c))
        }
        Command::Check(args) => load(&args.settings.sources()).and_then(|c| match args.calibrate {
            true => calibrate::calibrate(&c, &args),
            false => check::check(&c),
        }),
        Command::Config(settings) => read(&settings.sources()).and_then(|c| config::print(&c)),
    };
    let (code, sentence) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Usage(sentence)) => (2, sentence),
        Err(Failure::Run(sentence)) => (1, sentence),
        Err(Failure::Said) => return ExitCode::from(1),
    };
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "error: {sentence}");
    ExitCode::from(code)
}

fn read(sources: &Sources) -> Result<Config, Failure> {
    Config::load(sources).map_err(Failure::usage)
}

/// Reads the configuration for a command that runs with it: logging on, choices checked.
fn load(sources: &Sources) -> Result<Config, Failure> {
    let config = read(sources)?;
    telemetry::init(&config.log).map_err(Failure::Usage)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    refuse_unavailable(&config)?;
    Ok(config)
}

/// The contract names more engines, gates and stores than this build has.
fn refuse_unavailable(config: &Config) -> Result<(), Failure> {
    let missing = match (config.engine, config.gate, config.store) {
        (EngineKind::AceServer, ..) => ("engine", "ace-server", "sketch or acestep"),
        (EngineKind::Gradio, ..) => ("engine", "gradio", "sketch or acestep"),
        (_, GateKind::Redis, _) => ("gate", "redis", "local or gpu-queue-service"),
        (.., StoreKind::Redis) => ("store", "redis", "sqlite"),
        (
            EngineKind::Sketch | EngineKind::AceStep,
            GateKind::Local | GateKind::GpuQueueService,
            StoreKind::Sqlite,
        ) => return Ok(()),
    };
    let (what, name, instead) = missing;
    Err(Failure::Usage(format!(
        "the {what} {name} is not part of this version; use --{what} {instead}"
    )))
}

fn chain(error: anyhow::Error) -> Failure {
    Failure::Run(format!("{error:#}"))
}

/// A runtime for one command.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::Run(format!("the threads could not be started: {cause}")))
}

/// Completes at the first SIGTERM or SIGINT (Ctrl-C).
async fn stop_signal() {
    let interrupted = async {
        // Without a handler there is nothing to wait for: the system's default ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

/// The engine that plays, and its name.
fn engine(config: &Config) -> Result<(&'static str, Arc<dyn Engine>), Failure> {
    let (mut engines, playing) = app::engines(config).map_err(Failure::usage)?;
    let engine = engines.remove(playing);
    engine
        .map(|engine| (playing, engine))
        .ok_or_else(|| Failure::Usage(format!("there is no engine {playing}")))
}
