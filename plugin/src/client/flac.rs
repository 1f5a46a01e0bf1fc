//! A captured take as it travels: FLAC, 24 bits, a third of the float WAV.

use flac_codec::encode::{FlacSampleWriter, Options};
use std::{
    fs::File,
    io::BufReader,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

const BITS: u32 = 24;
const FULL_SCALE: f32 = (1 << (BITS - 1)) as f32;
/// Samples between two looks at the stop flag.
const CHUNK_SAMPLES: usize = 1 << 14;
const MAX_CHANNELS: u16 = 8;
/// The highest rate that FLAC can name.
const MAX_RATE_HZ: u32 = 655_350;

/// Why a take does not travel as FLAC.
#[derive(Debug, thiserror::Error)]
pub enum FlacError {
    /// It must travel as it is: FLAC would clip or cannot hold it.
    #[error("not a float WAV within full scale")]
    Unfit,
    #[error("stopped")]
    Stopped,
    #[error("{0}")]
    Wav(#[from] hound::Error),
    #[error("{0}")]
    Flac(#[from] flac_codec::Error),
}

/// Encodes the float WAV at `from` into `to`. The same take always gives the same bytes, so that the
/// service knows it again.
///
/// # Errors
/// [`FlacError::Unfit`] when the take must travel as it is; else the disk or the stop flag.
pub fn encode(from: &Path, to: &Path, stop: &AtomicBool) -> Result<(), FlacError> {
    let mut reader = hound::WavReader::new(BufReader::new(
        File::open(from).map_err(hound::Error::IoError)?,
    ))?;
    let spec = reader.spec();
    let frames = reader.duration();
    let is_float = spec.sample_format == hound::SampleFormat::Float && spec.bits_per_sample == 32;
    if !is_float
        || frames == 0
        || !(1..=MAX_CHANNELS).contains(&spec.channels)
        || !(1..=MAX_RATE_HZ).contains(&spec.sample_rate)
    {
        return Err(FlacError::Unfit);
    }
    let mut writer = FlacSampleWriter::create(
        to,
        Options::default().overwrite(),
        spec.sample_rate,
        BITS,
        spec.channels as u8,
        Some(u64::from(frames) * u64::from(spec.channels)),
    )?;
    let mut chunk = Vec::with_capacity(CHUNK_SAMPLES);
    let mut samples = reader.samples::<f32>();
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(FlacError::Stopped);
        }
        chunk.clear();
        for sample in samples.by_ref().take(CHUNK_SAMPLES) {
            chunk.push(to_24_bit(sample?).ok_or(FlacError::Unfit)?);
        }
        if chunk.is_empty() {
            break;
        }
        writer.write(&chunk)?;
    }
    writer.finalize()?;
    Ok(())
}

/// `None` beyond full scale and for what is no number.
fn to_24_bit(sample: f32) -> Option<i32> {
    // Not `abs() > 1.0`, which lets NaN through.
    let is_within = sample.abs() <= 1.0;
    let scaled = (sample * FULL_SCALE).round().min(FULL_SCALE - 1.0);
    is_within.then_some(scaled as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::wav_bytes;
    use std::path::PathBuf;

    fn float_wav(folder: &Path, samples: &[f32]) -> PathBuf {
        let path = folder.join("take.wav");
        std::fs::write(&path, wav_bytes(44_100, 2, samples.iter().copied())).unwrap();
        path
    }

    #[test]
    fn loses_less_than_half_a_24_bit_step() {
        let folder = tempfile::tempdir().unwrap();
        let sent: Vec<f32> = (0..40_000)
            .map(|i| (i as f32 * 0.37).sin())
            .chain([1.0, -1.0])
            .collect();
        let to = folder.path().join("take.flac");
        encode(
            &float_wav(folder.path(), &sent),
            &to,
            &AtomicBool::new(false),
        )
        .unwrap();
        let mut reader = flac_codec::decode::FlacSampleReader::open(&to).unwrap();
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert_eq!(read.len(), sent.len());
        for (sent, read) in sent.iter().zip(read) {
            let error = (sent - read as f32 / FULL_SCALE).abs();
            assert!(error <= 1.0 / FULL_SCALE, "{sent}: {error}");
        }
    }

    #[test]
    fn what_would_clip_travels_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("take.flac");
        for bad in [1.5, f32::NAN, f32::NEG_INFINITY] {
            let from = float_wav(folder.path(), &[0.0, bad]);
            let result = encode(&from, &to, &AtomicBool::new(false));
            assert!(matches!(result, Err(FlacError::Unfit)), "{bad}");
        }
    }

    #[test]
    fn stops_when_told() {
        let folder = tempfile::tempdir().unwrap();
        let from = float_wav(folder.path(), &[0.0; 2000]);
        let result = encode(&from, &folder.path().join("t.flac"), &AtomicBool::new(true));
        assert!(matches!(result, Err(FlacError::Stopped)));
    }
}
