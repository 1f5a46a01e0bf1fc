use super::{SampleKind, WavError, WavTags, acid, bext, chunk, info, ixml};
use crate::audio::AudioBuffer;
use std::{
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    path::Path,
};

/// Frames turned into bytes at a time.
const BLOCK_FRAMES: usize = 4096;
const RIFF_HEAD_BYTES: u64 = 8;
const FORMAT_PCM: u16 = 1;
const FORMAT_FLOAT: u16 = 3;
const FORMAT_EXTENSIBLE: u16 = 0xFFFE;
/// The tail of every wave format GUID after the format number.
const GUID_TAIL: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

/// The samples of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WavSpec {
    pub channels: u16,
    pub sample_rate_hz: u32,
    pub kind: SampleKind,
}

impl WavSpec {
    fn bytes_per_frame(self) -> u64 {
        u64::from(self.channels) * u64::from(self.kind.bytes_per_sample())
    }
}

/// Streams a WAV file: memory does not grow with its length. [`WavWriter::finish`] completes it; a
/// writer dropped before leaves a file that says it holds no frames.
#[derive(Debug)]
pub struct WavWriter<W: Write + Seek> {
    file: W,
    spec: WavSpec,
    tags: Option<WavTags>,
    /// Bytes before the samples.
    header_bytes: u64,
    frames: u64,
}

impl<W: Write + Seek> WavWriter<W> {
    /// Writes the header at the beginning of `file`. Without `tags` the file holds samples alone.
    ///
    /// # Errors
    /// No channel or no rate; the disk.
    pub fn new(mut file: W, spec: WavSpec, tags: Option<WavTags>) -> Result<Self, WavError> {
        if spec.channels == 0 || spec.sample_rate_hz == 0 {
            return Err(WavError::InvalidSpec);
        }
        let header = header(spec, tags.as_ref(), 0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&header)?;
        Ok(Self {
            file,
            spec,
            tags,
            header_bytes: header.len() as u64,
            frames: 0,
        })
    }

    /// Appends planar samples, `channels[channel][frame]`.
    ///
    /// # Errors
    /// Another channel count or unequal lengths (nothing is written then); more than 4 GiB; the disk.
    pub fn write<C: AsRef<[f32]>>(&mut self, channels: &[C]) -> Result<(), WavError> {
        let frames = channels.first().map_or(0, |c| c.as_ref().len());
        let fits = channels.len() == usize::from(self.spec.channels)
            && channels.iter().all(|c| c.as_ref().len() == frames);
        if !fits {
            return Err(WavError::ChannelMismatch {
                given: channels.len(),
                expected: self.spec.channels.into(),
            });
        }
        riff_length(self.header_bytes, self.spec, self.frames + frames as u64)?;
        let mut bytes = Vec::with_capacity(BLOCK_FRAMES * self.spec.bytes_per_frame() as usize);
        for start in (0..frames).step_by(BLOCK_FRAMES) {
            bytes.clear();
            for frame in start..(start + BLOCK_FRAMES).min(frames) {
                for channel in channels {
                    self.spec.kind.push(channel.as_ref()[frame], &mut bytes);
                }
            }
            self.file.write_all(&bytes)?;
        }
        self.frames += frames as u64;
        Ok(())
    }

    pub fn frames(&self) -> u64 {
        self.frames
    }

    #[cfg(test)]
    pub(super) fn set_frames_for_test(&mut self, frames: u64) {
        self.frames = frames;
    }

    /// Writes what only the end knows (sizes, beats) and hands the flushed file back.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(mut self) -> Result<W, WavError> {
        if self.frames * self.spec.bytes_per_frame() % 2 == 1 {
            self.file.write_all(&[0])?;
        }
        // Every chunk has the same length whatever the frame count is: written over in place.
        let header = header(self.spec, self.tags.as_ref(), self.frames)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header)?;
        self.file.flush()?;
        Ok(self.file)
    }
}

