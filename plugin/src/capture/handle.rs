use super::{Cut, meter::Meter};
use crossbeam_channel::{Sender, TrySendError};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
};

use crate::song_clock::SongClock;

/// What the audio and capture threads tell everyone else, wait-free. Each value stands alone.
#[derive(Debug)]
pub struct CaptureStatus {
    enabled: AtomicBool,
    listening: AtomicBool,
    listening_while_stopped: AtomicBool,
    /// How often the host's button has asked for the last bars.
    grabs: AtomicU32,
    pub(super) meter: Meter,
    rolling: AtomicBool,
    lost_frames: AtomicU64,
    host_playing: AtomicBool,
    /// Bits of an `f64`; 0 = the host gives no tempo.
    host_tempo_bits: AtomicU64,
    /// 0 until the first block.
    host_rate_hz: AtomicU32,
}

/// It listens until it is told not to.
impl Default for CaptureStatus {
    fn default() -> Self {
        Self {
            enabled: AtomicBool::new(false),
            listening: AtomicBool::new(true),
            listening_while_stopped: AtomicBool::new(false),
            grabs: AtomicU32::new(0),
            meter: Meter::default(),
            rolling: AtomicBool::new(false),
            lost_frames: AtomicU64::new(0),
            host_playing: AtomicBool::new(false),
            host_tempo_bits: AtomicU64::new(0),
            host_rate_hz: AtomicU32::new(0),
        }
    }
}

impl CaptureStatus {
    /// Capture is on; it rolls whenever the host plays.
    pub fn is_enabled(&self) -> bool {
        self.enabled.load(Relaxed)
    }

    /// What the host plays goes into the memory.
    pub fn is_listening(&self) -> bool {
        self.listening.load(Relaxed)
    }

    /// What comes in while the host stands still does, too.
    pub fn listens_while_stopped(&self) -> bool {
        self.listening_while_stopped.load(Relaxed)
    }

    /// The level of what comes in. One reader: each look begins the next peak.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(super) fn want_grab(&self) {
        self.grabs.fetch_add(1, Relaxed);
    }

    pub(super) fn grabs_wanted(&self) -> u32 {
        self.grabs.load(Relaxed)
    }

    pub(super) fn set_listening(&self, on: bool, while_stopped: bool) {
        self.listening.store(on, Relaxed);
        self.listening_while_stopped.store(while_stopped, Relaxed);
    }

    /// A take is being written now.
    pub fn is_rolling(&self) -> bool {
        self.rolling.load(Relaxed)
    }

    /// Frames that found no room since the plugin was made, over all takes.
    pub fn lost_frames(&self) -> u64 {
        self.lost_frames.load(Relaxed)
    }

    pub fn host_playing(&self) -> bool {
        self.host_playing.load(Relaxed)
    }

    /// The host's tempo as it gives it (Ardour: 137.00000013753072); round for display only.
    pub fn host_tempo_bpm(&self) -> Option<f64> {
        Some(f64::from_bits(self.host_tempo_bits.load(Relaxed))).filter(|t| *t > 0.0)
    }

    /// The rate that clips must have to be auditioned; `None` before the host's first block.
    pub fn host_rate_hz(&self) -> Option<u32> {
        Some(self.host_rate_hz.load(Relaxed)).filter(|r| *r > 0)
    }

    pub(super) fn set_enabled(&self, on: bool) {
        self.enabled.store(on, Relaxed);
    }

    pub(super) fn set_rolling(&self, rolling: bool) {
        self.rolling.store(rolling, Relaxed);
    }

    pub(super) fn add_lost(&self, frames: u64) {
        self.lost_frames.fetch_add(frames, Relaxed);
    }

    /// Real-time safe: three relaxed stores.
    pub(super) fn note_host(&self, clock: &SongClock) {
        self.host_playing.store(clock.playing, Relaxed);
        self.host_tempo_bits
            .store(clock.tempo_bpm.unwrap_or(0.0).to_bits(), Relaxed);
        self.host_rate_hz.store(clock.sample_rate_hz, Relaxed);
    }

    /// Before the first block: the rate the host announced when it activated the plugin.
    pub(super) fn announce_rate(&self, rate_hz: u32) {
        self.host_rate_hz.store(rate_hz, Relaxed);
    }
}

/// A word to the capture thread.
#[derive(Debug)]
pub(super) enum Control {
    /// Takes that begin from now on lie in this folder's `takes/`.
    Folder(PathBuf),
    /// Makes a take of something that was heard already.
    Grab(Cut),
    /// Makes a take of what another instance's process has left in this folder when it died.
    Rescue(PathBuf),
    /// Empties the memory.
    Forget,
    /// Something changed in the status: look now instead of at the next regular look.
    Wake,
    Shutdown,
}

/// Steers capturing from any thread but the audio thread. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CaptureHandle {
    pub(super) control: Sender<Control>,
    pub(super) status: Arc<CaptureStatus>,
}

impl CaptureHandle {
    /// Arms or stops capturing. A take that rolls is finished.
    pub fn set_enabled(&self, on: bool) {
        self.status.set_enabled(on);
        self.tell(Control::Wake);
    }

    /// Switches the memory on and off, and whether it also hears what comes in while the host stands
    /// still. What is in it stays.
    pub fn set_listening(&self, on: bool, while_stopped: bool) {
        self.status.set_listening(on, while_stopped);
        self.tell(Control::Wake);
    }

    /// Makes a take of what was heard already; it is told as [`CaptureEvent::Grabbed`].
    ///
    /// [`CaptureEvent::Grabbed`]: super::CaptureEvent::Grabbed
    pub fn grab(&self, cut: Cut) {
        self.tell(Control::Grab(cut));
    }

    /// Makes a take of what another instance's process has left in its folder when it died; told like
    /// [`Self::grab`].
    pub fn rescue(&self, instance: PathBuf) {
        self.tell(Control::Rescue(instance));
    }

    /// Empties the memory.
    pub fn forget(&self) {
        self.tell(Control::Forget);
    }

    /// The folder of this instance: each take gets `takes/<id>/` below it. Takes that have begun stay
    /// where they are. Without a folder nothing can be kept and [`CaptureEvent::Failed`] says so.
    ///
    /// [`CaptureEvent::Failed`]: super::CaptureEvent::Failed
    pub fn set_folder(&self, folder: PathBuf) {
        self.tell(Control::Folder(folder));
    }

    pub fn status(&self) -> &CaptureStatus {
        &self.status
    }

    /// The capture thread reads its words every 20 ms at the latest, so a full channel means that it
    /// hangs on the disk; waiting here would hang the caller with it.
    fn tell(&self, word: Control) {
        match self.control.try_send(word) {
            Ok(()) | Err(TrySendError::Full(Control::Wake)) => {}
            Err(TrySendError::Full(word) | TrySendError::Disconnected(word)) => {
                tracing::warn!(
                    ?word,
                    "the capture thread does not listen; the disk may hang"
                );
            }
        }
    }
}
