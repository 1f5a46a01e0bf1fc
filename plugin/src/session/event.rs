use super::{CaptionBook, Command, FolderNews, Hearing, Peaks, ProjectState, UserSettings};
use crate::{
    capture::{CaptureEvent, Take, TakeId},
    client::ClientEvent,
};
use std::path::PathBuf;

/// Everything that can happen to a session, in the order it happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Command {
        command: Command,
        /// Never used before anywhere: the id of the job this command may begin.
        fresh_id: String,
    },
    Capture(CaptureEvent),
    Client(ClientEvent),
    Loader(LoaderEvent),
    Host(HostNow),
    /// The DAW gave a saved project back.
    Restore(Box<ProjectState>),
    /// The user's settings as they are now: changed here or by another instance.
    User(Box<UserSettings>),
    /// Something asked for by an effect could not be done; a sentence for the user.
    Trouble(String),
    /// Time passed.
    Tick,
}

/// What the host says of itself, a few times a second at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HostNow {
    /// The rate the plugin was activated with; auditioned clips are made for it.
    pub sample_rate_hz: u32,
    /// `None` when the host gives no tempo.
    pub bpm: Option<f64>,
    pub playing: bool,
}

impl Default for HostNow {
    fn default() -> Self {
        Self {
            sample_rate_hz: 48_000,
            bpm: None,
            playing: false,
        }
    }
}

/// One piece of audio that the session can draw and play.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClipKey {
    Source(TakeId),
    Stem(String),
}

/// What the loader thread tells the session.
#[derive(Debug, Clone, PartialEq)]
pub enum LoaderEvent {
    /// The user's file can be read.
    Opened {
        take: Box<Take>,
        peaks: Peaks,
    },
    /// The user's file cannot be a source; `why` ends the sentence.
    OpenFailed {
        path: PathBuf,
        why: String,
    },
    /// What was heard in a take.
    Heard {
        take: TakeId,
        hearing: Hearing,
    },
    /// A part of the take `whole` was written.
    Trimmed {
        whole: TakeId,
        take: Box<Take>,
    },
    /// An instance whose process died has left this much of what it heard, and nobody has it.
    LeftMemory {
        instance: PathBuf,
        secs: f64,
    },
    PeaksReady {
        key: ClipKey,
        peaks: Peaks,
    },
    /// Decoded for the audition; the audio itself waits with the actor.
    ClipReady {
        key: ClipKey,
    },
    /// The audio of `key` cannot be read: drawn as missing, not played.
    Unreadable {
        key: ClipKey,
        why: String,
    },
    Copied {
        to: PathBuf,
    },
    /// The stem lies ready to be dragged.
    Prepared {
        stem: String,
        path: PathBuf,
    },
    Folder(FolderNews),
    /// The user's captions as they are now.
    Captions(Box<CaptionBook>),
    /// A file operation failed; a whole sentence.
    Failed {
        text: String,
    },
    /// The stem's file could not be moved to the trash: its row comes back.
    TrashFailed {
        stem: String,
        why: String,
    },
    /// Which files are there now.
    Present(Vec<(ClipKey, bool)>),
}
