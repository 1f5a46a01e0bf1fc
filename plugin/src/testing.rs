//! Small audio files for tests.

use std::{io::Cursor, path::PathBuf};

/// A WAV of 32-bit floats; the samples are interleaved.
pub fn wav_bytes(
    sample_rate_hz: u32,
    channels: u16,
    samples: impl IntoIterator<Item = f32>,
) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels,
        sample_rate: sample_rate_hz,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for sample in samples {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

/// A stereo WAV whose right channel is its left turned over.
pub fn stereo_wav(
    path: PathBuf,
    sample_rate_hz: u32,
    left: impl IntoIterator<Item = f32>,
) -> PathBuf {
    let samples = left.into_iter().flat_map(|sample| [sample, -sample]);
    std::fs::write(&path, wav_bytes(sample_rate_hz, 2, samples)).unwrap();
    path
}
