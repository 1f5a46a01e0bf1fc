//! Waits until the window's own thread is gone.
//!
//! Under X11 the toolkit paints on a thread of its own, and when the window closes it only tells that thread to stop: the
//! thread still takes the graphics apart while the host goes on, perhaps to unload this library or to end its own process,
//! and then crashes. So whoever closes the window waits for it.

use std::{
    cell::RefCell,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::Duration,
};

/// A thread that hangs in a driver holds the host up no longer than this.
const LIMIT: Duration = Duration::from_secs(2);

thread_local! {
    /// Dropped with the thread, after all that it runs.
    static ON_LEAVING: RefCell<Option<Sender<()>>> = const { RefCell::new(None) };
}

/// For the window's thread, which is to be waited for.
#[derive(Debug)]
pub struct Leaving(Sender<()>);

/// For whoever closes the window; waits when it is dropped.
#[derive(Debug)]
pub struct Farewell(Receiver<()>);

pub fn pair() -> (Leaving, Farewell) {
    let (sender, receiver) = channel();
    (Leaving(sender), Farewell(receiver))
}

impl Leaving {
    /// To be called on the window's thread.
    pub fn bind(self) {
        // Elsewhere the window lives on the host's main thread, which nobody may wait for.
        if cfg!(target_os = "linux") {
            ON_LEAVING.with_borrow_mut(|on_leaving| *on_leaving = Some(self.0));
        }
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if self.0.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            tracing::error!("the window's thread does not end; left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        thread,
        time::Instant,
    };

    #[cfg(target_os = "linux")]
    #[test]
    fn a_farewell_waits_until_the_thread_has_done_all_it_does() {
        let (leaving, farewell) = pair();
        let is_done = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&is_done);
        // Never joined, as the toolkit does it.
        thread::spawn(move || {
            leaving.bind();
            thread::sleep(Duration::from_millis(60));
            done.store(true, Ordering::Release);
        });
        drop(farewell);
        assert!(is_done.load(Ordering::Acquire));
    }

    #[test]
    fn a_window_that_was_never_made_is_not_waited_for() {
        let (leaving, farewell) = pair();
        drop(leaving);
        let begun = Instant::now();
        drop(farewell);
        assert!(begun.elapsed() < LIMIT);
    }
}
