use super::{
    CaptionBook, ExportSettings, Fades, Form, JobView, Listening, Looks, MoveView, StemMarks,
    StorageView,
    user::{FIRST_ADDRESS, FIRST_NAME},
};
use crate::{
    capture::{TakeId, TempoMap},
    client::{DesktopTheme, KeyPlace},
};
use serde::{Deserialize, Serialize};
use sideman_shared::{
    music::Track,
    protocol::{EngineFeatures, EngineInfo, Region, StemReport},
};
use std::{path::PathBuf, sync::Arc};

/// All the window draws, made by the session after each step. Cheap to clone: big parts are shared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionView {
    pub capture: CaptureView,
    pub source: Option<SourceView>,
    pub memory: MemoryView,
    /// Earlier sources that can come back, newest first.
    pub recent: Vec<RecentTake>,
    /// What a crash has left; it waits for an answer.
    pub recovered: Option<RecoveredView>,
    pub form: Form,
    /// Shared by all instances of this user.
    pub captions: Arc<CaptionBook>,
    /// In flight, or ended without stems (failed, cancelled); newest first.
    pub jobs: Vec<JobView>,
    /// Finished stems; newest first.
    pub stems: Vec<StemRow>,
    pub service: ServiceView,
    pub settings: Settings,
    /// The user's, for all windows.
    pub looks: Looks,
    /// As the desktop said when a window was opened last; `None` where it says nothing.
    pub desktop_theme: Option<DesktopTheme>,
    /// Tempo the host gives now; `None` when it gives none.
    pub host_bpm: Option<f64>,
    pub host_playing: bool,
    pub notices: Vec<Notice>,
    /// A deleted stem can still be brought back.
    pub can_undo_delete: bool,
    /// The source is silent while a stem plays.
    pub mute_source: bool,
    /// What lies in the folder, once asked for.
    pub storage: Option<Arc<StorageView>>,
    pub moving: Option<MoveView>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub enum CaptureView {
    #[default]
    Off,
    /// On, waiting for the host to play.
    Armed,
    Rolling {
        secs: f64,
        lost_frames: u64,
        peaks: Peaks,
    },
}

/// What the host has played, kept without being asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemoryView {
    pub listening: Listening,
    /// Where `peaks` begin on the memory's axis.
    pub from_frame: u64,
    pub frames: u64,
    pub sample_rate_hz: u32,
    pub peaks: Peaks,
    /// Uninterrupted pieces of the song, in order.
    pub passages: Arc<Vec<Passage>>,
    /// The host has played nothing but silence for a while.
    pub is_quiet: bool,
}

impl MemoryView {
    pub fn secs(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }
}

/// A piece of the memory without a jump in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// From where the memory's drawing begins.
    pub from_frame: u64,
    pub map: Arc<TempoMap>,
}

/// What a crash has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredView {
    /// A sentence.
    pub words: String,
    /// Another instance's: a no leaves it where it is.
    pub is_elsewhere: bool,
}

/// A take that can be the source again.
#[derive(Debug, Clone, PartialEq)]
pub struct RecentTake {
    pub id: TakeId,
    pub title: String,
}

/// What was heard in a take. Confidences 0–1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hearing {
    pub bpm: Option<(f64, f64)>,
    /// Seconds from the first frame.
    pub downbeat_secs: Option<f64>,
    /// As the form wants it.
    pub key: Option<(String, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeardField {
    Tempo,
    Key,
}

/// Min/max pairs, one per `bucket_frames` frames.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Peaks {
    pub pairs: Arc<Vec<(f32, f32)>>,
    pub bucket_frames: usize,
    pub sample_rate_hz: u32,
}

