use super::ParseMusicError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const EXPECTED: &str = "a tempo between 20 and 400 BPM";

/// A tempo in quarter notes per minute, 20–400, the fraction kept.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Bpm(f64);

impl Bpm {
    pub const MIN: f64 = 20.0;
    pub const MAX: f64 = 400.0;

    pub fn new(bpm: f64) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&bpm).then_some(Self(bpm))
    }

    pub fn get(self) -> f64 {
        self.0
    }

    pub fn beat_secs(self) -> f64 {
        60.0 / self.0
    }
}

/// As a musician writes it: `92.5`, `120`; at most three decimals.
impl fmt::Display for Bpm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", (self.0 * 1000.0).round() / 1000.0)
    }
}

impl FromStr for Bpm {
    type Err = ParseMusicError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let bpm = s.trim().parse().ok().and_then(Self::new);
        bpm.ok_or_else(|| ParseMusicError::new(s, EXPECTED))
    }
}

impl From<Bpm> for f64 {
    fn from(bpm: Bpm) -> Self {
        bpm.0
    }
}

impl TryFrom<f64> for Bpm {
    type Error = ParseMusicError;

    fn try_from(bpm: f64) -> Result<Self, Self::Error> {
        Self::new(bpm).ok_or_else(|| ParseMusicError::new(bpm.to_string(), EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_fraction_and_the_range() {
        assert_eq!("127.5".parse::<Bpm>().unwrap().get(), 127.5);
        assert_eq!(Bpm::new(137.00000013753072).unwrap().to_string(), "137");
        for text in ["", "19.9", "401", "NaN", "inf", "fast"] {
            assert!(text.parse::<Bpm>().is_err(), "{text}");
        }
    }
}
