//! The window's drag and drop on this system.

use crate::editor::{
    backend::{DragEnd, DragSource, DropSource},
    drag_out::{self, DragHandle, DragState},
};
use raw_window_handle::RawWindowHandle;
use std::{path::PathBuf, sync::Arc};

/// Wakes the window.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

/// Drags finished files out of the window.
pub struct SystemDrag {
    notify: Notify,
    running: Option<DragHandle>,
}

impl SystemDrag {
    pub fn new(notify: Notify) -> Self {
        Self {
            notify,
            running: None,
        }
    }
}

impl DragSource for SystemDrag {
    fn start(
        &mut self,
        files: Vec<PathBuf>,
        window: Option<RawWindowHandle>,
    ) -> Result<(), String> {
        let window = window.ok_or("this window cannot start a drag; use Save as… instead")?;
        let notify = Arc::clone(&self.notify);
        let handle = drag_out::start(files, window, move || notify()).map_err(|e| e.to_string())?;
        self.running = Some(handle);
        Ok(())
    }

    fn poll(&mut self) -> Option<DragEnd> {
        let end = match self.running.as_ref()?.state() {
            DragState::Running => return None,
            DragState::Dropped => DragEnd::Delivered,
            DragState::Cancelled => DragEnd::Refused,
            DragState::Failed(why) => DragEnd::Failed(why),
        };
        self.running = None;
        Some(end)
    }
}

/// Takes files that are dropped on the window.
#[cfg(target_os = "linux")]
pub fn system_drops(notify: &Notify) -> Box<dyn DropSource> {
    Box::new(x11::X11Drops {
        notify: Arc::clone(notify),
        target: None,
        refused: false,
    })
}

/// The window toolkit drops file drops, and nothing can be put beside it here: the Open button serves.
#[cfg(not(target_os = "linux"))]
pub fn system_drops(_: &Notify) -> Box<dyn DropSource> {
    struct None;

    impl DropSource for None {
        fn attach(&mut self, _: RawWindowHandle) {}

        fn is_hovering(&self) -> bool {
            false
        }

        fn poll(&mut self) -> Vec<PathBuf> {
            Vec::new()
        }
    }

    Box::new(None)
}

#[cfg(target_os = "linux")]
mod x11 {
    use super::{DropSource, Notify, PathBuf, RawWindowHandle};
    use crate::editor::drop_in::DropTarget;
    use std::sync::Arc;

    pub(super) struct X11Drops {
        pub notify: Notify,
        pub target: Option<DropTarget>,
        /// The window is of another system; it is not asked again.
        pub refused: bool,
    }

    impl DropSource for X11Drops {
        fn attach(&mut self, window: RawWindowHandle) {
            if self.target.is_some() || self.refused {
                return;
            }
            let notify = Arc::clone(&self.notify);
            match DropTarget::start(window, move || notify()) {
                Ok(target) => self.target = Some(target),
                Err(why) => {
                    tracing::warn!("{why}");
                    self.refused = true;
                }
            }
        }

        fn is_hovering(&self) -> bool {
            self.target.as_ref().is_some_and(DropTarget::hovering)
        }

        fn poll(&mut self) -> Vec<PathBuf> {
            self.target
                .as_ref()
                .map(DropTarget::take_files)
                .unwrap_or_default()
        }
    }
}
