//! Plays a song file as the plugin's input, round and round: a small DAW for the standalone program.

mod loader;

use crate::song_clock::SongClock;
use loader::Loader;
use sideman_shared::music::Bpm;
use std::{io, path::PathBuf, sync::Arc};

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

/// The audio thread's half; decoding happens on the thread `sideman-player`.
#[derive(Debug)]
pub struct Player {
    loader: Loader,
    song: Option<Box<Song>>,
    bpm: Option<Bpm>,
    /// The next frame of the song.
    pos: usize,
}

impl Player {
    /// # Errors
    /// The system refuses another thread.
    pub fn new(path: PathBuf, bpm: Option<Bpm>) -> io::Result<Self> {
        Ok(Self {
            loader: Loader::start(path)?,
            song: None,
            bpm,
            pos: 0,
        })
    }

    /// The rate to expect, so that the song is ready when the first block comes.
    pub fn announce_rate(&self, rate_hz: u32) {
        self.loader.want_rate(rate_hz);
    }

    /// Replaces the input with the song and the clock with the song's own; a song that is not there yet
    /// (or at another rate) leaves both as they are. Real-time safe.
    pub fn process(&mut self, channels: &mut [&mut [f32]], clock: SongClock) -> SongClock {
        self.loader.want_rate(clock.sample_rate_hz);
        self.loader.exchange(&mut self.song);
        let song = self
            .song
            .as_deref()
            .filter(|s| s.sample_rate_hz == clock.sample_rate_hz);
        let Some(song) = song.filter(|_| clock.playing) else {
            return clock;
        };
        let (start, frames) = (self.pos, song.frames());
        for (index, channel) in channels.iter_mut().enumerate() {
            let source = &song.channels[index.min(song.channels.len() - 1)];
            let mut at = start;
            let mut rest = &mut channel[..];
            while !rest.is_empty() {
                let run = rest.len().min(frames - at);
                let (now, later) = std::mem::take(&mut rest).split_at_mut(run);
                now.copy_from_slice(&source[at..at + run]);
                (rest, at) = (later, (at + run) % frames);
            }
        }
        let block_frames = channels.first().map_or(0, |c| c.len());
        self.pos = (start + block_frames) % frames;
        self.clock_at(start, frames, &clock)
    }

    fn clock_at(&self, start: usize, frames: usize, clock: &SongClock) -> SongClock {
        let tempo_bpm = self.bpm.map(Bpm::get);
        let secs = start as f64 / f64::from(clock.sample_rate_hz);
        SongClock {
            pos_samples: Some(start as i64),
            pos_beats: tempo_bpm.map(|bpm| secs * bpm / 60.0),
            pos_from_beats: false,
            tempo_bpm,
            loop_samples: Some((0, frames as i64)),
            ..*clock
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::song_clock::tests::playing_at;
    use std::time::{Duration, Instant};

    fn wav(folder: &std::path::Path, frames: usize) -> PathBuf {
        let path = folder.join("song.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 48_000,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for i in 0..frames {
            writer.write_sample(i as f32 / 65_536.0).unwrap();
            writer.write_sample(-(i as f32) / 65_536.0).unwrap();
        }
        writer.finalize().unwrap();
        path
    }

    #[test]
    fn plays_every_frame_in_order_round_and_round() {
        let home = tempfile::tempdir().unwrap();
        let mut player = Player::new(wav(home.path(), 1000), Bpm::new(120.0)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let (mut heard, mut wanted_pos) = (Vec::new(), 0);
        while heard.len() < 2500 {
            assert!(Instant::now() < deadline, "the song is never loaded");
            let [mut left, mut right] = [[9.0f32; 128], [9.0; 128]];
            let clock = player.process(&mut [&mut left, &mut right], playing_at(5));
            if left[0] == 9.0 {
                assert_eq!(
                    clock,
                    playing_at(5),
                    "the host's own clock until the song is there"
                );
                std::thread::sleep(Duration::from_millis(1));
                continue;
            }
            assert_eq!(clock.pos_samples, Some(wanted_pos));
            assert_eq!(clock.loop_samples, Some((0, 1000)));
            wanted_pos = (wanted_pos + 128) % 1000;
            assert_eq!(left.map(|s| -s), right);
            heard.extend(left);
        }
        let want = (0..heard.len()).map(|i| (i % 1000) as f32 / 65_536.0);
        assert!(heard.iter().copied().eq(want));
    }

    #[test]
    fn without_a_tempo_the_song_has_none() {
        let home = tempfile::tempdir().unwrap();
        let player = Player::new(wav(home.path(), 10), None).unwrap();
        let clock = player.clock_at(5, 10, &playing_at(0));
        assert_eq!(
            (clock.tempo_bpm, clock.pos_beats, clock.pos_samples),
            (None, None, Some(5))
        );
    }
}
