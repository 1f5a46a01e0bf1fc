//! The sound of a task: what is low in the source, and a click on every beat of the tempo it was told.

use super::{Received, faults::AudioFault};
use sideman_shared::audio::{AudioBuffer, wav};
use std::io::Cursor;
use wrapper_service::audio::{AudioLimits, decode, resample};

pub const RATE_HZ: u32 = 48_000;
/// The model's shortest piece.
const SHORTEST_FRAMES: usize = 128 * 1_920;
const NORMALISED: f32 = 0.891;
/// How much of the seed's own noise is in it, −34 dB below the rest.
const NOISE: f32 = 0.02;

/// What the server hears of an upload. `None`: nothing it can read.
pub fn hear(upload: &[u8]) -> Option<AudioBuffer> {
    let file = tempfile::NamedTempFile::new().ok()?;
    std::fs::write(file.path(), upload).ok()?;
    let limits = AudioLimits {
        min_secs: 0.0,
        ..AudioLimits::default()
    };
    resample(decode(file.path(), &limits).ok()?, RATE_HZ).ok()
}

/// The bytes of the file a task ends with.
pub fn play(
    source: Option<&AudioBuffer>,
    task: &Received,
    seed: u64,
    fault: AudioFault,
) -> Vec<u8> {
    let mut stem = match source {
        Some(source) if fault != AudioFault::Unrelated => along(source, task, seed),
        _ => unrelated(seed),
    };
    match fault {
        AudioFault::Garbage => return b"RIFF nothing that anybody could read".to_vec(),
        AudioFault::Silent => stem.iter_mut().for_each(|s| *s = 0.0),
        AudioFault::NotANumber => stem[1_000] = f32::NAN,
        AudioFault::Short => stem.truncate(stem.len() / 2),
        AudioFault::None | AudioFault::Unrelated | AudioFault::Pcm16 => {}
    }
    file(&stem, fault == AudioFault::Pcm16)
}

fn along(source: &AudioBuffer, task: &Received, seed: u64) -> Vec<f32> {
    let mono = source.to_mono();
    let bpm = task.whole("bpm", 120).max(1) as f64;
    let beat = f64::from(RATE_HZ) * 60.0 / bpm;
    let mut noise = Noise(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut low = 0.0;
    let frames = mono.len().max(SHORTEST_FRAMES);
    let mut stem: Vec<f32> = (0..frames)
        .map(|frame| {
            low += 0.05 * (mono.get(frame).copied().unwrap_or(0.0) - low);
            let since_beat = (frame as f64 % beat) as f32;
            let click = (since_beat * 0.3).sin() * (-since_beat / 400.0).exp();
            low + 0.05 * click + NOISE * noise.next()
        })
        .collect();
    let peak = stem.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    stem.iter_mut()
        .for_each(|s| *s *= NORMALISED / peak.max(1e-6));
    stem
}

/// What comes when no source was heard: 10 to 120 seconds of something.
fn unrelated(seed: u64) -> Vec<f32> {
    let secs = 10.0 + (seed % 1_100) as f64 / 10.0;
    let frames = (secs * f64::from(RATE_HZ)) as usize;
    (0..frames).map(|i| 0.5 * (i as f32 * 0.03).sin()).collect()
}

/// 48 kHz stereo, in floats unless told otherwise.
fn file(stem: &[f32], pcm16: bool) -> Vec<u8> {
    if !pcm16 {
        let spec = wav::WavSpec {
            channels: 2,
            sample_rate_hz: RATE_HZ,
            kind: wav::SampleKind::Float32,
        };
        let mut writer = wav::WavWriter::new(Cursor::new(Vec::new()), spec, None).expect("memory");
        writer.write(&[stem, stem]).expect("memory");
        return writer.finish().expect("memory").into_inner();
    }
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("memory");
    for sample in stem.iter().flat_map(|s| [s, s]) {
        writer
            .write_sample((sample * 32_767.0) as i16)
            .expect("memory");
    }
    writer.finalize().expect("memory");
    bytes.into_inner()
}

/// −1..1, the same for the same seed.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }
}
