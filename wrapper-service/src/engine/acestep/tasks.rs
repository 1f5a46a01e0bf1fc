//! All tasks of ours that the server has, asked about in one call, and followed to their end even when
//! nobody listens any more: the server cannot cancel, so an abandoned task still holds the GPU.

mod poll;

use super::{
    http::{CallError, Server},
    outcome::Verdict,
    patience::{End, Patience},
    probe::Flavour,
    submit::Submission,
};
use crate::engine::EngineError;
use reqwest::StatusCode;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, watch};

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(10);

/// What is known about a task.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The server's name for it, once it has one.
    pub id: Option<String>,
    pub state: State,
}

#[derive(Debug, Clone)]
pub enum State {
    Sending,
    Accepted,
    Going(Verdict),
    Over(End),
}

/// Counts tasks that nobody listens to any more.
pub const ABANDONED: fn(bool) -> bool = |listened| !listened;

/// One end of a task; the other lives on when this one is dropped.
pub type Listening = watch::Receiver<Seen>;

pub struct Tasks {
    server: Arc<Server>,
    load_limit: Duration,
    live: Mutex<Live>,
    /// A task came, or one is over.
    changed: Notify,
}

#[derive(Default)]
struct Live {
    next: u64,
    entries: HashMap<u64, Entry>,
    polling: bool,
}

struct Entry {
    id: Option<String>,
    born: Instant,
    news: watch::Sender<Seen>,
    patience: Patience,
}

impl Entry {
    fn tell(&self, state: State) {
        let id = self.id.clone();
        self.news.send_replace(Seen { id, state });
    }
}

impl Tasks {
    pub fn new(server: Arc<Server>, load_limit: Duration) -> Arc<Self> {
        Arc::new(Self {
            server,
            load_limit,
            live: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Sends work and follows it.
    pub fn begin(self: &Arc<Self>, submission: Submission, flavour: Flavour) -> Listening {
        let (key, listening) = self.enter();
        let this = Arc::clone(self);
        tokio::spawn(async move {
            match this.send(&submission, flavour, key).await {
                Ok(id) => this.accept(key, id),
                Err(error) => this.end(key, End::Failed(error)),
            }
        });
        listening
    }

    /// Follows work of an earlier life.
    pub fn resume(self: &Arc<Self>, id: &str) -> Listening {
        let (key, listening) = self.enter();
        self.accept(key, id.to_owned());
        listening
    }

    /// Returns once no task runs that `counts`, by whether somebody listens to it. Unbounded.
    pub async fn over(&self, counts: impl Fn(bool) -> bool) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if !self.any(&counts) {
                return;
            }
            changed.await;
        }
    }

    /// The same within a limit.
    ///
    /// # Errors
    /// It did not end in time.
    pub async fn quiet(
        &self,
        counts: impl Fn(bool) -> bool,
        limit: Duration,
    ) -> Result<(), EngineError> {
        let waiting = tokio::time::timeout(limit, self.over(counts));
        waiting.await.map_err(|_| {
            let secs = limit.as_secs();
            EngineError::Timeout(format!(
                "an earlier task still holds the GPU after {secs} s; the ACE-Step server cannot cancel"
            ))
        })
    }

    pub fn any(&self, counts: impl Fn(bool) -> bool) -> bool {
        let live = self.live();
        let mut entries = live.entries.values();
        entries.any(|e| counts(e.news.receiver_count() > 0))
    }

    pub fn how_many(&self) -> u64 {
        self.live().entries.len() as u64
    }

    /// All of them ended in a way that the server cannot tell of.
    pub fn forget_all(&self, how: &'static str) {
        let keys: Vec<u64> = self.live().entries.keys().copied().collect();
        self.end_all(keys.into_iter().map(|key| (key, End::Lost(how))).collect());
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self) -> (u64, Listening) {
        let (news, listening) = watch::channel(Seen {
            id: None,
            state: State::Sending,
        });
        let mut live = self.live();
        let key = live.next;
        live.next += 1;
        let now = Instant::now();
        let entry = Entry {
            id: None,
            born: now,
            news,
            patience: Patience::new(now),
        };
        live.entries.insert(key, entry);
        (key, listening)
    }

    fn accept(self: &Arc<Self>, key: u64, id: String) {
        let mut live = self.live();
        if let Some(entry) = live.entries.get_mut(&key) {
            entry.born = Instant::now();
            entry.patience = Patience::new(entry.born);
            entry.id = Some(id);
            entry.tell(State::Accepted);
        }
        if !live.polling {
            live.polling = true;
            tokio::spawn(Arc::clone(self).poll());
        }
        drop(live);
        self.changed.notify_waiters();
    }

    fn end(&self, key: u64, end: End) {
        let entry = self.live().entries.remove(&key);
        if let Some(entry) = entry {
            entry.tell(State::Over(end));
        }
        self.changed.notify_waiters();
    }

    fn wanted(&self, key: u64) -> bool {
        let live = self.live();
        let entry = live.entries.get(&key);
        entry.is_some_and(|e| e.news.receiver_count() > 0)
    }

    /// Waits for a place in the server's queue, within a budget.
    async fn send(
        &self,
        submission: &Submission,
        flavour: Flavour,
        key: u64,
    ) -> Result<String, EngineError> {
        let begun = Instant::now();
        let mut wait = FIRST_RETRY;
        loop {
            let form = submission.form().await;
            let form = form.map_err(|e| EngineError::Failed(format!("reading the source: {e}")))?;
            match self.server.submit(form, self.load_limit).await {
                Ok(submitted) => return Ok(submitted.task_id),
                Err(e) if e.has_status(StatusCode::TOO_MANY_REQUESTS) => {
                    if begun.elapsed() + wait > self.server.waits.queue_full {
                        return Err(e.into());
                    }
                }
                Err(CallError::Status { status: 500, .. }) if flavour == Flavour::Early => {
                    return Err(too_old());
                }
                Err(e) => return Err(e.into()),
            }
            tokio::time::sleep(wait).await;
            if !self.wanted(key) {
                return Err(EngineError::Cancelled);
            }
            wait = (wait * 2).min(LONGEST_RETRY);
        }
    }

    fn end_all(&self, ended: Vec<(u64, End)>) {
        for (key, end) in ended {
            self.end(key, end);
        }
    }
}

fn too_old() -> EngineError {
    EngineError::Rejected(
        "the ACE-Step server cannot take an upload (it answers 500): the version of 8 February 2026 \
         is known for that; update it"
            .into(),
    )
}
