use super::{
    CaptionEdit, ClipKey, Delivered, ExportSettings, Fades, FolderWork, Listening, SavedCancel,
    SavedStem, UserChange,
};
use crate::{
    capture::{Cut, Take, TakeId},
    client::ApiKey,
};
use sideman_shared::protocol::JobRequest;
use std::path::PathBuf;

/// What the actor must do after a step. The step itself touches nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    SetCapture(bool),
    SetListening(Listening),
    Grab(Cut),
    ForgetMemory,
    /// Tells the capture side where this instance's files lie.
    NameFolder,
    /// Writes frames `from..to` of a take as a take of its own.
    Trim {
        take: Box<Take>,
        from: u64,
        to: u64,
    },
    /// Hears tempo, downbeat and key of a take, as far as they are not known.
    Hear(Box<Take>),
    /// Throws a take of this instance away.
    DropTake {
        id: TakeId,
        path: PathBuf,
    },
    /// Talk to this service from now on, with the key stored for it, if any.
    Connect {
        address: String,
    },
    /// An empty key is forgotten.
    StoreKey {
        address: String,
        key: ApiKey,
    },
    /// Nothing may be sent any more.
    Disconnect,
    Probe,
    TestService {
        address: String,
    },
    FindKeys(Vec<String>),
    AskDesktopTheme,
    /// Looks for what another instance's process has left when it died.
    FindLeftMemory,
    /// Makes a take of that.
    Rescue(PathBuf),
    /// Keeps the change; [`super::Event::User`] follows.
    ChangeUser(Box<UserChange>),
    StartJob {
        id: String,
        /// Of its service, which need not be the one in use.
        address: String,
        take: Box<Take>,
        request: Box<JobRequest>,
    },
    ResumeJob {
        id: String,
        address: String,
        job_id: String,
        /// Not fetched again.
        delivered: Vec<Delivered>,
    },
    /// A job that was cancelled in an earlier life.
    TellCancel(Box<SavedCancel>),
    /// Reads the user's captions, after this edit if there is one.
    Captions(Option<CaptionEdit>),
    CancelJob {
        id: String,
    },
    SetCacheFolder(Option<PathBuf>),
    /// Reads the user's file as a source.
    Inspect(PathBuf),
    LoadPeaks {
        key: ClipKey,
        path: PathBuf,
    },
    LoadClip {
        key: ClipKey,
        path: PathBuf,
    },
    /// The host's rate changed: decoded clips are of no use any more.
    ForgetClips,
    /// All that should sound now; what is not decoded yet joins in when it is.
    Play {
        clips: Vec<Playing>,
        mute_input: bool,
    },
    /// Writes the stem's `.json` beside its audio.
    WriteSidecar(Box<SavedStem>),
    /// Old takes may go, but not these.
    PruneTakes {
        keep: Vec<PathBuf>,
    },
    CheckFiles(Vec<(ClipKey, PathBuf)>),
    /// Writes the stem out for another program.
    Export {
        stem: Box<SavedStem>,
        to: ExportTo,
        settings: ExportSettings,
        take_title: String,
    },
    Folder(FolderWork),
    Reveal(PathBuf),
    Trash {
        stem: String,
        path: PathBuf,
    },
    Untrash {
        stem: String,
        path: PathBuf,
    },
}

/// One clip of the audition.
#[derive(Debug, Clone, PartialEq)]
pub struct Playing {
    pub key: ClipKey,
    /// Song position of its first frame, seconds; 0 when the take had none.
    pub start_secs: f64,
    /// Linear.
    pub gain: f32,
    pub fades: Fades,
}

/// Where an export goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportTo {
    /// As the user named it.
    File(PathBuf),
    /// Under a free name in this folder.
    Folder(PathBuf),
    /// Ready to be dragged, in the instance's own folder.
    Dragging,
}
