use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tokio::sync::watch;

/// "Look again": wakes those who follow a job. It carries no news, so that none can be lost; the news
/// is in the store.
#[derive(Debug, Default)]
pub struct Changes {
    followers: Mutex<HashMap<String, watch::Sender<()>>>,
}

impl Changes {
    /// Fires at every later change of the job.
    pub fn follow(&self, job_id: &str) -> watch::Receiver<()> {
        let mut followers = self.lock();
        followers
            .entry(job_id.to_owned())
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    pub fn tell(&self, job_id: &str) {
        let mut followers = self.lock();
        let nobody = followers.get(job_id).is_some_and(|f| f.send(()).is_err());
        if nobody {
            followers.remove(job_id);
        }
    }

    /// Drops the entries of jobs that nobody follows any more.
    pub fn tidy(&self) {
        self.lock().retain(|_, f| f.receiver_count() > 0);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn followers_are_woken_and_forgotten() {
        let changes = Changes::default();
        let mut one = changes.follow("job-1");
        changes.tell("job-1");
        one.changed().await.unwrap();
        drop(one);
        changes.tell("job-1");
        assert!(changes.lock().is_empty());
        drop(changes.follow("job-2"));
        changes.tidy();
        assert!(changes.lock().is_empty());
    }
}
