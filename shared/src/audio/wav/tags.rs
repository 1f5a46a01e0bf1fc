use super::{Origination, WavError, acid, bext, chunk, info};
use crate::music::{Bpm, KeyScale, Meter};
use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
};

/// The program named in every file.
pub(super) const ORIGINATOR: &str = "Sideman";

/// What a WAV file says about its music.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WavTags {
    /// What a file browser shows, e.g. `Drums`.
    pub title: String,
    /// Free text: how the audio came to be (engine, seed, caption).
    pub comment: String,
    pub bpm: Option<Bpm>,
    pub meter: Meter,
    pub key: Option<KeyScale>,
    /// Where in the song the first frame lies, seconds from its start. The file stores whole samples and
    /// cannot tell "unknown" from "at the very start": both are written as 0, and 0 is read as `None`.
    pub song_position_secs: Option<f64>,
    pub originated_at: Option<Origination>,
}

impl WavTags {
    /// Reads the chunks of a WAV file, skipping its samples. Chunks that are missing or damaged leave
    /// their fields empty; files of other programs are welcome.
    ///
    /// # Errors
    /// The disk, or a file that is not RIFF/WAVE at all.
    pub fn read(path: &Path) -> Result<Self, WavError> {
        Self::read_from(&mut BufReader::new(File::open(path)?))
    }

    /// As [`WavTags::read`], from any seekable bytes.
    ///
    /// # Errors
    /// As [`WavTags::read`].
    pub fn read_from(file: &mut (impl Read + Seek)) -> Result<Self, WavError> {
        let mut tags = Self::default();
        let mut rate_hz = 0;
        let mut time_reference = 0;
        chunk::visit(file, |id, body| match id {
            b"fmt " => rate_hz = chunk::u32_at(body, 4).unwrap_or(0),
            b"bext" => time_reference = bext::read(body, &mut tags).unwrap_or(0),
            b"acid" => acid::read(body, &mut tags),
            b"LIST" => info::read(body, &mut tags),
            _ => {}
        })?;
        if rate_hz > 0 && time_reference > 0 {
            tags.song_position_secs = Some(time_reference as f64 / f64::from(rate_hz));
        }
        Ok(tags)
    }

    /// The file's first sample, counted from the start of the song.
    pub(super) fn time_reference(&self, sample_rate_hz: u32) -> u64 {
        let secs = self.song_position_secs.unwrap_or(0.0).max(0.0);
        // `as` saturates: nonsense positions stay harmless.
        (secs * f64::from(sample_rate_hz)).round() as u64
    }
}
