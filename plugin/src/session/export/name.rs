//! What an exported file is called. Pure.

use crate::session::SavedStem;
use sideman_shared::{audio::wav::Origination, music::Bpm};

/// What a pattern may contain.
pub const TOKENS: [&str; 7] = [
    "{track}", "{bpm}", "{key}", "{take}", "{seed}", "{name}", "{date}",
];

/// Of file systems in use, the tightest allows 255 bytes with the ending and a number.
const MAX_BYTES: usize = 180;
const FORBIDDEN: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
/// Windows keeps these for itself, whatever the ending.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The values of the tokens, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileFacts {
    pub track: String,
    pub bpm: String,
    pub key: String,
    pub take: String,
    pub seed: String,
    pub name: String,
    pub date: String,
}

impl FileFacts {
    /// `take_title` as the window shows it.
    pub fn of(stem: &SavedStem, take_title: &str) -> Self {
        let track = stem.track.label().to_owned();
        let bpm = stem.bpm.and_then(Bpm::new);
        Self {
            bpm: bpm.map_or_else(String::new, |bpm| bpm.to_string()),
            key: stem.key.clone().unwrap_or_default(),
            take: take_title.to_owned(),
            seed: stem.seed.to_string(),
            name: match stem.marks.name.trim() {
                "" => track.clone(),
                name => name.to_owned(),
            },
            date: made_on(&stem.id).unwrap_or_default(),
            track,
        }
    }

    fn values(&self) -> [&str; 7] {
        [
            &self.track,
            &self.bpm,
            &self.key,
            &self.take,
            &self.seed,
            &self.name,
            &self.date,
        ]
    }
}

/// The day in a stem's id, which begins with its job's: those ids carry their time.
pub fn made_on(id: &str) -> Option<String> {
    // `JOB.STEM`, and `JOB-2` for the second of one try.
    let job = id.split(['.', '-']).next()?;
    let timestamp = uuid::Uuid::try_parse(job).ok()?.get_timestamp()?;
    let (unix_secs, _) = timestamp.to_unix();
    Some(Origination::from_unix_secs(unix_secs).date)
}

/// The file's name without its ending, safe on every system. Values put in are not searched for
/// tokens again.
pub fn file_stem(pattern: &str, facts: &FileFacts) -> String {
    let values = facts.values();
    let mut name = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        name.push_str(&rest[..at]);
        rest = &rest[at..];
        let token = TOKENS.iter().position(|token| rest.starts_with(token));
        match token {
            Some(index) => {
                name.push_str(values[index]);
                rest = &rest[TOKENS[index].len()..];
            }
            None => {
                name.push('{');
                rest = &rest[1..];
            }
        }
    }
    name.push_str(rest);
    safe(&name)
}

fn safe(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        let c = match c {
            // A sharp in a path breaks hosts that read it as a link.
            '#' => 's',
            c if c.is_control() || FORBIDDEN.contains(&c) => '-',
            c => c,
        };
        // What an empty value leaves behind: `Drums--7`.
        let doubles = matches!(c, '-' | ' ' | '_') && out.ends_with(c);
        if doubles || out.len() + c.len_utf8() > MAX_BYTES {
            continue;
        }
        out.push(c);
    }
    let out = out.trim_matches([' ', '.', '-', '_']);
    let base = out.split('.').next().unwrap_or(out).to_ascii_lowercase();
    let is_reserved = RESERVED.contains(&base.trim_end_matches(|c: char| c.is_ascii_digit()));
    match out {
        "" => "stem".to_owned(),
        out if is_reserved => format!("stem {out}"),
        out => out.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts() -> FileFacts {
        FileFacts {
            track: "Drums".into(),
            bpm: "92.5".into(),
            key: "F# minor".into(),
            take: "Captured 0:41, bars 17–32".into(),
            seed: "7".into(),
            name: "the {seed} one".into(),
            date: "2026-11-21".into(),
        }
    }

    #[test]
    fn a_pattern_is_filled_in() {
        for (pattern, name) in [
            ("{track}-{bpm}-{key}-{seed}", "Drums-92.5-Fs minor-7"),
            ("{name}", "the {seed} one"),
            ("{date} {take}", "2026-11-21 Captured 0-41, bars 17–32"),
            ("{nothing} {", "{nothing} {"),
            ("../../etc/{track}", "etc-Drums"),
            ("con", "stem con"),
            ("COM1.old", "stem COM1.old"),
            (" . ", "stem"),
        ] {
            let got = file_stem(pattern, &facts());
            if pattern.starts_with("..") {
                assert!(!got.contains('/') && got.ends_with("etc-Drums"), "{got}");
            } else {
                assert_eq!(got, name, "{pattern}");
            }
        }
        let unknown = FileFacts {
            track: "Bass".into(),
            seed: "3".into(),
            ..FileFacts::default()
        };
        assert_eq!(file_stem("{track}-{bpm}-{key}-{seed}", &unknown), "Bass-3");
    }

    #[test]
    fn the_day_comes_from_the_id() {
        let id = "0192f0c1e8007000800000000000abcd.stem-1";
        assert_eq!(made_on(id).as_deref(), Some("2024-11-03"));
        assert_eq!(made_on("by hand"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_the_name_is_one_plain_file(pattern in ".{0,400}") {
            let name = file_stem(&pattern, &facts());
            prop_assert!(!name.is_empty() && name.len() <= MAX_BYTES + 5);
            prop_assert!(!name.contains(FORBIDDEN));
            prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']));
        }
    }
}
