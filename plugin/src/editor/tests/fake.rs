use crate::{
    capture::Levels,
    editor::{
        backend::{
            Answer, Ask, Backend, Clipboard, DragEnd, DragSource, DropSource, FileDialogs,
            HostKeys, System,
        },
        desk::{AudioChoice, AudioView, Desk, DeskCommand, TransportView},
    },
    session::{Command, SessionView},
};
use parking_lot::Mutex;
use raw_window_handle::RawWindowHandle;
use std::{path::PathBuf, sync::Arc};

/// A session and a system that remember what they were asked, and answer what a test says.
#[derive(Default)]
pub struct Fake {
    view: Mutex<Arc<SessionView>>,
    sent: Mutex<Vec<Command>>,
    pub asked: Mutex<Vec<Ask>>,
    pub dialog_is_open: Mutex<bool>,
    pub answer: Mutex<Option<Answer>>,
    pub dragged: Mutex<Vec<Vec<PathBuf>>>,
    pub copied: Mutex<Vec<Vec<PathBuf>>>,
    pub drag_end: Mutex<Option<DragEnd>>,
    pub dropped: Mutex<Vec<PathBuf>>,
    pub hovering: Mutex<bool>,
    pub transport: Mutex<TransportView>,
    pub desk_sent: Mutex<Vec<DeskCommand>>,
    pub spaces_passed: Mutex<u32>,
    pub levels: Mutex<Levels>,
    pub place_secs: Mutex<Option<f64>>,
}

impl Fake {
    pub fn new(view: SessionView) -> Self {
        let fake = Self::default();
        fake.set_view(view);
        fake
    }

    pub fn set_view(&self, view: SessionView) {
        *self.view.lock() = Arc::new(view);
    }

    pub fn take_sent(&self) -> Vec<Command> {
        std::mem::take(&mut self.sent.lock())
    }

    pub fn system(self: &Arc<Self>) -> System {
        System {
            drag: Box::new(self.clone()),
            clipboard: Box::new(self.clone()),
            drop: Box::new(self.clone()),
            dialogs: Box::new(self.clone()),
            keys: Box::new(self.clone()),
        }
    }
}

impl Backend for Arc<Fake> {
    fn view(&self) -> Arc<SessionView> {
        self.view.lock().clone()
    }

    fn send(&self, command: Command) {
        self.sent.lock().push(command);
    }

    fn levels(&self) -> Levels {
        *self.levels.lock()
    }

    fn song_place_secs(&self) -> Option<f64> {
        *self.place_secs.lock()
    }

    fn clear_clip(&self) {
        self.levels.lock().clipped = false;
    }
}

impl DragSource for Arc<Fake> {
    fn start(&mut self, files: Vec<PathBuf>, _: Option<RawWindowHandle>) -> Result<(), String> {
        self.dragged.lock().push(files);
        Ok(())
    }

    fn poll(&mut self) -> Option<DragEnd> {
        self.drag_end.lock().take()
    }
}

impl Clipboard for Arc<Fake> {
    fn copy(&mut self, files: Vec<PathBuf>) -> Result<(), String> {
        self.copied.lock().push(files);
        Ok(())
    }
}

impl DropSource for Arc<Fake> {
    fn attach(&mut self, _: RawWindowHandle) {}

    fn is_hovering(&self) -> bool {
        *self.hovering.lock()
    }

    fn poll(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.dropped.lock())
    }
}

impl FileDialogs for Arc<Fake> {
    fn ask(&mut self, ask: Ask) -> bool {
        let free = !*self.dialog_is_open.lock();
        if free {
            self.asked.lock().push(ask);
        }
        free
    }

    fn poll(&mut self) -> Option<Answer> {
        self.answer.lock().take()
    }
}

impl Desk for Arc<Fake> {
    fn transport(&self) -> TransportView {
        self.transport.lock().clone()
    }

    fn send(&self, command: DeskCommand) {
        self.desk_sent.lock().push(command);
    }

    fn audio(&self) -> AudioView {
        AudioView {
            now: "In use: alsa, 48000 Hz, 512 frames.".into(),
            kept: AudioChoice {
                system: "alsa".into(),
                ..AudioChoice::default()
            },
            systems: &["auto", "jack", "alsa", "dummy"],
            trouble: None,
        }
    }
}

impl HostKeys for Arc<Fake> {
    fn pass_space(&self, _: Option<RawWindowHandle>) {
        *self.spaces_passed.lock() += 1;
    }
}
