//! Files to frames, under limits, without trusting headers.

mod limits;
mod mixdown;
mod mp4_edit;
mod stream;

pub use limits::{AudioLimits, Probe};

use super::AudioError;
use mixdown::Mixdown;
use sideman_shared::audio::AudioBuffer;
use std::path::Path;
use stream::Stream;

/// Reads the whole file without keeping it: RAM does not grow with its length.
///
/// # Errors
/// Not audio, truncated, too damaged, NaN or infinite samples, outside the limits.
pub fn probe(path: &Path, limits: &AudioLimits) -> Result<Probe, AudioError> {
    Stream::open(path, limits)?.read_all(|_, _| {})
}

/// Decodes to mono or stereo (more channels are mixed down) at the file's own rate.
/// `decode` and `probe` agree on the frame count, gapless info of MP3 and M4A honoured by both.
///
/// # Errors
/// As [`probe`].
pub fn decode(path: &Path, limits: &AudioLimits) -> Result<AudioBuffer, AudioError> {
    let mut mixed: Vec<Vec<f32>> = Vec::new();
    let mut mixdown = None;
    let probe = Stream::open(path, limits)?.read_all(|layout, planes| {
        let mixdown = mixdown.get_or_insert_with(|| Mixdown::new(layout));
        mixed.resize_with(mixdown.channels_out(), Vec::new);
        mixdown.append(planes, &mut mixed);
    })?;
    AudioBuffer::new(mixed, probe.sample_rate_hz)
        .ok_or_else(|| AudioError::Unreadable("it holds no audio channel".into()))
}
