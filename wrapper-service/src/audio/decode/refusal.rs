//! Why a file is refused, in sentences for a musician.

use crate::audio::AudioError;
use std::io;
use symphonia::core::errors::Error as SymphoniaError;

/// # Errors
/// The first sample that is NaN or infinite, and where.
pub(super) fn check_finite(
    planes: &[Vec<f32>],
    frames_before: u64,
    rate_hz: u32,
) -> Result<(), AudioError> {
    let bad = planes
        .iter()
        .filter_map(|plane| plane.iter().position(|s| !s.is_finite()))
        .min();
    let Some(bad) = bad else {
        return Ok(());
    };
    let secs = (frames_before + bad as u64) as f64 / f64::from(rate_hz.max(1));
    Err(AudioError::Unreadable(format!(
        "it holds a sample that is not a number (NaN or infinite) at {secs:.3} s; a plugin in the song \
         misbehaves there, render it again"
    )))
}

pub(super) fn not_audio(error: SymphoniaError) -> AudioError {
    match error {
        SymphoniaError::IoError(e) if e.kind() != io::ErrorKind::UnexpectedEof => AudioError::Io(e),
        other => AudioError::Unreadable(format!(
            "no known audio format ({other}); WAV, AIFF, FLAC, MP3, OGG and M4A are"
        )),
    }
}

pub(super) fn changes_in_the_middle() -> AudioError {
    AudioError::Unreadable(
        "its sample rate or channels change in the middle; export it as one piece".into(),
    )
}

pub(super) fn too_damaged(damaged: u64) -> AudioError {
    AudioError::Unreadable(format!(
        "too much of it is damaged: {damaged} blocks could not be decoded; export it again"
    ))
}

pub(super) fn cut_off(promised_frames: u64, present_frames: u64) -> AudioError {
    AudioError::Unreadable(format!(
        "it is cut off: its header promises {promised_frames} frames, the file holds \
         {present_frames}; export or upload it again"
    ))
}

pub(super) fn unreadable(why: &str) -> AudioError {
    AudioError::Unreadable(why.to_owned())
}
