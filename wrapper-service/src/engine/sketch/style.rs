//! The caption, read for the words a session player understands. Unknown words change nothing.

use super::meter::Feel;

/// How to play, in numbers. Ranges are −1…1 with 0 as the middle unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Sparse … busy.
    pub density: f64,
    /// Soft … loud.
    pub dynamics: f64,
    /// 0 straight … 1 full triplet swing.
    pub swing: f64,
    pub feel: Feel,
    pub four_on_the_floor: bool,
    pub hats: Hats,
    pub snare: SnareKind,
    /// A drum machine rather than an acoustic kit.
    pub electronic: bool,
    pub fills: bool,
    pub crashes: bool,
    /// 0 dry … 1 very wet.
    pub room: f64,
    /// 0 mono … 1 wide.
    pub width: f64,
    /// Octaves up or down.
    pub register: i32,
    /// Dark … bright.
    pub tone: f64,
    /// Clipped … sustained.
    pub sustain: f64,
    pub texture: Texture,
    pub vibrato: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hats {
    Sticks,
    Brushes,
    Ride,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnareKind {
    Full,
    Brushes,
    SideStick,
}

/// What an instrument that can do several things should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texture {
    /// As the track usually does.
    Usual,
    Arpeggio,
    Chords,
    Pad,
    Plucked,
}

impl Style {
    pub fn from_caption(caption: &str) -> Self {
        let words = Words::new(caption);
        let pull = |more: &[&str], less: &[&str]| {
            let sum = words.count(more) as f64 - words.count(less) as f64;
            (sum * 0.6).clamp(-1.0, 1.0)
        };
        Self {
            density: pull(BUSY, SPARSE),
            dynamics: pull(LOUD, SOFT),
            swing: swing(&words),
            feel: feel(&words),
            four_on_the_floor: words.any(&[
                "four on the floor",
                "4 on the floor",
                "house",
                "disco",
                "techno",
                "four to the floor",
            ]),
            hats: hats(&words),
            snare: snare(&words),
            electronic: words.any(&[
                "electronic",
                "808",
                "909",
                "drum machine",
                "trap",
                "techno",
                "house",
                "edm",
            ]),
            fills: !words.refused(&["fill", "fills"]),
            crashes: !words.refused(&["crash", "crashes", "cymbal", "cymbals"]),
            room: (0.35 + 0.35 * pull(WET, DRY)).clamp(0.0, 1.0),
            width: (0.6
                + 0.4
                    * pull(
                        &["wide", "stereo", "spacious", "panned"],
                        &["narrow", "mono", "centred", "centered"],
                    ))
            .clamp(0.0, 1.0),
            register: register(&words),
            tone: pull(
                &["bright", "crisp", "sharp", "sparkling", "airy"],
                &["dark", "warm", "mellow", "round", "muted", "deep"],
            ),
            sustain: pull(
                &["long", "sustained", "legato", "slow", "smooth", "pad"],
                &[
                    "short", "staccato", "stabs", "tight", "clipped", "muted", "choppy",
                ],
            ),
            texture: texture(&words),
            vibrato: (0.5
                + 0.5
                    * pull(
                        &["soulful", "expressive", "operatic", "vibrato", "emotional"],
                        &["straight tone", "plain", "robotic", "choir boy"],
                    ))
            .clamp(0.0, 1.0),
        }
    }
}

