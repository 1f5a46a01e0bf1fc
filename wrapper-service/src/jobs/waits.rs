use crate::gate::Waiting;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How the running jobs that wait for the GPU are getting on. Nothing to keep: a wait ends with the
/// process.
#[derive(Debug, Default)]
pub struct Waits(Mutex<HashMap<String, Waiting>>);

/// A job waits, until this is dropped.
pub struct Entered<'a> {
    waits: &'a Waits,
    job_id: &'a str,
}

impl Waits {
    pub fn enter<'a>(&'a self, job_id: &'a str) -> Entered<'a> {
        self.lock().insert(job_id.to_owned(), Waiting::default());
        Entered {
            waits: self,
            job_id,
        }
    }

    /// News of a wait that is over already are dropped.
    pub fn tell(&self, job_id: &str, waiting: Waiting) {
        if let Some(known) = self.lock().get_mut(job_id) {
            *known = waiting;
        }
    }

    pub fn of(&self, job_id: &str) -> Option<Waiting> {
        self.lock().get(job_id).cloned()
    }

    pub fn anybody(&self) -> bool {
        !self.lock().is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.waits.lock().remove(self.job_id);
    }
}
