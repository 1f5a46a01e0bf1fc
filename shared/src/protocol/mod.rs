//! The words of the `/v1` contract. Requests refuse unknown fields, answers ignore them.

mod engine;
mod job;
mod problem;
mod source;
mod stem;

pub use engine::{EngineFeatures, EngineInfo, EngineList};
pub use job::{
    Caption, Job, JobError, JobEventName, JobList, JobRequest, JobState, LOOP_ASSIST_BELOW_SECS,
    Priority, QueuePlace, Region, Stage,
};
pub use problem::{Code, Problem};
pub use source::{Source, SourceAnalysis};
pub use stem::{AudioFormat, Stem, StemReport};
