//! Named threads that are always joined, within a deadline: the host may unload the library.

use std::{
    io,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// A thread of this plugin instance.
#[derive(Debug)]
pub struct Worker {
    handle: Option<JoinHandle<()>>,
}

impl Worker {
    /// # Errors
    /// The system refuses another thread.
    pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let handle = thread::Builder::new().name(name.into()).spawn(body)?;
        Ok(Self {
            handle: Some(handle),
        })
    }

    /// Waits until the thread has ended; `false` when it has not within `limit` and is left behind.
    pub fn join_within(&mut self, limit: Duration) -> bool {
        let Some(handle) = self.handle.take() else {
            return true;
        };
        let deadline = Instant::now() + limit;
        while !handle.is_finished() {
            if Instant::now() >= deadline {
                tracing::error!(thread = handle.thread().name(), "does not end; left behind");
                return false;
            }
            thread::sleep(Duration::from_millis(2));
        }
        if handle.join().is_err() {
            tracing::error!("a thread of the plugin had panicked");
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_what_ends_and_leaves_what_hangs() {
        let mut worker = Worker::spawn("ends", || {}).unwrap();
        assert!(worker.join_within(Duration::from_secs(5)));
        let (release, wait) = crossbeam_channel::bounded::<()>(1);
        let mut worker = Worker::spawn("hangs", move || {
            // Ends with the error of a dropped sender.
            let _ = wait.recv();
        })
        .unwrap();
        assert!(!worker.join_within(Duration::from_millis(1)));
        drop(release);
    }
}
