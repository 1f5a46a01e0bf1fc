use super::Song;
use crate::{session::load_clip, threads::Worker};
use rtrb::{Consumer, Producer, RingBuffer};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// How often the thread looks whether another rate is wanted.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const JOIN_LIMIT: Duration = Duration::from_millis(500);

/// Both ends of the thread that decodes the song for the rate the host runs at.
#[derive(Debug)]
pub(super) struct Loader {
    wanted_rate_hz: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    songs: Consumer<Box<Song>>,
    /// Songs go back to be freed off the audio thread.
    used: Producer<Box<Song>>,
    worker: Worker,
}

impl Loader {
    pub(super) fn start(path: PathBuf) -> io::Result<Self> {
        let (song_in, songs) = RingBuffer::new(1);
        let (used, used_out) = RingBuffer::new(2);
        let wanted_rate_hz = Arc::new(AtomicU32::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (wanted, stopped) = (Arc::clone(&wanted_rate_hz), Arc::clone(&stop));
        let worker = Worker::spawn("sideman-player", move || {
            serve(&path, &wanted, &stopped, song_in, used_out);
        })?;
        Ok(Self {
            wanted_rate_hz,
            stop,
            songs,
            used,
            worker,
        })
    }

    /// Real-time safe.
    pub(super) fn want_rate(&self, rate_hz: u32) {
        self.wanted_rate_hz.store(rate_hz, Relaxed);
    }

    /// Puts a newly loaded song in place and hands the old one back. Real-time safe.
    pub(super) fn exchange(&mut self, song: &mut Option<Box<Song>>) {
        if self.used.is_full() {
            return;
        }
        if let Ok(new) = self.songs.pop()
            && let Some(old) = song.replace(new)
        {
            // Cannot fail: there is room and this is the only producer.
            let _ = self.used.push(old);
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        self.worker.join_within(JOIN_LIMIT);
    }
}

fn serve(
    path: &Path,
    wanted_rate_hz: &AtomicU32,
    stop: &AtomicBool,
    mut songs: Producer<Box<Song>>,
    mut used: Consumer<Box<Song>>,
) {
    let mut loaded_rate_hz = 0;
    while !stop.load(Relaxed) {
        while used.pop().is_ok() {}
        let wanted = wanted_rate_hz.load(Relaxed);
        if wanted != 0 && wanted != loaded_rate_hz && !songs.is_full() {
            loaded_rate_hz = wanted;
            match load_clip(path, wanted, stop) {
                Ok(clip) if clip.frames() > 0 => {
                    let song = Song {
                        channels: clip.channels,
                        sample_rate_hz: wanted,
                    };
                    // Cannot fail: there is room and this is the only producer.
                    let _ = songs.push(Box::new(song));
                }
                Ok(_) => tracing::error!("{}: there is no sound in it", path.display()),
                Err(why) => tracing::error!("{} cannot be played: {why}", path.display()),
            }
        }
        thread::sleep(LOOK_EVERY);
    }
}
