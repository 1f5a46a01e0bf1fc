use sideman_shared::music::Bpm;
use std::path::PathBuf;

pub const USAGE: &str = "\
Sideman, standalone: hires a session player for your track.

Usage: sideman [--song FILE] [--bpm BPM] [--service URL] [AUDIO OPTIONS]

Options:
      --song FILE     Plays this audio file, round and round, as the plugin's input: capture it,
                      generate stems to it, and hear them in place, without a DAW
      --bpm BPM       The song's tempo in quarter notes per minute, e.g. 92.5; without it the
                      service listens for the tempo
      --service URL   The wrapper-service [default: http://127.0.0.1:8002]
      --help          Prints this, then the audio options

Ctrl-C closes the window and finishes the take that is rolling; a second Ctrl-C ends at once.
";

/// The program's own options.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    pub song: Option<PathBuf>,
    pub bpm: Option<Bpm>,
    pub service: Option<String>,
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
    /// Takes the program's own options out of `args` (the program's name first) and returns them with
    /// the rest, which belongs to the audio backend.
    ///
    /// # Errors
    /// An option without a value, or with one that cannot be right.
    pub fn split(args: impl IntoIterator<Item = String>) -> Result<(Self, Vec<String>), ArgsError> {
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
                _ => rest.push(arg),
            }
        }
        options.tell_backend_the_tempo(&mut rest);
        Ok((options, rest))
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

    fn split(args: &[&str]) -> Result<(Options, Vec<String>), ArgsError> {
        let args = ["sideman"].iter().chain(args);
        Options::split(args.map(|a| (*a).to_owned()))
    }

    #[test]
    fn takes_its_own_options_and_leaves_the_rest_in_order() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let song = format!("--song={path}");
        let (options, rest) = split(&[
            "-b",
            "dummy",
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
        assert_eq!(
            rest,
            ["sideman", "-b", "dummy", "-p", "64", "--tempo", "92.5"]
        );
    }

    #[test]
    fn the_backend_s_own_tempo_wins() {
        let (_, rest) = split(&["--bpm", "92", "--tempo", "100"]).unwrap();
        assert_eq!(rest, ["sideman", "--tempo", "100"]);
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
