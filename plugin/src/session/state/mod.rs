//! What the session knows and how each event changes it. Pure: no clock, disk, thread or chance; time
//! and fresh ids come in as arguments, and what must be done goes out as [`Effect`]s.

mod commands;
mod form;
mod jobs;
mod memory;
mod present;
mod restore;
mod sound;
mod source;
mod stems;
mod takes;
#[cfg(test)]
mod tests;

use super::{
    CaptureView, ClipKey, Effect, Event, Form, Hearing, HostNow, JobPhase, Listening, LoaderEvent,
    MemoryView, Notice, Peaks, Playing, ProjectState, SavedJob, SavedStem, ServiceView, Settings,
};
use crate::capture::Take;
use memory::Recovered;
use sideman_shared::protocol::JobRequest;

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
    /// Newest first.
    jobs: Vec<JobEntry>,
    /// Newest first.
    stems: Vec<StemEntry>,
    service: ServiceView,
    host: HostNow,
    notices: Vec<Notice>,
    next_notice: u64,
    /// Newest last.
    deleted: Vec<StemEntry>,
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
struct JobEntry {
    saved: SavedJob,
    /// Countdowns in it count from `phase_at_secs`.
    phase: JobPhase,
    phase_at_secs: f64,
    /// When and where this attempt's progress began, for the time left.
    pace: Option<Pace>,
}

#[derive(Debug, Clone, Copy)]
struct Pace {
    attempt: u32,
    from_secs: f64,
    from_progress: f64,
}

#[derive(Debug, Clone)]
struct StemEntry {
    saved: SavedStem,
    peaks: Peaks,
    auditioning: bool,
    missing: bool,
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
        Event::KeyPresence(present) => {
            state.settings.has_api_key = present;
            Vec::new()
        }
        Event::Trouble(text) => {
            state.notice(true, text);
            Vec::new()
        }
        Event::Tick => state.tick(now_secs),
    }
}

impl State {
    /// A new state and what must be done first.
    pub fn new(host: HostNow) -> (Self, Vec<Effect>) {
        let state = Self {
            host,
            ..Self::default()
        };
        let connect = state.connect();
        (state, vec![connect])
    }

    /// A countdown or an estimate in the view moves by itself.
    pub fn has_moving_clock(&self) -> bool {
        self.jobs.iter().any(|job| !job.is_over())
    }

    fn connect(&self) -> Effect {
        Effect::Connect {
            address: self.settings.service_address.clone(),
        }
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
            jobs: self
                .jobs
                .iter()
                .filter(|job| job.is_wanted())
                .map(|job| job.saved.clone())
                .collect(),
        }
    }
}

impl JobEntry {
    fn new(now_secs: f64, saved: SavedJob) -> Self {
        Self {
            saved,
            phase: JobPhase::Submitting { fraction: 0.0 },
            phase_at_secs: now_secs,
            pace: None,
        }
    }

    /// Terminal is final.
    fn is_over(&self) -> bool {
        matches!(self.phase, JobPhase::Failed { .. } | JobPhase::Cancelled)
    }

    /// Still to be finished after the project is opened again.
    fn is_wanted(&self) -> bool {
        !self.is_over() && self.phase != JobPhase::Cancelling
    }

    fn set_phase(&mut self, now_secs: f64, phase: JobPhase) {
        self.phase = phase;
        self.phase_at_secs = now_secs;
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
