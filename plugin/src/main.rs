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
    let options = match Options::split(std::env::args()) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("sideman: {error}");
            return ExitCode::from(2);
        }
    };
    if options.list_devices {
        print!("{}", standalone::list_devices());
        return ExitCode::SUCCESS;
    }
    let wants_help = |arg: &String| arg == "--help" || arg == "-h";
    if options.backend_args.iter().any(wants_help) {
        println!("{USAGE}\nAudio options:\n");
    }
    let rest = standalone::configure(options);
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
        eprintln!(
            "sideman: the audio device could not be opened as asked. `sideman --fresh` forgets the device \
             chosen in Settings; `sideman --help` shows all options."
        );
        ExitCode::FAILURE
    }
}
