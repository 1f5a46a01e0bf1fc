//! What the standalone program tells the plugin inside it. A DAW's plugin has none of this.

mod args;

pub use args::{ArgsError, Options, USAGE};

use crate::{
    session::{ProjectState, Settings},
    wiring::Wiring,
};
use nice_plug_egui::RepaintNotifier;
use std::sync::{
    Arc, OnceLock, Weak,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

static OPTIONS: OnceLock<Options> = OnceLock::new();
static INSTANCE: OnceLock<Instance> = OnceLock::new();
static STOP: AtomicBool = AtomicBool::new(false);

/// What must end before the program does.
struct Instance {
    wiring: Weak<Wiring>,
    repaint: RepaintNotifier,
    window_open: Arc<AtomicBool>,
}

/// What is left to do for a program that was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The window closes, and the program ends with it.
    ByWindow,
    /// Nothing is left but to exit: there is no window, and the last take is on disk.
    Now,
    /// Asked twice: somebody is in a hurry.
    AtOnce,
}

/// Sets the options of this process's only instance, before it is made.
pub fn configure(options: Options) {
    // The program calls this once.
    let _ = OPTIONS.set(options);
}

/// The options; `None` inside a DAW.
pub fn options() -> Option<&'static Options> {
    OPTIONS.get()
}

/// A new session's state, when the command line names a service.
pub fn initial_project() -> Option<ProjectState> {
    let service_address = options()?.service.clone()?;
    let settings = Settings {
        service_address,
        ..Settings::default()
    };
    Some(ProjectState {
        settings,
        ..ProjectState::default()
    })
}

/// Tells [`request_stop`] what this process's only instance is made of.
pub fn watch(wiring: &Arc<Wiring>, repaint: RepaintNotifier, window_open: Arc<AtomicBool>) {
    let wiring = Arc::downgrade(wiring);
    // The program has one instance.
    let _ = INSTANCE.set(Instance {
        wiring,
        repaint,
        window_open,
    });
}

/// Asks the window to close; without one, ends the session's and the capture thread here.
pub fn request_stop() -> Stop {
    if STOP.swap(true, Relaxed) {
        return Stop::AtOnce;
    }
    let Some(instance) = INSTANCE.get() else {
        return Stop::Now;
    };
    if instance.window_open.load(Relaxed) {
        instance.repaint.request_repaint();
        return Stop::ByWindow;
    }
    finish();
    Stop::Now
}

/// Finishes the take that rolls and joins the threads, if that has not happened yet.
pub fn finish() {
    if let Some(wiring) = INSTANCE.get().and_then(|i| i.wiring.upgrade()) {
        wiring.shut_down();
    }
}

/// Warnings and news to standard error. The framework's complaint that Ctrl-C is taken is left out: it
/// is taken by this program.
pub fn log_to_stderr() -> bool {
    let filter = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("nice_plug::wrapper::standalone::wrapper", LevelFilter::OFF);
    let to_stderr = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(to_stderr)
        .with(filter)
        .try_init()
        .is_ok()
}

/// The window looks here once per frame.
pub fn stop_requested() -> bool {
    STOP.load(Relaxed)
}
