//! All the words of the window.

pub(super) mod advanced;
pub(super) mod captions;
pub(super) mod form;
pub(super) mod help;
pub(super) mod lyrics;
mod say;
mod say_job;
pub(super) mod settings;
pub(super) mod source;
pub(super) mod stem;
pub(super) mod storage;

pub(super) use say::*;
pub(super) use say_job::*;

pub(super) const NAME: &str = "Sideman";
pub(super) const TAB_STEMS: &str = "Stems";
pub(super) const TAB_SETTINGS: &str = "Settings";

pub(super) mod job {
    pub const CANCEL: &str = "Cancel";
    pub const CANCEL_TIP: &str = "Stops this job; stems that are here stay";
    pub const RETRY: &str = "Try again";
    pub const RETRY_TIP: &str = "Sends the same job once more";
    pub const RETRY_MISSING_TIP: &str = "Asks once more for the stems that did not come";
    pub const OTHER_SEED: &str = "Other seed";
    pub const OTHER_SEED_TIP: &str = "The same job with a new seed";
    pub const COPY_REPORT: &str = "Copy report";
    pub const COPY_REPORT_TIP: &str = "Puts all about this failure on the clipboard, for whoever \
                                       helps you; no key, no lyrics, no folder of yours";
    pub const COPIED: &str = "Copied";
    pub const CODE: &str = "Code";
    pub const REQUEST: &str = "Request";
    pub const DISMISS: &str = "Dismiss";
    pub const DETAILS: &str = "Details";
    pub const WILL_GO_OUT: &str = "Nothing is lost: the job goes out by itself.";
}

pub(super) mod transport {
    pub const PLAY: &str = "Play";
    pub const STOP: &str = "Stop";
    pub const PLAY_TIP: &str = "Space";
    pub const REWIND: &str = "To the start";
    pub const REWIND_TIP: &str = "Home";
    pub const LOOP: &str = "Loop";
    pub const LOOP_TIP: &str = "Plays the marked range round and round";
    pub const LOOP_FROM: &str = "Loop from";
    pub const LOOP_TO: &str = "Loop to";
    pub const TEMPO: &str = "Tempo of the transport";
    pub const TEMPO_TIP: &str = "Beats per minute. Without one, positions are shown as time only \
                                 and the service listens for the tempo";
    pub const METER: &str = "Meter";
    pub const METER_TIP: &str = "Beats in a bar and their length, such as 4/4";
    pub const OPEN: &str = "Play a song…";
    pub const OPEN_TIP: &str = "Plays an audio file through Sideman, as a track of a host would. You can also drop one here";
    pub const NO_SONG: &str = "Live input";
    pub const NO_SONG_TIP: &str = "What comes in from your audio device is heard and captured";
    pub const LOADING: &str = "Loading…";
    pub const CLOSE_SONG: &str = "Back to the live input";
    pub const POSITION: &str = "Position";
}

pub(super) mod audio {
    pub const TITLE: &str = "Audio device";
    pub const SYSTEM: &str = "Audio system";
    pub const OUTPUT: &str = "Output device";
    pub const INPUT: &str = "Input device";
    pub const DEVICE_HINT: &str = "the system's own; sideman --list-devices names all";
    pub const INPUT_HINT: &str = "none";
    pub const RATE: &str = "Sample rate";
    pub const PERIOD: &str = "Buffer";
    pub const KEEP: &str = "Keep for the next start";
    pub const KEPT: &str = "Kept. Close Sideman and start it again to use it.";
    pub const NOTE: &str = "Sideman opens the audio device when it starts. JACK decides the rate and \
                            the buffer by itself. Options on the command line go first: see \
                            sideman --help.";
}

pub(super) mod export {
    pub const TITLE: &str = "Dragging and saving stems";
    pub const PATTERN: &str = "File name";
    pub const PATTERN_HINT: &str = "as the file is called";
    pub const TOKENS: &str = "You can use";
    pub const EXAMPLE: &str = "The newest stem would be";
}

pub(super) mod dialogs {
    pub const OPEN_TITLE: &str = "Choose the song";
    pub const OPEN_FILTER: &str = "Audio (WAV, AIFF, MP3, FLAC, OGG)";
    pub const SAVE_TITLE: &str = "Save the stem";
    pub const SAVE_ALL_TITLE: &str = "Folder for the stems";
    pub const FOLDER_TITLE: &str = "Folder for captures and stems";
    pub const BUSY: &str = "A file dialog is open already. Close it first.";
    pub const FAILED: &str = "No file dialog could be opened here. Drop files on this window, \
                              or install xdg-desktop-portal or zenity.";
    pub const THREAD_FAILED: &str = "The file dialog could not be started: the system gave no thread. Close other programs \
         and try again.";
}

pub(super) const NOTICE_DISMISS: &str = "Dismiss";
