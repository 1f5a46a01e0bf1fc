//! All the words of the window, and how numbers are said.

use crate::session::{Health, JobPhase, StemRow};
use sideman_shared::{music::Track, protocol::Stage};

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
    pub const CAPTION: &str = "Style";
    pub const CAPTION_TIP: &str =
        "Tell the player what you want to hear. Empty: the words shown in grey";
    pub const SEED: &str = "Seed";
    pub const SEED_TIP: &str =
        "The same seed and settings give the same stem again. Empty: a new one each time";
    pub const SEED_NEW: &str = "new each time";
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
    pub const RETRY: &str = "Try again";
    pub const RETRY_TIP: &str = "Sends the same job once more";
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
    pub const DRAG_REFUSED: &str =
        "Nothing took the file. Drop it on a track of your host, or use Show in folder.";
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
    pub const DRAG_ALL: &str = "Drag all";
    pub const DELETE_ALL: &str = "Delete all";
    pub const UNSELECT: &str = "Clear selection";
    pub const DELETED: &str = "Stem deleted";
    pub const UNDO: &str = "Undo";
    pub const SAVE_BUSY: &str = "A file dialog is open already. Close it first.";
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
    pub const FAILED: &str = "No file dialog could be opened here. Drop files on this window, \
                              or install xdg-desktop-portal or zenity.";
    pub const THREAD_FAILED: &str = "The file dialog could not be started: the system gave no thread. Close other programs \
         and try again.";
}

pub(super) const NOTICE_DISMISS: &str = "Dismiss";

/// One or two words beside the health light.
pub(super) fn health(health: Health) -> &'static str {
    match health {
        Health::Unknown => "Checking",
        Health::Good => "Connected",
        Health::Degraded => "Not ready",
        Health::Away => "Service away",
    }
}

pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::WaitingForGpu => "Waiting for the GPU",
        Stage::LoadingModel => "Loading the model",
        Stage::Generating => "Playing along",
        Stage::Decoding => "Turning it into sound",
        Stage::Checking => "Checking level and timing",
        Stage::Storing => "Storing the stem",
    }
}

/// What a job does now, in words; `elapsed_secs` since the view was made.
pub(super) fn phase(phase: &JobPhase, elapsed_secs: f64) -> String {
    match phase {
        JobPhase::WaitingForService { retry_in_secs, .. } => {
            let left = (retry_in_secs - elapsed_secs).ceil();
            if left >= 1.0 {
                format!("Waiting for the service, trying again in {left:.0} s")
            } else {
                "Waiting for the service, trying again now".into()
            }
        }
        JobPhase::Submitting { .. } => "Sending your song".into(),
        JobPhase::Queued {
            position: Some(1), ..
        } => "Next in the queue".into(),
        JobPhase::Queued {
            position: Some(n), ..
        } => format!("Number {n} in the queue"),
        JobPhase::Queued { position: None, .. } => "In the queue".into(),
        JobPhase::Running { stage: now, .. } => stage(*now).into(),
        JobPhase::Downloading { .. } => "Bringing the stem home".into(),
        JobPhase::Cancelling => "Cancelling".into(),
        JobPhase::Failed { .. } => "Failed".into(),
        JobPhase::Cancelled => "Cancelled".into(),
    }
}

/// `about 12 s left`; nothing below a second, where a number would only flicker.
pub(super) fn time_left(secs: f64) -> Option<String> {
    if !secs.is_finite() || secs < 1.0 {
        return None;
    }
    Some(if secs <= 90.0 {
        format!("about {:.0} s left", secs.ceil())
    } else {
        format!("about {:.0} min left", (secs / 60.0).ceil())
    })
}

