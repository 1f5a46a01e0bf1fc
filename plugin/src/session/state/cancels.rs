//! Cancelled jobs that the service may not know of yet: remembered until it was told.

use super::{Effect, SavedCancel, SavedJob, State};

/// The oldest go first; the service forgets such jobs in a week anyway.
const MAX_CANCELS: usize = 64;

impl State {
    /// The user has stopped this job; the service must be told, however long it is away.
    pub(super) fn remember_cancel(&mut self, job: &SavedJob) {
        // Never posted: nobody knows of it.
        if job.job_id.is_none() && job.request.source_id.is_empty() {
            return;
        }
        self.cancels.retain(|c| c.id != job.id);
        self.cancels.push(SavedCancel {
            id: job.id.clone(),
            address: self.settings.service_address.clone(),
            job_id: job.job_id.clone(),
            request: job.request.clone(),
        });
        if self.cancels.len() > MAX_CANCELS {
            self.cancels.remove(0);
        }
    }

    pub(super) fn cancel_told(&mut self, id: &str) {
        self.cancels.retain(|c| c.id != id);
    }

    /// Those the service in use has not been told of. After [`Effect::Connect`].
    pub(super) fn tell_cancels(&self) -> Vec<Effect> {
        if self.user.offline {
            return Vec::new();
        }
        let address = &self.settings.service_address;
        let here = self.cancels.iter().filter(|c| c.address == *address);
        here.map(|c| Effect::TellCancel(Box::new(c.clone())))
            .collect()
    }

    /// What an opened project still has to tell.
    pub(super) fn take_over_cancels(&mut self, saved: Vec<SavedCancel>) {
        for cancel in saved {
            if self.cancels.len() < MAX_CANCELS && self.cancels.iter().all(|c| c.id != cancel.id) {
                self.cancels.push(cancel);
            }
        }
    }
}
