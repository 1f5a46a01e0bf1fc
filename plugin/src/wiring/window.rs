use super::Wiring;
use crate::{
    audition::SongPlace,
    capture::{CaptureHandle, Levels},
    editor::{
        App,
        backend::{Backend, System},
        repaint::Repaint,
        window::{Opened, WindowEditor},
    },
    host_link::HostMirror,
    params::SidemanParams,
    session::{Command, SessionHandle, SessionView},
};
use std::sync::{Arc, atomic::AtomicBool};

/// The editor that opens windows onto this instance's session.
pub fn window(
    wiring: &Arc<Wiring>,
    params: Arc<SidemanParams>,
    repaint: Repaint,
    is_open: Arc<AtomicBool>,
) -> WindowEditor<App> {
    let (wiring, mirrored) = (Arc::clone(wiring), Arc::clone(&params));
    let notifier = repaint.clone();
    let clipboard = Arc::default();
    let make = move || {
        let session = wiring.session()?;
        let window = notifier.clone();
        let notify = Arc::new(move || window.request());
        let system = System::native(notify, Arc::clone(&clipboard));
        session.send(Command::WindowOpened);
        let zoom = f32::from(session.view().looks.zoom_percent) / 100.0;
        let mirror = HostMirror::new(Arc::clone(&mirrored), session.clone());
        let backend = SessionBackend {
            session,
            capture: wiring.capture()?,
            place: wiring.place()?,
        };
        let app = App::new(Box::new(backend), system);
        #[cfg(feature = "standalone")]
        let app = match crate::standalone::desk() {
            Some(desk) => app.with_desk(desk),
            None => app,
        };
        Ok(Opened { app, mirror, zoom })
    };
    WindowEditor::new(Box::new(make), params, repaint, is_open)
}

struct SessionBackend {
    session: SessionHandle,
    capture: CaptureHandle,
    place: Arc<SongPlace>,
}

impl Backend for SessionBackend {
    fn view(&self) -> Arc<SessionView> {
        self.session.view()
    }

    fn send(&self, command: Command) {
        if !self.session.send(command) {
            tracing::warn!("the session is too busy for what the window asks");
        }
    }

    fn levels(&self) -> Levels {
        self.capture.status().meter().look()
    }

    fn song_place_secs(&self) -> Option<f64> {
        self.place.secs()
    }

    fn clear_clip(&self) {
        self.capture.status().meter().clear_clip();
    }
}
