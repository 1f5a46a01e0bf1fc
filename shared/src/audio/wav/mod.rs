//! WAV files that know their place in a song.
//!
//! [`WavWriter`] streams 24-bit PCM or 32-bit float and puts what a DAW wants to know before the samples:
//!
//! | chunk | tells |
//! |---|---|
//! | `bext` (EBU Tech 3285) | who wrote it, when, and at which sample of the song it begins |
//! | `iXML` | project, track, tempo and key as XML |
//! | `acid` | tempo, beats, meter, root note; loop or one-shot |
//! | `LIST/INFO` | title, software, comment, key |
//!
//! `hound` reads samples ([`read`]) but can neither write chunks before `data` nor read them, so the
//! container is written here. [`WavTags::read`] reads the chunks back.

mod acid;
mod bext;
mod chunk;
mod error;
mod info;
mod ixml;
mod origination;
mod reader;
mod sample;
mod tags;
mod writer;

#[cfg(test)]
mod tests;

pub use error::WavError;
pub use origination::Origination;
pub use reader::read;
pub use sample::{SampleKind, pcm24};
pub use tags::WavTags;
pub use writer::{WavSpec, WavWriter, write};
