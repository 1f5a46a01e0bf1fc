//! What the standalone program has beside the plugin: a transport with a song, and an audio device. A
//! plugin in a DAW has none of it; its host has.

use sideman_shared::music::Meter;
use std::path::PathBuf;

/// The program's own small host, as the window sees it. All of it returns at once.
pub trait Desk: Send {
    fn transport(&self) -> TransportView;
    fn send(&self, command: DeskCommand);
    fn audio(&self) -> AudioView;
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct TransportView {
    pub playing: bool,
    pub position_secs: f64,
    /// Quarter notes per minute; `None` = unknown.
    pub bpm: Option<f64>,
    pub meter: Meter,
    pub looping: bool,
    /// From and to; equal when no range is marked, which means the whole song.
    pub loop_secs: (f64, f64),
    pub song: Option<SongView>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SongView {
    pub title: String,
    /// `None` while it loads.
    pub duration_secs: Option<f64>,
    /// Why it cannot be played.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum DeskCommand {
    Play(bool),
    /// Jumps there; the start is 0.
    Seek(f64),
    Tempo(Option<f64>),
    Meter(Meter),
    Loop(bool),
    LoopRange(f64, f64),
    Open(PathBuf),
    CloseSong,
    KeepAudio(AudioChoice),
}

/// What the audio device is opened with at the next start. Empty or `None` = the system's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AudioChoice {
    pub system: String,
    pub output_device: String,
    pub input_device: String,
    pub sample_rate_hz: Option<u32>,
    pub period_frames: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct AudioView {
    /// What runs now, in words.
    pub now: String,
    /// Kept for the next start.
    pub kept: AudioChoice,
    /// The audio systems of this computer, by the words of the command line; the first one is automatic.
    pub systems: &'static [&'static str],
    /// It could not be kept; a sentence.
    pub trouble: Option<String>,
}
