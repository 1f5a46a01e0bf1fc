//! The words a session player understands: lower case, no punctuation, whole words and phrases.

use super::{Hats, SnareKind, Texture};
use crate::engine::sketch::meter::Feel;

pub const BUSY: &[&str] = &[
    "busy",
    "complex",
    "energetic",
    "driving",
    "dense",
    "fast",
    "intricate",
    "active",
    "sixteenths",
    "ghost notes",
    "funky",
];
pub const SPARSE: &[&str] = &[
    "sparse",
    "simple",
    "minimal",
    "minimalist",
    "basic",
    "restrained",
    "laid back",
    "few",
    "open",
    "slow",
];
pub const LOUD: &[&str] = &[
    "loud",
    "heavy",
    "hard",
    "aggressive",
    "powerful",
    "big",
    "punchy",
    "energetic",
    "massive",
    "intense",
];
pub const SOFT: &[&str] = &[
    "soft", "quiet", "gentle", "light", "delicate", "subtle", "tender", "intimate", "softly",
    "gently",
];
pub const WET: &[&str] = &[
    "wet",
    "reverb",
    "hall",
    "roomy",
    "ambient",
    "spacious",
    "cathedral",
    "distant",
    "lush",
    "big room",
    "church",
];
pub const DRY: &[&str] = &[
    "dry",
    "tight",
    "dead",
    "close miked",
    "close mic",
    "no reverb",
    "in your face",
];
pub const WIDE: &[&str] = &["wide", "stereo", "spacious", "panned"];
pub const NARROW: &[&str] = &["narrow", "mono", "centred", "centered"];
pub const BRIGHT: &[&str] = &["bright", "crisp", "sharp", "sparkling", "airy"];
pub const DARK: &[&str] = &["dark", "warm", "mellow", "round", "muted", "deep"];
pub const LONG: &[&str] = &["long", "sustained", "legato", "slow", "smooth", "pad"];
pub const SHORT: &[&str] = &[
    "short", "staccato", "stabs", "tight", "clipped", "muted", "choppy",
];
pub const EXPRESSIVE: &[&str] = &["soulful", "expressive", "operatic", "vibrato", "emotional"];
pub const PLAIN: &[&str] = &["straight tone", "plain", "robotic", "no vibrato"];
pub const FOUR_ON_THE_FLOOR: &[&str] = &[
    "four on the floor",
    "4 on the floor",
    "four to the floor",
    "house",
    "disco",
    "techno",
];
pub const ELECTRONIC: &[&str] = &[
    "electronic",
    "808",
    "909",
    "drum machine",
    "trap",
    "techno",
    "house",
    "edm",
];
const SWUNG: &[&str] = &["swing", "swung", "shuffle", "shuffled", "jazz", "jazzy"];
const LAZY: &[&str] = &["lazy", "laid back", "boom bap", "lofi", "lo fi"];
const HALF_TIME: &[&str] = &["half time", "halftime", "half tempo"];
const DOUBLE_TIME: &[&str] = &[
    "double time",
    "doubletime",
    "drum and bass",
    "punk",
    "polka",
];
const RIDE: &[&str] = &["ride", "ride cymbal", "jazz", "jazzy"];
const BRUSHES: &[&str] = &["brushed", "brushes", "brush"];
const BRUSHED_HATS: &[&str] = &[
    "brushed hi hats",
    "brushed hi hat",
    "brushed hats",
    "brushed hihats",
    "brushed hihat",
];
const SIDE_STICK: &[&str] = &[
    "side stick",
    "sidestick",
    "cross stick",
    "rimshot",
    "rim click",
    "rim clicks",
    "bossa",
    "bossa nova",
];
const HIGH: &[&str] = &["high", "higher", "soprano", "falsetto", "treble", "piccolo"];
const LOW: &[&str] = &[
    "low",
    "lower",
    "baritone",
    "deep",
    "sub",
    "bass voice",
    "contrabass",
];
const ARPEGGIO: &[&str] = &[
    "arpeggio",
    "arpeggios",
    "arpeggiated",
    "arp",
    "fingerpicked",
    "fingerpicking",
    "picked",
    "broken chords",
];
const PAD: &[&str] = &["pad", "pads", "drone", "swells", "atmosphere", "long notes"];
const PLUCKED: &[&str] = &["pizzicato", "plucked", "pluck"];
const CHORDS: &[&str] = &[
    "chords",
    "strum",
    "strummed",
    "strumming",
    "comping",
    "block",
    "power chords",
    "stabs",
];

pub fn swing(words: &Words) -> f64 {
    if words.any(SWUNG) {
        1.0
    } else if words.any(LAZY) {
        0.35
    } else {
        0.0
    }
}

pub fn feel(words: &Words) -> Feel {
    if words.any(HALF_TIME) {
        Feel::HalfTime
    } else if words.any(DOUBLE_TIME) {
        Feel::DoubleTime
    } else {
        Feel::Straight
    }
}

pub fn hats(words: &Words) -> Hats {
    if words.any(RIDE) {
        Hats::Ride
    } else if words.any(BRUSHES) {
        Hats::Brushes
    } else {
        Hats::Sticks
    }
}

/// "Brushed hi-hats" speaks of the hats alone; "brushes" of the whole kit.
pub fn snare(words: &Words) -> SnareKind {
    if words.any(SIDE_STICK) {
        SnareKind::SideStick
    } else if words.any(BRUSHES) && !words.any(BRUSHED_HATS) {
        SnareKind::Brushes
    } else {
        SnareKind::Full
    }
}

/// Octaves up or down.
pub fn register(words: &Words) -> i32 {
    i32::from(words.any(HIGH)) - i32::from(words.any(LOW))
}

pub fn texture(words: &Words) -> Texture {
    if words.any(ARPEGGIO) {
        Texture::Arpeggio
    } else if words.any(PAD) {
        Texture::Pad
    } else if words.any(PLUCKED) {
        Texture::Plucked
    } else if words.any(CHORDS) {
        Texture::Chords
    } else {
        Texture::Usual
    }
}

/// A caption in lower case, hyphens and punctuation as spaces, ready to be searched by whole words.
pub struct Words(String);

impl Words {
    pub fn new(caption: &str) -> Self {
        let plain = caption.to_lowercase();
        let spaced = plain.replace(|c: char| !c.is_alphanumeric(), " ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        Self(format!(" {} ", words.join(" ")))
    }

    fn said(&self, phrase: &str) -> bool {
        self.0.contains(&format!(" {phrase} ")) && !self.refused(&[phrase])
    }

    /// −1…1: how much more is said of `more` than of `less`.
    pub fn pull(&self, more: &[&str], less: &[&str]) -> f64 {
        let sum = self.count(more) as f64 - self.count(less) as f64;
        (sum * 0.6).clamp(-1.0, 1.0)
    }

    /// "no fills", "without crashes".
    pub fn refused(&self, phrases: &[&str]) -> bool {
        let no = ["no", "without", "not", "zero"];
        let refused = |p: &str| no.iter().any(|n| self.0.contains(&format!(" {n} {p} ")));
        phrases.iter().any(|p| refused(p))
    }

    pub fn any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|p| self.said(p))
    }

    fn count(&self, phrases: &[&str]) -> usize {
        phrases.iter().filter(|p| self.said(p)).count()
    }
}
