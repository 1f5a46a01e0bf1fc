use super::{
    CaptionEdit, Fades, FolderWish, Form, HeardField, Listening, Settings, StemMarks, UserChange,
};
use crate::capture::{Cut, TakeId};
use sideman_shared::music::Track;
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
    SetListening(Listening),
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
    /// The host moved its track button. Not the whole form: what the host has restored meanwhile must stay.
    ChooseTrack(Track),
    Generate,
    /// Changes the user's own captions.
    EditCaptions(CaptionEdit),
    /// Reads them again: another instance may have changed them.
    ReadCaptions,
    Cancel {
        job: String,
    },
    /// Tries an ended job again with the same settings; of several stems, only those that did not come.
    Retry {
        job: String,
        seed: Reseed,
    },
    /// Another stem like this one, to the same take.
    Reroll {
        stem: String,
        seed: Reseed,
    },
    /// Plays only this part of the stem again; outside it the new stem is the old one, bit for bit.
    /// Seconds from the stem's first frame.
    RegenerateRegion {
        stem: String,
        start_secs: f64,
        end_secs: f64,
        seed: Reseed,
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
    SetStemFades {
        stem: String,
        fades: Fades,
    },
    /// The stem takes the place of the one heard from its stack, without a gap.
    SwitchTo {
        stem: String,
    },
    /// Only this stem is heard, while it plays; `None` for all again.
    Solo(Option<String>),
    /// Silences the source while a stem plays.
    MuteSource(bool),
    MarkStem {
        stem: String,
        marks: Box<StemMarks>,
    },
    /// Plays or stops the source itself.
    AuditionSource(bool),
    /// Writes the stem out, in the format of the settings or of the file's ending.
    SaveStemAs {
        stem: String,
        to: PathBuf,
    },
    /// Writes all of them into a folder, under names that nothing there has.
    SaveStemsTo {
        stems: Vec<String>,
        folder: PathBuf,
    },
    /// Something about the folder that takes and stems lie in.
    Folder(FolderWish),
    RevealStem {
        stem: String,
    },
    /// The files move to the folder's `trash` and can come back, together, with [`Self::UndoDelete`].
    DeleteStems {
        stems: Vec<String>,
    },
    UndoDelete,
    ApplySettings(Box<Settings>),
    /// From now on this instance uses the service of this name in the user's list.
    ChooseService(String),
    /// Changes what is the user's, for all instances.
    ChangeUser(Box<UserChange>),
    /// Is the desktop dark or light, and has a crash left something?
    WindowOpened,
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

/// What a new request does with the seed of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reseed {
    /// The same words, another seed.
    New,
    /// The same seed; a reroll then takes the words that are in the form now.
    Same,
}
