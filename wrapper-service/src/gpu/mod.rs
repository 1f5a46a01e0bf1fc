//! The GPUs of this machine. None is a normal case.

mod stats;

pub use stats::{GpuStats, GpusStats, read_stats};
