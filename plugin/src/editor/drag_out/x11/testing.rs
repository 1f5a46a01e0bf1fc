//! Windows of another program, a pointer and a keyboard, for tests on a real X server.

use crate::editor::drag_out::{DragHandle, DragState};
use raw_window_handle::{RawWindowHandle, XcbWindowHandle};
use std::{
    fs::File,
    num::NonZeroU32,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
            Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// No step takes a hundredth of this; it only ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// One test at a time may use the pointer, even where tests run as processes of their own.
pub(in crate::editor) struct Display {
    _lock: File,
    /// A server may reset itself when its last client leaves, and refuses clients meanwhile: one stays.
    _stays: RustConnection,
}

impl Display {
    pub(in crate::editor) fn take() -> Self {
        let display = std::env::var("DISPLAY").unwrap_or_else(|_| {
            panic!(
                "this test needs an X server: start one with `Xvfb :91 -noreset &` and \
                 set DISPLAY=:91"
            )
        });
        let name = format!(
            "sideman-x11-tests-{}",
            display.replace([':', '.', '/'], "-")
        );
        let lock = File::create(std::env::temp_dir().join(name)).unwrap();
        lock.lock().unwrap();
        let mut connected = None;
        wait_until("the X server is there", || {
            connected = x11rb::connect(None).ok();
            connected.is_some()
        });
        let (stays, _) = connected.unwrap();
        let display = Self {
            _lock: lock,
            _stays: stays,
        };
        // Whatever a test before left pressed.
        display.pointer(&["keyup", "Escape", "mouseup", "1", "mousemove", "1", "1"]);
        display
    }

    pub(in crate::editor) fn pointer(&self, steps: &[&str]) {
        let status = Command::new("xdotool").args(steps).status();
        let status = status.unwrap_or_else(|e| panic!("this test needs xdotool ({e})"));
        assert!(status.success(), "xdotool {steps:?}");
    }

    pub(in crate::editor) fn move_to(&self, x: i16, y: i16) {
        self.pointer(&["mousemove", &x.to_string(), &y.to_string()]);
    }
}

/// Polls until `done` says so.
pub(in crate::editor) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(in crate::editor) fn end_of(drag: &DragHandle) -> DragState {
    wait_until("the drag has ended", || drag.state() != DragState::Running);
    drag.state()
}

/// Two stems whose names need escaping, and the folder they lie in.
pub(in crate::editor) fn stems() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let names = ["Drums 92.5 BPM #1.wav", "Stimmen é.wav"];
    let files: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
    for file in &files {
        std::fs::write(file, b"RIFF").unwrap();
    }
    (folder, files)
}

x11rb::atom_manager! {
    pub(in crate::editor) Atoms: AtomsCookie {
        XdndAware, XdndProxy, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished,
        XdndSelection, XdndActionCopy,
        UriList: b"text/uri-list",
        Got: b"_TEST_GOT",
    }
}

/// A top-level window of another program.
pub(in crate::editor) struct Client {
    pub(in crate::editor) conn: RustConnection,
    pub(in crate::editor) atoms: Atoms,
    pub(in crate::editor) window: Window,
    /// Names of the messages that have come, without positions repeated.
    pub(in crate::editor) heard: Vec<&'static str>,
    pub(in crate::editor) list: Option<String>,
    accepts: bool,
}

impl Client {
    /// A visible window of 100 × 100 at (x, 100), right below the root.
    pub(in crate::editor) fn new(x: i16) -> Self {
        let (conn, screen) = x11rb::connect(None).unwrap();
        let root = conn.setup().roots[screen].root;
        let atoms = Atoms::new(&conn).unwrap().reply().unwrap();
        let window = conn.generate_id().unwrap();
        let look = CreateWindowAux::new()
            .override_redirect(1)
            .background_pixel(0x0040_4040);
        conn.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            root,
            x,
            100,
            100,
            100,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &look,
        )
        .unwrap();
        conn.map_window(window).unwrap();
        let client = Self {
            conn,
            atoms,
            window,
            heard: Vec::new(),
            list: None,
            accepts: true,
        };
        client.sync();
        client
    }

    pub(in crate::editor) fn takes_drops(self, version: u32, accepts: bool) -> Self {
        self.set(
            self.window,
            self.atoms.XdndAware,
            AtomEnum::ATOM.into(),
            version,
        );
        Self { accepts, ..self }
    }

    pub(in crate::editor) fn set(&self, window: Window, property: u32, kind: u32, value: u32) {
        let replace = PropMode::REPLACE;
        self.conn
            .change_property32(replace, window, property, kind, &[value])
            .unwrap();
        self.sync();
    }

    /// Waits until the server has done everything asked so far.
    pub(in crate::editor) fn sync(&self) {
        self.conn.get_input_focus().unwrap().reply().unwrap();
    }

    pub(in crate::editor) fn handle(&self) -> RawWindowHandle {
        RawWindowHandle::Xcb(XcbWindowHandle::new(NonZeroU32::new(self.window).unwrap()))
    }

    pub(in crate::editor) fn send(&self, to: Window, names: Window, kind: u32, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, names, kind, data);
        self.conn
            .send_event(false, to, EventMask::NO_EVENT, message)
            .unwrap();
        self.sync();
    }

    /// Behaves like a drop target for everything that has come so far.
    pub(in crate::editor) fn answer_all(&mut self) {
        while let Some(event) = self.conn.poll_for_event().unwrap() {
            match event {
                Event::ClientMessage(message) => self.answer(&message),
                Event::SelectionNotify(_) => {
                    let (window, got) = (self.window, self.atoms.Got);
                    let cookie = self
                        .conn
                        .get_property(true, window, got, AtomEnum::ANY, 0, 4096);
                    let value = cookie.unwrap().reply().unwrap().value;
                    self.list = Some(String::from_utf8(value).unwrap());
                }
                _ => {}
            }
        }
    }

    fn answer(&mut self, message: &ClientMessageEvent) {
        let atoms = &self.atoms;
        let data = message.data.as_data32();
        let name = [
            (atoms.XdndEnter, "enter"),
            (atoms.XdndPosition, "position"),
            (atoms.XdndLeave, "leave"),
            (atoms.XdndDrop, "drop"),
            (atoms.XdndStatus, "status"),
            (atoms.XdndFinished, "finished"),
        ]
        .into_iter()
        .find_map(|(kind, name)| (kind == message.type_).then_some(name))
        .unwrap();
        if self.heard.last() != Some(&name) {
            self.heard.push(name);
        }
        let source = data[0];
        if name == "position" {
            let flags = u32::from(self.accepts) | 2;
            let status = [self.window, flags, 0, 0, atoms.XdndActionCopy];
            self.send(source, source, atoms.XdndStatus, status);
        } else if name == "drop" {
            let (window, got) = (self.window, atoms.Got);
            let (from, kind) = (atoms.XdndSelection, atoms.UriList);
            self.conn
                .convert_selection(window, from, kind, got, data[2])
                .unwrap();
            self.sync();
        }
    }

    /// Says how the drop ended.
    pub(in crate::editor) fn finish(&self, source: Window, taken: bool) {
        let data = [
            self.window,
            u32::from(taken),
            self.atoms.XdndActionCopy,
            0,
            0,
        ];
        self.send(source, source, self.atoms.XdndFinished, data);
    }

    pub(in crate::editor) fn selection_owner(&self) -> Window {
        let cookie = self.conn.get_selection_owner(self.atoms.XdndSelection);
        cookie.unwrap().reply().unwrap().owner
    }
}
