//! The client against small services on real sockets: good ones, failing ones, lying ones.

mod ends;
mod fails;
mod health;
mod lies;
mod life;
pub(crate) mod server;
mod stems;

use super::{
    ClientEvent, ClientHandle, ClientRequest, JobSpec, KeyStore, handle::start_with, http::Waits,
};
use crossbeam_channel::Receiver;
use server::Server;
use sideman_shared::{music::Track, protocol::JobRequest};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Far longer than anything here takes; only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(20);
pub const KEY: &str = "sk-test-s3cret";
pub const ID: &str = "0192aaaabbbbccccddddeeeeffff0000";

/// A client with short waits, a folder, and a take.
pub struct Bench {
    pub client: ClientHandle,
    pub events: Receiver<ClientEvent>,
    pub folder: tempfile::TempDir,
    /// Of the service in use.
    pub address: String,
    /// All events so far.
    pub seen: Vec<ClientEvent>,
}

impl Bench {
    pub fn new(address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::in_files(folder.path().into());
        let waits = Waits {
            connect: Duration::from_secs(2),
            request: Duration::from_secs(5),
            stall: Duration::from_millis(700),
            first_retry: Duration::from_millis(20),
            longest_retry: Duration::from_millis(60),
            probe: Duration::from_secs(30),
            poll: Duration::from_millis(10),
            job: Duration::from_secs(60),
        };
        let (client, events) = start_with(keys, waits).unwrap();
        let bench = Self {
            client,
            events,
            folder,
            address: address.to_owned(),
            seen: Vec::new(),
        };
        for sub in ["stems", "downloads"] {
            std::fs::create_dir(bench.folder.path().join(sub)).unwrap();
        }
        let address = address.to_owned();
        bench.ask(ClientRequest::StoreKey {
            address: address.clone(),
            key: KEY.into(),
        });
        bench.ask(ClientRequest::Connect { address });
        bench
    }

    pub fn ask(&self, request: ClientRequest) {
        assert!(self.client.send(request));
    }

    pub fn stems(&self) -> PathBuf {
        self.folder.path().join("stems")
    }

    pub fn start(&self) {
        let source_path = self.folder.path().join("take.wav");
        std::fs::write(&source_path, server::wav(4800)).unwrap();
        assert!(self.client.send(ClientRequest::Start {
            local_id: ID.into(),
            address: self.address.clone(),
            spec: Box::new(JobSpec {
                source_path,
                recode: true,
                request: JobRequest::new("", vec![Track::Drums]),
                scratch: self.folder.path().join("downloads"),
                download_to: self.stems(),
            }),
        }));
    }

    pub fn resume(&self, have: &[&str]) {
        assert!(self.client.send(ClientRequest::Resume {
            local_id: ID.into(),
            address: self.address.clone(),
            job_id: server::JOB.into(),
            have: have.iter().map(|id| (*id).to_owned()).collect(),
            download_to: self.stems(),
        }));
    }

    /// The first event from now on that `is_it`; all before it are in `seen`.
    pub fn until(&mut self, is_it: impl Fn(&ClientEvent) -> bool) -> ClientEvent {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let event = self.events.recv_deadline(deadline);
            let event = event.unwrap_or_else(|_| panic!("nothing more after {:#?}", self.seen));
            self.seen.push(event.clone());
            if is_it(&event) {
                return event;
            }
        }
    }

    /// The job's end.
    pub fn end(&mut self) -> ClientEvent {
        self.until(|e| {
            matches!(
                e,
                ClientEvent::Done { .. }
                    | ClientEvent::Failed { .. }
                    | ClientEvent::Cancelled { .. }
            )
        })
    }

    pub fn waited(&self) -> bool {
        let mut seen = self.seen.iter();
        seen.any(|e| matches!(e, ClientEvent::Waiting { .. }))
    }
}

/// Title, detail and hint of a failure, in one string.
pub fn words(event: &ClientEvent) -> String {
    match event {
        ClientEvent::Failed {
            title,
            detail,
            hint,
            ..
        } => format!("{title} | {detail} | {}", hint.as_deref().unwrap_or("-")),
        other => panic!("not a failure: {other:?}"),
    }
}

pub fn is_done(event: &ClientEvent) -> bool {
    matches!(event, ClientEvent::Done { .. })
}

/// Starts a job against `server` and gives its end.
pub fn run(server: &Server) -> (Bench, ClientEvent) {
    let mut bench = Bench::new(&server.address());
    bench.start();
    let end = bench.end();
    (bench, end)
}
