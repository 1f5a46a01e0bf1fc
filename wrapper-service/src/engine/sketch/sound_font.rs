//! A General MIDI SoundFont for the instruments, if one is there. A broken one is no reason to fail:
//! it is logged and the built-in voices play.

use super::{canvas::Canvas, score::Note, voices, watch::Watch};
use crate::engine::EngineError;
use rustysynth::{SoundFont, Synthesizer, SynthesizerSettings};
use sideman_shared::music::Track;
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Where distributions put them.
const FOLDERS: [&str; 4] = [
    "/usr/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/usr/share/sounds/sf3",
    "/usr/local/share/soundfonts",
];
/// Frames the synthesizer works in: the finest it has, so that notes begin where they are written.
const SYNTH_BLOCK: usize = 8;
/// Frames between two looks at the watch.
const WATCH_FRAMES: usize = 8192;

/// A SoundFont ready to play.
pub struct LoadedFont {
    /// The file's name, told with the stem.
    pub name: String,
    font: Arc<SoundFont>,
}

/// The configured SoundFont or one of the system's, if `track` is an instrument that it can play
/// better than the built-in voices. Reads the file: call it where blocking is allowed.
pub fn find(configured: Option<&Path>, track: Track) -> Option<LoadedFont> {
    program(track)?;
    let candidates = configured.map_or_else(system_fonts, |path| vec![path.to_path_buf()]);
    candidates.iter().find_map(|path| match load(path) {
        Ok(font) => Some(font),
        Err(reason) => {
            tracing::warn!(path = %path.display(), %reason,
                "this SoundFont cannot be used; the built-in voices play instead. Set another one, or none");
            None
        }
    })
}

fn load(path: &Path) -> Result<LoadedFont, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let font = SoundFont::new(&mut BufReader::new(file)).map_err(|e| e.to_string())?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(LoadedFont {
        name: name.to_string_lossy().into_owned(),
        font: Arc::new(font),
    })
}

/// Sorted, so that the same machine always picks the same one.
fn system_fonts() -> Vec<PathBuf> {
    let folders = FOLDERS.iter().filter_map(|f| std::fs::read_dir(f).ok());
    let files = folders.flatten().filter_map(|e| Some(e.ok()?.path()));
    let mut fonts: Vec<PathBuf> = files
        .filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("sf2")))
        .collect();
    fonts.sort();
    fonts
}

/// The General MIDI program (0–127) of a track, `None` for those the built-in voices always play:
/// drums and percussion lie exactly on the grid, and General MIDI cannot sing.
fn program(track: Track) -> Option<i32> {
    match track {
        Track::Bass => Some(33),
        Track::Guitar => Some(27),
        Track::Keyboard => Some(4),
        Track::Strings => Some(48),
        Track::Synth => Some(81),
        Track::Brass => Some(61),
        Track::Woodwinds => Some(73),
        Track::Vocals | Track::BackingVocals | Track::Drums | Track::Percussion | Track::Fx => None,
    }
}

/// One thing to tell the synthesizer.
struct Event {
    frame: usize,
    key: i32,
    /// 0 ends the note.
    velocity: i32,
}

impl LoadedFont {
    /// Plays `notes` onto the canvas.
    ///
    /// # Errors
    /// `Cancelled` when the watch says so; `Failed` if the synthesizer refuses the rate or plays
    /// nothing. The canvas is then as it was.
    pub fn play(
        &self,
        track: Track,
        notes: &[Note],
        watch: &Watch,
        canvas: &mut Canvas,
    ) -> Result<(), EngineError> {
        let program =
            program(track).ok_or_else(|| EngineError::Failed("no such program".into()))?;
        let mut settings = SynthesizerSettings::new(canvas.rate_hz as i32);
        settings.block_size = SYNTH_BLOCK;
        // The stem gets its room from the mix.
        settings.enable_reverb_and_chorus = false;
        let mut synth = Synthesizer::new(&self.font, &settings)
            .map_err(|e| EngineError::Failed(format!("{}: {e}", self.name)))?;
        synth.process_midi_message(0, 0xC0, program, 0);
        let mut out = Canvas::new(canvas.frames(), canvas.rate_hz);
        let mut at = 0;
        for event in events(notes, canvas) {
            render(&mut synth, &mut out, &mut at, event.frame, watch)?;
            if event.velocity > 0 {
                synth.note_on(0, event.key, event.velocity);
            } else {
                synth.note_off(0, event.key);
            }
        }
        let end = out.frames();
        render(&mut synth, &mut out, &mut at, end, watch)?;
        if out.peak() < 1e-4 || !out.peak().is_finite() {
            tracing::warn!(font = %self.name, program, "the SoundFont is silent for this instrument");
            return Err(EngineError::Silent(self.name.clone()));
        }
        *canvas = out;
        Ok(())
    }
}

/// Note-ons and note-offs in order; at the same frame the offs come first.
fn events(notes: &[Note], canvas: &Canvas) -> Vec<Event> {
    let on = |n: &Note| Event {
        frame: canvas.frame_at(n.at_secs),
        key: n.pitch.clamp(0, 127),
        velocity: (n.velocity * 127.0).round().clamp(1.0, 127.0) as i32,
    };
    let off = |n: &Note| Event {
        frame: canvas.frame_at(n.at_secs + n.length_secs),
        key: n.pitch.clamp(0, 127),
        velocity: 0,
    };
    let mut all: Vec<Event> = notes.iter().flat_map(|n| [on(n), off(n)]).collect();
    all.sort_by_key(|e| (e.frame, e.velocity > 0));
    all
}

fn render(
    synth: &mut Synthesizer,
    out: &mut Canvas,
    at: &mut usize,
    until: usize,
    watch: &Watch,
) -> Result<(), EngineError> {
    let until = until.min(out.frames());
    while *at < until {
        let to = (*at + WATCH_FRAMES).min(until);
        synth.render(&mut out.left[*at..to], &mut out.right[*at..to]);
        *at = to;
        watch.at(voices::progress(to as f64 / out.frames() as f64))?;
    }
    Ok(())
}
