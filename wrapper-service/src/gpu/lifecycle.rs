//! When the model is in GPU memory: loaded when a job needs it, kept while it is of use, taken out
//! when the policy says so, and never under a job that plays.

use crate::engine::{EngineError, Model};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, task::AbortHandle};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unload {
    AfterEachJob,
    WhenIdle(Duration),
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelPolicy {
    /// False: the engine sees to that itself.
    pub load_on_demand: bool,
    pub unload: Unload,
    /// How long a model stays for a job that waits but has not begun.
    pub warm_grace: Duration,
    /// How long an unload may take, and the wait before it is tried again.
    pub unload_timeout: Duration,
}

/// The model of the playing engine, if it has one to give up. Cheap to clone.
#[derive(Clone)]
pub struct Lifecycle(Option<Arc<Keeper>>);

/// How the model is, for the doctor and `/health`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStatus {
    pub healthy: bool,
    /// One sentence.
    pub detail: String,
}

struct Keeper {
    model: Arc<dyn Model>,
    policy: ModelPolicy,
    /// Held while the model is loaded or unloaded.
    switch: tokio::sync::Mutex<()>,
    now: Mutex<Now>,
    handle: Handle,
}

#[derive(Default)]
struct Now {
    users: u32,
    /// It may take memory.
    warm: bool,
    /// Loaded for the present users.
    ready: bool,
    /// The unload to come.
    timer: Option<AbortHandle>,
    fault: Option<String>,
    /// The engine has no way to take it out: no use in trying.
    stays: Option<String>,
}

impl Lifecycle {
    /// Must be called where a runtime is. An earlier life may have left the model in memory; with
    /// `after_each_job` that is mended soon.
    pub fn new(model: Option<Arc<dyn Model>>, policy: ModelPolicy) -> Self {
        let keeper = model.map(|model| {
            Arc::new(Keeper {
                model,
                policy,
                switch: tokio::sync::Mutex::default(),
                now: Mutex::default(),
                handle: Handle::current(),
            })
        });
        if let Some(keeper) = keeper
            .as_ref()
            .filter(|_| policy.unload == Unload::AfterEachJob)
        {
            keeper.lock().warm = true;
            keeper.unload_after(policy.warm_grace);
        }
        Self(keeper)
    }

    /// From now on the model stays where it is until the use ends. [`InUse::load`] brings it there.
    pub fn begin(&self) -> InUse {
        if let Some(keeper) = &self.0 {
            keeper.lock().users += 1;
        }
        InUse(self.0.clone())
    }

    /// `None` where there is no model to speak of.
    pub fn status(&self) -> Option<ModelStatus> {
        let keeper = self.0.as_ref()?;
        let now = keeper.lock();
        if let Some(why) = &now.stays {
            return Some(ModelStatus {
                healthy: keeper.policy.unload != Unload::AfterEachJob,
                detail: format!("stays in GPU memory: {why}"),
            });
        }
        let detail = match (&now.fault, now.warm, now.users) {
            (Some(fault), ..) => {
                format!("could not be taken out of GPU memory: {fault}; trying again")
            }
            (None, true, 0) => "in GPU memory, nobody plays".to_owned(),
            (None, true, users) => format!("in GPU memory, {users} jobs play"),
            (None, false, _) => "not in GPU memory".to_owned(),
        };
        Some(ModelStatus {
            healthy: now.fault.is_none(),
            detail,
        })
    }

    /// The service ends: what would be unloaded later is unloaded now.
    pub async fn close(&self) {
        let Some(keeper) = &self.0 else { return };
        if keeper.policy.unload != Unload::Never {
            keeper.unload_if_unused().await;
        }
    }
}

/// The model is needed. Dropped without a word, it is unloaded in the background if the policy is
/// [`Unload::AfterEachJob`].
#[must_use = "dropping it lets the model go"]
pub struct InUse(Option<Arc<Keeper>>);

