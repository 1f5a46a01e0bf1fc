//! What Sideman's plugin and wrapper-service must agree on.
//!
//! - [`protocol`]: the words of the `/v1` contract as serde types
//! - [`music`]: tracks, keys, meters, tempo; parsed once, valid ever after
//! - [`audio`]: planar buffers and WAV files that carry tempo and position
//! - [`analysis`]: hears tempo, beats, downbeats, key and chords
//!
//! Nothing here knows tokio, HTTP, a window or a plugin framework.

pub mod analysis;
pub mod audio;
pub mod music;
pub mod protocol;
