//! Planar audio in memory and WAV files that know their place in a song.

mod buffer;

pub use buffer::AudioBuffer;
