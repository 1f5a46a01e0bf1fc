//! The actor between host, service, disk and window. `state` is a pure step; the rest carries it out.
//!
//! | part | thread | may do |
//! |---|---|---|
//! | [`SessionHandle`] | any but the audio thread | send commands, read the newest view |
//! | `state` | – | decide; no clock, no disk, no chance |
//! | `actor` | `sideman-session` | carry effects out, publish views |
//! | `loader` | `sideman-loader` | decode, resample, write, look at files |
//! | `loader::mover` | `sideman-mover` | copy the folder elsewhere, for as long as that takes |

mod actor;
mod captions;
mod command;
mod effect;
mod event;
mod export;
mod form;
mod handle;
mod job_view;
mod library;
mod loader;
mod marks;
mod persist;
mod state;
mod storage;
mod user;
mod view;

// Where a key lies is shown by the window, which knows no client.
pub use crate::client::{DesktopTheme, KeyPlace};
pub use captions::{CaptionBook, CaptionEdit, MAX_CAPTION_CHARS, Preset, Words, another, presets};
pub use command::{Command, Reseed};
pub use event::{ClipKey, HostNow};
pub use export::{ExportFormat, ExportSettings, FileFacts, TOKENS, file_stem};
pub use form::{Form, MAX_GUIDANCE, MAX_LYRICS_CHARS, MAX_STEPS, MAX_VARIATIONS, sings};
pub use handle::{AudioSide, Folders, SHUTDOWN_LIMIT, SessionConfig, SessionHandle, start};
pub use job_view::{JobPhase, JobView, Part, Quiet, TimeLeft};
pub use marks::{Fades, Monitoring, StemColour, StemMarks};
pub use persist::{Delivered, Listening, ProjectState, SavedCancel, SavedJob, SavedStem};
pub use storage::{FolderWish, InstanceUse, MoveView, SavedMove, StorageView};
pub use user::{
    Looks, MAX_NAME_CHARS, ServiceEntry, ThemeChoice, UserChange, UserSettings, ZOOM_PERCENT,
};
pub use view::{
    CaptureView, Health, HeardField, Hearing, MemoryView, Notice, Passage, Peaks, RecentTake,
    RecoveredView, ServiceRow, ServiceTest, ServiceView, SessionView, Settings, SourceView,
    StemRow,
};

// For the standalone player.
#[cfg(feature = "standalone")]
pub(crate) use loader::load_clip;

use effect::{Effect, ExportTo, Playing};
use event::{Event, LoaderEvent};
use storage::{FolderNews, FolderWork};
