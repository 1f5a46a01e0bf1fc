//! What Windows and macOS have in common: the `drag` crate.

use super::{DragState, Shared};
use parking_lot::Mutex;
use raw_window_handle::{HandleError, HasWindowHandle, RawWindowHandle, WindowHandle};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
};

/// Shown beside the pointer; both systems insist on a picture.
const PICTURE: &[u8] = include_bytes!("drag.png");

pub(super) type Notify = Box<dyn Fn() + Send>;

/// The plugin's window while its editor is open.
struct OwnWindow(RawWindowHandle);

impl HasWindowHandle for OwnWindow {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        // SAFETY: the handle is the plugin's own window's, on whose thread this runs, called from that
        // window's event loop: it cannot be closed in between.
        Ok(unsafe { WindowHandle::borrow_raw(self.0) })
    }
}

/// Runs the system's drag. On Windows this returns when the drag has ended, on macOS at once; the state
/// becomes final in both. The crate panics where the system refuses an object: that ends as a failure.
pub(super) fn run(
    files: Vec<PathBuf>,
    window: RawWindowHandle,
    shared: &Arc<Shared>,
    notify: Notify,
) {
    let notify = Arc::new(Mutex::new(notify));
    let on_end = {
        let (shared, notify) = (shared.clone(), notify.clone());
        move |result, _cursor| {
            shared.conclude(match result {
                drag::DragResult::Dropped => DragState::Dropped,
                drag::DragResult::Cancel => DragState::Cancelled,
            });
            (notify.lock())();
        }
    };
    let started = catch_unwind(AssertUnwindSafe(|| {
        drag::start_drag(
            &OwnWindow(window),
            drag::DragItem::Files(files),
            drag::Image::Raw(PICTURE.to_vec()),
            on_end,
            drag::Options::default(),
        )
    }));
    let failure = match started {
        Ok(Ok(())) => return,
        Ok(Err(e)) => e.to_string(),
        Err(_) => "the system refused".into(),
    };
    shared.conclude(DragState::Failed(format!(
        "the drag failed ({failure}); use Save as… instead"
    )));
    (notify.lock())();
}
