pub const TITLE: &str = "Your song";
pub const CAPTURE: &str = "Capture";
pub const CAPTURE_TIP: &str =
    "Listens to what passes through this plugin, from when your host plays until you stop";
pub const CAPTURE_AGAIN: &str = "Capture again";
pub const STOP: &str = "Stop capturing";
pub const STOP_TIP: &str = "Ends the capture and keeps what was heard";
pub const OPEN: &str = "Open a file…";
pub const OPEN_TIP: &str =
    "Takes a WAV, AIFF, MP3, FLAC or OGG file as the song. You can also drop one on this window";
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
pub const SENT_AT: &str = "The tempo changes in your song. The stem follows the one at its start,";
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
pub const LISTEN_STOPPED: &str = "Also while the host stands still";
pub const LISTEN_STOPPED_TIP: &str = "Remembers what comes in while nothing plays, too: a jam, a microphone. Its last bars are \
     counted back from now, at the host's last tempo";
pub const RECOVER: &str = "Use it";
pub const DISCARD: &str = "Discard it";
pub const NOT_NOW: &str = "Not here";
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
pub const LAST_SHORT: &str = "Last";
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
