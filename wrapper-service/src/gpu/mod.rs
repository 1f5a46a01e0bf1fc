//! The GPUs of this machine. None is a normal case.

mod lifecycle;
mod stats;

pub use lifecycle::{InUse, Lifecycle, ModelPolicy, ModelStatus, Unload};
pub use stats::{GpuStats, GpusStats, read_stats};
