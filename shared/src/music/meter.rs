use super::ParseMusicError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A time signature: `beats_per_bar` (1–32) notes of `1/beat_unit` (1, 2, 4, 8, 16, 32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Meter {
    beats_per_bar: u8,
    beat_unit: u8,
}

impl Meter {
    pub const COMMON: Self = Self {
        beats_per_bar: 4,
        beat_unit: 4,
    };

    pub fn new(beats_per_bar: u8, beat_unit: u8) -> Option<Self> {
        ((1..=32).contains(&beats_per_bar) && beat_unit.is_power_of_two() && beat_unit <= 32)
            .then_some(Self {
                beats_per_bar,
                beat_unit,
            })
    }

    pub fn beats_per_bar(self) -> u8 {
        self.beats_per_bar
    }

    pub fn beat_unit(self) -> u8 {
        self.beat_unit
    }

    /// A bar's length in quarter notes, the unit of every host's song position.
    pub fn quarters_per_bar(self) -> f64 {
        f64::from(self.beats_per_bar) * 4.0 / f64::from(self.beat_unit)
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::COMMON
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.beats_per_bar, self.beat_unit)
    }
}

impl FromStr for Meter {
    type Err = ParseMusicError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let error = || ParseMusicError::new(s, "a meter such as 4/4 or 6/8");
        let (beats, unit) = s.split_once('/').ok_or_else(error)?;
        let number = |t: &str| t.trim().parse().map_err(|_| error());
        Self::new(number(beats)?, number(unit)?).ok_or_else(error)
    }
}

impl From<Meter> for String {
    fn from(meter: Meter) -> Self {
        meter.to_string()
    }
}

impl TryFrom<String> for Meter {
    type Error = ParseMusicError;

    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_meters_and_refuses_nonsense() {
        assert_eq!("6/8".parse::<Meter>().unwrap().quarters_per_bar(), 3.0);
        for text in ["4", "0/4", "4/3", "4/0", "33/4", "a/b", "4/64"] {
            assert!(text.parse::<Meter>().is_err(), "{text}");
        }
    }
}
