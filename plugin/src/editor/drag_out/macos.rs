//! macOS: a dragging session of AppKit. It begins at once and goes on by itself; nothing waits.

use super::{DragError, DragHandle, Shared, crate_drag};
use raw_window_handle::RawWindowHandle;
use std::path::PathBuf;

pub(super) fn start(
    files: Vec<PathBuf>,
    window: RawWindowHandle,
    notify: crate_drag::Notify,
) -> Result<DragHandle, DragError> {
    if !matches!(window, RawWindowHandle::AppKit(_)) {
        return Err(DragError::Window);
    }
    let shared = Shared::new();
    crate_drag::run(files, window, &shared, notify);
    Ok(DragHandle {
        shared,
        thread: None,
    })
}
