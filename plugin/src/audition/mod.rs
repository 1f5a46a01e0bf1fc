//! A stem heard in place: locked to the host's song position, through loops and jumps, click-free.
//!
//! | type | thread | may do |
//! |---|---|---|
//! | [`AuditionVoice`] | audio | mix frames of the current clips into the output; swap by moving |
//! | [`AuditionHandle`] | any other | send a new [`ClipSet`], free what comes back |
//! | [`Clip`] | made by the loader thread, freed there too | immutable once made |

mod clip;
mod gain;
mod handle;
mod layer;
mod place;
mod ramp;
mod voice;

#[cfg(test)]
mod tests;

/// Frames rendered at a time: the gains of a run lie on the stack, so a block may be of any size.
const RUN_FRAMES: usize = 256;

pub use clip::{Clip, ClipSet, PEAK_BUCKET_FRAMES};
pub use gain::Gain;
pub use handle::{AuditionHandle, pair};
pub use place::SongPlace;
pub use voice::{AuditionVoice, Mix};
