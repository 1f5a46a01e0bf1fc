//! Files dropped on the plugin's window, under X11.
//!
//! The window toolkit reads such drops and throws them away; and a host that marks its own top-level window
//! as a drop target keeps sources from ever asking the window embedded in it. So a helper window on a
//! connection of our own stands in: the top-level's `XdndProxy` property names it, and sources then talk to
//! it. What lies outside our rectangle is passed on to the top-level, which goes on taking drops itself.

mod conversation;
mod proxy;

#[cfg(test)]
mod x11_tests;

use conversation::Conversation;
use parking_lot::Mutex;
use raw_window_handle::RawWindowHandle;
use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};
use x11rb::protocol::xproto::Window;

/// How often messages are looked for when none came: seldom, until a drag is there.
const POLL: Duration = Duration::from_millis(50);
const POLL_IN_A_DRAG: Duration = Duration::from_millis(10);
/// Files kept for the editor; nobody drops more songs at once.
const MAX_FILES: usize = 64;

type XResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Why no drops can be taken; each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum DropError {
    #[error("this window cannot take dropped files; use the Open button instead")]
    Window,
    #[error("dropped files cannot be taken ({0}); use the Open button instead")]
    System(#[from] std::io::Error),
}

/// Takes drops on a window for as long as it lives.
#[derive(Debug)]
pub struct DropTarget {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    hovering: AtomicBool,
    files: Mutex<Vec<PathBuf>>,
    stop: AtomicBool,
}

impl DropTarget {
    /// Takes drops on `window`, the plugin's own, wherever the host puts it. `notify` is called from
    /// another thread when [`DropTarget::hovering`] has changed or files have come.
    ///
    /// # Errors
    /// A window of another system; no thread to be had. A server that cannot be reached only means that no
    /// drop ever comes.
    pub fn start(
        window: RawWindowHandle,
        notify: impl Fn() + Send + 'static,
    ) -> Result<Self, DropError> {
        let own = match window {
            RawWindowHandle::Xcb(handle) => handle.window.get(),
            RawWindowHandle::Xlib(handle) => {
                Window::try_from(handle.window).map_err(|_| DropError::Window)?
            }
            _ => return Err(DropError::Window),
        };
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = shared.clone();
            std::thread::Builder::new()
                .name("sideman-drop".into())
                .spawn(move || take_drops(own, &shared, &notify))?
        };
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// A drag with files is above the window.
    pub fn hovering(&self) -> bool {
        self.shared.hovering.load(Ordering::Acquire)
    }

    /// The files dropped since the last call.
    pub fn take_files(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.shared.files.lock())
    }
}

impl Drop for DropTarget {
    /// Waits for the thread (some milliseconds), which takes the proxy away: the library may be unloaded
    /// next.
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic in it has been logged where it happened.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// `true` when that is news.
    fn set_hovering(&self, hovering: bool) -> bool {
        self.hovering.swap(hovering, Ordering::AcqRel) != hovering
    }

    fn add(&self, files: Vec<PathBuf>) {
        let mut kept = self.files.lock();
        let room = MAX_FILES.saturating_sub(kept.len());
        kept.extend(files.into_iter().take(room));
    }
}

fn take_drops(own: Window, shared: &Shared, notify: &dyn Fn()) {
    let outcome = catch_unwind(AssertUnwindSafe(|| serve(own, shared, notify)));
    shared.set_hovering(false);
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(e)) => tracing::warn!("dropped files are no longer taken: {e}"),
        Err(_) => tracing::error!("taking dropped files failed inside Sideman"),
    }
}

fn serve(own: Window, shared: &Shared, notify: &dyn Fn()) -> XResult<()> {
    let mut conversation = Conversation::open(own)?;
    while !shared.should_stop() {
        conversation.keep_proxy()?;
        if !conversation.handle_next(shared, notify)? {
            std::thread::sleep(if conversation.has_guest() {
                POLL_IN_A_DRAG
            } else {
                POLL
            });
        }
    }
    conversation.close()
}
