//! What the end-to-end and contract tests stand on: the built service as a child process, and songs
//! to send to it.

pub mod service;
pub mod songs;
