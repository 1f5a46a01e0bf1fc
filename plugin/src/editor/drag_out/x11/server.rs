//! What a drag needs from the X server besides messages.

use super::XResult;
use std::time::{Duration, Instant};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, Keycode, PropMode,
            Property, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// The server's clock must answer at once.
const CLOCK_PATIENCE: Duration = Duration::from_secs(2);
const ESCAPE_KEYSYM: u32 = 0xFF1B;

x11rb::atom_manager! {
    pub(super) Atoms: AtomsCookie {
        XdndAware, XdndProxy, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished,
        XdndSelection, XdndTypeList, XdndActionCopy,
        UriList: b"text/uri-list",
        PlainText: b"text/plain",
        TARGETS, TIMESTAMP,
        Clock: b"_SIDEMAN_CLOCK",
    }
}

/// A window that is never shown: it owns the selection, is told about its own properties, and gets the
/// answers of targets.
pub(in crate::editor) fn hidden_window(conn: &RustConnection, root: Window) -> XResult<Window> {
    let window = conn.generate_id()?;
    let look = CreateWindowAux::new()
        .override_redirect(1)
        .event_mask(EventMask::PROPERTY_CHANGE);
    let (depth, visual) = (0, x11rb::COPY_FROM_PARENT);
    let kind = WindowClass::INPUT_ONLY;
    conn.create_window(depth, window, root, -10, -10, 1, 1, 0, kind, visual, &look)?;
    Ok(window)
}

/// A moment of the server's clock, by changing nothing on our window and hearing when.
pub(in crate::editor) fn time(conn: &RustConnection, source: Window, clock: Atom) -> XResult<u32> {
    conn.change_property8(PropMode::APPEND, source, clock, AtomEnum::STRING, &[])?;
    conn.flush()?;
    let began = Instant::now();
    while began.elapsed() < CLOCK_PATIENCE {
        match conn.poll_for_event()? {
            Some(Event::PropertyNotify(e))
                if e.window == source && e.state == Property::NEW_VALUE =>
            {
                return Ok(e.time);
            }
            Some(_) => {}
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    Err("the X server does not answer".into())
}

pub(super) fn escape_key(conn: &RustConnection) -> XResult<Option<Keycode>> {
    let (first, last) = (conn.setup().min_keycode, conn.setup().max_keycode);
    let map = conn
        .get_keyboard_mapping(first, last - first + 1)?
        .reply()?;
    let per_key = usize::from(map.keysyms_per_keycode).max(1);
    let index = map.keysyms.iter().position(|&k| k == ESCAPE_KEYSYM);
    // As many keys as the server just gave, beginning with its first.
    Ok(index.map(|i| first + (i / per_key) as Keycode))
}
