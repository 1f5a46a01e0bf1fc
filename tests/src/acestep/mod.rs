//! An ACE-Step 1.5 `api_server` without a model, made from recordings of two real ones: the lego fork and
//! upstream of April 2026. It parses real forms, keeps a queue and a cache on "disk", plays sound that
//! comes from the source it was sent, serves files in ranges, and breaks on demand.

#![allow(
    clippy::unwrap_used,
    reason = "a lock that a panic left behind is a failed test already"
)]

mod faults;
mod form;
mod lora;
mod routes;
mod sound;
mod world;

pub use faults::{AudioFault, Failure, Faults};
pub use form::Received;
pub use world::{Lora, Task};

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{runtime::Runtime, task::JoinHandle};
use world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// betweentwomidnights/ace-lego of February 2026.
    Lego,
    /// ace-step/ACE-Step-1.5 of April 2026.
    April,
    /// The same of 8 February 2026: it cannot take uploads.
    February,
}

#[derive(Debug, Clone)]
pub struct Setup {
    pub flavour: Flavour,
    /// Port 0: any free one.
    pub listen: SocketAddr,
    pub api_key: Option<String>,
    pub model: String,
    /// Whether the model is there at the start; the fork then never loads by itself, upstream does at the
    /// first job.
    pub loaded: bool,
    /// Whether its own model must be fetched before it can be loaded.
    pub must_fetch: bool,
    /// Upstream's latest go on answering while they load a model for a job, which waits and is counted nowhere.
    pub loads_aside: bool,
    /// More models on its disk.
    pub also_on_disk: Vec<String>,
    /// LoRAs on its disk.
    pub loras: Vec<String>,
    pub job: Duration,
    pub load: Duration,
    pub queue_max: usize,
    pub faults: Faults,
}

impl Setup {
    pub fn new(flavour: Flavour) -> Self {
        Self {
            flavour,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            api_key: None,
            model: "acestep-v15-base".into(),
            loaded: true,
            must_fetch: false,
            loads_aside: false,
            also_on_disk: Vec::new(),
            loras: Vec::new(),
            job: Duration::from_millis(300),
            load: Duration::from_millis(300),
            queue_max: 200,
            faults: Faults::default(),
        }
    }

    /// # Panics
    /// When no port is to be had.
    pub fn start(self) -> Simulator {
        let listener = TcpListener::bind(self.listen).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("two threads");
        let mut simulator = Simulator {
            world: World::new(self),
            address,
            runtime,
            serving: Vec::new(),
        };
        simulator.serve(listener);
        simulator
    }
}

/// A running server. Dropped, it is gone.
pub struct Simulator {
    world: Arc<World>,
    address: SocketAddr,
    runtime: Runtime,
    serving: Vec<JoinHandle<()>>,
}

impl Simulator {
    pub fn start(flavour: Flavour) -> Self {
        Setup::new(flavour).start()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes how it misbehaves from now on.
    pub fn fault(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.world.faults.lock().unwrap());
    }

    /// All tasks it was ever given, in order.
    pub fn tasks(&self) -> Vec<Task> {
        self.world.tasks()
    }

    /// How often a path was asked for.
    pub fn calls(&self, path: &str) -> usize {
        let calls = self.world.calls.lock().unwrap();
        calls.iter().filter(|p| p.as_str() == path).count()
    }

    /// The most tasks it was asked about in one question.
    pub fn largest_question(&self) -> usize {
        self.world.largest_question.load(Ordering::Relaxed)
    }

    /// What its model wears.
    pub fn lora(&self) -> Option<Lora> {
        self.world.memory.lock().unwrap().lora.clone()
    }

    /// Puts a LoRA on as somebody else would.
    pub fn wear(&self, name: &str) {
        let lora = Lora {
            name: name.into(),
            scale: 1.0,
            on: true,
        };
        self.world.memory.lock().unwrap().lora = Some(lora);
    }

    pub fn is_loaded(&self) -> bool {
        self.world.memory.lock().unwrap().loaded.is_some()
    }

    /// Waits until something is so.
    ///
    /// # Panics
    /// When it never is.
    pub fn wait_until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !so(self) {
            assert!(begun.elapsed() < crate::service::PATIENCE, "never: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// As `kill -9`: connections break, nobody listens, what was in memory is lost.
    pub fn crash(&mut self) {
        for task in self.serving.drain(..) {
            task.abort();
            let _ = self.runtime.block_on(task);
        }
        self.world.lose_memory();
    }

    /// After [`Self::crash`], on the same port.
    ///
    /// # Panics
    /// When the port was taken by somebody else meanwhile.
    pub fn restart(&mut self) {
        let begun = Instant::now();
        let listener = loop {
            match TcpListener::bind(self.address) {
                Ok(listener) => break listener,
                Err(e) => assert!(begun.elapsed() < crate::service::PATIENCE, "{e}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        self.serve(listener);
    }

    fn serve(&mut self, listener: TcpListener) {
        let _inside = self.runtime.enter();
        listener.set_nonblocking(true).expect("a socket of ours");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
        let router = routes::router(Arc::clone(&self.world));
        let worker = Arc::clone(&self.world).work();
        self.serving = vec![
            self.runtime.spawn(serve_until_aborted(listener, router)),
            self.runtime.spawn(worker),
        ];
    }
}

/// Connections die with the task, as they do with a process.
async fn serve_until_aborted(listener: tokio::net::TcpListener, router: axum::Router) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let stream = hyper_util::rt::TokioIo::new(stream);
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(stream, service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}