const BUSY: &[&str] = &[
    "busy",
    "complex",
    "energetic",
    "driving",
    "dense",
    "fast",
    "intricate",
    "active",
    "sixteenth",
    "sixteenths",
    "ghost notes",
    "funky",
];
const SPARSE: &[&str] = &[
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
const LOUD: &[&str] = &[
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
const SOFT: &[&str] = &[
    "soft",
    "quiet",
    "gentle",
    "light",
    "delicate",
    "subtle",
    "tender",
    "whispered",
    "intimate",
    "softly",
    "gently",
];
const WET: &[&str] = &[
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
const DRY: &[&str] = &[
    "dry",
    "tight",
    "dead",
    "close miked",
    "close mic",
    "no reverb",
    "in your face",
];

fn swing(words: &Words) -> f64 {
    if words.any(&["swing", "swung", "shuffle", "shuffled", "jazz", "jazzy"]) {
        1.0
    } else if words.any(&["lazy", "laid back", "boom bap", "lofi", "lo fi"]) {
        0.35
    } else {
        0.0
    }
}

fn feel(words: &Words) -> Feel {
    if words.any(&["half time", "halftime", "half tempo"]) {
        Feel::HalfTime
    } else if words.any(&[
        "double time",
        "doubletime",
        "drum and bass",
        "punk",
        "polka",
    ]) {
        Feel::DoubleTime
    } else {
        Feel::Straight
    }
}

fn hats(words: &Words) -> Hats {
    if words.any(&["ride", "ride cymbal", "jazz", "jazzy"]) {
        Hats::Ride
    } else if words.any(&["brushed", "brushes", "brush"]) {
        Hats::Brushes
    } else {
        Hats::Sticks
    }
}

/// "Brushed hi-hats" speaks of the hats alone; "brushes" of the whole kit.
fn snare(words: &Words) -> SnareKind {
    let only_hats = words.any(&[
        "brushed hi hats",
        "brushed hi hat",
        "brushed hats",
        "brushed hihats",
        "brushed hihat",
    ]);
    if words.any(&[
        "side stick",
        "sidestick",
        "cross stick",
        "rimshot",
        "rim click",
        "rim clicks",
        "bossa",
        "bossa nova",
    ]) {
        SnareKind::SideStick
    } else if words.any(&["brushes", "brush", "brushed"]) && !only_hats {
        SnareKind::Brushes
    } else {
        SnareKind::Full
    }
}

fn register(words: &Words) -> i32 {
    let up = words.any(&["high", "soprano", "falsetto", "higher", "treble", "piccolo"]);
    let down = words.any(&[
        "low",
        "baritone",
        "deep",
        "lower",
        "sub",
        "bass voice",
        "contrabass",
    ]);
    i32::from(up) - i32::from(down)
}

fn texture(words: &Words) -> Texture {
    if words.any(&[
        "arpeggio",
        "arpeggios",
        "arpeggiated",
        "arp",
        "fingerpicked",
        "fingerpicking",
        "picked",
        "broken chords",
    ]) {
        Texture::Arpeggio
    } else if words.any(&["pad", "pads", "drone", "swells", "atmosphere", "long notes"]) {
        Texture::Pad
    } else if words.any(&["pizzicato", "plucked", "pluck"]) {
        Texture::Plucked
    } else if words.any(&[
        "chords",
        "strum",
        "strummed",
        "strumming",
        "comping",
        "block",
        "power chords",
        "stabs",
    ]) {
        Texture::Chords
    } else {
        Texture::Usual
    }
}

/// A caption in lower case, hyphens and punctuation as spaces, ready to be searched by whole words.
struct Words(String);

impl Words {
    fn new(caption: &str) -> Self {
        let plain = caption.to_lowercase();
        let spaced = plain.replace(|c: char| !c.is_alphanumeric(), " ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        Self(format!(" {} ", words.join(" ")))
    }

    fn said(&self, phrase: &str) -> bool {
        self.0.contains(&format!(" {phrase} ")) && !self.refused(&[phrase])
    }

    /// "no fills", "without crashes".
    fn refused(&self, phrases: &[&str]) -> bool {
        let no = ["no", "without", "not", "zero"];
        let refused = |p: &str| no.iter().any(|n| self.0.contains(&format!(" {n} {p} ")));
        phrases.iter().any(|p| refused(p))
    }

    fn any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|p| self.said(p))
    }

    fn count(&self, phrases: &[&str]) -> usize {
        phrases.iter().filter(|p| self.said(p)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::music::Track;

    #[test]
    fn reads_the_default_drum_caption() {
        let style = Style::from_caption(Track::Drums.default_caption());
        assert_eq!(style.hats, Hats::Brushes);
        assert_eq!(style.snare, SnareKind::Full);
        assert!(style.room < 0.35, "tight means dry");
        assert!(!style.electronic && style.fills);
    }

    #[test]
    fn reads_what_producers_write() {
        let style = Style::from_caption("Half-time, SPARSE 808 kit; no fills, very wet & wide");
        assert_eq!(style.feel, Feel::HalfTime);
        assert!(style.density < 0.0 && style.electronic && !style.fills);
        assert!(style.room > 0.5 && style.width > 0.6);
        assert!(Style::from_caption("four-on-the-floor").four_on_the_floor);
        assert_eq!(
            Style::from_caption("soft brushes").snare,
            SnareKind::Brushes
        );
        assert_eq!(Style::from_caption("low and deep").register, -1);
        assert_eq!(Style::from_caption("swing feel").swing, 1.0);
    }

    #[test]
    fn a_word_inside_a_word_is_not_said() {
        assert_eq!(
            Style::from_caption("slowly highland"),
            Style::from_caption("")
        );
    }

    #[test]
    fn a_refused_word_is_not_said() {
        assert_eq!(Style::from_caption("not busy").density, 0.0);
        assert!(!Style::from_caption("no crashes").crashes);
    }
}
