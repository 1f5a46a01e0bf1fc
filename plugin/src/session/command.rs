use super::{Form, HeardField, Settings};
use crate::capture::{Cut, TakeId};
use std::path::PathBuf;

/// What the window (or a host parameter) asks for. Fire and forget: the answer is the next view.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Arms or stops capturing; it rolls while the host plays.
    SetCapture(bool),
    /// The user picked or dropped an audio file as the source.
    OpenSource(PathBuf),
    ClearSource,
    /// Makes a take of something that was heard already; it becomes the source.
    Grab(Cut),
    /// Whether what the host plays is remembered.
    SetListening(bool),
    /// Frames `from..to` of the source become the source.
    TrimSource {
        from: u64,
        to: u64,
    },
    /// Undoes all trimming.
    WholeSource,
    /// One of the recent takes becomes the source again.
    UseTake(TakeId),
    /// Puts what was heard in the source into the form.
    UseHeard(HeardField),
    /// What a crash has left is used, or thrown away.
    AnswerRecovered {
        use_it: bool,
    },
    EditForm(Box<Form>),
    Generate,
    Cancel {
        job: String,
    },
    /// Tries a failed job again with the same settings.
    Retry {
        job: String,
    },
    /// Takes a finished or failed job's row off the list; running jobs are cancelled first.
    Dismiss {
        job: String,
    },
    /// Plays or stops one stem in place.
    Audition {
        stem: String,
        on: bool,
    },
    SetStemGain {
        stem: String,
        gain_db: f32,
    },
    /// Plays or stops the source itself.
    AuditionSource(bool),
    /// Copies the stem's file.
    SaveStemAs {
        stem: String,
        to: PathBuf,
    },
    RevealStem {
        stem: String,
    },
    /// The file moves to the cache's `trash` and can come back with [`Self::UndoDelete`].
    DeleteStem {
        stem: String,
    },
    UndoDelete,
    ApplySettings(Box<Settings>),
    /// Sets (or with an empty text, forgets) the API key of the current service address.
    SetApiKey(String),
    TestService,
    DismissNotice(u64),
}
