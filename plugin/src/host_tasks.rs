//! What the framework has yet to tell the host, waited for before an instance may go.
//!
//! On Linux the framework (nice-plug 0.4) tells a VST3 host from a thread that all instances share. What
//! comes to that thread after its instance has gone ends it, for all of them, and the last instance then
//! takes the host with it. So an instance that falls silent sees its own through first.

use crate::Sideman;
use nice_plug::prelude::{AsyncExecutor, PluginApi};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Far longer than it takes; a host that holds the thread up is not held up in turn.
const LIMIT: Duration = Duration::from_secs(1);

/// A task that is done when it is reached: all before it are through.
pub type Reached = Arc<AtomicBool>;

/// Marks it. Runs on the framework's thread.
pub fn reach(task: &Reached) {
    task.store(true, Ordering::Release);
}

/// Used by the host's main thread only.
#[derive(Default)]
pub struct HostTasks {
    executor: Option<AsyncExecutor<Sideman>>,
    are_shared: bool,
}

impl HostTasks {
    pub fn connect(&mut self, executor: AsyncExecutor<Sideman>) {
        self.executor = Some(executor);
    }

    pub fn note_api(&mut self, api: PluginApi) {
        self.are_shared = cfg!(target_os = "linux") && api == PluginApi::Vst3;
    }

    /// Waits until the host has been told everything. No more blocks may come meanwhile.
    pub fn see_through(&self) {
        let Some(executor) = self.executor.as_ref().filter(|_| self.are_shared) else {
            return;
        };
        let last = Reached::default();
        executor.execute_background(Arc::clone(&last));
        let deadline = Instant::now() + LIMIT;
        while !last.load(Ordering::Acquire) && Instant::now() < deadline {
            // Not woken by the mark: that thread has to let go of the instance after it has set it.
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
