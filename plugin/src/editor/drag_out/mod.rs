//! Hands finished files to another program by the system's drag and drop.
//!
//! - Linux: an XDND source of our own ([`x11`]), on its own thread and connection. The window toolkit only
//!   receives drops, and its event loop swallows the answers that a source waits for.
//! - Windows and macOS: the `drag` crate, on the window's thread.
//!
//! The file must be complete before the drag begins, and stay where it is afterwards: programs read it
//! when they like, and some say "not taken" although they took it.

mod uri;

#[cfg(target_os = "linux")]
mod x11;

#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "macos")]
mod macos;

#[cfg(any(target_os = "windows", target_os = "macos"))]
mod crate_drag;

#[cfg(target_os = "macos")]
use macos as system;
#[cfg(target_os = "windows")]
use windows as system;
#[cfg(target_os = "linux")]
use x11 as system;

#[cfg(all(test, target_os = "linux"))]
pub(super) use x11::testing;
#[cfg(target_os = "linux")]
pub(super) use {
    uri::{list_of_paths, paths_of_list},
    x11::{Offer, XResult, hidden_window, property, time},
};

use parking_lot::Mutex;
use raw_window_handle::RawWindowHandle;
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// More files than anyone means to drag.
const MAX_FILES: usize = 256;

/// Where a drag stands; all but `Running` are final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DragState {
    Running,
    /// Another program took the files.
    Dropped,
    /// Escape, or dropped where nobody wanted them.
    Cancelled,
    /// A sentence for the user.
    Failed(String),
}

/// Why a drag could not begin; each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum DragError {
    #[error("there is no finished stem to drag")]
    NoFiles,
    #[error("{0} files are too many for one drag; select at most {MAX_FILES}")]
    TooManyFiles(usize),
    #[error("{} is no longer there; generate the stem again", .0.display())]
    Missing(PathBuf),
    #[error("this window cannot start a drag; use Save as… instead")]
    Window,
    #[error("the drag could not be started ({0}); use Save as… instead")]
    System(String),
}

/// A drag on its way. Keep it until its state is final: dropping it ends the drag.
#[derive(Debug)]
pub struct DragHandle {
    shared: Arc<Shared>,
    /// Where the system needs one.
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<DragState>,
    stop: AtomicBool,
}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(DragState::Running),
            stop: AtomicBool::new(false),
        })
    }

    // On macOS the system ends the drag.
    #[cfg(not(target_os = "macos"))]
    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    fn conclude(&self, state: DragState) {
        *self.state.lock() = state;
    }
}

impl DragHandle {
    pub fn state(&self) -> DragState {
        self.shared.state.lock().clone()
    }
}

impl Drop for DragHandle {
    /// Waits for the drag's thread, which looks at `stop` every few milliseconds: the library may be
    /// unloaded next, and no thread may run in it then.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told as a failure already.
            let _ = thread.join();
        }
    }
}

/// Begins to drag `files` (absolute paths) out of `window`, the plugin's own: a drop on it counts as
/// none. Call it while the pointer's button is down, on the window's thread. `notify` is called, from any
/// thread, when the state has become final.
///
/// # Errors
/// Nothing to drag, a file that is missing, a window of another system, no thread to be had.
pub fn start(
    files: Vec<PathBuf>,
    window: RawWindowHandle,
    notify: impl Fn() + Send + 'static,
) -> Result<DragHandle, DragError> {
    if files.is_empty() {
        return Err(DragError::NoFiles);
    }
    if files.len() > MAX_FILES {
        return Err(DragError::TooManyFiles(files.len()));
    }
    if let Some(missing) = files.iter().find(|f| !f.is_absolute() || !f.is_file()) {
        return Err(DragError::Missing(missing.clone()));
    }
    system::start(files, window, Box::new(notify))
}
