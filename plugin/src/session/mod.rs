//! The actor between host, service, disk and window. `state` is a pure step; the rest carries it out.
//!
//! | part | thread | may do |
//! |---|---|---|
//! | [`SessionHandle`] | any but the audio thread | send commands, read the newest view |
//! | `state` | – | decide; no clock, no disk, no chance |
//! | `actor` | `sideman-session` | carry effects out, publish views |
//! | `loader` | `sideman-loader` | decode, resample, copy, move files |

mod actor;
mod command;
mod effect;
mod event;
mod handle;
mod library;
mod loader;
mod persist;
mod state;
mod view;

pub use command::Command;
pub use event::{ClipKey, HostNow};
pub use handle::{AudioSide, Folders, SHUTDOWN_LIMIT, SessionConfig, SessionHandle, start};
pub use persist::{Listening, ProjectState, SavedJob, SavedStem};
pub use view::{
    CaptureView, Form, Health, HeardField, Hearing, JobPhase, JobView, MemoryView, Notice, Passage,
    Peaks, RecentTake, ServiceView, SessionView, Settings, SourceView, StemRow,
};

// For the standalone player.
#[cfg(feature = "standalone")]
pub(crate) use loader::load_clip;

use effect::{Effect, Playing};
use event::{Event, LoaderEvent};
