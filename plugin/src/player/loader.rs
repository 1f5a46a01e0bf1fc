//! The thread that decodes the song for the rate the audio device runs at.

use super::{Song, SongNow, shared::Shared};
use crate::{session::load_clip, threads::Worker};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// How often the thread looks whether another song or rate is wanted.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const JOIN_LIMIT: Duration = Duration::from_millis(500);

/// A song for the audio thread, or that there is none any more.
type Delivery = Option<Box<Song>>;

/// The audio thread's ends.
#[derive(Debug)]
pub(super) struct Deliveries {
    songs: Consumer<Delivery>,
    /// Songs go back to be freed off the audio thread.
    used: Producer<Box<Song>>,
}

impl Deliveries {
    /// Puts a newly loaded song in place and hands the old one back. Real-time safe.
    pub fn exchange(&mut self, song: &mut Option<Box<Song>>) {
        if self.used.is_full() {
            return;
        }
        if let Ok(new) = self.songs.pop()
            && let Some(old) = std::mem::replace(song, new)
        {
            // Cannot fail: there is room and this is the only producer.
            let _ = self.used.push(old);
        }
    }
}

/// Ends the thread when dropped.
#[derive(Debug)]
pub(super) struct Loader {
    stop: Arc<AtomicBool>,
    worker: Worker,
}

impl Loader {
    /// # Errors
    /// The system refuses another thread.
    pub fn start(
        shared: Arc<Shared>,
        wanted: Arc<Mutex<SongNow>>,
    ) -> io::Result<(Self, Deliveries)> {
        let (song_in, songs) = RingBuffer::new(1);
        let (used, used_out) = RingBuffer::new(2);
        let stop = Arc::new(AtomicBool::new(false));
        let serve = Serve {
            shared,
            wanted,
            stop: Arc::clone(&stop),
            songs: song_in,
            used: used_out,
            delivered: None,
        };
        let worker = Worker::spawn("sideman-player", move || serve.run())?;
        Ok((Self { stop, worker }, Deliveries { songs, used }))
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        self.worker.join_within(JOIN_LIMIT);
    }
}

struct Serve {
    shared: Arc<Shared>,
    wanted: Arc<Mutex<SongNow>>,
    stop: Arc<AtomicBool>,
    songs: Producer<Delivery>,
    used: Consumer<Box<Song>>,
    /// The song and rate that were delivered (or tried) last.
    delivered: Option<(PathBuf, u32)>,
}

impl Serve {
    fn run(mut self) {
        while !self.stop.load(Relaxed) {
            while self.used.pop().is_ok() {}
            self.look();
            thread::sleep(LOOK_EVERY);
        }
    }

    fn look(&mut self) {
        let rate_hz = self.shared.rate_hz.load(Relaxed);
        if rate_hz == 0 || self.songs.is_full() {
            return;
        }
        let path = self.wanted.lock().path.clone();
        let wanted = path.map(|path| (path, rate_hz));
        if wanted == self.delivered {
            return;
        }
        self.delivered.clone_from(&wanted);
        let delivery = wanted.and_then(|(path, rate_hz)| self.load(&path, rate_hz));
        // Cannot fail: there is room and this is the only producer.
        let _ = self.songs.push(delivery);
    }

    fn load(&self, path: &Path, rate_hz: u32) -> Delivery {
        let loaded = load_clip(path, rate_hz, &self.stop);
        let (song, trouble) = match loaded {
            Ok(clip) if clip.frames() > 0 => {
                let song = Song {
                    channels: clip.channels,
                    sample_rate_hz: rate_hz,
                };
                (Some(Box::new(song)), None)
            }
            Ok(_) => (None, Some("There is no sound in it.".to_owned())),
            Err(why) => (None, Some(format!("It cannot be played: {why}."))),
        };
        if let Some(trouble) = &trouble {
            tracing::error!("{}: {trouble}", path.display());
        }
        let mut now = self.wanted.lock();
        // Another may have been opened meanwhile.
        if now.path.as_deref() == Some(path) {
            now.trouble = trouble;
            let secs = |song: &Song| song.frames() as f64 / f64::from(rate_hz);
            now.duration_secs = song.as_deref().map(secs);
        }
        song
    }
}
