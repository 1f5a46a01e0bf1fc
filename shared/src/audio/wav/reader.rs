use super::WavError;
use crate::audio::AudioBuffer;
use hound::SampleFormat;
use std::path::Path;

/// Reads a whole WAV file (8 to 32-bit integer or 32-bit float) into planar samples of −1..1.
///
/// # Errors
/// The disk; not a WAV file; cut off in the middle; no channel.
pub fn read(path: &Path) -> Result<AudioBuffer, WavError> {
    let mut reader = hound::WavReader::open(path).map_err(from_hound)?;
    let spec = reader.spec();
    let channel_count = usize::from(spec.channels);
    // Headers lie: reserve no more than what grows cheaply anyway.
    let frames = (reader.duration() as usize).min(1 << 22);
    let mut channels: Vec<Vec<f32>> = (0..channel_count)
        .map(|_| Vec::with_capacity(frames))
        .collect();
    let mut place = |index: usize, sample: f32| channels[index % channel_count].push(sample);
    match spec.sample_format {
        SampleFormat::Float => {
            for (index, sample) in reader.samples::<f32>().enumerate() {
                place(index, sample.map_err(from_hound)?);
            }
        }
        SampleFormat::Int => {
            let scale = 1.0 / f64::from(1_u32 << (spec.bits_per_sample - 1));
            for (index, sample) in reader.samples::<i32>().enumerate() {
                place(
                    index,
                    (f64::from(sample.map_err(from_hound)?) * scale) as f32,
                );
            }
        }
    }
    AudioBuffer::new(channels, spec.sample_rate)
        .ok_or_else(|| WavError::Malformed("it has no channel or no sample rate".into()))
}

fn from_hound(error: hound::Error) -> WavError {
    match error {
        hound::Error::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => {
            WavError::Io(e)
        }
        other => WavError::Malformed(other.to_string()),
    }
}
