//! The framework's worker thread, sent home before it can take the host with it.
//!
//! On Linux the framework (nice-plug 0.4) lets a thread that all VST3 instances share tell the windows what the audio
//! thread has seen. That thread panics when a window is just then being opened or closed, or is open and the host has no
//! run loop, and it ends when an instance goes that still had something to tell. The last instance to go then finds
//! the thread dead and aborts the host. Nothing that it does is needed here: the window reads the parameters by itself.
//! So it is ended at once, and one instance that never goes keeps the framework from looking for it.

use crate::Sideman;
use nice_plug::{
    prelude::{AsyncExecutor, PluginApi},
    wrapper::vst3::Wrapper,
};
use std::{cell::Cell, mem, panic, sync::Once};

/// The task that ends the thread which comes to it.
#[derive(Debug)]
pub struct GoHome;

thread_local! {
    /// The instance that is being made on this thread is the one that stays.
    static MAKES_KEEPER: Cell<bool> = const { Cell::new(false) };
}

impl GoHome {
    /// Ends the thread without a word: unwinding without the panic's message.
    pub fn obey(self) -> ! {
        panic::resume_unwind(Box::new(self))
    }
}

/// To be called before an instance's first block, on the host's main thread.
pub fn retire(api: PluginApi) {
    static ONCE: Once = Once::new();
    if cfg!(target_os = "linux") && api == PluginApi::Vst3 {
        ONCE.call_once(|| {
            MAKES_KEEPER.set(true);
            // An instance starts no thread of its own and no file until it is activated or shown.
            mem::forget(Wrapper::<Sideman>::new());
            MAKES_KEEPER.set(false);
        });
    }
}

/// To be called with each new instance's way to the worker. Only the one that stays sends it home: an
/// instance lives as long as its task runs.
pub fn meet(executor: &AsyncExecutor<Sideman>) {
    if MAKES_KEEPER.get() {
        executor.execute_background(GoHome);
    }
}
