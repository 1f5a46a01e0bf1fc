//! What the transport is told and tells, without a lock: atomics that the audio thread reads once a block.

use sideman_shared::music::{Bpm, Meter};
use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU16, AtomicU32, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};

/// No jump is asked for.
const STAY: i64 = -1;

/// Both the window's thread and the audio thread hold this.
#[derive(Debug)]
pub(super) struct Shared {
    pub playing: AtomicBool,
    pub looping: AtomicBool,
    /// Frames; [`STAY`] between jumps.
    seek: AtomicI64,
    /// Microseconds; the same twice = the whole song.
    loop_from_us: AtomicU64,
    loop_to_us: AtomicU64,
    /// Bits of a number; 0 = no tempo.
    bpm: AtomicU64,
    meter: AtomicU16,
    /// Told by the audio thread.
    pub pos_frames: AtomicI64,
    pub rate_hz: AtomicU32,
}

impl Shared {
    pub fn new(bpm: Option<Bpm>, meter: Meter) -> Self {
        let shared = Self {
            playing: AtomicBool::new(false),
            looping: AtomicBool::new(true),
            seek: AtomicI64::new(STAY),
            loop_from_us: AtomicU64::new(0),
            loop_to_us: AtomicU64::new(0),
            bpm: AtomicU64::new(0),
            meter: AtomicU16::new(0),
            pos_frames: AtomicI64::new(0),
            rate_hz: AtomicU32::new(0),
        };
        shared.set_bpm(bpm);
        shared.set_meter(meter);
        shared
    }

    pub fn bpm(&self) -> Option<Bpm> {
        Bpm::new(f64::from_bits(self.bpm.load(Relaxed)))
    }

    pub fn set_bpm(&self, bpm: Option<Bpm>) {
        let bits = bpm.map_or(0, |bpm| bpm.get().to_bits());
        self.bpm.store(bits, Relaxed);
    }

    pub fn meter(&self) -> Meter {
        let [beats, unit] = self.meter.load(Relaxed).to_be_bytes();
        Meter::new(beats, unit).unwrap_or_default()
    }

    pub fn set_meter(&self, meter: Meter) {
        let packed = u16::from_be_bytes([meter.beats_per_bar(), meter.beat_unit()]);
        self.meter.store(packed, Relaxed);
    }

    pub fn loop_secs(&self) -> (f64, f64) {
        let secs = |us: &AtomicU64| us.load(Relaxed) as f64 / 1e6;
        (secs(&self.loop_from_us), secs(&self.loop_to_us))
    }

    pub fn set_loop_secs(&self, from: f64, to: f64) {
        let us = |secs: f64| (secs.max(0.0) * 1e6).round() as u64;
        self.loop_from_us.store(us(from), Relaxed);
        self.loop_to_us.store(us(to), Relaxed);
    }

    pub fn seek_secs(&self, secs: f64) {
        let rate_hz = f64::from(self.rate_hz.load(Relaxed).max(1));
        let frames = (secs.max(0.0) * rate_hz).round() as i64;
        self.seek.store(frames, SeqCst);
        // Shown at once, also while nothing is processed.
        self.pos_frames.store(frames, Relaxed);
    }

    /// The jump asked for since the last block.
    pub fn take_seek(&self) -> Option<usize> {
        usize::try_from(self.seek.swap(STAY, SeqCst)).ok()
    }

    pub fn position_secs(&self) -> f64 {
        let rate_hz = f64::from(self.rate_hz.load(Relaxed).max(1));
        self.pos_frames.load(Relaxed) as f64 / rate_hz
    }

    /// The loop in frames, end exclusive, if it is on and not empty. Without a range it is the song.
    pub fn loop_frames(&self, rate_hz: u32, song_frames: usize) -> Option<(usize, usize)> {
        if !self.looping.load(Relaxed) {
            return None;
        }
        let (from, to) = self.loop_secs();
        let frames = |secs: f64| (secs * f64::from(rate_hz)).round() as usize;
        let range = if to > from {
            (frames(from), frames(to))
        } else {
            (0, song_frames)
        };
        (range.0 < range.1).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_heard() {
        let shared = Shared::new(Bpm::new(92.5), Meter::new(7, 8).unwrap());
        assert_eq!(shared.bpm().map(Bpm::get), Some(92.5));
        assert_eq!(shared.meter().to_string(), "7/8");
        shared.set_bpm(None);
        assert_eq!(shared.bpm(), None);
        assert_eq!(shared.take_seek(), None);
        shared.rate_hz.store(48_000, Relaxed);
        shared.seek_secs(1.5);
        assert_eq!(
            (shared.position_secs(), shared.take_seek()),
            (1.5, Some(72_000))
        );
        assert_eq!(shared.take_seek(), None, "once");
    }

    #[test]
    fn without_a_range_the_whole_song_goes_round() {
        let shared = Shared::new(None, Meter::COMMON);
        assert_eq!(shared.loop_frames(1000, 5000), Some((0, 5000)));
        assert_eq!(shared.loop_frames(1000, 0), None, "no song, no loop");
        shared.set_loop_secs(1.0, 2.5);
        assert_eq!(shared.loop_frames(1000, 5000), Some((1000, 2500)));
        shared.looping.store(false, Relaxed);
        assert_eq!(shared.loop_frames(1000, 5000), None);
    }
}
