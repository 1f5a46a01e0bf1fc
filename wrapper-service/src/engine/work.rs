//! What an engine is asked to do, and the thread by which finished work is found again.

use futures_util::future::BoxFuture;
use sideman_shared::music::Track;
use std::{fmt, sync::Arc};

/// The kinds of work that engines of this family know.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Work {
    /// Play one new stem along with the source.
    #[default]
    Lego,
    /// Play the whole source anew in another style; `strength` 0–1 says how closely.
    Cover { strength: f32 },
    /// Fill the source up with these players.
    Complete { tracks: Vec<Track> },
    /// Take one stem out of the source.
    Extract,
}

impl Work {
    /// ACE-Step's turbo models make covers, and cannot do the rest.
    pub fn needs_base(&self) -> bool {
        !matches!(self, Self::Cover { .. })
    }

    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Lego => "lego",
            Self::Cover { .. } => "cover",
            Self::Complete { .. } => "complete",
            Self::Extract => "extract",
        }
    }
}

/// A trained style that the model puts on.
#[derive(Debug, Clone, PartialEq)]
pub struct Lora {
    /// As the operator called it.
    pub name: String,
    /// 0–1.
    pub scale: f32,
}

/// Where an engine that works elsewhere writes down the name of the work it has begun, so that after a
/// crash of ours the result is fetched instead of played a second time.
#[derive(Clone)]
pub struct TaskNote {
    begun: Option<String>,
    keep: Arc<dyn Fn(Option<String>) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl TaskNote {
    /// `begun`: what an earlier life wrote down for the same candidate and seed. `keep` makes the new
    /// word durable before it returns; `None` forgets it.
    pub fn new(
        begun: Option<String>,
        keep: impl Fn(Option<String>) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            begun,
            keep: Arc::new(keep),
        }
    }

    /// For callers that will not come back.
    pub fn ignore() -> Self {
        Self::new(None, |_| Box::pin(async {}))
    }

    pub fn begun(&self) -> Option<&str> {
        self.begun.as_deref()
    }

    /// Call between the engine's yes and the first look at how it goes.
    pub async fn begin(&self, task: &str) {
        (self.keep)(Some(task.to_owned())).await;
    }

    /// The work is fetched, failed or lost: nothing is left to come back for.
    pub async fn forget(&self) {
        (self.keep)(None).await;
    }
}

impl fmt::Debug for TaskNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskNote").field(&self.begun).finish()
    }
}
