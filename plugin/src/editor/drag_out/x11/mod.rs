//! An XDND source (version 5) on its own connection.
//!
//! No pointer grab: the server has given one to the plugin window's connection on the button press, so
//! another cannot have it. Polling is enough: the pointer's place and button, and the Escape key, can be
//! asked for at any time, and the window toolkit meanwhile keeps getting its moves and the release.

mod hover;
mod label;
mod server;
mod session;
mod target;
mod transfer;

#[cfg(test)]
pub(in crate::editor) mod testing;
#[cfg(test)]
mod x11_tests;

pub(in crate::editor) use {
    server::{hidden_window, time},
    target::property,
    transfer::Offer,
};

use super::{DragError, DragHandle, DragState, Shared, uri};
use raw_window_handle::RawWindowHandle;
use session::Session;
use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};
use x11rb::protocol::xproto::Window;

/// What can go wrong between us and the X server; told to the user as it is.
pub(in crate::editor) type XResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub(super) fn start(
    files: Vec<PathBuf>,
    window: RawWindowHandle,
    notify: Box<dyn Fn() + Send>,
) -> Result<DragHandle, DragError> {
    let own = own_window(window)?;
    let shared = Shared::new();
    let thread = {
        let shared = shared.clone();
        std::thread::Builder::new()
            .name("sideman-drag".into())
            .spawn(move || {
                shared.conclude(run_contained(&files, own, &shared));
                notify();
            })
            .map_err(|e| DragError::System(e.to_string()))?
    };
    Ok(DragHandle {
        shared,
        thread: Some(thread),
    })
}

fn own_window(window: RawWindowHandle) -> Result<Window, DragError> {
    match window {
        RawWindowHandle::Xcb(handle) => Ok(handle.window.get()),
        // Window ids have 29 bits.
        RawWindowHandle::Xlib(handle) => {
            Window::try_from(handle.window).map_err(|_| DragError::Window)
        }
        _ => Err(DragError::Window),
    }
}

/// A bug here must end the drag, not leave it running for ever.
fn run_contained(files: &[PathBuf], own: Window, shared: &Arc<Shared>) -> DragState {
    match catch_unwind(AssertUnwindSafe(|| run(files, own, shared))) {
        Ok(Ok(true)) => DragState::Dropped,
        Ok(Ok(false)) => DragState::Cancelled,
        Ok(Err(e)) => DragState::Failed(format!("the drag was lost ({e}); use Save as… instead")),
        Err(_) => DragState::Failed("the drag failed inside Sideman; use Save as… instead".into()),
    }
}

/// `true` when the files were taken.
fn run(files: &[PathBuf], own: Window, shared: &Shared) -> XResult<bool> {
    let mut session = Session::open(own, uri::list_of_paths(files), &caption(files))?;
    if session.follow_pointer(shared)? {
        session.drop_here(shared)
    } else {
        session.leave()?;
        Ok(false)
    }
}

/// What the label beside the pointer says.
fn caption(files: &[PathBuf]) -> String {
    match files {
        [one] => one.file_name().map_or_else(
            || "1 stem".into(),
            |name| Path::new(name).display().to_string(),
        ),
        several => format!("{} stems", several.len()),
    }
}
