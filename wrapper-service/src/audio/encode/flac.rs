use super::StemTags;
use crate::audio::AudioError;
use flac_codec::encode::{FlacChannelWriter, Options};
use sideman_shared::audio::{AudioBuffer, wav::pcm24};
use std::{
    fs::File,
    io::{BufWriter, Write},
};

const BITS_PER_SAMPLE: u32 = 24;
/// Frames converted at a time: the whole stem again as integers would double the memory.
const BLOCK_FRAMES: usize = 1 << 16;

pub(super) fn write(
    audio: &AudioBuffer,
    tags: &StemTags,
    file: &mut File,
) -> Result<(), AudioError> {
    let channels = u8::try_from(audio.channel_count()).unwrap_or(u8::MAX);
    let mut buffered = BufWriter::new(file);
    let mut writer = FlacChannelWriter::new(
        &mut buffered,
        options(tags),
        audio.sample_rate_hz(),
        BITS_PER_SAMPLE,
        channels,
        Some(audio.frames() as u64),
    )
    .map_err(failed)?;
    let mut block: Vec<Vec<i32>> = vec![Vec::with_capacity(BLOCK_FRAMES); channels.into()];
    for start in (0..audio.frames()).step_by(BLOCK_FRAMES) {
        let end = (start + BLOCK_FRAMES).min(audio.frames());
        for (integers, floats) in block.iter_mut().zip(audio.channels()) {
            integers.clear();
            integers.extend(floats[start..end].iter().map(|&s| pcm24(s)));
        }
        writer.write(&block).map_err(failed)?;
    }
    writer.finalize().map_err(failed)?;
    buffered.flush()?;
    Ok(())
}

fn options(tags: &StemTags) -> Options {
    let options = Options::default()
        .tag("TITLE", tags.track.label())
        .tag("BPM", tags.bpm)
        .tag("TIMESIGNATURE", tags.meter)
        .tag("COMMENT", tags.comment())
        .tag("ENCODER", "Sideman");
    match tags.key {
        Some(key) => options.tag("KEY", key),
        None => options,
    }
}

fn failed(error: flac_codec::Error) -> AudioError {
    match error {
        flac_codec::Error::Io(e) => AudioError::Io(e),
        other => AudioError::Encode {
            format: "FLAC",
            detail: other.to_string(),
        },
    }
}
