//! The session's end of the client: starts its thread and ends it.

use super::{
    api::{ClientEvent, ClientRequest},
    http::Waits,
    outbox::Outbox,
    secrets::KeyStore,
    worker::Worker,
};
use crossbeam_channel::{Receiver, bounded};
use std::{
    io,
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, task::LocalSet};
use tokio_util::sync::CancellationToken;

const REQUEST_QUEUE: usize = 256;
const EVENT_QUEUE: usize = 1024;
/// For blocking work (encoding, hashing) that has been told to stop.
const BLOCKING_GRACE: Duration = Duration::from_millis(500);
/// How long [`ClientHandle::shutdown`] waits for the thread.
const JOIN_LIMIT: Duration = Duration::from_millis(1500);

/// The session's end of the client thread.
pub struct ClientHandle {
    requests: mpsc::Sender<ClientRequest>,
    stop: CancellationToken,
    ended: Receiver<()>,
    thread: JoinHandle<()>,
}

/// Starts the client; it is silent until [`ClientRequest::Connect`].
///
/// # Errors
/// The system refused a thread or the runtime's own file handles.
pub fn start(keys: KeyStore) -> io::Result<(ClientHandle, Receiver<ClientEvent>)> {
    start_with(keys, Waits::default())
}

/// As [`start`], with other waits.
///
/// # Errors
/// As [`start`].
pub fn start_with(
    keys: KeyStore,
    waits: Waits,
) -> io::Result<(ClientHandle, Receiver<ClientEvent>)> {
    let (requests, requests_out) = mpsc::channel(REQUEST_QUEUE);
    let (events, events_out) = bounded(EVENT_QUEUE);
    let (end_guard, ended) = bounded::<()>(0);
    let stop = CancellationToken::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_name("sideman-client-io")
        .build()?;
    let worker = Worker::new(keys, waits, Outbox::new(events), stop.clone());
    let thread = std::thread::Builder::new()
        .name("sideman-client".into())
        .spawn(move || {
            let _end_guard = end_guard;
            install_tls();
            // Jobs never leave this thread.
            LocalSet::new().block_on(&runtime, worker.run(requests_out));
            runtime.shutdown_timeout(BLOCKING_GRACE);
        })?;
    let handle = ClientHandle {
        requests,
        stop,
        ended,
        thread,
    };
    Ok((handle, events_out))
}

/// Another plugin in the same process may have installed one: any will do.
#[cfg(target_os = "linux")]
fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that somebody was faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// The system's own TLS needs no provider.
#[cfg(not(target_os = "linux"))]
fn install_tls() {}

impl ClientHandle {
    /// Never blocks. `false` when the queue is full or the client is gone.
    pub fn send(&self, request: ClientRequest) -> bool {
        self.requests.try_send(request).is_ok()
    }

    /// Leaves all jobs to the service and ends the thread; gives up waiting after
    /// [`JOIN_LIMIT`] and returns `false`.
    pub fn shutdown(self) -> bool {
        self.stop.cancel();
        let deadline = Instant::now() + JOIN_LIMIT;
        let waited = self.ended.recv_deadline(deadline);
        if waited == Err(crossbeam_channel::RecvTimeoutError::Timeout) {
            tracing::warn!("the client thread did not end in time");
            return false;
        }
        let joined = self.thread.join();
        if joined.is_err() {
            tracing::error!("the client thread panicked");
        }
        joined.is_ok()
    }
}
