use super::{AudioError, Probe};
use sideman_shared::{audio::AudioBuffer, protocol::StemReport};

/// A stem that keeps the contract: the source's first frame, rate and frame count; never clipped.
#[derive(Debug)]
pub struct Finished {
    pub audio: AudioBuffer,
    pub report: StemReport,
}

/// Brings an engine's raw audio to the source's rate and exact length (pad or trim with a short fade),
/// tames peaks below −0.3 dBFS, and measures the result. `report.silent` is true for silence or
/// non-finite samples: the caller must not hand such a stem out.
///
/// # Errors
/// Only when resampling is impossible.
pub fn finish(_raw: AudioBuffer, _source: &Probe) -> Result<Finished, AudioError> {
    Err(AudioError::Unreadable("not written yet".into()))
}
