//! Makes every pair of an instance once, starts its threads on first use, and joins them all.

mod side;
mod window;

#[cfg(test)]
mod tests;

pub use window::window;

use crate::{
    audition::{self, AuditionVoice, SongPlace},
    capture::{self, CaptureHandle, CaptureTap, CaptureThread},
    editor::repaint::Repaint,
    params::SidemanParams,
    session::{Folders, HostNow, ProjectState, SessionConfig, SessionHandle},
};
use crossbeam_channel::bounded;
use parking_lot::Mutex;
use side::Side;
use std::{
    io,
    sync::{Arc, OnceLock},
};

/// Capture events that wait while the session writes one file; progress comes ten times a second.
const CAPTURE_EVENTS: usize = 64;

/// One instance's threads and what joins them. Nothing runs until the host activates the plugin or
/// opens its window: a host that only scans gets no threads and no folders.
pub struct Wiring {
    params: Arc<SidemanParams>,
    repaint: Repaint,
    folders: Folders,
    running: Mutex<Option<Running>>,
}

/// What the audio thread owns.
pub struct AudioHalves {
    pub tap: CaptureTap,
    pub voice: AuditionVoice,
}

/// Fields drop in this order: the take that rolls is finished while the session still listens.
struct Running {
    halves: Option<AudioHalves>,
    capture: CaptureHandle,
    place: Arc<SongPlace>,
    _capture: CaptureThread,
    session: RunningSession,
}

struct RunningSession(SessionHandle);

impl Drop for RunningSession {
    fn drop(&mut self) {
        self.0.shutdown();
    }
}

impl Wiring {
    pub fn new(params: Arc<SidemanParams>, repaint: Repaint, folders: Folders) -> Self {
        Self {
            params,
            repaint,
            folders,
            running: Mutex::new(None),
        }
    }

    /// The instance's session; starts all threads at the first call.
    ///
    /// # Errors
    /// The system refuses a thread; the next call tries again.
    pub fn session(&self) -> io::Result<SessionHandle> {
        self.with_running(|running| running.session.0.clone())
    }

    /// The handle onto the capture side, for its meter.
    ///
    /// # Errors
    /// As [`Self::session`].
    pub fn capture(&self) -> io::Result<CaptureHandle> {
        self.with_running(|running| running.capture.clone())
    }

    /// Where the song is now.
    ///
    /// # Errors
    /// As [`Self::session`].
    pub fn place(&self) -> io::Result<Arc<SongPlace>> {
        self.with_running(|running| Arc::clone(&running.place))
    }

    /// The audio thread's halves, handed out once.
    ///
    /// # Errors
    /// As [`Self::session`].
    pub fn take_halves(&self) -> io::Result<Option<AudioHalves>> {
        self.with_running(|running| running.halves.take())
    }

    /// Ends and joins all threads; the audio thread's halves then only pass sound through.
    pub fn shut_down(&self) {
        let running = self.running.lock().take();
        drop(running);
    }

    fn with_running<T>(&self, use_it: impl FnOnce(&mut Running) -> T) -> io::Result<T> {
        let mut slot = self.running.lock();
        let running = match &mut *slot {
            Some(running) => running,
            empty => empty.insert(self.start()?),
        };
        Ok(use_it(running))
    }

    fn start(&self) -> io::Result<Running> {
        let (events, capture_events) = bounded(CAPTURE_EVENTS);
        let (tap, capture, capture_thread) = capture::start(events)?;
        let (voice, audition) = audition::pair();
        let place = Arc::clone(audition.place());
        let link = Arc::new(OnceLock::new());
        let side = Side::new(
            capture.clone(),
            audition,
            Arc::clone(&self.params),
            Arc::clone(&link),
        );
        let repaint = self.repaint.clone();
        let session = crate::session::start(SessionConfig {
            audio: Box::new(side),
            capture_events,
            on_change: Box::new(move || repaint.request()),
            folders: self.folders.clone(),
            host: HostNow::default(),
            restored: restored(&self.params),
        })?;
        // Set once, here: this session's side knows its own session.
        let _ = link.set(session.clone());
        self.params.project.connect(session.clone());
        #[cfg(feature = "standalone")]
        crate::standalone::remember(&session, &self.params);
        Ok(Running {
            halves: Some(AudioHalves { tap, voice }),
            capture,
            place,
            _capture: capture_thread,
            session: RunningSession(session),
        })
    }
}

/// The project as loaded, or for the standalone program: what its command line says.
fn restored(params: &SidemanParams) -> Option<ProjectState> {
    let early = params.project.take_early();
    #[cfg(feature = "standalone")]
    let early = early.or_else(crate::standalone::initial_project);
    early
}
