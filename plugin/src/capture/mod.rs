//! What the host plays, kept on disk with its place in the song.
//!
//! | type | thread | may do |
//! |---|---|---|
//! | [`CaptureTap`] | audio | copy a block whole or not at all into a ring, fold its level; nothing else |
//! | [`CaptureThread`] | `sideman-capture`, one per instance | disk, allocation, waiting |
//! | [`CaptureHandle`] | any other | switch on and off, say where takes lie, read the status |
//! | [`CaptureEvent`] | sent to the session | – |
//! | [`Meter`] | written on audio, read by the window | atomics |
//!
//! Two things grow from the same blocks, each with a timeline of its own: the take that the user asked
//! for ([`spool`]), and the memory of all that was played in the last ten minutes ([`memory`]), from
//! which a take can be cut after the fact.

mod drain;
mod event;
mod handle;
mod memory;
mod meter;
mod outbox;
mod part;
mod peaks;
mod recover;
mod spool;
mod take;
mod tap;
mod tempo_map;
mod timeline;

#[cfg(test)]
mod tests;

pub use drain::{CaptureThread, start};
pub use event::CaptureEvent;
pub use handle::{CaptureHandle, CaptureStatus};
pub use memory::{Cut, MEMORY_BUCKET_FRAMES, MEMORY_SECS, MemoryNews, Run, left_secs};
pub use meter::{Levels, Meter};
pub use part::PartWriter;
pub use take::{Take, TakeId, TakeOrigin};
pub use tap::{CaptureTap, RING_SAMPLES};
pub use tempo_map::{GridUnit, TempoMap, TempoMark};
