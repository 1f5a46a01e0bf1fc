//! What a finished stem's file is called, and whether it is what the service promised.

use flac_codec::{
    decode::{FlacSampleReader, Verified},
    metadata::Metadata,
};
use sideman_shared::protocol::{AudioFormat, Job, Stem};
use std::{fs::File, io::BufReader, path::Path};

/// Frames, rate in Hz, channels.
type Shape = (u64, u32, u16);

/// `drums-92.5-Am-7-1f2e3d4c.wav`: what a musician looks for, and the id's end so that none is
/// overwritten.
pub fn name(job: &Job, stem: &Stem) -> String {
    let mut name = stem.track.as_str().to_owned();
    if let Some(bpm) = job.request.bpm {
        name.push_str(&format!("-{bpm}"));
    }
    if let Some(key) = job.request.key_scale {
        name.push_str(&format!("-{key}"));
    }
    let id_tail: String = stem.stem_id.chars().rev().take(8).collect();
    let id_tail: String = id_tail.chars().rev().collect();
    let extension = job.request.format.extension();
    name.push_str(&format!("-{}-{id_tail}.{extension}", stem.seed));
    name.replace(' ', "-").replace('#', "s")
}

/// The most bytes this stem can have: 32-bit samples and generous chunks around them.
pub fn max_bytes(stem: &Stem) -> u64 {
    /// A WAV file cannot be larger.
    const LARGEST: u64 = u32::MAX as u64;
    stem.frames
        .saturating_mul(u64::from(stem.channels))
        .saturating_mul(4)
        .saturating_add(1 << 20)
        .min(LARGEST)
}

/// Whether the file is what the stem's description promises, to the last frame.
///
/// # Errors
/// What is wrong with it, in words.
pub fn verify(
    path: &Path,
    format: AudioFormat,
    stem: &Stem,
    blake3_hex: Option<&str>,
) -> Result<(), String> {
    if let Some(promised) = blake3_hex {
        let mut hasher = blake3::Hasher::new();
        let hashed = File::open(path).and_then(|file| hasher.update_reader(file).map(|_| ()));
        hashed.map_err(|e| e.to_string())?;
        if hasher.finalize().to_hex().as_str() != promised {
            return Err("The bytes are not those the service announced.".into());
        }
    }
    let got = match format {
        AudioFormat::Flac => flac(path)?,
        // Sideman asks for no MP3: it is not exact to the frame.
        AudioFormat::Wav | AudioFormat::Mp3 => wav(path, stem)?,
    };
    let promised = (stem.frames, stem.sample_rate_hz, stem.channels);
    if got != promised {
        return Err(format!(
            "It has {} frames at {} Hz in {} channels; {} at {} Hz in {} were promised.",
            got.0, got.1, got.2, promised.0, promised.1, promised.2
        ));
    }
    Ok(())
}

fn wav(path: &Path, stem: &Stem) -> Result<Shape, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    let wav = hound::WavReader::new(BufReader::new(file))
        .map_err(|e| format!("It is not a WAV file ({e})."))?;
    let spec = wav.spec();
    // The header's word is not enough: the samples must be there.
    let sample_bytes = u64::from(spec.bits_per_sample).div_ceil(8) * u64::from(spec.channels);
    let needed = u64::from(wav.duration()).saturating_mul(sample_bytes);
    if u64::from(wav.duration()) == stem.frames && length < needed {
        return Err(format!("It is {length} bytes long and needs {needed}."));
    }
    Ok((u64::from(wav.duration()), spec.sample_rate, spec.channels))
}

/// Decodes it to its end: a cut FLAC file has a header like a whole one.
fn flac(path: &Path) -> Result<Shape, String> {
    let not_flac = |e: flac_codec::Error| format!("It is not a FLAC file ({e}).");
    let file = File::open(path).map_err(|e| e.to_string())?;
    let reader = FlacSampleReader::new(BufReader::new(file)).map_err(not_flac)?;
    let channels = u16::from(reader.channel_count());
    let frames = reader.total_samples().unwrap_or(0);
    let shape = (frames, reader.sample_rate(), channels);
    match flac_codec::decode::verify(path).map_err(not_flac)? {
        Verified::MD5Match | Verified::NoMD5 => Ok(shape),
        Verified::MD5Mismatch => Err("Its audio is damaged.".into()),
    }
}
