//! Cancelled jobs that their service may not know of yet: remembered until it was told.

use super::{Effect, SavedCancel, SavedJob, State};

/// The oldest go first; the service forgets such jobs in a week anyway.
const MAX_CANCELS: usize = 64;

impl State {
    /// The user has stopped this job; its service must be told, however long that is away.
    pub(super) fn remember_cancel(&mut self, job: &SavedJob) {
        // Never posted: nobody knows of it.
        if job.job_id.is_none() && job.request.source_id.is_empty() {
            return;
        }
        self.cancels.retain(|c| c.id != job.id);
        self.cancels.push(SavedCancel {
            id: job.id.clone(),
            service_name: job.service.name.clone(),
            address: job.service.address.clone(),
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

    /// Each to the service where its job runs, whichever is in use. After [`Effect::Connect`].
    pub(super) fn tell_cancels(&self) -> Vec<Effect> {
        if self.user.offline {
            return Vec::new();
        }
        let tell = |cancel: &SavedCancel| {
            let address = self.address_now(&cancel.service_name, &cancel.address);
            Effect::TellCancel(Box::new(SavedCancel {
                address,
                ..cancel.clone()
            }))
        };
        self.cancels.iter().map(tell).collect()
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
