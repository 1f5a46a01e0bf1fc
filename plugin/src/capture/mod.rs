//! What the host plays, kept on disk with its place in the song.
//!
//! | type | thread | may do |
//! |---|---|---|
//! | [`CaptureTap`] | audio | copy a block whole or not at all into a ring; nothing else |
//! | [`CaptureThread`] | `sideman-capture`, one per instance | disk, allocation, waiting |
//! | [`CaptureHandle`] | any other | switch on and off, say where takes lie, read the status |
//! | [`CaptureEvent`] | sent to the session | – |

mod drain;
mod event;
mod handle;
mod outbox;
mod peaks;
mod spool;
mod take;
mod tap;
mod timeline;

#[cfg(test)]
mod tests;

pub use drain::{CaptureThread, start};
pub use event::CaptureEvent;
pub use handle::{CaptureHandle, CaptureStatus};
pub use take::{Take, TakeId, TakeOrigin};
pub use tap::CaptureTap;
