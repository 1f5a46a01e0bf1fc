//! All the words of the window.

pub(super) mod advanced;
pub(super) mod captions;
pub(super) mod lyrics;
mod say;
mod say_job;

pub(super) use say::*;
pub(super) use say_job::*;

pub(super) const NAME: &str = "Sideman";
pub(super) const TAB_STEMS: &str = "Stems";
pub(super) const TAB_SETTINGS: &str = "Settings";

pub(super) mod source {
    pub const TITLE: &str = "Your song";
    pub const CAPTURE: &str = "Capture";
    pub const CAPTURE_TIP: &str =
        "Listens to what passes through this plugin, from when your host plays until you stop";
    pub const CAPTURE_AGAIN: &str = "Capture again";
    pub const STOP: &str = "Stop capturing";
    pub const STOP_TIP: &str = "Ends the capture and keeps what was heard";
    pub const OPEN: &str = "Open a file…";
    pub const OPEN_TIP: &str = "Takes a WAV, AIFF, MP3, FLAC or OGG file as the song. You can also drop one on this window";
    pub const CLEAR: &str = "Remove the song";
    pub const PLAY: &str = "Play the song";
    pub const PLAY_TIP: &str = "Plays it at its place on your host's timeline";
    pub const STOP_PLAYING: &str = "Stop the song";
    pub const ARMED: &str = "Ready to capture";
    pub const ARMED_HINT: &str = "Press play in your host. Sideman listens until you stop.";
    pub const ROLLING: &str = "Capturing";
    pub const DROP_HERE: &str = "Drop it: this will be your song";
    pub const TEMPO_CHANGED: &str = "The tempo changes in here";
    pub const TEMPO_CHANGED_TIP: &str =
        "Stems follow one tempo. Capture a part with a steady tempo for the tightest result";
    pub const LOST_TIP: &str =
        "The computer was too busy to keep up while capturing. Capture again if you hear a gap";
    pub const STEPS: [(&str, &str); 3] = [
        (
            "Let Sideman hear your song",
            "Press Capture and play in your host, or drop an audio file here.",
        ),
        (
            "Choose who plays along",
            "Vocals, backing vocals, drums or one of nine more.",
        ),
        (
            "Generate, listen, drag",
            "Hear the stem in place, then drag it onto a track.",
        ),
    ];
}

pub(super) mod form {
    pub const TITLE: &str = "Play along";
    pub const ADD: &str = "Add";
    pub const ADD_TIP: &str =
        "Let this one play too, in the same job. Ctrl or Shift and a click do it as well";
    pub const REMOVE: &str = "Leave out";
    pub const REMOVE_TIP: &str = "Not this one";
    pub const VERSIONS: &str = "Versions of each";
    pub const VERSIONS_TIP: &str =
        "How many versions of each stem are made, each with its own seed";
    pub const VERSION_ONE: &str = "1 version";
    pub const VERSION_MANY: &str = "versions";
    pub const MORE: &str = "More players";
    pub const MORE_TIP: &str = "Bass, guitar, keyboard and six others";
    pub const NOT_OFFERED: &str = "The engine of this service cannot play this part";
    pub const BPM: &str = "Tempo";
    pub const BPM_TIP: &str =
        "Beats per minute, decimals welcome. Empty: your host's tempo, else heard from the song";
    pub const BPM_HEARD: &str = "heard";
    pub const BPM_WRONG: &str = "A tempo is a number from 20 to 400, such as 92.5";
    pub const KEY: &str = "Key";
    pub const KEY_TIP: &str = "Such as A minor or F# major. Empty: heard from the song";
    pub const KEY_HEARD: &str = "heard";
    pub const KEY_AUTO: &str = "Heard from the song";
    pub const KEY_LIST: &str = "Choose a key";
    pub const KEY_WRONG: &str = "A key is a note and major or minor, such as Bb minor";
    pub const SEED: &str = "Seed";
    pub const SEED_TIP: &str =
        "The same seed and settings give the same stem again. Empty: a new one each time";
    pub const SEED_NEW: &str = "a new one";
    pub const SEED_WRONG: &str = "A seed is a whole number from 0 to 4294967295";
    pub const DICE: &str = "Roll a seed";
    pub const GENERATE: &str = "Generate";
    pub const GENERATE_TIP: &str = "Ctrl+Enter";
    pub const NEEDS_SOURCE: &str = "First let Sideman hear your song: capture it or open a file";
    pub const NEEDS_STOP: &str = "Stop capturing first";
    pub const NEEDS_FIX: &str = "One of the fields above needs a correction";
    pub const WILL_WAIT: &str = "The service is away: the job goes out when it is back.";
}

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

