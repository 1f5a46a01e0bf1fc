use super::{handle::CaptureStatus, meter::MeterFold};
use crate::song_clock::SongClock;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;

/// 3.2 MB of samples: 8 s of stereo at 48 kHz, 2 s at 192 kHz. Enough for a disk that stumbles.
pub const RING_SAMPLES: usize = 800_000;

/// One per block: at blocks of 32 frames and 192 kHz this lasts longer than the capture thread sleeps,
/// many times over; at larger blocks the samples run out first.
const RING_BLOCKS: usize = 6_000;

/// What lies beside a block's samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockRecord {
    pub clock: SongClock,
    pub frames: u32,
    pub channels: u16,
    /// Frames that were dropped between the record before this one and this one.
    pub lost_before: u64,
    /// No samples: nobody listens any more, or the host stopped.
    pub is_stop: bool,
    /// The user captures: this block belongs to a take.
    pub is_armed: bool,
    /// This block belongs to the memory.
    pub is_listened: bool,
}

/// The two rings' far ends, for the capture thread.
#[derive(Debug)]
pub struct TapEnd {
    pub samples: Consumer<f32>,
    pub blocks: Consumer<BlockRecord>,
}

/// The audio thread's half of capturing.
///
/// Every method is real-time safe. A block is copied whole or not at all: the samples first, channel
/// after channel, then the record that publishes them.
#[derive(Debug)]
pub struct CaptureTap {
    samples: Producer<f32>,
    blocks: Producer<BlockRecord>,
    status: Arc<CaptureStatus>,
    meter: MeterFold,
    lost_before: u64,
    /// The capture thread has not been told yet that the sound has stopped.
    owes_stop: bool,
    /// As the host told it last, for tempo and meter while it tells none.
    last_clock: Option<SongClock>,
}

impl CaptureTap {
    pub(super) fn new(status: Arc<CaptureStatus>) -> (Self, TapEnd) {
        Self::with_room(status, RING_SAMPLES, RING_BLOCKS)
    }

    pub(super) fn with_room(
        status: Arc<CaptureStatus>,
        samples: usize,
        blocks: usize,
    ) -> (Self, TapEnd) {
        let (sample_in, sample_out) = RingBuffer::new(samples);
        let (block_in, block_out) = RingBuffer::new(blocks);
        let tap = Self {
            samples: sample_in,
            blocks: block_in,
            status,
            meter: MeterFold::default(),
            lost_before: 0,
            owes_stop: false,
            last_clock: None,
        };
        (
            tap,
            TapEnd {
                samples: sample_out,
                blocks: block_out,
            },
        )
    }

    /// Arms or stops from the audio thread: the host's own button.
    pub fn set_enabled(&self, on: bool) {
        self.status.set_enabled(on);
    }

    pub fn is_enabled(&self) -> bool {
        self.status.is_enabled()
    }

    /// The host's own "take the last bars" button went down.
    pub fn want_grab(&self) {
        self.status.want_grab();
    }

    /// Blocks are wanted now.
    pub fn is_listening(&self, clock: &SongClock) -> bool {
        self.status.is_listening() && (clock.playing || self.status.listens_while_stopped())
    }

    /// The rate the host announces when it activates the plugin.
    pub fn announce_rate(&self, rate_hz: u32) {
        self.status.announce_rate(rate_hz);
    }

    /// Takes one block of `channels[channel][frame]`, of any size.
    pub fn process(&mut self, clock: &SongClock, channels: &[&mut [f32]]) {
        self.status.note_host(clock);
        self.hand_over(clock, channels);
        // Last: what was handed over is on its way to another core meanwhile, which takes about as long.
        let meter = &self.status.meter;
        self.meter.fold(meter, channels, clock.sample_rate_hz);
    }

    /// The block for the capture thread, if anybody wants it.
    fn hand_over(&mut self, clock: &SongClock, channels: &[&mut [f32]]) {
        let is_armed = self.status.is_enabled() && clock.playing;
        // A bounce goes through the song in seconds: it would only push out what was played.
        let is_listened = self.is_listening(clock) && !clock.offline;
        let clock = self.timed(clock);
        if !(is_armed || is_listened) {
            self.stop();
            return;
        }
        let frames = channels.first().map_or(0, |c| c.len());
        if frames == 0 {
            return;
        }
        self.owes_stop = true;
        if !self.has_room(frames * channels.len()) {
            self.lose(frames as u64);
            return;
        }
        for channel in channels {
            // Cannot fail: the room was checked and only this side fills it.
            let _ = self.samples.push_entire_slice(channel);
        }
        self.publish(BlockRecord {
            clock,
            frames: frames as u32,
            channels: channels.len() as u16,
            lost_before: 0,
            is_stop: false,
            is_armed,
            is_listened,
        });
    }

    /// What is kept with a block: without a place in the song while the host stands still.
    fn timed(&mut self, clock: &SongClock) -> SongClock {
        let last = self.last_clock.unwrap_or(*clock);
        let timed = if clock.playing {
            *clock
        } else {
            clock.standing(&last)
        };
        self.last_clock = Some(SongClock {
            tempo_bpm: clock.tempo_bpm.or(last.tempo_bpm),
            meter: clock.meter.or(last.meter),
            ..timed
        });
        timed
    }

    /// For a block; `slots` and `is_full` would look at the other thread's cache line each time.
    fn has_room(&mut self, samples: usize) -> bool {
        self.blocks.write_chunk_uninit(1).is_ok()
            && self.samples.write_chunk_uninit(samples).is_ok()
    }

    /// No sound follows for now; told once. Also for a host that stops calling.
    #[cold]
    pub fn stop(&mut self) {
        let Some(clock) = self.last_clock.filter(|_| self.owes_stop) else {
            return;
        };
        if self.blocks.is_full() {
            return;
        }
        self.publish(BlockRecord {
            clock,
            frames: 0,
            channels: 0,
            lost_before: 0,
            is_stop: true,
            is_armed: false,
            is_listened: false,
        });
        self.owes_stop = false;
    }

    fn publish(&mut self, record: BlockRecord) {
        let lost_before = std::mem::take(&mut self.lost_before);
        // Cannot fail: the room was checked and only this side fills it.
        let _ = self.blocks.push(BlockRecord {
            lost_before,
            ..record
        });
    }

    #[cold]
    fn lose(&mut self, frames: u64) {
        self.lost_before += frames;
        self.status.add_lost(frames);
    }
}
