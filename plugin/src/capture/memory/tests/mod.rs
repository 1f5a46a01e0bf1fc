mod cuts;
mod disk;

use super::{super::spool::FINISHED, *};
use crate::{
    capture::Take,
    song_clock::{SongClock, tests::playing_at},
};
use proptest::prelude::*;
use sideman_shared::music::Meter;

/// A host in mono whose every sample is the number of frames it has played, plus one.
struct Host {
    /// Where the memory lies, unless a test has a place of its own.
    _home: Option<tempfile::TempDir>,
    memory: Memory,
    clock: SongClock,
    played: u64,
}

impl Host {
    fn new(bpm: f64, meter: Meter) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut host = Self::on_disk(bpm, meter, home.path());
        host._home = Some(home);
        host
    }

    fn without_folder(bpm: f64, meter: Meter) -> Self {
        Self {
            _home: None,
            memory: Memory::default(),
            clock: SongClock {
                tempo_bpm: Some(bpm),
                meter: Some(meter),
                ..playing_at(0)
            },
            played: 0,
        }
    }

    fn on_disk(bpm: f64, meter: Meter, home: &Path) -> Self {
        let mut host = Self::without_folder(bpm, meter);
        host.memory.set_folder(home);
        host
    }

    fn seek(&mut self, pos: i64) {
        self.clock.pos_samples = Some(pos);
        let bpm = self.clock.tempo_bpm.unwrap();
        self.clock.pos_beats = Some(pos as f64 / 48_000.0 * bpm / 60.0);
    }

    fn record(&self, frames: u64, is_stop: bool) -> BlockRecord {
        BlockRecord {
            clock: self.clock,
            frames: frames as u32,
            channels: 1,
            lost_before: 0,
            is_stop,
            is_armed: false,
            is_listened: !is_stop,
        }
    }

    /// Plays, going round the loop if there is one.
    fn play(&mut self, frames: u64) {
        self.play_by(frames, 1000, |sample| sample);
    }

    fn play_by(&mut self, frames: u64, block: u64, sound: impl Fn(f32) -> f32) {
        let mut left = frames;
        while left > 0 {
            let pos = self.clock.pos_samples.unwrap();
            let to_loop_end = self
                .clock
                .loop_samples
                .filter(|(from, to)| (*from..*to).contains(&pos));
            let until = to_loop_end.map_or(u64::MAX, |(_, to)| (to - pos) as u64);
            let frames = left.min(block).min(until);
            let planar: Vec<f32> = (0..frames)
                .map(|i| sound((self.played + i + 1) as f32))
                .collect();
            let record = self.record(frames, false);
            self.memory.take_in(&record, &planar, false).unwrap();
            self.played += frames;
            left -= frames;
            let next = pos + frames as i64;
            match self.clock.loop_samples.filter(|(_, to)| next == *to) {
                Some((from, _)) => self.seek(from),
                None => self.seek(next),
            }
        }
    }

    /// Stands still while this comes in.
    fn stand_by(&mut self, frames: u64, block: u64, sound: impl Fn(f32) -> f32) {
        let mut left = frames;
        while left > 0 {
            let frames = left.min(block);
            let planar: Vec<f32> = (0..frames)
                .map(|i| sound((self.played + i + 1) as f32))
                .collect();
            let record = BlockRecord {
                clock: self.clock.standing(&self.clock),
                ..self.record(frames, false)
            };
            self.memory.take_in(&record, &planar, false).unwrap();
            self.played += frames;
            left -= frames;
        }
    }

    fn stop(&mut self) {
        let record = self.record(0, true);
        self.memory.take_in(&record, &[], false).unwrap();
    }

    fn find(&self, cut: Cut) -> Result<cut::Piece, String> {
        cut::find(&self.memory.runs, self.memory.store.kept().start, cut)
    }

    /// What a piece is, as frames the host played.
    fn played(&self, cut: Cut) -> Range<u64> {
        let piece = self.find(cut).unwrap();
        let first = self.memory.runs[piece.run].first;
        first + piece.frames.start..first + piece.frames.end
    }

    fn cut(&mut self, home: &Path, cut: Cut) -> (Take, Vec<f32>) {
        let mut cutter = self.memory.begin_cut(Some(home), cut).unwrap();
        let take = loop {
            match cutter.go_on(self.memory.store()).unwrap() {
                Progress::More(more) => cutter = *more,
                Progress::Done { take, .. } => break *take,
            }
        };
        let reader = hound::WavReader::open(&take.path).unwrap();
        let samples = reader.into_samples().map(Result::unwrap).collect();
        (take, samples)
    }
}

fn meters() -> impl Strategy<Value = Meter> {
    prop_oneof![
        Just(Meter::COMMON),
        Just(Meter::new(3, 4).unwrap()),
        Just(Meter::new(7, 8).unwrap()),
    ]
}

fn tempi() -> impl Strategy<Value = f64> {
    prop_oneof![Just(92.5), Just(127.5), Just(120.0), 70.0f64..190.0]
}

fn bar_frames(bpm: f64, meter: Meter) -> f64 {
    meter.quarters_per_bar() * 60.0 * 48_000.0 / bpm
}

/// As many frames as this many bars, for a host that plays from the song's start.
fn at_bar(bars: f64, bpm: f64, meter: Meter) -> u64 {
    (bars * bar_frames(bpm, meter)).round() as u64
}

/// Rounds each block's beats to a tick, as Ardour does.
fn play_on_ticks(host: &mut Host, frames: u64, block: u64) {
    const TICKS_PER_QUARTER: f64 = 1920.0;
    let mut left = frames;
    while left > 0 {
        let pos = host.clock.pos_samples.unwrap();
        host.seek(pos);
        let beats = host.clock.pos_beats.unwrap();
        host.clock.pos_beats = Some((beats * TICKS_PER_QUARTER).round() / TICKS_PER_QUARTER);
        let frames = left.min(block);
        let record = host.record(frames, false);
        let planar = vec![0.5; frames as usize];
        host.memory.take_in(&record, &planar, false).unwrap();
        left -= frames;
        host.seek(pos + frames as i64);
    }
}
