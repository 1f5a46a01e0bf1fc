//! The job machine: what clients ask for, durably kept, done in turn, told as it happens.

pub mod attempt;
mod blocking;
mod changes;
mod craft;
mod engines;
pub mod follow;
mod health;
mod material;
mod progress;
mod reaper;
pub mod record;
mod region;
mod runner;
mod service;
mod sources;
pub mod state;
mod stems;
pub mod store;
mod submit;
mod turn;
mod validate;
mod waits;
mod work;
mod work_clock;

pub use crate::gate::Noticed;
pub use changes::Changes;
pub use engines::Engines;
pub use follow::JobEvent;
pub use health::{PartHealth, ServiceHealth};
pub use reaper::{Reaper, RetentionPolicy};
pub use runner::{Runner, RunnerSettings};
pub use service::{JobService, JobServiceParts, ListQuery};
pub use sources::{SourceLimits, SourceService};
pub use stems::{OpenStem, StemService};
pub use submit::Submission;
pub use turn::TurnWaits;
