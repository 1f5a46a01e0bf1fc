//! The thread `sideman-client`: a small runtime, one task per job, one for the regular look.

use super::{
    api::{ClientEvent, ClientRequest},
    cancel::AtService,
    desktop,
    error::Failure,
    http::{Service, Waits},
    job::{Begin, Life, failed},
    outbox::Outbox,
    probe,
    secrets::{ApiKey, KeyStore},
};
use std::{collections::HashMap, sync::Arc};
use tokio::{
    sync::{Notify, mpsc},
    task::{AbortHandle, Id, JoinSet},
};
use tokio_util::sync::CancellationToken;

pub struct Worker {
    keys: KeyStore,
    waits: Waits,
    out: Outbox,
    stop: CancellationToken,
    /// As asked for; `None` while disconnected.
    address: Option<String>,
    service: Option<Result<Arc<Service>, Failure>>,
    watch: Option<AbortHandle>,
    look_now: Arc<Notify>,
    back: Arc<Notify>,
    tasks: JoinSet<()>,
    /// Who runs, by local id, and whose task is whose.
    running: HashMap<String, Running>,
    names: HashMap<Id, String>,
}

/// A job's task: cancelled at the service too, or only left alone here.
struct Running {
    cancel: CancellationToken,
    task: AbortHandle,
}

