//! The caption, read for the words a session player understands. Unknown words change nothing.

mod lexicon;

use super::meter::Feel;
use lexicon::Words;

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
        Self {
            density: words.pull(lexicon::BUSY, lexicon::SPARSE),
            dynamics: words.pull(lexicon::LOUD, lexicon::SOFT),
            swing: lexicon::swing(&words),
            feel: lexicon::feel(&words),
            four_on_the_floor: words.any(lexicon::FOUR_ON_THE_FLOOR),
            hats: lexicon::hats(&words),
            snare: lexicon::snare(&words),
            electronic: words.any(lexicon::ELECTRONIC),
            fills: !words.refused(&["fill", "fills"]),
            crashes: !words.refused(&["crash", "crashes", "cymbal", "cymbals"]),
            room: (0.35 + 0.35 * words.pull(lexicon::WET, lexicon::DRY)).clamp(0.0, 1.0),
            width: 0.6 + 0.4 * words.pull(lexicon::WIDE, lexicon::NARROW),
            register: lexicon::register(&words),
            tone: words.pull(lexicon::BRIGHT, lexicon::DARK),
            sustain: words.pull(lexicon::LONG, lexicon::SHORT),
            texture: lexicon::texture(&words),
            vibrato: 0.5 + 0.5 * words.pull(lexicon::EXPRESSIVE, lexicon::PLAIN),
        }
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
