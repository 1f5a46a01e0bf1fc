use std::io::{self, Read};

const RATE_HZ: u32 = 44_100;
/// 24-bit stereo.
const FRAME_BYTES: u16 = 6;
const HEADER_BYTES: usize = 44;

/// A WAV file of noise, made while it is read, so that many large ones need no memory. 44.1 kHz,
/// 24-bit stereo; each seed is another file.
pub struct NoiseWav {
    header: [u8; HEADER_BYTES],
    /// Repeated until the end.
    noise: Vec<u8>,
    pos: usize,
    bytes: usize,
}

impl NoiseWav {
    pub fn new(secs: u32, seed: u64) -> Self {
        let data_bytes = secs * RATE_HZ * u32::from(FRAME_BYTES);
        Self {
            header: header(data_bytes),
            noise: noise(seed),
            pos: 0,
            bytes: HEADER_BYTES + data_bytes as usize,
        }
    }

    /// Bytes of the whole file.
    pub fn len(&self) -> usize {
        self.bytes
    }
}

impl Read for NoiseWav {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = match self.pos.checked_sub(HEADER_BYTES) {
            None => &self.header[self.pos..],
            Some(at) => &self.noise[at % self.noise.len()..],
        };
        let count = from.len().min(into.len()).min(self.bytes - self.pos);
        into[..count].copy_from_slice(&from[..count]);
        self.pos += count;
        Ok(count)
    }
}

/// Some whole number of frames.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2) | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.take(24_576).flatten().collect()
}

fn header(data_bytes: u32) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&(data_bytes + HEADER_BYTES as u32 - 8).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16_u32.to_le_bytes());
    put(&1_u16.to_le_bytes()); // PCM
    put(&2_u16.to_le_bytes());
    put(&RATE_HZ.to_le_bytes());
    put(&(RATE_HZ * u32::from(FRAME_BYTES)).to_le_bytes());
    put(&FRAME_BYTES.to_le_bytes());
    put(&24_u16.to_le_bytes());
    put(b"data");
    put(&data_bytes.to_le_bytes());
    header
}
