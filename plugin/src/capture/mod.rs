//! What the host plays, kept on disk with its place in the song.
//!
//! | type | thread | may do |
//! |---|---|---|
//! | `CaptureTap` | audio | copy a block whole or not at all into a ring; nothing else |
//! | `CaptureDrain` | `sideman-capture`, one per instance | disk, allocation, waiting |
//! | [`CaptureEvent`] | sent to the session | – |

mod event;
mod take;

pub use event::CaptureEvent;
pub use take::{Take, TakeId, TakeOrigin};
