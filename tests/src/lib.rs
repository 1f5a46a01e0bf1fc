//! What the end-to-end tests, the demo and the benchmarks share.

pub mod example_song;
pub mod picture;
