use super::AudioError;
use sideman_shared::audio::AudioBuffer;
use std::path::Path;

/// What a source may be; checked while reading, not after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AudioLimits {
    pub min_secs: f64,
    pub max_secs: f64,
    pub max_channels: u16,
    pub min_rate_hz: u32,
    pub max_rate_hz: u32,
}

impl Default for AudioLimits {
    fn default() -> Self {
        Self {
            min_secs: 0.5,
            max_secs: 600.0,
            max_channels: 8,
            min_rate_hz: 8_000,
            max_rate_hz: 192_000,
        }
    }
}

/// What a file holds, counted by decoding it (headers lie).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    pub frames: u64,
    pub sample_rate_hz: u32,
    /// As in the file, before mixing to stereo.
    pub channels: u16,
}

/// Reads the whole file without keeping it: RAM does not grow with its length.
///
/// # Errors
/// Not audio, truncated to nothing, NaN or infinite samples, outside the limits.
pub fn probe(_path: &Path, _limits: &AudioLimits) -> Result<Probe, AudioError> {
    Err(AudioError::Unreadable("not written yet".into()))
}

/// Decodes to mono or stereo (more channels are mixed down) at the file's own rate.
/// `decode` and `probe` agree on the frame count, gapless info of MP3 honoured by both.
///
/// # Errors
/// As [`probe`].
pub fn decode(_path: &Path, _limits: &AudioLimits) -> Result<AudioBuffer, AudioError> {
    Err(AudioError::Unreadable("not written yet".into()))
}
