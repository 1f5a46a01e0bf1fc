use super::audio;
use sideman_shared::music::{Bpm, Meter};
use std::path::PathBuf;

pub const USAGE: &str = "\
Sideman, standalone: hires a session player for your track.

Usage: sideman [--song FILE] [--bpm BPM] [--service URL] [--fresh] [AUDIO OPTIONS]

Options:
      --song FILE     Plays this audio file, round and round, as the plugin's input: capture it,
                      generate stems to it, and hear them in place, without a DAW. In the window:
                      drop a file, or use the transport's open button
      --bpm BPM       The song's tempo in quarter notes per minute, e.g. 92.5; without it the
                      service listens for the tempo
      --service URL   The wrapper-service [default: the one used last, at first
                      http://127.0.0.1:8002]
      --fresh         Forgets the last run's song, stems list, transport and audio device
      --list-devices  Prints the names of all audio devices, for Settings and the audio options
      --help          Prints this, then the audio options

Audio: without options the device is opened that was chosen in Settings (Audio device), else the first
audio system that answers. Examples:

      sideman -b jack --connect-jack-inputs system:capture_1,system:capture_2
      sideman -b alsa --output-device NAME  as --list-devices names it
      sideman -b dummy                      no sound, e.g. on a machine without a device

Space plays and stops, F1 shows all shortcuts. What you do is remembered for the next run. Ctrl-C closes
the window and finishes the take that is rolling; a second Ctrl-C ends at once.
";

/// The program's own options.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    pub song: Option<PathBuf>,
    pub bpm: Option<Bpm>,
    pub service: Option<String>,
    /// Nothing is taken over from the last run.
    pub fresh: bool,
    /// Only prints which devices there are.
    pub list_devices: bool,
    /// Beats in a bar, where the backend was told.
    pub meter: Meter,
    /// What the audio backend is started with, the program's name first.
    pub backend_args: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgsError {
    #[error("{0} needs a value; see sideman --help")]
    MissingValue(&'static str),
    #[error("--bpm {given}: a tempo is a number between 20 and 400, e.g. 92.5")]
    BadTempo { given: String },
    #[error("--song {path}: {why}; name an audio file such as song.wav")]
    BadSong { path: PathBuf, why: String },
    #[error("--service {given}: an address looks like http://127.0.0.1:8002")]
    BadService { given: String },
}

impl Options {
    /// Takes the program's own options out of `args` (the program's name first); the rest belongs to the
    /// audio backend.
    ///
    /// # Errors
    /// An option without a value, or with one that cannot be right.
    pub fn split(args: impl IntoIterator<Item = String>) -> Result<Self, ArgsError> {
        let mut options = Self::default();
        let mut rest = Vec::new();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let mut value = |name| {
                inline
                    .clone()
                    .or_else(|| args.next())
                    .ok_or(ArgsError::MissingValue(name))
            };
            match name {
                "--song" => options.song = Some(song(value("--song")?)?),
                "--bpm" => options.bpm = Some(bpm(value("--bpm")?)?),
                "--service" => options.service = Some(service(value("--service")?)?),
                "--fresh" => options.fresh = true,
                "--list-devices" => options.list_devices = true,
                _ => rest.push(arg),
            }
        }
        options.hear_the_backend(&rest);
        options.tell_backend_the_tempo(&mut rest);
        options.backend_args = rest;
        Ok(options)
    }

    /// Tempo and meter said in the backend's own words are the transport's.
    fn hear_the_backend(&mut self, rest: &[String]) {
        let said = |long| audio::said(rest, long, "");
        let tempo = said("--tempo").and_then(|tempo| tempo.parse().ok());
        self.bpm = self.bpm.or(tempo);
        let number = |long| said(long).and_then(|n| n.parse().ok()).unwrap_or(4);
        let meter = Meter::new(number("--timesig-num"), number("--timesig-denom"));
        self.meter = meter.unwrap_or_default();
    }

    /// Until the song is loaded the backend's own transport counts.
    fn tell_backend_the_tempo(&self, rest: &mut Vec<String>) {
        let is_given = rest
            .iter()
            .any(|a| a == "--tempo" || a.starts_with("--tempo="));
        if let Some(bpm) = self.bpm.filter(|_| !is_given) {
            rest.extend(["--tempo".to_owned(), bpm.to_string()]);
        }
    }
}

fn song(given: String) -> Result<PathBuf, ArgsError> {
    let path = PathBuf::from(given);
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_file() => Ok(path),
        Ok(_) => Err(ArgsError::BadSong {
            path,
            why: "not a file".into(),
        }),
        Err(error) => Err(ArgsError::BadSong {
            path,
            why: error.to_string(),
        }),
    }
}

fn bpm(given: String) -> Result<Bpm, ArgsError> {
    given.parse().map_err(|_| ArgsError::BadTempo { given })
}

fn service(given: String) -> Result<String, ArgsError> {
    let rest = given
        .strip_prefix("http://")
        .or_else(|| given.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() => Ok(given),
        _ => Err(ArgsError::BadService { given }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(args: &[&str]) -> Result<Options, ArgsError> {
        let args = ["sideman"].iter().chain(args);
        Options::split(args.map(|a| (*a).to_owned()))
    }

    #[test]
    fn takes_its_own_options_and_leaves_the_rest_in_order() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let song = format!("--song={path}");
        let options = split(&[
            "-b",
            "dummy",
            "--fresh",
            &song,
            "--bpm",
            "92.5",
            "--service",
            "http://a:1",
            "-p",
            "64",
        ])
        .unwrap();
        assert_eq!(options.song.unwrap(), file.path());
        assert_eq!(options.bpm.unwrap().get(), 92.5);
        assert_eq!(options.service.unwrap(), "http://a:1");
        assert!(options.fresh);
        assert_eq!(
            options.backend_args,
            ["sideman", "-b", "dummy", "-p", "64", "--tempo", "92.5"]
        );
    }

    #[test]
    fn the_backend_s_own_tempo_wins() {
        let options = split(&["--bpm", "92", "--tempo", "100"]).unwrap();
        assert_eq!(options.backend_args, ["sideman", "--tempo", "100"]);
    }

    #[test]
    fn tempo_and_meter_in_the_backend_s_words_are_heard() {
        let options = split(&["--tempo=133", "--timesig-num", "3"]).unwrap();
        assert_eq!(options.bpm.unwrap().get(), 133.0);
        assert_eq!(options.meter.to_string(), "3/4");
        assert_eq!(split(&[]).unwrap().bpm, None);
    }

    #[test]
    fn says_what_is_wrong() {
        for (args, words) in [
            (&["--song"][..], "needs a value"),
            (&["--song", "/nowhere/at/all.wav"], "name an audio file"),
            (&["--bpm", "fast"], "between 20 and 400"),
            (&["--service", "localhost"], "looks like http://"),
        ] {
            let error = split(args).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
