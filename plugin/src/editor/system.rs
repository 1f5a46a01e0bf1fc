//! The operating system's drag and drop and file dialogs, behind the window's traits.

use super::{
    backend::{Clipboard, DragEnd, DragSource, DropSource, HostKeys, System},
    clipboard::FileClipboard,
    dialogs::SystemDialogs,
    drag_out::{self, DragError, DragHandle, DragState},
    text,
};
use parking_lot::Mutex;
use raw_window_handle::RawWindowHandle;
use std::{path::PathBuf, sync::Arc};

/// Wakes the window; called from any thread.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

impl System {
    /// The real one. `notify` must make the window draw a frame soon; what is copied stays in
    /// `clipboard` after the window has closed.
    pub fn native(notify: Notify, clipboard: Arc<Mutex<FileClipboard>>) -> Self {
        Self {
            drag: Box::new(SystemDrag {
                drag: None,
                notify: notify.clone(),
            }),
            clipboard: Box::new(clipboard),
            drop: Box::new(SystemDrop::new(notify.clone())),
            dialogs: Box::new(SystemDialogs::new(notify)),
            keys: Box::new(SystemKeys),
        }
    }
}

struct SystemDrag {
    drag: Option<DragHandle>,
    notify: Notify,
}

impl DragSource for SystemDrag {
    fn start(
        &mut self,
        files: Vec<PathBuf>,
        window: Option<RawWindowHandle>,
    ) -> Result<(), String> {
        let notify = self.notify.clone();
        let started = window
            .ok_or(DragError::Window)
            .and_then(|window| drag_out::start(files, window, move || notify()));
        self.drag = Some(started.map_err(|why| text::sentence(&why.to_string()))?);
        Ok(())
    }

    fn poll(&mut self) -> Option<DragEnd> {
        let end = match self.drag.as_ref()?.state() {
            DragState::Running => return None,
            DragState::Dropped => DragEnd::Delivered,
            DragState::Cancelled => DragEnd::NotTaken,
            DragState::Failed(why) => DragEnd::Failed(text::sentence(&why)),
        };
        self.drag = None;
        Some(end)
    }
}

impl Clipboard for Arc<Mutex<FileClipboard>> {
    fn copy(&mut self, files: Vec<PathBuf>) -> Result<(), String> {
        let copied = self.lock().copy(&files);
        copied.map_err(|why| text::sentence(&why.to_string()))
    }
}

#[cfg(target_os = "linux")]
struct SystemDrop {
    target: Option<super::drop_in::DropTarget>,
    /// A window that cannot take drops is not asked again: files can be opened by dialog.
    refused: bool,
    notify: Notify,
}

#[cfg(target_os = "linux")]
impl SystemDrop {
    fn new(notify: Notify) -> Self {
        Self {
            target: None,
            refused: false,
            notify,
        }
    }
}

#[cfg(target_os = "linux")]
impl DropSource for SystemDrop {
    fn attach(&mut self, window: RawWindowHandle) {
        if self.target.is_some() || self.refused {
            return;
        }
        let notify = self.notify.clone();
        match super::drop_in::DropTarget::start(window, move || notify()) {
            Ok(target) => self.target = Some(target),
            Err(why) => {
                tracing::warn!("{why}");
                self.refused = true;
            }
        }
    }

    fn is_hovering(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.hovering())
    }

    fn poll(&mut self) -> Vec<PathBuf> {
        let target = self.target.as_ref();
        target.map_or_else(Vec::new, |target| target.take_files())
    }
}

/// Elsewhere drops come, if at all, through the window toolkit.
#[cfg(not(target_os = "linux"))]
struct SystemDrop;

#[cfg(not(target_os = "linux"))]
impl SystemDrop {
    fn new(_: Notify) -> Self {
        Self
    }
}

#[cfg(not(target_os = "linux"))]
impl DropSource for SystemDrop {
    fn attach(&mut self, _: RawWindowHandle) {}

    fn is_hovering(&self) -> bool {
        false
    }

    fn poll(&mut self) -> Vec<PathBuf> {
        Vec::new()
    }
}

struct SystemKeys;

#[cfg(target_os = "linux")]
impl HostKeys for SystemKeys {
    fn pass_space(&self, window: Option<RawWindowHandle>) {
        let own = match window {
            Some(RawWindowHandle::Xcb(handle)) => handle.window.get(),
            Some(RawWindowHandle::Xlib(handle)) => handle.window as u32,
            _ => return,
        };
        if let Err(why) = super::host_keys::pass_space(own) {
            tracing::debug!("the host did not get the space bar: {why}");
        }
    }
}

/// Elsewhere the toolkit itself leaves the host what nobody here wants.
#[cfg(not(target_os = "linux"))]
impl HostKeys for SystemKeys {
    fn pass_space(&self, _: Option<RawWindowHandle>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_without_a_window_is_refused_with_a_way_out() {
        let mut system = System::native(Arc::new(|| {}), Arc::default());
        let why = system.drag.start(vec!["/a.wav".into()], None).unwrap_err();
        assert_eq!(
            why,
            "This window cannot start a drag; use Save as… instead."
        );
        assert_eq!(system.drag.poll(), None);
    }
}
