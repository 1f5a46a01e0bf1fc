use serde::{Deserialize, Serialize};

/// What the user says of a stem. Nothing of it reaches the audio.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StemMarks {
    pub favourite: bool,
    /// Instead of the track's name; empty = not renamed.
    pub name: String,
    pub colour: Option<StemColour>,
    pub notes: String,
}

/// Longer names and notes are cut.
const MAX_NAME_CHARS: usize = 80;
const MAX_NOTE_CHARS: usize = 4000;

impl StemMarks {
    /// Cut to what a row can show and a project should carry.
    pub(super) fn bounded(mut self) -> Self {
        cut(&mut self.name, MAX_NAME_CHARS);
        cut(&mut self.notes, MAX_NOTE_CHARS);
        self
    }
}

fn cut(text: &mut String, max_chars: usize) {
    if let Some((at, _)) = text.char_indices().nth(max_chars) {
        text.truncate(at);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StemColour {
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Violet,
    Pink,
}

impl StemColour {
    pub const ALL: [Self; 8] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Violet,
        Self::Pink,
    ];
}

/// How a stem begins and ends in the audition; the file stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fades {
    pub in_ms: f32,
    pub out_ms: f32,
}

impl Fades {
    /// Longer is a part of the arrangement, which belongs in the host.
    pub const MAX_MS: f32 = 2000.0;

    pub(super) fn bounded(self) -> Self {
        let bound = |ms: f32| {
            if ms.is_finite() {
                ms.clamp(0.0, Self::MAX_MS)
            } else {
                0.0
            }
        };
        Self {
            in_ms: bound(self.in_ms),
            out_ms: bound(self.out_ms),
        }
    }
}

/// What is heard besides the stems that play. Persisted in the project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Monitoring {
    /// The source is silent while a stem plays.
    pub mute_source: bool,
    /// Only this stem is heard while it plays.
    pub solo: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_between_characters() {
        let marks = StemMarks {
            name: "ü".repeat(100),
            notes: "short".into(),
            ..StemMarks::default()
        };
        let bounded = marks.bounded();
        assert_eq!(bounded.name.chars().count(), MAX_NAME_CHARS);
        assert_eq!(bounded.notes, "short");
    }

    #[test]
    fn fades_are_short_and_numbers() {
        let fades = Fades {
            in_ms: f32::NAN,
            out_ms: 9e9,
        };
        let wanted = Fades {
            in_ms: 0.0,
            out_ms: Fades::MAX_MS,
        };
        assert_eq!(fades.bounded(), wanted);
    }
}
