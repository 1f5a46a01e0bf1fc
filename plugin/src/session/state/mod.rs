//! What the session knows and how each event changes it. Pure: no clock, disk, thread or chance; time
//! and fresh ids come in as arguments, and what must be done goes out as [`Effect`]s.

mod cancels;
mod commands;
mod exports;
mod folder;
mod form;
mod job;
mod jobs;
mod marks;
mod memory;
mod monitoring;
mod present;
mod reroll;
mod restore;
mod services;
mod sound;
mod source;
mod stems;
mod takes;
#[cfg(test)]
mod tests;
mod trash;

use super::{
    CaptionBook, CaptureView, ClipKey, Effect, Event, ExportTo, FolderNews, FolderWork, Form,
    Hearing, HostNow, Listening, LoaderEvent, MemoryView, Monitoring, Notice, Peaks, Playing,
    ProjectState, SavedCancel, SavedJob, SavedMove, SavedStem, ServiceView, Settings, UserSettings,
};
use crate::{
    capture::{Take, TempoMap},
    client::DesktopTheme,
};
use job::JobEntry;
use memory::Recovered;
use sideman_shared::protocol::JobRequest;
use std::{path::PathBuf, sync::Arc};

/// Unread notices kept; the oldest goes first.
const MAX_NOTICES: usize = 20;
/// Deleted stems that can be brought back.
const MAX_UNDO: usize = 20;
/// How often the disk is asked whether the files are still there.
const FILE_CHECK_SECS: f64 = 10.0;

#[derive(Debug, Default)]
pub struct State {
    settings: Settings,
    form: Form,
    capture: CaptureView,
    source: Option<Source>,
    /// Earlier sources, newest first.
    recent: Vec<Take>,
    listening: Listening,
    memory: MemoryView,
    recovered: Option<Recovered>,
    asked_about_others: bool,
    /// Newest first.
    jobs: Vec<JobEntry>,
    /// Oldest first.
    cancels: Vec<SavedCancel>,
    captions: Arc<CaptionBook>,
    desktop_theme: Option<DesktopTheme>,
    /// The user's home folder, which no report names; empty when unknown.
    home: String,
    /// Newest first.
    stems: Vec<StemEntry>,
    /// What the one in use says of itself.
    service: ServiceView,
    user: UserSettings,
    known: services::Known,
    host: HostNow,
    notices: Vec<Notice>,
    next_notice: u64,
    /// Newest last.
    deleted: Vec<Vec<trash::Deleted>>,
    monitoring: Monitoring,
    folder: folder::FolderState,
    /// The candidate that takes over as soon as it is decoded.
    switching: Option<String>,
    next_file_check_secs: f64,
    /// When the last take ended; `None` before the first.
    take_ended_secs: Option<f64>,
    /// The rolling take began where the one before was cut by a loop or a jump.
    rolled_on: bool,
}

#[derive(Debug, Clone)]
struct Source {
    take: Take,
    peaks: Peaks,
    playing: bool,
    missing: bool,
    /// What `take` is a part of.
    whole: Option<Box<Take>>,
    /// `None` until it was listened to.
    hearing: Option<Hearing>,
}

#[derive(Debug, Clone)]
struct StemEntry {
    saved: SavedStem,
    /// Made once, of the take's and the stem's tempo.
    map: Arc<TempoMap>,
    source_title: String,
    peaks: Peaks,
    missing: bool,
    /// Made to be dragged, as the export settings want it.
    prepared: Option<PathBuf>,
}

/// One event's consequences. Never panics, whatever the order of events.
pub fn step(state: &mut State, now_secs: f64, event: Event) -> Vec<Effect> {
    match event {
        Event::Command { command, fresh_id } => state.command(now_secs, command, fresh_id),
        Event::Capture(event) => state.captured(now_secs, event),
        Event::Client(event) => state.client(now_secs, event),
        Event::Loader(event) => state.loaded(event),
        Event::Host(host) => state.host(host),
        Event::Restore(project) => state.restore(now_secs, *project),
        Event::User(user) => state.user(now_secs, *user),
        Event::Trouble(text) => {
            state.notice(true, text);
            Vec::new()
        }
        Event::Tick => state.tick(now_secs),
    }
}

impl State {
    /// A new state and what must be done first.
    pub fn new(host: HostNow, user: UserSettings) -> (Self, Vec<Effect>) {
        let first = user.first_choice();
        let state = Self {
            host,
            settings: Settings {
                service_name: first.name,
                service_address: first.address,
                ..Settings::default()
            },
            user,
            ..Self::default()
        };
        let effects = vec![state.connect(), state.find_keys()];
        (state, effects)
    }

    /// Reports leave this folder's name out.
    pub fn set_home(&mut self, home: String) {
        self.home = home;
    }

    /// A countdown or an estimate in the view moves by itself.
    pub fn has_moving_clock(&self) -> bool {
        self.jobs.iter().any(|job| !job.is_over())
    }

    fn notice(&mut self, is_error: bool, text: impl Into<String>) {
        let text = text.into();
        // The same trouble again and again is one notice.
        self.notices.retain(|n| n.text != text);
        let id = self.next_notice;
        self.next_notice += 1;
        self.notices.push(Notice { id, is_error, text });
        if self.notices.len() > MAX_NOTICES {
            self.notices.remove(0);
        }
    }

    fn host(&mut self, host: HostNow) -> Vec<Effect> {
        let rate_changed = host.sample_rate_hz != self.host.sample_rate_hz;
        self.host = host;
        if !rate_changed {
            return Vec::new();
        }
        let mut effects = vec![Effect::ForgetClips];
        effects.extend(self.reload_playing());
        effects
    }

    fn tick(&mut self, now_secs: f64) -> Vec<Effect> {
        if now_secs < self.next_file_check_secs {
            return Vec::new();
        }
        self.next_file_check_secs = now_secs + FILE_CHECK_SECS;
        let files = self.files();
        if files.is_empty() {
            Vec::new()
        } else {
            vec![Effect::CheckFiles(files)]
        }
    }

    /// What the project should keep. `instance_id` is the library's to fill in.
    pub fn project(&self) -> ProjectState {
        ProjectState {
            instance_id: String::new(),
            settings: self.settings.clone(),
            form: self.form.clone(),
            capture_on: self.capture != CaptureView::Off,
            source: self.source.as_ref().map(|s| s.take.clone()),
            whole_source: self
                .source
                .as_ref()
                .and_then(|s| s.whole.as_deref().cloned()),
            recent: self.recent.clone(),
            listening: self.listening,
            stems: self.stems.iter().map(|s| s.saved.clone()).collect(),
            monitoring: self.monitoring.clone(),
            moving: self
                .folder
                .moving
                .as_ref()
                .map(|m| SavedMove { to: m.to.clone() }),
            jobs: self
                .jobs
                .iter()
                .filter(|job| job.is_wanted())
                .map(|job| job.saved.clone())
                .collect(),
            cancels: self.cancels.clone(),
        }
    }
}

/// Everything the request says but the source's id, which the client fills in.
fn unsent(request: JobRequest) -> JobRequest {
    JobRequest {
        source_id: String::new(),
        ..request
    }
}

/// A take for tests elsewhere.
#[cfg(test)]
pub fn tests_take() -> Take {
    tests::take()
}
