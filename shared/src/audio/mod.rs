//! Planar audio in memory and WAV files that know their place in a song.

mod buffer;
pub mod wav;

pub use buffer::AudioBuffer;
