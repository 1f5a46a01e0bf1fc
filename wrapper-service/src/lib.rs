//! Sideman's wrapper-service: takes a song, waits its turn for the GPU, has an engine play a stem to
//! it, and keeps the stem. See `contracts` in `docs/` for what a client may rely on.

pub mod app;
pub mod artifacts;
pub mod audio;
pub mod cli;
pub mod commands;
pub mod config;
pub mod engine;
pub mod error;
pub mod gate;
pub mod gpu;
pub mod http;
pub mod jobs;
pub mod telemetry;

#[cfg(test)]
mod testing;
