use super::Wiring;
use crate::{
    editor::{
        App,
        backend::{Backend, DragEnd, DragSource, DropSource, System},
        dialogs::SystemDialogs,
        window::{Opened, WindowEditor},
    },
    host_link::HostMirror,
    params::SidemanParams,
    session::{Command, SessionHandle, SessionView},
};
use nice_plug_egui::RepaintNotifier;
use raw_window_handle::RawWindowHandle;
use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

/// The editor that opens windows onto this instance's session.
pub fn window(
    wiring: &Arc<Wiring>,
    params: Arc<SidemanParams>,
    repaint: RepaintNotifier,
    is_open: Arc<AtomicBool>,
) -> WindowEditor<App> {
    let (wiring, mirrored) = (Arc::clone(wiring), Arc::clone(&params));
    let notifier = repaint.clone();
    let make = move || {
        let session = wiring.session()?;
        let notify = notifier.clone();
        let system = System {
            drag: Box::new(NoDrag),
            drop: Box::new(NoDrag),
            dialogs: Box::new(SystemDialogs::new(Arc::new(move || {
                notify.request_repaint()
            }))),
        };
        Ok(Opened {
            mirror: HostMirror::new(Arc::clone(&mirrored), session.clone()),
            app: App::new(Box::new(SessionBackend(session)), system),
        })
    };
    WindowEditor::new(Box::new(make), params, repaint, is_open)
}

struct SessionBackend(SessionHandle);

impl Backend for SessionBackend {
    fn view(&self) -> Arc<SessionView> {
        self.0.view()
    }

    fn send(&self, command: Command) {
        if !self.0.send(command) {
            tracing::warn!("the session is too busy for what the window asks");
        }
    }
}

/// A system without drag and drop.
struct NoDrag;

impl DragSource for NoDrag {
    fn start(&mut self, _: Vec<PathBuf>, _: Option<RawWindowHandle>) -> Result<(), String> {
        Err("Dragging does not work on this system; use Save as… instead.".into())
    }

    fn poll(&mut self) -> Option<DragEnd> {
        None
    }
}

impl DropSource for NoDrag {
    fn attach(&mut self, _: RawWindowHandle) {}

    fn is_hovering(&self) -> bool {
        false
    }

    fn poll(&mut self) -> Vec<PathBuf> {
        Vec::new()
    }
}
