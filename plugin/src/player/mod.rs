//! The standalone program's small DAW: a transport, and a song that plays as the plugin's input.
//!
//! | part | thread | may do |
//! |---|---|---|
//! | [`PlayerHandle`] | any but the audio thread | steer, open songs, look |
//! | [`Player`] | audio | play; no allocation, no lock |
//! | `loader` | `sideman-player` | decode songs, free old ones |

mod handle;
mod loader;
mod shared;
#[cfg(test)]
mod tests;

pub use handle::{PlayerHandle, SavedPlayer};

use crate::song_clock::SongClock;
use loader::{Deliveries, Loader};
use sideman_shared::music::Bpm;
use std::{
    io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering::Relaxed},
};

/// A decoded song at the host's rate.
#[derive(Debug)]
struct Song {
    /// `[channel][frame]`, 1 or 2 channels, at least one frame.
    channels: Arc<Vec<Vec<f32>>>,
    sample_rate_hz: u32,
}

impl Song {
    fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
}

/// The song that is wanted, and what became of it.
#[derive(Debug, Clone, Default)]
struct SongNow {
    path: Option<PathBuf>,
    /// `None` until it is loaded.
    duration_secs: Option<f64>,
    trouble: Option<String>,
}

/// The audio thread's half.
#[derive(Debug)]
pub struct Player {
    handle: PlayerHandle,
    _loader: Loader,
    deliveries: Deliveries,
    song: Option<Box<Song>>,
    /// The next frame, at `rate_hz`.
    pos: usize,
    rate_hz: u32,
}

impl Player {
    /// # Errors
    /// The system refuses another thread.
    pub fn new(handle: PlayerHandle) -> io::Result<Self> {
        let (loader, deliveries) =
            Loader::start(Arc::clone(&handle.shared), Arc::clone(&handle.song))?;
        Ok(Self {
            handle,
            _loader: loader,
            deliveries,
            song: None,
            pos: 0,
            rate_hz: 0,
        })
    }

    /// The rate to expect, so that the song is ready when the first block comes.
    pub fn announce_rate(&self, rate_hz: u32) {
        self.handle.shared.rate_hz.store(rate_hz, Relaxed);
    }

    /// Replaces the input with the song, if there is one, and the clock with the transport's own.
    /// Real-time safe.
    pub fn process(&mut self, channels: &mut [&mut [f32]], clock: SongClock) -> SongClock {
        self.follow_rate(clock.sample_rate_hz);
        self.deliveries.exchange(&mut self.song);
        let shared = &self.handle.shared;
        if let Some(seek) = shared.take_seek() {
            self.pos = seek;
        }
        let song = self
            .song
            .as_deref()
            .filter(|s| s.sample_rate_hz == clock.sample_rate_hz);
        let song_frames = song.map_or(0, Song::frames);
        let looped = shared.loop_frames(clock.sample_rate_hz, song_frames);
        let start = self.pos;
        let playing = shared.playing.load(Relaxed);
        let now = self.clock_at(playing, looped, &clock);
        if !playing {
            if song.is_some() {
                channels.iter_mut().for_each(|channel| channel.fill(0.0));
            }
            self.tell();
            return now;
        }
        let block_frames = channels.first().map_or(0, |c| c.len());
        for run in Runs::new(start, block_frames, looped) {
            if let Some(song) = song {
                copy(song, channels, run);
            }
            self.pos = run.pos + run.frames;
        }
        if let Some((from, to)) = looped
            && self.pos == to
        {
            self.pos = from;
        }
        // A song that does not go round stops at its end, ready to be played again.
        if song.is_some() && looped.is_none() && self.pos >= song_frames {
            self.pos = 0;
            shared.playing.store(false, Relaxed);
        }
        self.tell();
        now
    }

    /// The same place in the song, counted at another rate.
    fn follow_rate(&mut self, rate_hz: u32) {
        if self.rate_hz != rate_hz {
            if self.rate_hz != 0 {
                let scale = f64::from(rate_hz) / f64::from(self.rate_hz);
                self.pos = (self.pos as f64 * scale).round() as usize;
            }
            self.rate_hz = rate_hz;
            self.announce_rate(rate_hz);
        }
    }

    fn tell(&self) {
        let shared = &self.handle.shared;
        shared.pos_frames.store(self.pos as i64, Relaxed);
    }

    fn clock_at(
        &self,
        playing: bool,
        looped: Option<(usize, usize)>,
        clock: &SongClock,
    ) -> SongClock {
        let shared = &self.handle.shared;
        let tempo_bpm = shared.bpm().map(Bpm::get);
        let secs = self.pos as f64 / f64::from(clock.sample_rate_hz);
        SongClock {
            playing,
            pos_samples: Some(self.pos as i64),
            pos_beats: tempo_bpm.map(|bpm| secs * bpm / 60.0),
            pos_from_beats: false,
            tempo_bpm,
            meter: Some(shared.meter()),
            loop_samples: looped.map(|(from, to)| (from as i64, to as i64)),
            ..*clock
        }
    }
}

/// A piece of a block that is one piece of the song too.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    /// In the block.
    at: usize,
    /// In the song.
    pos: usize,
    frames: usize,
}

/// The pieces of a block: cut where the loop goes back to its start.
struct Runs {
    next: Run,
    left: usize,
    looped: Option<(usize, usize)>,
}

impl Runs {
    fn new(pos: usize, block_frames: usize, looped: Option<(usize, usize)>) -> Self {
        let next = Run {
            at: 0,
            pos,
            frames: 0,
        };
        Self {
            next,
            left: block_frames,
            looped,
        }
    }
}

impl Iterator for Runs {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let Run {
            at,
            mut pos,
            frames,
        } = self.next;
        let (at, end) = (at + frames, pos + frames);
        pos = end;
        let mut frames = self.left;
        if let Some((from, to)) = self.looped {
            if pos == to {
                pos = from;
            }
            // Behind the loop's end it plays on, as in any host.
            if pos < to {
                frames = frames.min(to - pos);
            }
        }
        self.left -= frames;
        self.next = Run { at, pos, frames };
        (frames > 0).then_some(self.next)
    }
}

/// Silence where the song has ended.
fn copy(song: &Song, channels: &mut [&mut [f32]], run: Run) {
    let there = song.frames().saturating_sub(run.pos).min(run.frames);
    for (index, channel) in channels.iter_mut().enumerate() {
        let source = &song.channels[index.min(song.channels.len() - 1)];
        let target = &mut channel[run.at..run.at + run.frames];
        target[..there].copy_from_slice(&source[run.pos..run.pos + there]);
        target[there..].fill(0.0);
    }
}
