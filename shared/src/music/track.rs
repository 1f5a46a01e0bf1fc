use super::ParseMusicError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A part a player can be asked for: the twelve tracks of ACE-Step's lego mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    Vocals,
    BackingVocals,
    Drums,
    Bass,
    Guitar,
    Keyboard,
    Strings,
    Synth,
    Percussion,
    Brass,
    Woodwinds,
    Fx,
}

impl Track {
    pub const ALL: [Self; 12] = [
        Self::Vocals,
        Self::BackingVocals,
        Self::Drums,
        Self::Bass,
        Self::Guitar,
        Self::Keyboard,
        Self::Strings,
        Self::Synth,
        Self::Percussion,
        Self::Brass,
        Self::Woodwinds,
        Self::Fx,
    ];

    /// The word of the contract, e.g. `backing_vocals`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vocals => "vocals",
            Self::BackingVocals => "backing_vocals",
            Self::Drums => "drums",
            Self::Bass => "bass",
            Self::Guitar => "guitar",
            Self::Keyboard => "keyboard",
            Self::Strings => "strings",
            Self::Synth => "synth",
            Self::Percussion => "percussion",
            Self::Brass => "brass",
            Self::Woodwinds => "woodwinds",
            Self::Fx => "fx",
        }
    }

    /// The name a musician reads, e.g. `Backing Vocals`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Vocals => "Vocals",
            Self::BackingVocals => "Backing Vocals",
            Self::Drums => "Drums",
            Self::Bass => "Bass",
            Self::Guitar => "Guitar",
            Self::Keyboard => "Keyboard",
            Self::Strings => "Strings",
            Self::Synth => "Synth",
            Self::Percussion => "Percussion",
            Self::Brass => "Brass",
            Self::Woodwinds => "Woodwinds",
            Self::Fx => "FX",
        }
    }

    /// What the player is told when the user says nothing. The first three are fixed by the contract.
    pub fn default_caption(self) -> &'static str {
        match self {
            Self::Vocals => "soulful indie vocalist, warm, wordless melody, expressive",
            Self::BackingVocals => "background vocals, close harmony, wordless, warm",
            Self::Drums => "live acoustic drum kit, tight kick and snare, brushed hi-hats",
            Self::Bass => "round electric bass, locked to the kick, root notes with passing tones",
            Self::Guitar => "clean electric guitar, gentle arpeggios, warm",
            Self::Keyboard => "mellow electric piano, soft comping chords",
            Self::Strings => "warm string section, long notes, gentle swells",
            Self::Synth => "soft analog synth, slow arpeggio, wide",
            Self::Percussion => "shaker and conga, light, steady",
            Self::Brass => "small horn section, short stabs, tasteful",
            Self::Woodwinds => "airy flute, lyrical answering phrases",
            Self::Fx => "risers and soft impacts at section changes",
        }
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Track {
    type Err = ParseMusicError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|t| t.as_str() == s).ok_or_else(|| {
            ParseMusicError::new(
                s,
                "a track: vocals, backing_vocals, drums, bass, guitar, keyboard, strings, synth, \
                 percussion, brass, woodwinds or fx",
            )
        })
    }
}
