//! Files to frames, under limits, without trusting headers.

mod limits;
mod mixdown;
mod mp4_edit;
mod refusal;
mod stream;

pub use limits::{AudioLimits, Probe};

use super::AudioError;
use mixdown::Mixdown;
use sideman_shared::audio::AudioBuffer;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};
use stream::Stream;

/// Reads the whole file without keeping it: RAM does not grow with its length.
///
/// # Errors
/// Not audio, truncated, too damaged, NaN or infinite samples, outside the limits.
pub fn probe(path: &Path, limits: &AudioLimits) -> Result<Probe, AudioError> {
    contained(|| Stream::open(path, limits)?.read_all(|_, _| {}))
}

/// Decodes to mono or stereo (more channels are mixed down) at the file's own rate.
/// `decode` and `probe` agree on the frame count, gapless info of MP3 and M4A honoured by both.
///
/// # Errors
/// As [`probe`].
pub fn decode(path: &Path, limits: &AudioLimits) -> Result<AudioBuffer, AudioError> {
    let mut mixed: Vec<Vec<f32>> = Vec::new();
    let mut mixdown = None;
    let probe = contained(|| {
        Stream::open(path, limits)?.read_all(|layout, planes| {
            let mixdown = mixdown.get_or_insert_with(|| Mixdown::new(layout));
            mixed.resize_with(mixdown.channels_out(), Vec::new);
            mixdown.append(planes, &mut mixed);
        })
    })?;
    AudioBuffer::new(mixed, probe.sample_rate_hz)
        .ok_or_else(|| refusal::unreadable("it holds no audio channel"))
}

/// Anyone may upload anything: a file that makes a decoder panic is one bad file, not a bad service.
fn contained<T>(read: impl FnOnce() -> Result<T, AudioError>) -> Result<T, AudioError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(refusal::unreadable(
            "it is damaged in a way that no decoder expects; export it again",
        ))
    })
}