impl Worker {
    pub fn new(keys: KeyStore, waits: Waits, out: Outbox, stop: CancellationToken) -> Self {
        Self {
            keys,
            waits,
            out,
            stop,
            address: None,
            service: None,
            watch: None,
            look_now: Arc::default(),
            back: Arc::default(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            names: HashMap::new(),
        }
    }

    pub async fn run(mut self, mut requests: mpsc::Receiver<ClientRequest>) {
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                Some(ended) = self.tasks.join_next_with_id() => self.reap(ended).await,
                request = requests.recv() => match request {
                    None | Some(ClientRequest::Shutdown) => return,
                    // A keychain that asks its user must not hold the end up.
                    Some(request) => tokio::select! {
                        () = stop.cancelled() => return,
                        () = self.handle(request) => {}
                    },
                },
            }
        }
    }

    async fn handle(&mut self, request: ClientRequest) {
        match request {
            ClientRequest::Connect { address } => self.connect(address).await,
            ClientRequest::Disconnect => self.disconnect(),
            ClientRequest::Test { address } => self.test(address),
            ClientRequest::StoreKey { address, key } => self.store_key(address, &key).await,
            ClientRequest::FindKeys(addresses) => self.find_keys(addresses),
            ClientRequest::AskDesktopTheme => {
                let out = self.out.clone();
                self.tasks.spawn_local(async move {
                    out.say(ClientEvent::Desktop(desktop::theme().await)).await;
                });
            }
            ClientRequest::Probe => self.look_now.notify_one(),
            ClientRequest::Start {
                local_id,
                address,
                spec,
            } => self.begin(local_id, address, Begin::Submit(spec)).await,
            ClientRequest::Resume {
                local_id,
                address,
                job_id,
                have,
                download_to,
            } => {
                let begin = Begin::Resume {
                    job_id,
                    have,
                    download_to,
                };
                self.begin(local_id, address, begin).await;
            }
            ClientRequest::Cancel { local_id } => match self.running.get(&local_id) {
                Some(running) => running.cancel.cancel(),
                // Ended in the meantime, or left alone: the session remembers whom to tell.
                None => self.out.say(ClientEvent::Cancelled { local_id }).await,
            },
            ClientRequest::TellCancel {
                local_id,
                address,
                job_id,
                request,
            } => {
                let at_service = match job_id {
                    Some(job_id) => AtService::Job(job_id),
                    None => AtService::Perhaps(request),
                };
                self.tell_cancel(local_id, &address, at_service).await;
            }
            ClientRequest::Shutdown => self.stop.cancel(),
        }
    }

    async fn connect(&mut self, address: String) {
        let key = load_key(&self.keys, &self.out, &address).await;
        let service = Service::new(&address, key, self.waits.clone()).map(Arc::new);
        self.address = Some(address);
        if let Some(watch) = self.watch.take() {
            watch.abort();
        }
        match &service {
            Ok(service) => {
                let watch = probe::watch(
                    Arc::clone(service),
                    self.out.clone(),
                    Arc::clone(&self.look_now),
                    Arc::clone(&self.back),
                );
                self.watch = Some(self.tasks.spawn_local(watch));
            }
            Err(failure) => {
                let words = failure.detail.clone();
                self.out.say(ClientEvent::Away { words }).await;
            }
        }
        self.service = Some(service);
    }

    /// Jobs go on at the service; nobody here listens to them any more.
    fn disconnect(&mut self) {
        (self.address, self.service) = (None, None);
        if let Some(watch) = self.watch.take() {
            watch.abort();
        }
        self.names.clear();
        for (_, running) in self.running.drain() {
            running.task.abort();
        }
    }

    fn test(&mut self, address: String) {
        let (keys, out) = (self.keys.clone(), self.out.clone());
        let waits = self.waits.clone();
        self.tasks.spawn_local(async move {
            let key = load_key(&keys, &out, &address).await;
            let answer = match Service::new(&address, key, waits) {
                Ok(service) => probe::look(&service).await,
                Err(failure) => ClientEvent::Away {
                    words: failure.detail,
                },
            };
            let answer = Box::new(answer);
            out.say(ClientEvent::Tested { address, answer }).await;
        });
    }

    async fn store_key(&mut self, address: String, key: &ApiKey) {
        match self.keys.store(&address, key).await {
            Ok(_) if self.address.as_ref() == Some(&address) => self.connect(address).await,
            Ok(place) => self.out.say(ClientEvent::KeyKnown { address, place }).await,
            Err(error) => {
                let words = error.to_string();
                self.out.say(ClientEvent::KeyRefused { words }).await;
            }
        }
    }

    fn find_keys(&mut self, addresses: Vec<String>) {
        let (keys, out) = (self.keys.clone(), self.out.clone());
        self.tasks.spawn_local(async move {
            for address in addresses {
                let place = keys.find(&address).await;
                out.say(ClientEvent::KeyKnown { address, place }).await;
            }
        });
    }

    /// The service at this address: the one in use, or another where a job lives. None while nothing
    /// may be sent.
    async fn service_at(&self, address: &str) -> Option<Result<Arc<Service>, Failure>> {
        let in_use = self.address.as_ref()?;
        if in_use == address {
            return self.service.clone();
        }
        let key = load_key(&self.keys, &self.out, address).await;
        Some(Service::new(address, key, self.waits.clone()).map(Arc::new))
    }

    async fn begin(&mut self, local_id: String, address: String, begin: Begin) {
        // A host's undo resumes what never stopped.
        if self.running.contains_key(&local_id) {
            return;
        }
        let service = match self.service_at(&address).await {
            Some(Ok(service)) => service,
            Some(Err(failure)) => return self.out.say(failed(local_id, failure)).await,
            None => return self.out.say(failed(local_id, unconnected())).await,
        };
        let life = self.life(&local_id, service);
        let cancel = life.cancel.clone();
        let task = self.tasks.spawn_local(life.run(begin));
        self.names.insert(task.id(), local_id.clone());
        self.running.insert(local_id, Running { cancel, task });
    }

    fn life(&self, local_id: &str, service: Arc<Service>) -> Life {
        Life {
            local_id: local_id.to_owned(),
            service,
            out: self.out.clone(),
            back: Arc::clone(&self.back),
            cancel: CancellationToken::new(),
        }
    }

    /// Without a service it is asked for again when there is one; who is being told is told once.
    async fn tell_cancel(&mut self, local_id: String, address: &str, at_service: AtService) {
        if self.running.contains_key(&local_id) {
            return;
        }
        let Some(Ok(service)) = self.service_at(address).await else {
            return;
        };
        let life = self.life(&local_id, service);
        let cancel = life.cancel.clone();
        let tell = async move { life.cancel_at_service(at_service).await };
        let task = self.tasks.spawn_local(tell);
        self.names.insert(task.id(), local_id.clone());
        self.running.insert(local_id, Running { cancel, task });
    }

    async fn reap(&mut self, ended: Result<(Id, ()), tokio::task::JoinError>) {
        let (id, panicked) = match &ended {
            Ok((id, ())) => (*id, false),
            Err(error) => (error.id(), error.is_panic()),
        };
        let Some(local_id) = self.names.remove(&id) else {
            return;
        };
        self.running.remove(&local_id);
        if panicked {
            let failure = Failure::new(
                "Something went wrong inside Sideman.",
                "The job's task stopped unexpectedly.",
                "Try again; if it stays so, report it with the log.",
            );
            self.out.say(failed(local_id, failure)).await;
        }
    }
}

/// The key of this address, its place told to the session.
async fn load_key(keys: &KeyStore, out: &Outbox, address: &str) -> Option<ApiKey> {
    let (key, place) = keys.load(address).await.unzip();
    let address = address.to_owned();
    out.say(ClientEvent::KeyKnown { address, place }).await;
    key
}

fn unconnected() -> Failure {
    Failure::new(
        "No service is set.",
        "There is no address yet.",
        "Enter the service's address in Settings.",
    )
}