impl InUse {
    /// Brings the model into memory. `loading` is called if that may take its time. Not waited for any
    /// longer, the load goes on: nobody can stop it.
    ///
    /// # Errors
    /// It cannot be loaded.
    pub async fn load(&self, loading: impl FnOnce()) -> Result<(), EngineError> {
        let Some(keeper) = &self.0 else { return Ok(()) };
        let _switch = keeper.switch.lock().await;
        let was_warm = {
            let mut now = keeper.lock();
            if let Some(timer) = now.timer.take() {
                timer.abort();
            }
            if now.ready {
                return Ok(());
            }
            std::mem::replace(&mut now.warm, true)
        };
        if keeper.policy.load_on_demand {
            if !was_warm {
                loading();
            }
            let model = Arc::clone(&keeper.model);
            let load = keeper.handle.spawn(async move { model.load().await });
            load.await
                .map_err(|e| EngineError::Failed(format!("the load broke off: {e}")))??;
        }
        keeper.lock().ready = true;
        Ok(())
    }

    /// Whether [`InUse::end`] would take the model out of memory.
    pub fn ends_with_unload(&self, work_waits: bool) -> bool {
        self.0.as_ref().is_some_and(|keeper| {
            let last = keeper.lock().users == 1;
            last && !work_waits && keeper.policy.unload == Unload::AfterEachJob
        })
    }

    /// Returns once the memory is free, if the policy wants that now; within the time limit in any
    /// case. `work_waits`: another job is about to need the model.
    pub async fn end(mut self, work_waits: bool) {
        let Some(keeper) = self.0.take() else { return };
        match keeper.leave(work_waits) {
            Some(Duration::ZERO) if !keeper.unload_if_unused().await => {
                keeper.unload_after(keeper.policy.unload_timeout);
            }
            Some(wait) => keeper.unload_after(wait),
            None => {}
        }
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        if let Some(keeper) = self.0.take()
            && let Some(wait) = keeper.leave(false)
        {
            keeper.unload_after(wait);
        }
    }
}

impl Keeper {
    /// How long the model may still stay; `None`: it need not go because of this.
    fn leave(&self, work_waits: bool) -> Option<Duration> {
        let mut now = self.lock();
        now.users -= 1;
        if now.users > 0 {
            return None;
        }
        now.ready = false;
        match self.policy.unload {
            Unload::Never => None,
            Unload::WhenIdle(idle) => Some(idle),
            Unload::AfterEachJob if work_waits => Some(self.policy.warm_grace),
            Unload::AfterEachJob => Some(Duration::ZERO),
        }
    }

    /// A job that begins before that stops it.
    fn unload_after(self: &Arc<Self>, wait: Duration) {
        let this = Arc::clone(self);
        let waiting = async move {
            tokio::time::sleep(wait).await;
            while !this.unload_if_unused().await {
                tokio::time::sleep(this.policy.unload_timeout).await;
            }
        };
        let timer = self.handle.spawn(waiting).abort_handle();
        if let Some(earlier) = self.lock().timer.replace(timer) {
            earlier.abort();
        }
    }

    /// False if it should have gone and did not.
    async fn unload_if_unused(&self) -> bool {
        let _switch = self.switch.lock().await;
        {
            let now = self.lock();
            if now.users > 0 || !now.warm || now.stays.is_some() {
                return true;
            }
        }
        let limit = self.policy.unload_timeout;
        let fault = match tokio::time::timeout(limit, self.model.unload()).await {
            Ok(Ok(())) => None,
            Ok(Err(EngineError::Rejected(why))) => {
                tracing::warn!(%why, "the model stays in GPU memory");
                self.lock().stays = Some(why);
                return true;
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("not done within {} s", limit.as_secs_f64())),
        };
        match &fault {
            None => tracing::info!("the model is out of GPU memory"),
            Some(fault) => tracing::warn!(%fault, "the model stays in GPU memory; trying again"),
        }
        let mut now = self.lock();
        now.warm = fault.is_some();
        now.fault = fault;
        !now.warm
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
