//! Songs and broken files, made on the spot.

use std::io::Cursor;

const RATE_HZ: u32 = 44_100;

/// A 16-bit stereo WAV: a click on every beat over a held A minor chord.
pub fn song_wav(secs: f64, bpm: f64) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let frames = (secs * f64::from(RATE_HZ)).round() as u32;
    let samples = (0..frames).flat_map(|frame| {
        let sample = (song_at(f64::from(frame) / f64::from(RATE_HZ), bpm) * 20_000.0) as i16;
        [sample, sample]
    });
    wav(spec, samples)
}

/// −1..1 at a moment of the song.
fn song_at(secs: f64, bpm: f64) -> f64 {
    let tone = |hz: f64| (std::f64::consts::TAU * hz * secs).sin();
    let chord = (tone(220.0) + tone(261.63) + tone(329.63)) * 0.12;
    let into_beat_secs = secs % (60.0 / bpm);
    let click = tone(90.0) * (-into_beat_secs * 30.0).exp() * 0.6;
    chord + click
}

/// A float WAV in which one sample is not a number.
pub fn nan_wav() -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let samples = (0..RATE_HZ * 2).map(|frame| match frame {
        30_000 => f32::NAN,
        frame => (song_at(f64::from(frame) / f64::from(RATE_HZ), 120.0)) as f32,
    });
    wav(spec, samples)
}

/// Noise that repeats nowhere, `[channel][frame]`, −0.5..0.5: every frame of every channel is told
/// apart by its value.
pub fn noise(channels: usize, frames: usize, seed: u32) -> Vec<Vec<f32>> {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32) - 0.5
    };
    (0..channels)
        .map(|_| (0..frames).map(|_| next()).collect())
        .collect()
}

fn wav<S: hound::Sample>(spec: hound::WavSpec, samples: impl Iterator<Item = S>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("memory takes a header");
    for sample in samples {
        writer.write_sample(sample).expect("memory takes a sample");
    }
    writer.finalize().expect("memory takes the sizes");
    bytes.into_inner()
}

/// A FLAC file of digital silence, a few bytes for each eight seconds: a small upload that holds hours.
pub fn silent_flac(secs: u64) -> Vec<u8> {
    const RATE_HZ: u64 = 8_000;
    const BLOCK: u64 = 65_535;
    let frames = secs * RATE_HZ;
    let blocks = frames / BLOCK;
    let total = blocks * BLOCK;
    let mut bytes = b"fLaC".to_vec();
    bytes.extend([0x80, 0, 0, 34]);
    bytes.extend((BLOCK as u16).to_be_bytes());
    bytes.extend((BLOCK as u16).to_be_bytes());
    bytes.extend([0; 6]);
    // 20 bits rate, 3 bits channels − 1, 5 bits bits-per-sample − 1, 36 bits frames.
    let packed = (RATE_HZ << 44) | (15 << 36) | total;
    bytes.extend(packed.to_be_bytes());
    bytes.extend([0; 16]);
    for block in 0..blocks {
        let mut frame = vec![0xFF, 0xF8];
        // Block size in 16 bits at the header's end, rate 8 kHz; mono, 16 bits.
        frame.extend([0x74, 0x08]);
        frame.extend(utf8_number(block as u32));
        frame.extend((BLOCK as u16 - 1).to_be_bytes());
        frame.push(crc(&frame, 8, 0x07) as u8);
        // A constant subframe of value 0.
        frame.extend([0, 0, 0]);
        frame.extend(crc(&frame, 16, 0x8005).to_be_bytes());
        bytes.extend(frame);
    }
    bytes
}

/// FLAC numbers its frames in the way UTF-8 numbers its characters, up to 16 bits here.
fn utf8_number(n: u32) -> Vec<u8> {
    match n {
        0..0x80 => vec![n as u8],
        0x80..0x800 => vec![0xC0 | (n >> 6) as u8, 0x80 | (n & 0x3F) as u8],
        _ => vec![
            0xE0 | (n >> 12) as u8,
            0x80 | (n >> 6 & 0x3F) as u8,
            0x80 | (n & 0x3F) as u8,
        ],
    }
}

fn crc(bytes: &[u8], bits: u32, polynomial: u16) -> u16 {
    let top = 1_u16 << (bits - 1);
    let mask = top | (top - 1);
    bytes.iter().fold(0, |crc, byte| {
        let mixed = crc ^ (u16::from(*byte) << (bits - 8));
        let shifted = (0..8).fold(mixed, |crc, _| match crc & top {
            0 => crc << 1,
            _ => (crc << 1) ^ polynomial,
        });
        shifted & mask
    })
}
