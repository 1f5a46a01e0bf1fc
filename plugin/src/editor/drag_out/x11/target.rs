use super::XResult;
use x11rb::{
    protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

/// The oldest version whose messages we can speak; the newest is 5.
const OLDEST_VERSION: u32 = 3;
const NEWEST_VERSION: u32 = 5;
/// Windows nest this deep at most; an end for trees that change while we walk.
const MAX_DEPTH: usize = 32;

/// A window that takes drops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) window: Window,
    /// Where its messages are sent: itself, or the window it names as its proxy.
    pub(super) proxy: Window,
    /// The protocol spoken with it: the older of its and ours.
    pub(super) version: u32,
}

/// The first window from the top that takes drops at a place of the screen. `None` where nobody does and
/// above `own`, because dropping a stem on ourselves means nothing.
pub(super) fn find(
    conn: &RustConnection,
    aware: Atom,
    proxy: Atom,
    root: Window,
    own: Window,
    (x, y): (i16, i16),
) -> XResult<Option<Target>> {
    let mut window = root;
    let mut found = None;
    for _ in 0..MAX_DEPTH {
        // A window that has just gone ends the walk.
        let Ok(step) = conn.translate_coordinates(root, window, x, y)?.reply() else {
            break;
        };
        if step.child == 0 {
            break;
        }
        if step.child == own {
            return Ok(None);
        }
        window = step.child;
        if found.is_none() {
            found = as_target(conn, aware, proxy, window);
        }
    }
    Ok(found)
}

fn as_target(conn: &RustConnection, aware: Atom, proxy: Atom, window: Window) -> Option<Target> {
    // A proxy that does not name itself was left behind by a program that has gone.
    let proxy = property(conn, window, proxy)
        .filter(|&named| property(conn, named, proxy) == Some(named))
        .unwrap_or(window);
    let version = property(conn, proxy, aware)?;
    (version >= OLDEST_VERSION).then_some(Target {
        window,
        proxy,
        version: version.min(NEWEST_VERSION),
    })
}

/// A property's first number; `None` when it or the window is missing.
pub(in crate::editor) fn property(
    conn: &RustConnection,
    window: Window,
    name: Atom,
) -> Option<u32> {
    let cookie = conn.get_property(false, window, name, AtomEnum::ANY, 0, 1);
    cookie.ok()?.reply().ok()?.value32()?.next()
}
