//! Windows: OLE's `DoDragDrop`, which runs a message loop of its own until the drag ends.
//!
//! That loop delivers timers and paint messages to our own window. Were it run from within the editor's
//! `ui`, the next frame would find the toolkit's cells still borrowed and panic. So `start` only leaves
//! the drag on this thread's desk and sets a timer of no delay; Windows calls it from the window's message
//! loop, when `ui` has returned and nothing is borrowed. The button is still down then: a timer's delay
//! is some milliseconds.

use super::{DragError, DragHandle, DragState, Shared, crate_drag};
use raw_window_handle::RawWindowHandle;
use std::{cell::RefCell, ffi::c_void, path::PathBuf, sync::Arc};

type TimerCallback = unsafe extern "system" fn(*mut c_void, u32, usize, u32);

#[link(name = "user32")]
unsafe extern "system" {
    fn SetTimer(
        window: *mut c_void,
        id: usize,
        delay_ms: u32,
        callback: Option<TimerCallback>,
    ) -> usize;
    fn KillTimer(window: *mut c_void, id: usize) -> i32;
}

struct Pending {
    timer: usize,
    files: Vec<PathBuf>,
    window: RawWindowHandle,
    shared: Arc<Shared>,
    notify: crate_drag::Notify,
}

thread_local! {
    /// The drag about to begin on this window thread; one pointer drags one thing.
    static DESK: RefCell<Option<Pending>> = const { RefCell::new(None) };
}

pub(super) fn start(
    files: Vec<PathBuf>,
    window: RawWindowHandle,
    notify: crate_drag::Notify,
) -> Result<DragHandle, DragError> {
    if !matches!(window, RawWindowHandle::Win32(_)) {
        return Err(DragError::Window);
    }
    // SAFETY: without a window the timer belongs to this thread; the callback has the asked signature and
    // lives as long as the library, which stays loaded while a window of it is open.
    let timer = unsafe { SetTimer(std::ptr::null_mut(), 0, 0, Some(begin)) };
    if timer == 0 {
        return Err(DragError::System(
            std::io::Error::last_os_error().to_string(),
        ));
    }
    let shared = Shared::new();
    DESK.set(Some(Pending {
        timer,
        files,
        window,
        shared: shared.clone(),
        notify,
    }));
    Ok(DragHandle {
        shared,
        thread: None,
    })
}

/// Called once per [`start`], from the thread's message loop.
unsafe extern "system" fn begin(_window: *mut c_void, _message: u32, timer: usize, _time: u32) {
    // SAFETY: the timer that called, on the thread that set it.
    unsafe { KillTimer(std::ptr::null_mut(), timer) };
    // Taken before the drag begins: its message loop may call back into this thread.
    let Some(pending) = DESK.take().filter(|pending| pending.timer == timer) else {
        return;
    };
    if pending.shared.should_stop() {
        // The editor gave up between `start` and now.
        pending.shared.conclude(DragState::Cancelled);
        return;
    }
    crate_drag::run(
        pending.files,
        pending.window,
        &pending.shared,
        pending.notify,
    );
}
