//! A gpu-queue-service as its known clients need it, on a port of its own: a pool of tokens, first
//! come first served, grants by asking and by webhook, faults on demand, and a ledger of what was
//! granted and given back.

mod faults;
mod handlers;
mod ledger;
mod pool;

pub use faults::{Fault, Step};
pub use ledger::{Account, Ledger};

use pool::{Grant, Pool};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

use faults::Faults;

/// What all GPU services of the known deployment share.
pub const POOL: u32 = 13_000;
const WEBHOOK_DEADLINE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(120);

/// The running queue. Dropped, it is gone, and its port refuses connections.
pub struct GpuQueue {
    url: String,
    shared: Arc<Shared>,
    /// `None` while the queue is away.
    runtime: Option<Runtime>,
}

struct Shared {
    pool: Mutex<Pool>,
    faults: Mutex<Faults>,
    webhook: Mutex<Option<String>>,
    hold_answers: AtomicBool,
    http: reqwest::Client,
}

impl GpuQueue {
    /// # Panics
    /// When the system gives it no thread or port.
    pub fn start(tokens: u32) -> Self {
        Self::start_at("127.0.0.1:0", tokens)
    }

    /// # Panics
    /// When the system gives it no thread, or not this address.
    pub fn start_at(address: &str, tokens: u32) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(WEBHOOK_DEADLINE)
            .no_proxy()
            .tls_certs_only([])
            .build()
            .expect("a client without TLS needs nothing");
        let shared = Arc::new(Shared {
            pool: Mutex::new(Pool::new(tokens)),
            faults: Mutex::default(),
            webhook: Mutex::default(),
            hold_answers: AtomicBool::new(false),
            http,
        });
        let mut queue = Self {
            url: String::new(),
            shared,
            runtime: None,
        };
        queue.url = format!("http://{}", queue.listen(address));
        queue
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where grants are announced, e.g. a service's base address.
    pub fn announce_to(&self, base: &str) {
        *lock(&self.shared.webhook) = Some(format!("{base}/task_notification"));
    }

    /// The next `times` calls of this step go wrong.
    pub fn fail(&self, step: Step, fault: Fault, times: u32) {
        lock(&self.shared.faults).script(step, fault, times);
    }

    /// Whether all that was to go wrong at this step has.
    pub fn is_out_of_script(&self, step: Step) -> bool {
        lock(&self.shared.faults).is_out_of_script(step)
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        *lock(&self.shared.faults) = Faults::default();
    }

    /// Answers to an enqueueing wait for the grant: what clients need that take them for it.
    pub fn answer_when_granted(&self) {
        self.shared.hold_answers.store(true, Ordering::Relaxed);
    }

    /// From now on about `percent` of all calls go wrong, the same ones for the same seed.
    pub fn fail_often(&self, percent: u32, seed: u32) {
        lock(&self.shared.faults).often(percent, seed);
    }

    /// Another service takes tokens, or waits for them like everybody.
    pub fn foreign(&self, session_id: &str, tokens: u32) {
        let granted = lock(&self.shared.pool).enqueue(session_id, tokens, true).1;
        self.announce(granted);
    }

    pub fn foreign_ends(&self, session_id: &str) {
        let granted = lock(&self.shared.pool).remove(session_id);
        self.announce(granted);
    }

    /// The process dies and comes back, and remembers nothing: its store is not durable.
    pub fn restart(&self) {
        lock(&self.shared.pool).forget_everything();
    }

    /// The port refuses connections until [`Self::come_back`]. What it knows stays.
    pub fn go_away(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Tests may be inside of a runtime of their own, where nothing may block.
            runtime.shutdown_background();
        }
    }

    pub fn come_back(&mut self) {
        let address = self.url.trim_start_matches("http://").to_owned();
        self.listen(&address);
    }

    pub fn ledger(&self) -> Ledger {
        lock(&self.shared.pool).ledger.clone()
    }

    /// Waits until the books are as wished.
    ///
    /// # Panics
    /// When that takes too long.
    pub fn wait_for(&self, what: &str, wished: impl Fn(&Ledger) -> bool) -> Ledger {
        let begun = Instant::now();
        loop {
            let ledger = self.ledger();
            if wished(&ledger) {
                return ledger;
            }
            assert!(begun.elapsed() < PATIENCE, "never {what}: {ledger:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn listen(&mut self, address: &str) -> String {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("threads for the queue");
        let begun = Instant::now();
        let listener = loop {
            match std::net::TcpListener::bind(address) {
                Ok(listener) => break listener,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{address}: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let bound = listener.local_addr().expect("it is bound").to_string();
        listener.set_nonblocking(true).expect("a fresh socket");
        let router = handlers::router(Arc::clone(&self.shared));
        runtime.spawn(async move {
            axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await
        });
        self.runtime = Some(runtime);
        bound
    }

    fn announce(&self, granted: Vec<Grant>) {
        if let Some(runtime) = &self.runtime {
            let _inside = runtime.enter();
            self.shared.announce(granted);
        }
    }
}

impl Drop for GpuQueue {
    fn drop(&mut self) {
        self.go_away();
    }
}

impl Shared {
    /// Tells by webhook, at most once each, unless a fault wants it otherwise.
    fn announce(self: &Arc<Self>, granted: Vec<Grant>) {
        let Some(webhook) = lock(&self.webhook).clone() else {
            return;
        };
        for grant in granted.into_iter().filter(|grant| !grant.foreign) {
            let times = match lock(&self.faults).next(Step::Notify) {
                Some(Fault::Twice) => 2,
                Some(_) => continue,
                None => 1,
            };
            let body = json!({"session_id": grant.session_id, "status": "ready",
                "type": "process_audio", "queue_status": {"active_tasks": 1, "queued_tasks": 0}});
            for time in 0..times {
                let id = format!("{}-{time}", grant.session_id);
                tokio::spawn(self.post(webhook.clone(), body.clone(), id));
            }
        }
    }

    fn post(&self, webhook: String, body: Value, id: String) -> impl Future<Output = ()> + use<> {
        let request = self.http.post(webhook).header("X-Notification-ID", id);
        async move {
            // Nobody listens: the client asks by itself, or waits in vain.
            let _ = request.json(&body).send().await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
