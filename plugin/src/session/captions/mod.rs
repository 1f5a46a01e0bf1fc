//! Words for the players: built in, kept by the user, and used lately. The user's are shared by all
//! instances and projects and lie in one small file; edits travel, never the whole book, so that
//! instances do not undo each other's.

mod presets;

pub use presets::{Preset, presets};

use serde::{Deserialize, Serialize};
use sideman_shared::music::Track;

/// Longer captions are refused by services.
pub const MAX_CAPTION_CHARS: usize = 2000;
const MAX_RECENT: usize = 20;
/// Per track; more than anyone scrolls through.
const MAX_OWN: usize = 100;

/// What one track was told, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub track: Track,
    pub words: String,
}

/// The user's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CaptionBook {
    /// Kept by the user, oldest first.
    pub own: Vec<Words>,
    /// Sent lately, newest first.
    pub recent: Vec<Words>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptionEdit {
    Keep(Words),
    Forget(Words),
    /// Sent with a job.
    Used(Vec<Words>),
}

impl CaptionBook {
    pub fn apply(&mut self, edit: CaptionEdit) {
        match edit {
            CaptionEdit::Keep(words) => {
                let of_track = self.own.iter().filter(|o| o.track == words.track);
                let is_full = of_track.count() >= MAX_OWN;
                if fits(&words) && !self.own.contains(&words) && !is_full {
                    self.own.push(words);
                }
            }
            CaptionEdit::Forget(words) => self.own.retain(|o| *o != words),
            CaptionEdit::Used(used) => {
                // The first track of the job ends up on top.
                for words in used.into_iter().rev().filter(fits) {
                    self.recent.retain(|r| *r != words);
                    self.recent.insert(0, words);
                }
                self.recent.truncate(MAX_RECENT);
            }
        }
    }

    pub fn own_of(&self, track: Track) -> impl Iterator<Item = &str> {
        of(&self.own, track)
    }

    pub fn recent_of(&self, track: Track) -> impl Iterator<Item = &str> {
        of(&self.recent, track)
    }
}

fn of(all: &[Words], track: Track) -> impl Iterator<Item = &str> {
    let mine = all.iter().filter(move |w| w.track == track);
    mine.map(|w| w.words.as_str())
}

fn fits(words: &Words) -> bool {
    !words.words.trim().is_empty() && words.words.chars().count() <= MAX_CAPTION_CHARS
}

/// Another caption than `now`, from the built-in ones and the user's own. `chance` is 0–1.
pub fn another<'a>(book: &'a CaptionBook, track: Track, now: &str, chance: f64) -> Option<&'a str> {
    let built_in = presets(track).iter().map(|p| p.words);
    let mut others: Vec<&str> = built_in.chain(book.own_of(track)).collect();
    others.retain(|words| *words != now.trim());
    let at = (chance.clamp(0.0, 1.0) * others.len() as f64) as usize;
    others.get(at.min(others.len().checked_sub(1)?)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drums(words: &str) -> Words {
        Words {
            track: Track::Drums,
            words: words.into(),
        }
    }

    #[test]
    fn recent_captions_are_the_last_twenty_each_once() {
        let mut book = CaptionBook::default();
        for n in 0..30 {
            book.apply(CaptionEdit::Used(vec![drums(&format!("caption {n}"))]));
        }
        book.apply(CaptionEdit::Used(vec![drums("caption 15"), drums(" ")]));
        assert_eq!(book.recent.len(), 20);
        assert_eq!(book.recent[0].words, "caption 15");
        let again = book.recent.iter().filter(|w| w.words == "caption 15");
        assert_eq!(again.count(), 1);
    }

    #[test]
    fn kept_words_are_kept_once_and_forgotten() {
        let mut book = CaptionBook::default();
        for _ in 0..2 {
            book.apply(CaptionEdit::Keep(drums("my kit")));
        }
        book.apply(CaptionEdit::Keep(drums(&"x".repeat(MAX_CAPTION_CHARS + 1))));
        assert_eq!(book.own_of(Track::Drums).collect::<Vec<_>>(), ["my kit"]);
        assert_eq!(book.own_of(Track::Bass).count(), 0);
        book.apply(CaptionEdit::Forget(drums("my kit")));
        assert!(book.own.is_empty());
        for n in 0..500 {
            book.apply(CaptionEdit::Keep(drums(&n.to_string())));
        }
        assert_eq!(book.own.len(), MAX_OWN);
    }

    #[test]
    fn the_dice_never_give_what_is_there() {
        let mut book = CaptionBook::default();
        book.apply(CaptionEdit::Keep(drums("my kit")));
        for track in Track::ALL {
            let now = presets(track)[0].words;
            for chance in [0.0, 0.3, 0.999, 1.0, f64::NAN] {
                let other = another(&book, track, now, chance).unwrap();
                assert_ne!(other, now);
            }
        }
        assert_eq!(another(&book, Track::Drums, "", 1.0), Some("my kit"));
    }
}
