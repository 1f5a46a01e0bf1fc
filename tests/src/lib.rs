//! What the end-to-end tests, the demo and the benchmarks share: the built plugin in a real host, the
//! built service as a child process, songs to send through them, and pictures of what came back.

pub mod acestep;
pub mod clap_host;
pub mod example_song;
pub mod gpu_queue;
mod host_window;
mod output;
pub mod picture;
pub mod service;
pub mod songs;
pub mod vst3_host;