pub(super) mod stem {
    pub const TITLE: &str = "Stems";
    pub const EMPTY: &str = "Finished stems appear here.";
    pub const DRAG: &str = "Drag to track";
    pub const DRAG_TIP: &str =
        "Drag this onto a track of your host. Several selected stems go together";
    pub const DRAG_WAVE_TIP: &str = "Drag the waveform onto a track of your host";
    pub const DRAGGING: &str = "Drop it on a track";
    pub const DRAG_NOT_TAKEN: &str =
        "Nothing took the stem. Drop it on a track of your host, or use Show in folder.";
    pub const SAVE: &str = "Save as…";
    pub const REVEAL: &str = "Show in folder";
    pub const COPY_PATH: &str = "Copy file path";
    pub const REUSE: &str = "Use these settings again";
    pub const MORE: &str = "More for";
    pub const DELETE: &str = "Delete";
    pub const DELETE_TIP: &str = "Moves the file to Sideman's trash; you can undo it";
    pub const GAIN_TIP: &str = "How loud it plays in here; the file stays as it is. \
                                Double-click for 0 dB";
    pub const MISSING: &str = "The file is no longer where Sideman put it";
    pub const SELECT_TIP: &str =
        "Select, to drag or delete several together. Ctrl and Shift work too";
    pub const DRAG_ALL: &str = "Drag selected";
    pub const DELETE_ALL: &str = "Delete selected";
    pub const UNSELECT: &str = "Clear selection";
    pub const DELETED: &str = "Stem deleted";
    pub const UNDO: &str = "Undo";
}

pub(super) mod settings {
    pub const SERVICE: &str = "Service";
    pub const ADDRESS: &str = "Service address";
    pub const ADDRESS_HINT: &str = "http://127.0.0.1:8002";
    pub const ADDRESS_NOTE: &str =
        "Where the wrapper-service runs: on this computer or beside your GPU.";
    pub const ADDRESS_WRONG: &str =
        "An address begins with http:// or https://, such as http://127.0.0.1:8002";
    pub const KEY: &str = "API key";
    pub const KEY_STORED: &str = "a key is stored";
    pub const KEY_NONE: &str = "only if your service asks for one";
    pub const KEY_NOTE: &str = "Stored on this computer, never in the project.";
    pub const KEY_STORE: &str = "Store key";
    pub const KEY_FORGET: &str = "Forget key";
    pub const TEST: &str = "Test connection";
    pub const TEST_TIP: &str = "Asks the service now whether it could run a job";
    pub const ASKING: &str = "Asking the service…";
    pub const STORAGE: &str = "Storage";
    pub const FOLDER: &str = "Cache folder";
    pub const FOLDER_DEFAULT: &str = "Sideman's folder in your user data";
    pub const FOLDER_NOTE: &str =
        "Captures and stems are kept here. Changing it leaves the old files where they are.";
    pub const CHOOSE: &str = "Choose…";
    pub const CHOOSE_TIP: &str = "Pick another folder for captures and stems";
    pub const USE_DEFAULT: &str = "Use default";
    pub const KEYS: &str = "Keyboard";
    pub const KEY_TABLE: [(&str, &str); 6] = [
        ("Ctrl+Enter", "Generate"),
        ("Tab, Shift+Tab", "next and previous control"),
        ("Enter or Space", "press the control in focus"),
        ("Ctrl+1, Ctrl+2", "Stems, Settings"),
        ("Ctrl+Z", "bring back a deleted stem"),
        ("Escape", "close, unselect, go back to Stems"),
    ];
}

pub(super) mod dialogs {
    pub const OPEN_TITLE: &str = "Choose the song";
    pub const OPEN_FILTER: &str = "Audio (WAV, AIFF, MP3, FLAC, OGG)";
    pub const SAVE_TITLE: &str = "Save the stem";
    pub const FOLDER_TITLE: &str = "Folder for captures and stems";
    pub const BUSY: &str = "A file dialog is open already. Close it first.";
    pub const FAILED: &str = "No file dialog could be opened here. Drop files on this window, \
                              or install xdg-desktop-portal or zenity.";
    pub const THREAD_FAILED: &str = "The file dialog could not be started: the system gave no thread. Close other programs \
         and try again.";
}

pub(super) const NOTICE_DISMISS: &str = "Dismiss";
