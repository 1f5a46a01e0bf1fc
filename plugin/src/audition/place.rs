//! Where the song is now, from the audio thread to the window: one atomic.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Written by the audio thread, read by the window.
#[derive(Debug)]
pub struct SongPlace {
    /// Bits of an `f64`; not a number while nothing moves.
    secs_bits: AtomicU64,
}

impl Default for SongPlace {
    fn default() -> Self {
        Self {
            secs_bits: AtomicU64::new(f64::NAN.to_bits()),
        }
    }
}

impl SongPlace {
    /// Song position in seconds: the host's while it plays, else that of what is auditioned while the host stands
    /// still. `None` when neither moves.
    pub fn secs(&self) -> Option<f64> {
        Some(f64::from_bits(self.secs_bits.load(Relaxed))).filter(|secs| secs.is_finite())
    }

    /// Real-time safe.
    pub(super) fn set(&self, secs: Option<f64>) {
        let bits = secs.unwrap_or(f64::NAN).to_bits();
        self.secs_bits.store(bits, Relaxed);
    }
}
