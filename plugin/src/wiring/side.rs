use crate::{
    audition::{AuditionHandle, ClipSet},
    capture::{CaptureHandle, Cut},
    host_link::HostButtons,
    params::SidemanParams,
    session::{AudioSide, HostNow, Listening, SessionHandle},
};
use parking_lot::Mutex;
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

/// The audio side as the session steers it.
pub(super) struct Side {
    capture: CaptureHandle,
    audition: AuditionHandle,
    params: Arc<SidemanParams>,
    /// Empty for the first instant only.
    session: Arc<OnceLock<SessionHandle>>,
    buttons: Mutex<HostButtons>,
}

impl Side {
    pub(super) fn new(
        capture: CaptureHandle,
        audition: AuditionHandle,
        params: Arc<SidemanParams>,
        session: Arc<OnceLock<SessionHandle>>,
    ) -> Self {
        Self {
            capture,
            audition,
            params,
            session,
            buttons: Mutex::new(HostButtons::default()),
        }
    }

    fn pass_on_buttons(&self, session: &SessionHandle) {
        let commands = self.buttons.lock().moved(&self.params);
        for command in commands {
            if !session.send(command) {
                tracing::warn!("the session is too busy for the host's buttons");
            }
        }
    }
}

impl AudioSide for Side {
    fn set_capture_enabled(&self, on: bool) {
        self.capture.set_enabled(on);
    }

    fn set_listening(&self, listening: Listening) {
        let Listening { on, while_stopped } = listening;
        self.capture.set_listening(on, while_stopped);
    }

    fn grab(&self, cut: Cut) {
        self.capture.grab(cut);
    }

    fn rescue(&self, instance: PathBuf) {
        self.capture.rescue(instance);
    }

    fn forget_memory(&self) {
        self.capture.forget();
    }

    fn set_capture_folder(&self, folder: PathBuf) {
        self.capture.set_folder(folder);
    }

    fn set_audition(&self, clips: ClipSet) {
        self.audition.set(clips);
    }

    fn tick(&self) -> Option<HostNow> {
        self.audition.tick();
        if let Some(session) = self.session.get() {
            self.pass_on_buttons(session);
        }
        let status = self.capture.status();
        Some(HostNow {
            sample_rate_hz: status.host_rate_hz()?,
            bpm: status.host_tempo_bpm(),
            playing: status.host_playing(),
        })
    }
}
