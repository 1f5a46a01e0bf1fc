//! What the end-to-end tests, the demo and the benchmarks share: the built service as a child
//! process, songs to send to it, and pictures of what came back.

pub mod example_song;
pub mod picture;
pub mod service;
pub mod songs;
