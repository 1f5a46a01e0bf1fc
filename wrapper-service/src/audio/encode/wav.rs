use super::StemTags;
use crate::audio::AudioError;
use sideman_shared::audio::{
    AudioBuffer,
    wav::{SampleKind, WavError, WavSpec, WavWriter},
};
use std::{fs::File, io::BufWriter};

pub(super) fn write(
    audio: &AudioBuffer,
    tags: &StemTags,
    file: &mut File,
) -> Result<(), AudioError> {
    let spec = WavSpec {
        channels: u16::try_from(audio.channel_count()).unwrap_or(0),
        sample_rate_hz: audio.sample_rate_hz(),
        kind: SampleKind::Pcm24,
    };
    let mut writer =
        WavWriter::new(BufWriter::new(file), spec, Some(tags.wav_tags())).map_err(failed)?;
    writer.write(audio.channels()).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(())
}

fn failed(error: WavError) -> AudioError {
    match error {
        WavError::Io(e) => AudioError::Io(e),
        other => AudioError::Encode {
            format: "WAV",
            detail: other.to_string(),
        },
    }
}
