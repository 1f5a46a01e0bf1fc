//! An X selection holds nothing: whoever pastes asks its owner, a hidden window on a connection of our
//! own. The thread sleeps until it is asked.

use crate::editor::drag_out::{Offer, XResult, hidden_window, list_of_paths, time};
use std::{path::PathBuf, sync::Arc, thread::JoinHandle};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{ClientMessageEvent, ConnectionExt as _, EventMask, Window},
    },
    rust_connection::RustConnection,
};

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        CLIPBOARD, TARGETS, TIMESTAMP, UTF8_STRING,
        UriList: b"text/uri-list",
        // What file managers read, to tell copied files from cut ones.
        CopiedFiles: b"x-special/gnome-copied-files",
        Clock: b"_SIDEMAN_CLOCK",
        Stop: b"_SIDEMAN_STOP",
    }
}

/// The selection while it is ours.
pub(super) struct Held {
    conn: Arc<RustConnection>,
    owner: Window,
    stop: u32,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Held {
    /// Waits for the thread, which is asleep or answers in no time: the library may be unloaded next.
    fn drop(&mut self) {
        // Without a server the thread has ended.
        let _ = self.tell_to_stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Held {
    fn tell_to_stop(&self) -> XResult<()> {
        let message = ClientMessageEvent::new(32, self.owner, self.stop, [0; 5]);
        self.conn
            .send_event(false, self.owner, EventMask::NO_EVENT, message)?;
        self.conn.flush()?;
        Ok(())
    }
}

pub(super) fn copy(files: &[PathBuf]) -> XResult<Held> {
    let (conn, screen) = x11rb::connect(None)?;
    let conn = Arc::new(conn);
    let atoms = Atoms::new(&*conn)?.reply()?;
    let owner = hidden_window(&conn, conn.setup().roots[screen].root)?;
    let time = time(&conn, owner, atoms.Clock)?;
    conn.set_selection_owner(owner, atoms.CLIPBOARD, time)?;
    if conn.get_selection_owner(atoms.CLIPBOARD)?.reply()?.owner != owner {
        return Err("another program keeps the clipboard to itself".into());
    }
    let offer = Offer {
        targets: atoms.TARGETS,
        timestamp: atoms.TIMESTAMP,
        forms: forms(&atoms, files),
        time,
    };
    let thread = {
        let (conn, stop) = (Arc::clone(&conn), atoms.Stop);
        std::thread::Builder::new()
            .name("sideman-clipboard".into())
            .spawn(move || {
                if let Err(why) = answer(&conn, &offer, stop) {
                    tracing::debug!("the clipboard is lost: {why}");
                }
            })?
    };
    Ok(Held {
        conn,
        owner,
        stop: atoms.Stop,
        thread: Some(thread),
    })
}

fn forms(atoms: &Atoms, files: &[PathBuf]) -> Vec<(u32, String)> {
    let list = list_of_paths(files);
    let lines = list.trim_end().replace("\r\n", "\n");
    let names: Vec<_> = files.iter().map(|f| f.display().to_string()).collect();
    vec![
        (atoms.CopiedFiles, format!("copy\n{lines}")),
        (atoms.UriList, list),
        // Pasted into a text field.
        (atoms.UTF8_STRING, names.join("\n")),
    ]
}

/// Until another program copies something, or we are told to stop.
fn answer(conn: &RustConnection, offer: &Offer, stop: u32) -> XResult<()> {
    loop {
        match conn.wait_for_event()? {
            Event::SelectionRequest(request) => {
                offer.serve(conn, &request)?;
            }
            Event::SelectionClear(_) => return Ok(()),
            Event::ClientMessage(message) if message.type_ == stop => return Ok(()),
            // Errors among them: who asked may be gone.
            _ => {}
        }
    }
}
