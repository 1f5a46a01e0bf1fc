use super::ParseMusicError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A pitch class, 0 = C … 11 = B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PitchClass(u8);

impl PitchClass {
    const SHARP_NAMES: [&str; 12] = [
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
    ];

    /// Any number of semitones above C, wrapped into the octave.
    pub fn wrapping(semitones_above_c: i32) -> Self {
        Self(semitones_above_c.rem_euclid(12) as u8)
    }

    /// 0 = C … 11 = B.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Spelled with sharps, as the engines want it.
    pub fn name(self) -> &'static str {
        Self::SHARP_NAMES[self.index()]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    Major,
    Minor,
}

impl Mode {
    /// The seven tones of its scale, in semitones above the tonic; minor is the natural one.
    pub const fn scale(self) -> [usize; 7] {
        match self {
            Self::Major => [0, 2, 4, 5, 7, 9, 11],
            Self::Minor => [0, 2, 3, 5, 7, 8, 10],
        }
    }
}

/// A key such as `F# minor`. Flats and unicode accidentals are read, sharps are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyScale {
    pub tonic: PitchClass,
    pub mode: Mode,
}

impl KeyScale {
    /// All 24 keys, C major first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..24).map(|i| Self {
            tonic: PitchClass::wrapping(i / 2),
            mode: if i % 2 == 0 { Mode::Major } else { Mode::Minor },
        })
    }
}

impl fmt::Display for KeyScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        };
        write!(f, "{} {mode}", self.tonic.name())
    }
}

impl FromStr for KeyScale {
    type Err = ParseMusicError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let error = || ParseMusicError::new(s, "a key such as C major or F# minor");
        let text = s.trim();
        let mut chars = text.chars();
        let letter = chars.next().ok_or_else(error)?;
        let natural = match letter.to_ascii_uppercase() {
            'C' => 0,
            'D' => 2,
            'E' => 4,
            'F' => 5,
            'G' => 7,
            'A' => 9,
            'B' => 11,
            _ => return Err(error()),
        };
        let rest = chars.as_str();
        let (accidental, rest) = match rest.chars().next() {
            Some('#' | '♯') => (1, &rest[rest.chars().next().map_or(0, char::len_utf8)..]),
            Some('b' | '♭') => (-1, &rest[rest.chars().next().map_or(0, char::len_utf8)..]),
            _ => (0, rest),
        };
        let mode = match rest.trim() {
            "M" => Mode::Major,
            other => match other.to_ascii_lowercase().as_str() {
                "" | "major" | "maj" => Mode::Major,
                "minor" | "min" | "m" => Mode::Minor,
                _ => return Err(error()),
            },
        };
        Ok(Self {
            tonic: PitchClass::wrapping(natural + accidental),
            mode,
        })
    }
}

impl From<KeyScale> for String {
    fn from(key: KeyScale) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for KeyScale {
    type Error = ParseMusicError;

    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_survives_being_written_and_read() {
        for key in KeyScale::all() {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn reads_what_people_write() {
        for (text, written) in [
            ("Bb minor", "A# minor"),
            ("f♯m", "F# minor"),
            ("C", "C major"),
            ("Cb maj", "B major"),
        ] {
            assert_eq!(text.parse::<KeyScale>().unwrap().to_string(), written);
        }
        for text in ["", "H minor", "C dorian", "minor"] {
            assert!(text.parse::<KeyScale>().is_err(), "{text}");
        }
    }
}
