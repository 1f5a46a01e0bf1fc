//! What the window needs from outside, as traits: the session, and some things of the operating
//! system. Each returns at once; tests put fakes in their place.

use crate::{
    capture::Levels,
    session::{Command, SessionView},
};
use raw_window_handle::RawWindowHandle;
use std::{path::PathBuf, sync::Arc};

/// The session behind the window.
pub trait Backend: Send {
    /// The newest view. Cheap: called once per frame; the same `Arc` means nothing has changed.
    fn view(&self) -> Arc<SessionView>;
    /// Fire and forget: the answer is a later view.
    fn send(&self, command: Command);
    /// The level of what comes in, since the last look. Cheap: called once per frame.
    fn levels(&self) -> Levels;
    /// Where the song is now, seconds from its start, while it moves. Cheap: called once per frame.
    fn song_place_secs(&self) -> Option<f64>;
    /// Puts the clip light out.
    fn clear_clip(&self);
}

/// Hands finished files to another program by the system's drag and drop.
pub trait DragSource: Send {
    /// Begins dragging `files` (never empty); the pointer's button is down. `window` is the plugin's
    /// own, so that a drop on ourselves counts as none.
    ///
    /// # Errors
    /// A sentence for the user when this system or window cannot drag.
    fn start(&mut self, files: Vec<PathBuf>, window: Option<RawWindowHandle>)
    -> Result<(), String>;
    /// How the last drag ended, told once.
    fn poll(&mut self) -> Option<DragEnd>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DragEnd {
    /// Another program took the files.
    Delivered,
    /// Given up, or dropped where nobody wanted them.
    NotTaken,
    /// A sentence for the user.
    Failed(String),
}

/// Hands finished files to another program by the system's clipboard.
pub trait Clipboard: Send {
    /// Puts `files` there instead of what lies there.
    ///
    /// # Errors
    /// A sentence for the user.
    fn copy(&mut self, files: Vec<PathBuf>) -> Result<(), String>;
}

/// Files that another program drops on the window.
pub trait DropSource: Send {
    /// Told each frame; the first time counts.
    fn attach(&mut self, window: RawWindowHandle);
    /// A drag hovers above the window and would be accepted.
    fn is_hovering(&self) -> bool;
    /// Files dropped since the last call.
    fn poll(&mut self) -> Vec<PathBuf>;
}

/// The system's file dialogs. One at a time: a second request is refused.
pub trait FileDialogs: Send {
    /// `false` when one is open already.
    fn ask(&mut self, ask: Ask) -> bool;
    /// The answer of the dialog that has closed, told once.
    fn poll(&mut self) -> Option<Answer>;
}

/// What a file dialog is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    OpenSource,
    /// The song that the standalone program's transport plays.
    OpenDeskSong,
    SaveStem {
        stem: String,
        /// `Drums-92.5BPM-7.wav`
        file_name: String,
    },
    /// A folder for several stems.
    SaveStems {
        stems: Vec<String>,
    },
    CacheFolder,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Source(PathBuf),
    DeskSong(PathBuf),
    SaveStem {
        stem: String,
        to: PathBuf,
    },
    SaveStems {
        stems: Vec<String>,
        folder: PathBuf,
    },
    CacheFolder(PathBuf),
    Cancelled,
    /// No dialog could be shown; a sentence for the user.
    Failed(String),
}

/// Keys that mean nothing in here, on their way to the host, where the toolkit keeps them.
pub trait HostKeys: Send {
    /// Space was pressed. `window` is the plugin's own.
    fn pass_space(&self, window: Option<RawWindowHandle>);
}

/// The operating system's side of the window; `System::native` is the real one.
pub struct System {
    pub drag: Box<dyn DragSource>,
    pub clipboard: Box<dyn Clipboard>,
    pub drop: Box<dyn DropSource>,
    pub dialogs: Box<dyn FileDialogs>,
    pub keys: Box<dyn HostKeys>,
}
