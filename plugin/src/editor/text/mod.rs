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
    /// A tempo follows.
    pub const SENT_AT: &str =
        "The tempo changes in your song. The stem follows the one at its start,";
    pub const QUIET: &str = "Nothing is coming in";
    pub const QUIET_TIP: &str = "Your host plays, but this track is silent. Put Sideman on a track or bus \
                                 that carries the song, and check that it is not muted";
    pub const MORE: &str = "More for the song";
    pub const MORE_TIP: &str = "Earlier takes, and whether Sideman listens by itself";
    pub const RECENT: &str = "Recent takes";
    pub const RECENT_NONE: &str = "Earlier songs and takes appear here.";
    pub const LISTEN: &str = "Remember what the host plays";
    pub const LISTEN_TIP: &str = "Keeps the last ten minutes on disk until the project is closed, so that you can take a part \
         after you have heard it";
    pub const RECOVER: &str = "Use it";
    pub const DISCARD: &str = "Discard it";
    pub const SNAP_BARS: &str = "Snap: bars";
    pub const SNAP_BEATS: &str = "Snap: beats";
    pub const SNAP_OFF: &str = "Snap: off";
    pub const SNAP_TIP: &str = "Where the edges of a range fall. Hold Alt for none";
    pub const TRIM: &str = "Trim to selection";
    pub const TRIM_TIP: &str = "Only the selected part is sent. The whole take can come back";
    pub const WHOLE: &str = "Whole take";
    pub const WHOLE_TIP: &str = "Undoes the trimming";
    pub const TAP: &str = "Tap";
    pub const TAP_NAME: &str = "Tap the tempo";
    pub const TAP_TIP: &str = "Tap along (or press T) to set the tempo";
    pub const HEARD: &str = "Heard";
    pub const HEARD_NAME: &str = "Show what was heard";
    pub const HEARD_TIP: &str = "The last minutes that your host played: draw a range to take it";
    pub const HEARD_WAVE: &str = "Waveform of what was heard";
    pub const HEARD_HINT: &str = "Heard and kept. Take the last bars, or drag across a part of it.";
    pub const TAKE_RANGE: &str = "Take this part";
    pub const LAST: &str = "Take the last";
    pub const BARS: &str = "bars";
    pub const LOOP: &str = "Loop";
    pub const LOOP_TIP: &str = "Take the last whole pass of your host's loop";
    pub const SINCE_PLAY: &str = "Since play";
    pub const SINCE_PLAY_TIP: &str = "Take all since your host was last started";
    pub const SOUNDS_LIKE: &str = "Sounds like";
    pub const USE_TIP: &str = "Puts it into the form";
    pub const METER: &str = "Input level";
    pub const METER_CLIPPED: &str = "Input level, clipped: click to clear";
    pub const METER_TIP: &str = "What comes in:";
    pub const CLIPPED_TIP: &str = "What came in was at full scale. Turn it down before Sideman, then click \
                                   here to clear the light";
    pub const LOST_TIP: &str =
        "The computer was too busy to keep up while capturing. Capture again if you hear a gap";
    pub const STEPS: [(&str, &str); 3] = [
        (
            "Let Sideman hear your song",
            "Play in your host: Sideman listens. Or press Capture, or drop an audio file here.",
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
    pub const GAIN_TIP: &str = "How loud it plays in here; the file stays as it is. \
                                Double-click for 0 dB";
    pub const MISSING: &str = "The file is no longer where Sideman put it";
    pub const SELECT_TIP: &str =
        "Select, to drag or delete several together. Ctrl and Shift work too";
    pub const DRAG_ALL: &str = "Drag selected";
    pub const DELETE_ALL: &str = "Delete selected";
    pub const UNSELECT: &str = "Clear selection";
    pub const FAVOURITES: &str = "Favourites";
    pub const FAVOURITES_TIP: &str = "Shows only the stems with a star";
    pub const NO_FAVOURITES: &str = "No stem has a star yet.";
    pub const STAR: &str = "Make a favourite";
    pub const UNSTAR: &str = "No longer a favourite";
    pub const MUTE_SOURCE: &str = "Mute song";
    pub const MUTE_SOURCE_TIP: &str = "Silences your song while a stem plays";
    pub const SOLO: &str = "Solo";
    pub const SOLO_TIP: &str = "Only this stem is heard, while it plays (S)";
    pub const SWITCH_TIP: &str =
        "Keys 1 to 9 and the arrow keys switch between these while the song plays";
    pub const PLAY_TIP: &str = "In place, with your host's timeline";
    pub const FOLD: &str = "Fold";
    pub const UNFOLD: &str = "Unfold";
    pub const NAME: &str = "Name of";
    pub const NAME_TIP: &str = "Your name for it; also {name} in file names";
    pub const NOTES: &str = "Notes on";
    pub const NOTES_HINT: &str = "Notes";
    pub const FADE_IN: &str = "In";
    pub const FADE_OUT: &str = "Out";
    pub const FADE_TIP: &str = "Fade while it plays in here; the file stays as it is";
    pub const MARK: &str = "Mark a part of";
    pub const MARK_TIP: &str = "Drag across the bars that should be played again";
    pub const UNMARK: &str = "Unmark";
    pub const REDO: &str = "Redo";
    pub const REDO_TIP: &str =
        "Plays only this part again. The rest of the new stem is this one, bit for bit";
    pub const REGION_UNABLE: &str = "The engine of this service cannot play a part again";
    pub const REROLL: &str = "Re-roll";
    pub const REROLL_TIP: &str = "The same words, another seed. Nothing is overwritten";
    pub const REROLL_UNKNOWN: &str = "Made by an older Sideman: use its settings in the form";
    pub const OTHER_WORDS: &str = "Same seed, other words";
    pub const OTHER_WORDS_TIP: &str = "Puts its style and seed into the form, to be changed";
    pub const SAVE_ALL: &str = "Save selected as…";
    pub const UNDO: &str = "Undo";
}

pub(super) mod settings {
    pub const SERVICES: &str = "Services";
    pub const SERVICES_NOTE: &str =
        "Where stems are made: on this computer, beside your GPU, or in the cloud.";
    pub const OFFLINE: &str = "Work offline";
    pub const OFFLINE_TIP: &str =
        "Nothing is sent to any service. Jobs wait and go out when you are online again";
    pub const USE: &str = "Use";
    pub const TEST: &str = "Test";
    pub const TEST_TIP: &str = "Asks this service now whether it could run a job";
    pub const ASKING: &str = "Asking the service…";
    pub const EDIT: &str = "Edit";
    pub const EDIT_TIP: &str = "Change name, address or API key";
    pub const REMOVE: &str = "Remove";
    pub const REMOVE_LAST: &str = "The last service stays; edit it instead";
    pub const ADD: &str = "Add a service";
    pub const ADD_TIP: &str = "Another computer, a studio machine, or a Space";
    pub const FOREIGN: &str = "Named by this project or the command line, not in your list.";
    pub const KEEP: &str = "Add to list";
    pub const KEEP_TIP: &str = "Gives this service a name in your own list";
    pub const NAME: &str = "Name";
    pub const NAME_HINT: &str = "Studio";
    pub const NAME_MISSING: &str = "Give it a name, such as Studio";
    pub const NAME_TAKEN: &str = "Another service of yours has this name";
    pub const ADDRESS: &str = "Service address";
    pub const ADDRESS_HINT: &str = "http://127.0.0.1:8002";
    pub const ADDRESS_WRONG: &str =
        "An address begins with http:// or https://, such as http://127.0.0.1:8002";
    pub const KEY: &str = "API key";
    pub const KEY_STORED: &str = "a key is stored; type to replace it";
    pub const KEY_NONE: &str = "only if your service asks for one";
    pub const KEY_NOTE: &str = "Kept in this computer's keychain, or without one in a file only you \
                                can read. Never in the project.";
    pub const KEY_FORGET: &str = "Forget the stored key";
    pub const SAVE: &str = "Save";
    pub const CANCEL: &str = "Cancel";
    pub const ENGINES: &str = "Engines";
    pub const NO_ENGINES: &str =
        "When the service answers, its engines appear here with what each can play.";
    pub const ENGINE_READY: &str = "ready";
    pub const ENGINE_NOT_READY: &str = "cannot play now";
    pub const ENGINE_PLAYS: &str = "Plays";
    pub const ENGINE_CAN: &str = "Can";
    pub const ENGINE_ALL_TRACKS: &str = "all twelve parts";
    pub const LOOKS: &str = "Looks";
    pub const THEME: &str = "Theme";
    pub const THEME_AUTO: &str = "Auto";
    pub const THEME_DARK: &str = "Dark";
    pub const THEME_LIGHT: &str = "Light";
    pub const ZOOM: &str = "Size of everything";
    pub const ZOOM_IN: &str = "Larger (Ctrl +)";
    pub const ZOOM_OUT: &str = "Smaller (Ctrl −)";
    pub const ZOOM_RESET: &str = "Usual size";
    pub const MOTION: &str = "Reduce motion";
    pub const MOTION_TIP: &str = "Nothing slides or fades";
    pub const STORAGE: &str = "Folder";
    pub const FOLDER: &str = "Cache folder";
    pub const FOLDER_DEFAULT: &str = "Sideman's folder in your user data";
    pub const FOLDER_NOTE: &str = "Captures and stems are kept here. Another folder takes them all along: copied, checked, then removed here.";
    pub const CHOOSE: &str = "Choose…";
    pub const CHOOSE_TIP: &str = "Pick another folder for captures and stems";
    pub const USE_DEFAULT: &str = "Use default";
    pub const KEYS: &str = "Keyboard";
    pub const KEYS_NOTE: &str = "Everything works without a mouse. F1 or ? shows how.";
    pub const KEYS_SHOW: &str = "Show shortcuts";
}

pub(super) mod help {
    pub const TITLE: &str = "Keyboard shortcuts";
    pub const CLOSE: &str = "Close";
    pub const KEYS: [(&str, &str); 13] = [
        ("Ctrl+Enter", "Generate"),
        ("Ctrl+1, Ctrl+2", "Stems, Settings"),
        ("Tab, Shift+Tab", "next and previous control"),
        ("Enter or Space", "press the control in focus"),
        ("Arrow keys", "move a slider in focus"),
        ("Ctrl+A", "select all stems"),
        (
            "1 to 9, up, down",
            "switch between the candidates of a stack",
        ),
        ("S", "solo the candidate that plays"),
        ("Ctrl+Z", "bring back a deleted stem"),
        ("Ctrl +, Ctrl −", "larger, smaller"),
        ("Ctrl+0", "usual size"),
        ("Escape", "close, unselect, go back to Stems"),
        ("F1 or ?", "this list"),
    ];
    pub const DESK_KEYS: [(&str, &str); 2] = [("Space", "play or stop"), ("Home", "to the start")];
    pub const HOST: &str = "Space plays and stops your host while nothing here has the focus. On \
                            Linux it is the only key that is handed on to the host.";
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
    pub const DEVICE_HINT: &str = "the system's own";
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

pub(super) mod storage {
    pub const TITLE: &str = "Storage";
    pub const AGAIN: &str = "Look again";
    pub const LOOKING: &str = "Looking at what lies in the folder…";
    pub const OWN: &str = "This Sideman";
    pub const OPEN: &str = "Another Sideman, open now";
    pub const CLOSED: &str = "No open project uses it";
    pub const TRASHED: &str = "In the trash";
    pub const THROW_AWAY: &str = "Move to the trash:";
    pub const THROW_AWAY_TIP: &str = "Moves this folder to the trash. A project that is not open now may still need it; you can \
         bring it back until the trash is emptied";
    pub const BRING_BACK: &str = "Bring back";
    pub const OLD_TAKES: &str = "Trash takes older than";
    pub const OLD_TAKES_DAYS: &str = "Days a take is kept";
    pub const OLD_TAKES_NOTE: &str = "Takes that a stem or a job needs stay.";
    pub const OLD_TAKES_TIP: &str = "Moves this Sideman's old captures to the trash";
    pub const TRASH: &str = "Trash";
    pub const TRASH_NOTE: &str = "Sideman empties it only when you press this.";
    pub const EMPTY: &str = "Empty trash";
    pub const EMPTY_SURE: &str = "Delete for good";
    pub const KEEP: &str = "Keep";
    pub const MOVING: &str = "Moving the folder";
    pub const MOVING_NOTE: &str =
        "You can go on working. The old files go once every copy is checked.";
    pub const CANCEL_MOVE: &str = "Cancel the move";
    pub const CANCEL_MOVE_TIP: &str = "Leaves everything where it was";
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