/// The take that Generate would send.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceView {
    pub id: TakeId,
    /// `Captured 0:42, bars 17–32` or the file's name.
    pub title: String,
    pub duration_secs: f64,
    pub sample_rate_hz: u32,
    pub channels: u16,
    /// Host tempo at its start.
    pub tempo_bpm: Option<f64>,
    pub meter: Option<String>,
    /// Song position of its first frame in quarter notes.
    pub start_beats: Option<f64>,
    /// The same in seconds.
    pub start_secs: Option<f64>,
    pub tempo_changed: bool,
    pub lost_frames: u64,
    pub peaks: Peaks,
    pub playing: bool,
    /// Where its bars lie: as the host said, else as heard (`map_is_heard`), else without marks.
    pub map: Arc<TempoMap>,
    pub map_is_heard: bool,
    /// A part of a longer take, which can come back.
    pub is_trimmed: bool,
    /// What the form could use; what the host told is not in it.
    pub heard: Hearing,
}

/// A finished stem.
#[derive(Debug, Clone, PartialEq)]
pub struct StemRow {
    pub id: String,
    pub track: Track,
    /// `Drums · 92.5 BPM · seed 7`
    pub title: String,
    pub path: PathBuf,
    pub duration_secs: f64,
    /// Song position of its first frame.
    pub start_secs: Option<f64>,
    pub seed: u32,
    pub engine: String,
    pub caption: String,
    pub bpm: Option<f64>,
    pub key: Option<String>,
    pub report: StemReport,
    pub peaks: Peaks,
    pub auditioning: bool,
    /// Only this one is heard.
    pub soloed: bool,
    pub gain_db: f32,
    pub fades: Fades,
    /// Where its bars lie: as its take's do, else at the tempo it was asked for.
    pub map: Arc<TempoMap>,
    pub marks: StemMarks,
    pub variation: u8,
    pub model: Option<String>,
    /// The same for all that were played to one take by one player.
    pub stack: String,
    /// `Captured 0:42, bars 17–32`; empty when it is not known.
    pub source_title: String,
    /// `2026-11-21`; empty when it is not known.
    pub made_on: String,
    /// What it is a part of: outside `region` it is the parent, bit for bit.
    pub parent: Option<String>,
    pub region: Option<Region>,
    /// What a drag hands over: the file itself or one made for the export settings.
    pub drag_path: PathBuf,
    /// What was asked is known, so it can be asked again.
    pub can_reroll: bool,
    /// The file is gone from the disk (moved or deleted by someone else).
    pub missing: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceView {
    /// Empty for one that is not in the user's list.
    pub name: String,
    pub address: String,
    pub health: Health,
    /// One sentence in words, e.g. `Connected: sketch engine, nothing waiting.`
    pub words: String,
    /// Tracks the engine can play; empty while unknown (then all are offered).
    pub tracks: Vec<Track>,
    /// What some healthy engine can do; nothing while unknown.
    pub features: EngineFeatures,
    /// What the service said of its engines last.
    pub engines: Vec<EngineInfo>,
    /// The user's list; the one in use is among them or, from a project, at the end.
    pub list: Vec<ServiceRow>,
    /// The user works offline: nothing is sent.
    pub offline: bool,
}

/// One service the user may choose.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceRow {
    pub name: String,
    pub address: String,
    /// In use by this instance.
    pub chosen: bool,
    /// Not the user's: the project (or the command line) named it.
    pub foreign: bool,
    /// Where its API key lies, if it has one.
    pub key: Option<KeyPlace>,
    pub test: Option<ServiceTest>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceTest {
    Asking,
    Answered { health: Health, words: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Health {
    #[default]
    Unknown,
    Good,
    /// Reachable but cannot run a job now.
    Degraded,
    Away,
    /// Nobody is asked: the user works offline.
    Offline,
}

/// What the project keeps of the settings. The rest is the user's ([`super::UserSettings`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// As in the user's list; empty for an address alone, as older projects have it.
    #[serde(default)]
    pub service_name: String,
    /// `http://127.0.0.1:8002`
    pub service_address: String,
    /// Where takes and stems lie; empty = the user's data folder.
    pub cache_folder: Option<PathBuf>,
    /// How stems are dragged and saved.
    pub export: ExportSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            service_name: FIRST_NAME.into(),
            service_address: FIRST_ADDRESS.into(),
            cache_folder: None,
            export: ExportSettings::default(),
        }
    }
}

/// Something the user should read once; dismissed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: u64,
    pub is_error: bool,
    pub text: String,
}
