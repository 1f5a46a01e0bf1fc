//! What the standalone program tells the plugin inside it. A DAW's plugin has none of this.

mod args;

pub use args::{ArgsError, Options, USAGE};

use crate::session::{ProjectState, Settings};
use nice_plug_egui::RepaintNotifier;
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};

static OPTIONS: OnceLock<Options> = OnceLock::new();
static WINDOW: OnceLock<RepaintNotifier> = OnceLock::new();
static STOP: AtomicBool = AtomicBool::new(false);

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

/// Lets [`request_stop`] wake the window.
pub fn watch_window(repaint: RepaintNotifier) {
    // The program has one instance.
    let _ = WINDOW.set(repaint);
}

/// Asks the window to close, or the audio to end when there is none. Returns whether that was asked
/// before.
pub fn request_stop() -> bool {
    let before = STOP.swap(true, Relaxed);
    if let Some(window) = WINDOW.get() {
        window.request_repaint();
    }
    before
}

/// Real-time safe.
pub fn stop_requested() -> bool {
    STOP.load(Relaxed)
}