/// `0:42`, `1:02:03`.
pub(super) fn clock(secs: f64) -> String {
    let whole = secs.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// `0:42.3`
pub(super) fn clock_tenths(secs: f64) -> String {
    let tenths = (secs.max(0.0) * 10.0) as u64;
    format!("{}.{}", clock((tenths / 10) as f64), tenths % 10)
}

/// `92.5 BPM`, at most two decimals.
pub(super) fn bpm(bpm: f64) -> String {
    format!("{} BPM", bpm_number(bpm))
}

/// `92.5`
pub(super) fn bpm_number(bpm: f64) -> String {
    ((bpm * 100.0).round() / 100.0).to_string()
}

/// `+1.5 dB`, with a real minus.
pub(super) fn decibels(db: f64) -> String {
    let rounded = (db * 10.0).round() / 10.0;
    let sign = match rounded {
        r if r > 0.0 => "+",
        r if r < 0.0 => "−",
        _ => "",
    };
    format!("{sign}{:.1} dB", rounded.abs())
}

/// `92.5 BPM · A minor · seed 7 · −14.2 LUFS`, what is asked first comes first.
pub(super) fn stem_facts(row: &StemRow) -> String {
    let mut facts = Vec::from_iter(row.bpm.map(bpm));
    facts.extend(row.key.clone());
    facts.push(format!("seed {}", row.seed));
    facts.extend(row.report.lufs.map(lufs));
    facts.join(" · ")
}

/// `0:41.5 · sketch · −14.2 LUFS · peak −1.0 dB · RMS −16.2 dB · timing +3 ms`
pub(super) fn stem_report(row: &StemRow) -> String {
    let report = &row.report;
    let mut facts = vec![clock_tenths(row.duration_secs), row.engine.clone()];
    facts.extend(report.lufs.map(lufs));
    facts.push(format!("peak {}", decibels(report.peak_dbfs)));
    facts.push(format!("RMS {}", decibels(report.rms_dbfs)));
    facts.extend(
        report
            .timing_offset_ms
            .map(|ms| format!("timing {ms:+.0} ms")),
    );
    facts.extend(report.drift_ms.map(|ms| format!("drift {ms:+.0} ms")));
    facts.join(" · ")
}

fn lufs(lufs: f64) -> String {
    let sign = if lufs < 0.0 { "−" } else { "" };
    format!("{sign}{:.1} LUFS", lufs.abs())
}

/// What the user should know about a stem before using it.
pub(super) fn stem_warnings(row: &StemRow) -> Vec<String> {
    let report = &row.report;
    let mut warnings = report.warnings.clone();
    if report.silent {
        warnings.push("It is silent.".into());
    }
    if report.clipped_frames > 0 {
        let count = report.clipped_frames;
        warnings.push(format!("It clips ({count} samples at full scale)."));
    }
    warnings
}

/// The name proposed when a stem is saved: `Drums-92.5BPM-7.wav`.
pub(super) fn stem_file_name(row: &StemRow) -> String {
    let extension = row.path.extension().and_then(|e| e.to_str());
    let track = row.track.label().replace(' ', "-");
    let tempo = row
        .bpm
        .map_or(String::new(), |bpm| format!("-{}BPM", bpm_number(bpm)));
    format!("{track}{tempo}-{}.{}", row.seed, extension.unwrap_or("wav"))
}

/// `1.2 s` or `310 ms` of audio lost.
pub(super) fn lost(frames: u64, sample_rate_hz: u32) -> String {
    let secs = frames as f64 / f64::from(sample_rate_hz.max(1));
    if secs >= 1.0 {
        format!("{secs:.1} s lost")
    } else {
        format!("{:.0} ms lost", (secs * 1000.0).ceil())
    }
}

pub(super) fn selected(count: usize) -> String {
    format!("{count} selected")
}

pub(super) fn job_title(track: Track) -> &'static str {
    track.label()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(clock(42.9), "0:42");
        assert_eq!(clock(3723.0), "1:02:03");
        assert_eq!(clock_tenths(59.96), "0:59.9");
        assert_eq!(time_left(11.4).as_deref(), Some("about 12 s left"));
        assert_eq!(time_left(125.0).as_deref(), Some("about 3 min left"));
        assert_eq!(time_left(0.2), None);
        assert_eq!(time_left(f64::NAN), None);
    }

    #[test]
    fn tempo_and_level_keep_what_matters() {
        assert_eq!(bpm(137.000_000_130_737_52), "137 BPM");
        assert_eq!(bpm(92.5), "92.5 BPM");
        assert_eq!(decibels(-0.04), "0.0 dB");
        assert_eq!(decibels(-14.25), "−14.3 dB");
        assert_eq!(decibels(2.0), "+2.0 dB");
        assert_eq!(lost(480, 48_000), "10 ms lost");
        assert_eq!(lost(72_000, 48_000), "1.5 s lost");
    }

    #[test]
    fn a_countdown_never_goes_below_now() {
        let waiting = JobPhase::WaitingForService {
            reason: String::new(),
            retry_in_secs: 8.0,
        };
        assert!(phase(&waiting, 0.5).ends_with("in 8 s"));
        assert!(phase(&waiting, 60.0).ends_with("now"));
    }
}
