use super::AudioError;
use sideman_shared::{
    audio::AudioBuffer,
    music::{Bpm, KeyScale, Meter, Track},
    protocol::AudioFormat,
};
use std::path::Path;

/// What travels inside the file.
#[derive(Debug, Clone, PartialEq)]
pub struct StemTags {
    pub track: Track,
    pub bpm: Bpm,
    pub meter: Meter,
    pub key: Option<KeyScale>,
    pub seed: u32,
    pub engine: String,
    pub model: Option<String>,
    pub caption: String,
    /// Where in the song the stem begins; TimeReference of the `bext` chunk.
    pub song_position_secs: Option<f64>,
}

/// Writes `audio` to `path` (created or replaced). WAV is 24-bit PCM with `bext`, `iXML`, `acid` and
/// `LIST/INFO`; FLAC 24-bit with Vorbis comments; MP3 with gapless info.
///
/// # Errors
/// The disk, or the encoder refusing the rate.
pub fn encode(
    _audio: &AudioBuffer,
    _format: AudioFormat,
    _tags: &StemTags,
    _path: &Path,
) -> Result<(), AudioError> {
    Err(AudioError::Unreadable("not written yet".into()))
}
