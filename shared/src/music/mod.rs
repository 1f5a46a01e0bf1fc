//! The musical values that cross the wire: each is parsed once and valid ever after.

mod key;
mod meter;
mod tempo;
mod track;

pub use key::{KeyScale, Mode, PitchClass};
pub use meter::Meter;
pub use tempo::Bpm;
pub use track::Track;

/// A text that is not the musical value it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not {expected}")]
pub struct ParseMusicError {
    pub given: String,
    /// What would have been right, e.g. `a meter such as 4/4`.
    pub expected: &'static str,
}

impl ParseMusicError {
    pub(crate) fn new(given: impl Into<String>, expected: &'static str) -> Self {
        Self {
            given: given.into(),
            expected,
        }
    }
}
