//! The transport as the window and the program steer it. Never on the audio thread.

use super::{SongNow, shared::Shared};
use crate::editor::desk::{SongView, TransportView};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sideman_shared::music::{Bpm, Meter};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed},
};

/// Cheap to clone; all clones steer the same player.
#[derive(Debug, Clone)]
pub struct PlayerHandle {
    pub(super) shared: Arc<Shared>,
    pub(super) song: Arc<Mutex<SongNow>>,
}

/// What is remembered of the transport.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedPlayer {
    pub song: Option<PathBuf>,
    pub bpm: Option<f64>,
    /// `4/4`
    pub meter: Option<String>,
    pub loop_off: bool,
    pub loop_secs: (f64, f64),
    pub position_secs: f64,
}

impl PlayerHandle {
    pub fn new(bpm: Option<Bpm>, meter: Meter) -> Self {
        Self {
            shared: Arc::new(Shared::new(bpm, meter)),
            song: Arc::default(),
        }
    }

    /// Plays this file from its start on, once it is loaded.
    pub fn open(&self, path: PathBuf) {
        *self.song.lock() = SongNow {
            path: Some(path),
            ..SongNow::default()
        };
        self.shared.set_loop_secs(0.0, 0.0);
        self.shared.seek_secs(0.0);
    }

    /// Back to what comes in from the audio device.
    pub fn close(&self) {
        *self.song.lock() = SongNow::default();
        self.shared.set_loop_secs(0.0, 0.0);
    }

    pub fn play(&self, on: bool) {
        self.shared.playing.store(on, Relaxed);
    }

    pub fn seek_secs(&self, secs: f64) {
        self.shared.seek_secs(secs);
    }

    pub fn set_bpm(&self, bpm: Option<f64>) {
        self.shared.set_bpm(bpm.and_then(Bpm::new));
    }

    pub fn set_meter(&self, meter: Meter) {
        self.shared.set_meter(meter);
    }

    pub fn set_looping(&self, on: bool) {
        self.shared.looping.store(on, Relaxed);
    }

    /// Frames are cut where they fall; an empty range is the whole song.
    pub fn set_loop_secs(&self, from: f64, to: f64) {
        self.shared.set_loop_secs(from, to);
    }

    pub fn view(&self) -> TransportView {
        let song = self.song.lock().clone();
        TransportView {
            playing: self.shared.playing.load(Relaxed),
            position_secs: self.shared.position_secs(),
            bpm: self.shared.bpm().map(Bpm::get),
            meter: self.shared.meter(),
            looping: self.shared.looping.load(Relaxed),
            loop_secs: self.shared.loop_secs(),
            song: song.path.map(|path| SongView {
                title: title(&path),
                duration_secs: song.duration_secs,
                trouble: song.trouble,
            }),
        }
    }

    pub fn saved(&self) -> SavedPlayer {
        let view = self.view();
        SavedPlayer {
            song: self.song.lock().path.clone(),
            bpm: view.bpm,
            meter: Some(view.meter.to_string()),
            loop_off: !view.looping,
            loop_secs: view.loop_secs,
            position_secs: if view.playing {
                0.0
            } else {
                view.position_secs
            },
        }
    }

    /// Where it was left; it does not play by itself.
    pub fn restore(&self, saved: &SavedPlayer) {
        if let Some(song) = saved.song.clone().filter(|song| song.is_file()) {
            self.open(song);
        }
        self.set_bpm(saved.bpm);
        let meter = saved.meter.as_deref().and_then(|text| text.parse().ok());
        self.set_meter(meter.unwrap_or_default());
        self.set_looping(!saved.loop_off);
        self.set_loop_secs(saved.loop_secs.0, saved.loop_secs.1);
    }
}

fn title(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.map_or_else(String::new, std::borrow::Cow::into_owned)
}
