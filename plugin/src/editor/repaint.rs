//! Asks the open window for a new picture, from any thread but the audio thread.

use egui::Context;
use parking_lot::Mutex;
use std::sync::Arc;

/// One for each instance, whether its window is open or not.
///
/// The toolkit's own notifier is not used: a timer looks for its requests from the moment the window is made. Under X11
/// a request that comes before the server has said that the window is shown asks for a vertical blank whose answer
/// nobody hears yet; the toolkit then waits for that answer for ever, and the window stays empty. It happened in
/// Ardour and in tests on busy machines, where the server takes longer than the timer.
#[derive(Debug, Clone, Default)]
pub struct Repaint {
    window: Arc<Mutex<Option<Context>>>,
}

impl Repaint {
    /// Of no effect before the window's first picture, which comes by itself.
    pub fn request(&self) {
        let window = self.window.lock().clone();
        if let Some(context) = window {
            context.request_repaint();
        }
    }

    /// The window paints now.
    pub(super) fn attach(&self, context: &Context) {
        let mut window = self.window.lock();
        if window.as_ref() != Some(context) {
            *window = Some(context.clone());
        }
    }

    /// That window is gone.
    pub(super) fn detach(&self, context: &Context) {
        let mut window = self.window.lock();
        if window.as_ref() == Some(context) {
            *window = None;
        }
    }
}
