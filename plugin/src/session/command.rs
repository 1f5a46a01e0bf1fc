use super::{Form, Settings, UserChange};
use std::path::PathBuf;

/// What the window (or a host parameter) asks for. Fire and forget: the answer is the next view.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Arms or stops capturing; it rolls while the host plays.
    SetCapture(bool),
    /// The user picked or dropped an audio file as the source.
    OpenSource(PathBuf),
    ClearSource,
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
    /// From now on this instance uses the service of this name in the user's list.
    ChooseService(String),
    /// Changes what is the user's, for all instances.
    ChangeUser(Box<UserChange>),
    /// Sets (or with an empty text, forgets) the API key of this address.
    SetApiKey {
        address: String,
        key: String,
    },
    /// Asks this service now whether it could run a job, in use or not.
    TestService {
        address: String,
    },
    DismissNotice(u64),
}