/// Writes a whole buffer to `path`, created or replaced.
///
/// # Errors
/// As [`WavWriter`]; the file may be incomplete then, so write to a name of your own and rename.
pub fn write(
    path: &Path,
    audio: &AudioBuffer,
    kind: SampleKind,
    tags: Option<WavTags>,
) -> Result<(), WavError> {
    let spec = WavSpec {
        channels: u16::try_from(audio.channel_count()).map_err(|_| WavError::InvalidSpec)?,
        sample_rate_hz: audio.sample_rate_hz(),
        kind,
    };
    let mut writer = WavWriter::new(BufWriter::new(File::create(path)?), spec, tags)?;
    writer.write(audio.channels())?;
    writer.finish()?;
    Ok(())
}

/// Everything up to the first sample.
fn header(spec: WavSpec, tags: Option<&WavTags>, frames: u64) -> Result<Vec<u8>, WavError> {
    let mut header = b"RIFF\0\0\0\0WAVE".to_vec();
    chunk::push(&mut header, b"fmt ", &format_body(spec))?;
    if spec.kind == SampleKind::Float32 {
        let frames = u32::try_from(frames).map_err(|_| WavError::TooLarge)?;
        chunk::push(&mut header, b"fact", &frames.to_le_bytes())?;
    }
    if let Some(tags) = tags {
        chunk::push(&mut header, b"bext", &bext::body(tags, spec))?;
        chunk::push(&mut header, b"iXML", ixml::body(tags, spec).as_bytes())?;
        if let Some(acid) = acid::body(tags, spec, frames) {
            chunk::push(&mut header, b"acid", &acid)?;
        }
        chunk::push(&mut header, b"LIST", &info::body(tags)?)?;
    }
    let data_bytes = frames * spec.bytes_per_frame();
    header.extend_from_slice(b"data");
    header.extend_from_slice(&u32::try_from(data_bytes).unwrap_or(u32::MAX).to_le_bytes());
    let riff = riff_length(header.len() as u64, spec, frames)?;
    header[4..8].copy_from_slice(&riff.to_le_bytes());
    Ok(header)
}

/// The number in the RIFF head: all bytes after it.
fn riff_length(header_bytes: u64, spec: WavSpec, frames: u64) -> Result<u32, WavError> {
    let data_bytes = frames
        .checked_mul(spec.bytes_per_frame())
        .ok_or(WavError::TooLarge)?;
    let total = header_bytes - RIFF_HEAD_BYTES + data_bytes.next_multiple_of(2);
    u32::try_from(total).map_err(|_| WavError::TooLarge)
}

fn format_body(spec: WavSpec) -> Vec<u8> {
    let format = match spec.kind {
        SampleKind::Pcm24 => FORMAT_PCM,
        SampleKind::Float32 => FORMAT_FLOAT,
    };
    // Mono and stereo take the plain form: old readers know no other.
    let extensible = spec.channels > 2;
    let tag = if extensible {
        FORMAT_EXTENSIBLE
    } else {
        format
    };
    let bits = spec.kind.bits_per_sample();
    let frame_bytes = spec.bytes_per_frame() as u32;
    let mut body = Vec::with_capacity(40);
    body.extend_from_slice(&tag.to_le_bytes());
    body.extend_from_slice(&spec.channels.to_le_bytes());
    body.extend_from_slice(&spec.sample_rate_hz.to_le_bytes());
    body.extend_from_slice(&spec.sample_rate_hz.wrapping_mul(frame_bytes).to_le_bytes());
    body.extend_from_slice(&(frame_bytes as u16).to_le_bytes());
    body.extend_from_slice(&bits.to_le_bytes());
    if extensible {
        body.extend_from_slice(&22_u16.to_le_bytes());
        body.extend_from_slice(&bits.to_le_bytes());
        body.extend_from_slice(&speaker_mask(spec.channels).to_le_bytes());
        body.extend_from_slice(&format.to_le_bytes());
        body.extend_from_slice(&GUID_TAIL);
    } else if spec.kind == SampleKind::Float32 {
        // Formats other than PCM carry the (empty) extension's length.
        body.extend_from_slice(&0_u16.to_le_bytes());
    }
    body
}

/// The usual loudspeakers for a channel count; 0 leaves them open.
fn speaker_mask(channels: u16) -> u32 {
    match channels {
        3 => 0x7,
        4 => 0x33,
        5 => 0x37,
        6 => 0x3F,
        8 => 0x63F,
        _ => 0,
    }
}
