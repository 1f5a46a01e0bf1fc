//! One lease's life: begun before the queue hears of it, ended exactly once, told until it is heard.

use super::{
    answer::{Told, Word},
    client::QueueClient,
    contact::Contact,
    pace::Pace,
};
use crate::gate::{LeaseBook, Outcome};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::watch};
use tokio_util::task::TaskTracker;

/// Between two tries to tell the queue that a lease ended.
const RETELL_MIN: Duration = Duration::from_millis(200);
const RETELL_MAX: Duration = Duration::from_secs(30);
/// Notifications remembered, to tell repeats.
const REMEMBERED: usize = 1024;

/// All leases of this process.
pub struct Sessions {
    pub client: QueueClient,
    pub contact: Contact,
    pub book: Arc<dyn LeaseBook>,
    waiting: Mutex<HashMap<String, watch::Sender<Told>>>,
    heard_ids: Mutex<VecDeque<String>>,
    pub holding: AtomicUsize,
    tellers: TaskTracker,
}

impl Sessions {
    pub fn new(client: QueueClient, book: Arc<dyn LeaseBook>) -> Self {
        Self {
            client,
            contact: Contact::default(),
            book,
            waiting: Mutex::default(),
            heard_ids: Mutex::default(),
            holding: AtomicUsize::new(0),
            tellers: TaskTracker::new(),
        }
    }

    /// Sessions that wait for a grant.
    pub fn waiting(&self) -> usize {
        lock(&self.waiting).len()
    }

    /// Releases that the queue has not heard yet.
    pub fn untold(&self) -> usize {
        self.tellers.len()
    }

    /// A word that came by itself. Words for nobody, and repeats, change nothing.
    pub fn hear(&self, id: Option<&str>, session_id: &str, told: Told) {
        if id.is_some_and(|id| self.is_repeat(id)) {
            return;
        }
        if let Some(waiting) = lock(&self.waiting).get(session_id) {
            // A grant stays a grant, whatever arrives late.
            waiting.send_if_modified(|now| {
                let news = now.word != Word::Granted && *now != told;
                if news {
                    *now = told;
                }
                news
            });
        }
    }

    fn is_repeat(&self, id: &str) -> bool {
        let mut heard = lock(&self.heard_ids);
        if heard.iter().any(|heard| heard == id) {
            return true;
        }
        if heard.len() == REMEMBERED {
            heard.pop_front();
        }
        heard.push_back(id.to_owned());
        false
    }

    /// Tells the queue, for as long as it takes, and then strikes the lease out of the book.
    pub fn tell_end(self: &Arc<Self>, session_id: String, outcome: Outcome, handle: &Handle) {
        let this = Arc::clone(self);
        let telling = async move { this.see_told(&session_id, outcome).await };
        self.tellers.spawn_on(telling, handle);
    }

    async fn see_told(&self, session_id: &str, outcome: Outcome) {
        if let Err(error) = self.book.ended(session_id, outcome).await {
            // Then the next life calls it failed.
            tracing::error!(%session_id, %error, "cannot write down how a lease ended");
        }
        let word = match outcome {
            Outcome::Succeeded => "completed",
            Outcome::Failed | Outcome::Cancelled => "failed",
        };
        let mut pace = Pace::new(RETELL_MIN, RETELL_MAX);
        let mut complained = false;
        while let Err(trouble) = self
            .contact
            .note(self.client.report(session_id, word).await)
        {
            if !std::mem::replace(&mut complained, true) {
                let cause = trouble.cause;
                tracing::warn!(%session_id, %cause, "the GPU queue did not hear of a release; telling it again");
            }
            tokio::time::sleep(pace.next()).await;
        }
        tracing::info!(%session_id, word, "GPU tokens released");
        if let Err(error) = self.book.forget(session_id).await {
            tracing::error!(%session_id, %error, "cannot strike out a released lease");
        }
    }

    pub async fn all_told(&self) {
        while !self.tellers.is_empty() {
            // `wait` needs a closed tracker; it can be opened again.
            self.tellers.close();
            self.tellers.wait().await;
            self.tellers.reopen();
        }
    }
}

/// A lease. Dropped without a word it ends as failed, and the queue is told.
pub struct Session {
    sessions: Arc<Sessions>,
    pub id: String,
    news: watch::Receiver<Told>,
    /// The queue may know it: only then is there anything to tell.
    pub may_be_known: bool,
    granted: bool,
    outcome: Outcome,
    /// Where the telling runs; a drop may come from anywhere.
    handle: Handle,
}

impl Session {
    pub fn begin(sessions: &Arc<Sessions>) -> Self {
        // Random, so that nobody can guess one; without `_`, at which a known client splits.
        let id = format!("sideman-{}", uuid::Uuid::new_v4().simple());
        let (sender, news) = watch::channel(Told::WAITING);
        lock(&sessions.waiting).insert(id.clone(), sender);
        Self {
            sessions: Arc::clone(sessions),
            id,
            news,
            may_be_known: false,
            granted: false,
            outcome: Outcome::Failed,
            handle: Handle::current(),
        }
    }

    /// The next word that comes by itself.
    pub async fn hear(&mut self) -> Told {
        if self.news.changed().await.is_err() {
            // Nobody can send any more.
            std::future::pending::<()>().await;
        }
        *self.news.borrow_and_update()
    }

    /// From now on it holds tokens.
    pub fn grant(&mut self) {
        lock(&self.sessions.waiting).remove(&self.id);
        self.granted = true;
        self.sessions.holding.fetch_add(1, Ordering::Relaxed);
    }

    pub fn end(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        lock(&self.sessions.waiting).remove(&self.id);
        if self.granted {
            self.sessions.holding.fetch_sub(1, Ordering::Relaxed);
        }
        let id = std::mem::take(&mut self.id);
        if self.may_be_known {
            self.sessions.tell_end(id, self.outcome, &self.handle);
        } else {
            let sessions = Arc::clone(&self.sessions);
            let forgetting = async move {
                if let Err(error) = sessions.book.forget(&id).await {
                    tracing::warn!(session_id = %id, %error, "cannot strike out an unused lease");
                }
            };
            self.sessions.tellers.spawn_on(forgetting, &self.handle);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
