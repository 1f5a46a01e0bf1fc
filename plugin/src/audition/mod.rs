//! A stem heard in place: locked to the host's song position, through loops and jumps, click-free.
//!
//! | type | thread | may do |
//! |---|---|---|
//! | `AuditionVoice` | audio | mix frames of the current clips into the output; swap by moving |
//! | [`Clip`] | made by the loader thread, freed there too | immutable once made |

mod clip;

pub use clip::{Clip, ClipSet, PEAK_BUCKET_FRAMES};
