use clack_host::{
    events::{
        EventFlags, EventHeader,
        event_types::{TransportEvent, TransportFlags},
    },
    utils::{BeatTime, SecondsTime},
};

/// Which positions the host tells the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positions {
    /// Seconds and beats, as most hosts do.
    Both,
    BeatsOnly,
    None,
}

/// The host's transport: one tempo, one meter.
#[derive(Debug, Clone)]
pub struct Song {
    pub sample_rate_hz: u32,
    pub tempo_bpm: f64,
    pub meter: (u16, u16),
    pub playing: bool,
    /// The next block's first frame.
    pub pos: i64,
    /// In frames, end exclusive.
    pub loop_frames: Option<(i64, i64)>,
    /// Blocks end at the loop's end. Some hosts wrap inside a block instead.
    pub cuts_at_loop: bool,
    pub positions: Positions,
}

impl Song {
    /// Plays from the start: 4/4, no loop.
    pub fn at_tempo(tempo_bpm: f64, sample_rate_hz: u32) -> Self {
        Self {
            sample_rate_hz,
            tempo_bpm,
            meter: (4, 4),
            playing: true,
            pos: 0,
            loop_frames: None,
            cuts_at_loop: true,
            positions: Positions::Both,
        }
    }

    /// How long the next block may be, at most `wanted`.
    pub fn block_frames(&self, wanted: usize) -> usize {
        match self.loop_frames {
            Some((from, to)) if self.cuts_at_loop && (from..to).contains(&self.pos) => {
                wanted.min((to - self.pos) as usize)
            }
            _ => wanted,
        }
    }

    /// The block has been played.
    pub fn advance(&mut self, frames: usize) {
        if !self.playing {
            return;
        }
        let inside = self
            .loop_frames
            .filter(|(from, to)| (*from..*to).contains(&self.pos));
        self.pos += frames as i64;
        if let Some((from, to)) = inside
            && self.pos >= to
        {
            self.pos = from + (self.pos - to);
        }
    }

    fn secs(&self, frames: i64) -> f64 {
        frames as f64 / f64::from(self.sample_rate_hz)
    }

    fn beats(&self, frames: i64) -> f64 {
        self.secs(frames) * self.tempo_bpm / 60.0
    }

    /// What the plugin is told.
    pub fn event(&self) -> TransportEvent {
        let mut flags = TransportFlags::HAS_TEMPO | TransportFlags::HAS_TIME_SIGNATURE;
        if self.positions != Positions::None {
            flags |= TransportFlags::HAS_BEATS_TIMELINE;
        }
        if self.positions == Positions::Both {
            flags |= TransportFlags::HAS_SECONDS_TIMELINE;
        }
        if self.playing {
            flags |= TransportFlags::IS_PLAYING;
        }
        if self.loop_frames.is_some() {
            flags |= TransportFlags::IS_LOOP_ACTIVE;
        }
        let (loop_from, loop_to) = self.loop_frames.unwrap_or_default();
        let bar_beats = f64::from(self.meter.0) * 4.0 / f64::from(self.meter.1);
        let bar = (self.beats(self.pos) / bar_beats).floor();
        TransportEvent {
            header: EventHeader::new_core(0, EventFlags::empty()),
            flags,
            song_pos_beats: BeatTime::from_float(self.beats(self.pos)),
            song_pos_seconds: SecondsTime::from_float(self.secs(self.pos)),
            tempo: self.tempo_bpm,
            tempo_inc: 0.0,
            loop_start_beats: BeatTime::from_float(self.beats(loop_from)),
            loop_end_beats: BeatTime::from_float(self.beats(loop_to)),
            loop_start_seconds: SecondsTime::from_float(self.secs(loop_from)),
            loop_end_seconds: SecondsTime::from_float(self.secs(loop_to)),
            bar_start: BeatTime::from_float(bar * bar_beats),
            // One-based, as qtractor sends it: the plugin must not rely on it.
            bar_number: bar as i32 + 1,
            time_signature_numerator: self.meter.0,
            time_signature_denominator: self.meter.1,
        }
    }
}
