//! The audio device of the next start: kept in the config folder, put in front of what the command line
//! says.

use crate::editor::desk::AudioChoice;
use serde::{Deserialize, Serialize};
use std::{fs, io, io::Write, path::Path};

/// By the words of the command line; the first one is automatic.
pub const SYSTEMS: &[&str] = if cfg!(target_os = "macos") {
    &["auto", "core-audio", "jack", "dummy"]
} else if cfg!(target_os = "windows") {
    &["auto", "wasapi", "jack", "dummy"]
} else {
    &["auto", "jack", "alsa", "dummy"]
};
const FILE: &str = "audio.json";

/// Option of the command line (long, short) and what is kept for it.
type Kept = (&'static str, &'static str, fn(&Saved) -> Option<String>);
const OPTIONS: [Kept; 5] = [
    ("--backend", "-b", |s| some(&s.system)),
    ("--output-device", "", |s| some(&s.output_device)),
    ("--input-device", "", |s| some(&s.input_device)),
    ("--sample-rate", "-r", |s| {
        s.sample_rate_hz.map(|n| n.to_string())
    }),
    ("--period-size", "-p", |s| {
        s.period_frames.map(|n| n.to_string())
    }),
];

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Saved {
    system: String,
    output_device: String,
    input_device: String,
    sample_rate_hz: Option<u32>,
    period_frames: Option<u32>,
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// What was kept; nothing for a file that makes no sense.
pub fn load(config_folder: &Path) -> AudioChoice {
    let text = fs::read_to_string(config_folder.join(FILE)).unwrap_or_default();
    let saved: Saved = serde_json::from_str(&text).unwrap_or_default();
    AudioChoice {
        // A name of another system or version would keep the program from starting.
        system: if SYSTEMS.contains(&saved.system.as_str()) {
            saved.system
        } else {
            String::new()
        },
        output_device: saved.output_device,
        input_device: saved.input_device,
        sample_rate_hz: saved.sample_rate_hz,
        period_frames: saved.period_frames,
    }
}

/// # Errors
/// The disk refused.
pub fn keep(config_folder: &Path, choice: &AudioChoice) -> io::Result<()> {
    fs::create_dir_all(config_folder)?;
    let part = config_folder.join(format!("{FILE}.part"));
    let mut file = fs::File::create(&part)?;
    file.write_all(&serde_json::to_vec_pretty(&saved(choice))?)?;
    file.sync_all()?;
    fs::rename(part, config_folder.join(FILE))
}

fn saved(choice: &AudioChoice) -> Saved {
    Saved {
        system: choice.system.clone(),
        output_device: choice.output_device.clone(),
        input_device: choice.input_device.clone(),
        sample_rate_hz: choice.sample_rate_hz,
        period_frames: choice.period_frames,
    }
}

/// Adds to the backend's arguments what was kept and is not said anew. Devices and numbers belong to the
/// audio system they were kept for.
pub fn add_kept(args: &mut Vec<String>, choice: &AudioChoice) {
    let saved = saved(choice);
    let system_is_said = is_said(args, "--backend", "-b");
    for (long, short, value) in OPTIONS {
        if system_is_said || is_said(args, long, short) {
            continue;
        }
        if let Some(value) = value(&saved) {
            args.extend([long.to_owned(), value]);
        }
    }
}

fn is_said(args: &[String], long: &str, short: &str) -> bool {
    args.iter().any(|arg| {
        let name = arg.split_once('=').map_or(arg.as_str(), |(name, _)| name);
        let glued = !short.is_empty() && arg.starts_with(short) && !arg.starts_with("--");
        name == long || glued
    })
}

/// The value of an option in `args`.
pub fn said<'a>(args: &'a [String], long: &str, short: &str) -> Option<&'a str> {
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if let Some((name, value)) = arg.split_once('=')
            && name == long
        {
            return Some(value);
        }
        if arg == long || (!short.is_empty() && arg == short) {
            return rest.next().map(String::as_str);
        }
        let glued = arg.strip_prefix(short).filter(|_| !short.is_empty());
        if let Some(value) = glued.filter(|v| !v.is_empty() && !v.starts_with('-')) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    fn choice() -> AudioChoice {
        AudioChoice {
            system: "jack".into(),
            period_frames: Some(128),
            ..AudioChoice::default()
        }
    }

    #[test]
    fn what_was_kept_is_used_unless_it_is_said_anew() {
        let mut given = args(&["sideman"]);
        add_kept(&mut given, &choice());
        assert_eq!(
            given,
            ["sideman", "--backend", "jack", "--period-size", "128"]
        );
        let mut given = args(&["sideman", "-p64"]);
        add_kept(&mut given, &choice());
        assert_eq!(given, ["sideman", "-p64", "--backend", "jack"]);
        for said in [
            &["sideman", "-b", "dummy"][..],
            &["sideman", "--backend=dummy"],
        ] {
            let mut given = args(said);
            add_kept(&mut given, &choice());
            assert_eq!(given, said, "its numbers are for another audio system");
        }
    }

    #[test]
    fn an_option_is_found_however_it_is_written() {
        for words in [
            &["s", "-b", "jack"][..],
            &["s", "-bjack"],
            &["s", "--backend", "jack"],
            &["s", "--backend=jack"],
        ] {
            assert_eq!(said(&args(words), "--backend", "-b"), Some("jack"));
        }
        assert_eq!(said(&args(&["s", "-p", "64"]), "--backend", "-b"), None);
    }

    #[test]
    fn it_is_kept_on_disk_and_nonsense_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("config");
        assert_eq!(load(&folder), AudioChoice::default());
        keep(&folder, &choice()).unwrap();
        assert_eq!(load(&folder), choice());
        fs::write(folder.join(FILE), r#"{"system":"tape"}"#).unwrap();
        assert_eq!(load(&folder), AudioChoice::default());
    }
}
