use clap::Parser;
use std::process::ExitCode;
use wrapper_service::{cli::Cli, commands};

fn main() -> ExitCode {
    commands::run(Cli::parse().command)
}
