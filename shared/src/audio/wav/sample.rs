/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SampleKind {
    /// Signed 24-bit PCM; samples outside −1..1 are clipped.
    #[default]
    Pcm24,
    /// 32-bit float, stored as it is.
    Float32,
}

impl SampleKind {
    pub fn bytes_per_sample(self) -> u16 {
        match self {
            Self::Pcm24 => 3,
            Self::Float32 => 4,
        }
    }

    pub fn bits_per_sample(self) -> u16 {
        self.bytes_per_sample() * 8
    }

    pub(super) fn push(self, sample: f32, bytes: &mut Vec<u8>) {
        match self {
            Self::Pcm24 => bytes.extend_from_slice(&pcm24(sample).to_le_bytes()[..3]),
            Self::Float32 => bytes.extend_from_slice(&sample.to_le_bytes()),
        }
    }
}

/// A sample of −1..1 as a 24-bit integer, rounded, clipped at full scale; NaN becomes 0.
///
/// Decoders divide by 2²³, so that a value that came from 24-bit PCM returns to the same integer.
pub fn pcm24(sample: f32) -> i32 {
    const FULL_SCALE: f64 = 8_388_608.0;
    // `as` saturates and turns NaN into 0.
    (f64::from(sample) * FULL_SCALE)
        .round()
        .clamp(-FULL_SCALE, FULL_SCALE - 1.0) as i32
}
