//! The standalone program: the plugin in a window of its own, with a song to play along to.

use nice_plug::prelude::nice_export_standalone_with_args;
use sideman::{
    Sideman,
    standalone::{self, Options, Stop, USAGE},
};
use std::process::ExitCode;

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    let (options, rest) = match Options::split(std::env::args()) {
        Ok(split) => split,
        Err(error) => {
            eprintln!("sideman: {error}");
            return ExitCode::from(2);
        }
    };
    if rest.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{USAGE}\nAudio options:\n");
    }
    standalone::configure(options);
    let caught = ctrlc::set_handler(|| match standalone::request_stop() {
        Stop::ByWindow => {}
        Stop::Now => std::process::exit(0),
        Stop::AtOnce => std::process::exit(INTERRUPTED),
    });
    if let Err(error) = caught {
        eprintln!("sideman: Ctrl-C will not end it cleanly ({error}); close the window instead");
    }
    let ended_well = nice_export_standalone_with_args::<Sideman, _>(rest);
    standalone::finish();
    if ended_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
