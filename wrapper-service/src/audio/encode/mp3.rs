use super::{StemTags, id3};
use crate::audio::{AudioError, resample};
use mp3lame_encoder::{
    Builder, DualPcm, Encoder, FlushGap, Mode, MonoPcm, Quality, VbrMode, max_required_buffer_size,
};
use sideman_shared::{
    audio::AudioBuffer,
    music::{KeyScale, Mode as KeyMode},
};
use std::{
    borrow::Cow,
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
};

/// The rates that MPEG-1, -2 and -2.5 know.
const RATES_HZ: [u32; 9] = [
    8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];
const FALLBACK_RATE_HZ: u32 = 48_000;
const BLOCK_FRAMES: usize = 1 << 15;

pub(super) fn write(
    audio: &AudioBuffer,
    tags: &StemTags,
    file: &mut File,
) -> Result<(), AudioError> {
    let audio = playable(audio)?;
    let mut encoder = encoder(&audio)?;
    let tag = tag(tags);
    let mut file = BufWriter::new(file);
    file.write_all(&tag)?;
    let mut bytes = Vec::with_capacity(max_required_buffer_size(BLOCK_FRAMES));
    for start in (0..audio.frames()).step_by(BLOCK_FRAMES) {
        let range = start..(start + BLOCK_FRAMES).min(audio.frames());
        bytes.clear();
        match audio.channels() {
            [mono] => encoder.encode_to_vec(MonoPcm(&mono[range]), &mut bytes),
            [left, right, ..] => {
                let (left, right) = (&left[range.clone()], &right[range]);
                encoder.encode_to_vec(DualPcm { left, right }, &mut bytes)
            }
            [] => Ok(0),
        }
        .map_err(failed)?;
        file.write_all(&bytes)?;
    }
    bytes.clear();
    encoder
        .flush_to_vec::<FlushGap>(&mut bytes)
        .map_err(failed)?;
    file.write_all(&bytes)?;
    write_gapless_info(&encoder, tag.len() as u64, &mut file)
}

/// The encoder began the stream with an empty frame as long as this one, which tells decoders how many
/// samples to drop at both ends.
fn write_gapless_info(
    encoder: &Encoder,
    at: u64,
    file: &mut BufWriter<&mut File>,
) -> Result<(), AudioError> {
    let mut info = Vec::with_capacity(encoder.lame_tag_size());
    encoder
        .lame_tag_encode_to_vec(&mut info)
        .ok_or_else(|| failed("no gapless info was made"))?;
    file.seek(SeekFrom::Start(at))?;
    file.write_all(&info)?;
    file.flush()?;
    Ok(())
}

/// At a rate that MP3 knows.
fn playable(audio: &AudioBuffer) -> Result<Cow<'_, AudioBuffer>, AudioError> {
    if audio.channel_count() > 2 {
        return Err(failed(format!(
            "{} channels; MP3 holds one or two",
            audio.channel_count()
        )));
    }
    if RATES_HZ.contains(&audio.sample_rate_hz()) {
        Ok(Cow::Borrowed(audio))
    } else {
        resample(audio.clone(), FALLBACK_RATE_HZ).map(Cow::Owned)
    }
}

fn encoder(audio: &AudioBuffer) -> Result<Encoder, AudioError> {
    let mono = audio.channel_count() == 1;
    let rate = audio.sample_rate_hz();
    Builder::new()
        .ok_or_else(|| failed("not enough memory"))?
        .with_num_channels(if mono { 1 } else { 2 })
        .and_then(|b| b.with_mode(if mono { Mode::Mono } else { Mode::JointStereo }))
        .and_then(|b| b.with_sample_rate(rate))
        // Otherwise the encoder may choose a lower rate by itself.
        .and_then(|b| b.with_output_sample_rate(std::num::NonZeroU32::new(rate)))
        .and_then(|b| b.with_vbr_mode(VbrMode::Mtrh))
        .and_then(|b| b.with_vbr_quality(Quality::Best))
        .and_then(|b| b.with_quality(Quality::NearBest))
        .and_then(|b| b.with_to_write_vbr_tag(true))
        .and_then(Builder::build)
        .map_err(failed)
}

fn tag(tags: &StemTags) -> Vec<u8> {
    // Whole beats a minute, by the standard.
    let bpm = format!("{:.0}", tags.bpm.get());
    let key = tags.key.map(id3_key).unwrap_or_default();
    let exact = format!("{}; {} BPM, {}", tags.comment(), tags.bpm, tags.meter);
    id3::tag(
        &[
            (b"TIT2", tags.track.label()),
            (b"TBPM", &bpm),
            (b"TKEY", &key),
            (b"TSSE", "Sideman"),
        ],
        &exact,
    )
}

/// At most three letters, e.g. `F#m`.
fn id3_key(key: KeyScale) -> String {
    let minor = if key.mode == KeyMode::Minor { "m" } else { "" };
    format!("{}{minor}", key.tonic.name())
}

fn failed(detail: impl std::fmt::Display) -> AudioError {
    AudioError::Encode {
        format: "MP3",
        detail: detail.to_string(),
    }
}
