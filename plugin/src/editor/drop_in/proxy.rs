use super::XResult;
use crate::editor::drag_out::property;
use std::time::{Duration, Instant};
use x11rb::{
    connection::Connection,
    protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, PropMode, Window},
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// Hosts put the window elsewhere whenever they like; it is looked for this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Windows nest this deep at most.
const MAX_DEPTH: usize = 32;

/// The `XdndProxy` property that we keep on the window's top-level.
pub(super) struct Proxy {
    own: Window,
    helper: Window,
    xdnd_proxy: Atom,
    wm_state: Atom,
    /// Where it is now.
    top_level: Option<Window>,
    next_look: Instant,
}

impl Proxy {
    pub(super) fn new(own: Window, helper: Window, xdnd_proxy: Atom, wm_state: Atom) -> Self {
        Self {
            own,
            helper,
            xdnd_proxy,
            wm_state,
            top_level: None,
            next_look: Instant::now(),
        }
    }

    pub(super) fn top_level(&self) -> Option<Window> {
        self.top_level
    }

    /// Moves the property when the window has moved to another top-level.
    pub(super) fn keep(&mut self, conn: &RustConnection) -> XResult<()> {
        if Instant::now() < self.next_look {
            return Ok(());
        }
        self.next_look = Instant::now() + LOOK_EVERY;
        let found = self.find_top_level(conn);
        if found == self.top_level {
            return Ok(());
        }
        self.remove(conn)?;
        if let Some(window) = found.filter(|&window| self.is_free(conn, window)) {
            let (replace, kind) = (PropMode::REPLACE, AtomEnum::WINDOW);
            conn.change_property32(replace, window, self.xdnd_proxy, kind, &[self.helper])?;
            conn.flush()?;
            self.top_level = Some(window);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, conn: &RustConnection) -> XResult<()> {
        if let Some(window) = self.top_level.take()
            && property(conn, window, self.xdnd_proxy) == Some(self.helper)
        {
            conn.delete_property(window, self.xdnd_proxy)?;
            // The connection may be closed next, and the server must have heard this by then.
            conn.sync()?;
        }
        Ok(())
    }

    /// Another plugin's proxy is left alone, unless that plugin has gone and left it behind.
    fn is_free(&self, conn: &RustConnection, window: Window) -> bool {
        match property(conn, window, self.xdnd_proxy) {
            Some(other) => property(conn, other, self.xdnd_proxy) != Some(other),
            None => true,
        }
    }

    /// The window that the window manager knows, or the one right below the root where there is none.
    fn find_top_level(&self, conn: &RustConnection) -> Option<Window> {
        let mut window = self.own;
        for _ in 0..MAX_DEPTH {
            if property(conn, window, self.wm_state).is_some() {
                return Some(window);
            }
            let tree = conn.query_tree(window).ok()?.reply().ok()?;
            if tree.parent == tree.root || tree.parent == 0 {
                return Some(window);
            }
            window = tree.parent;
        }
        None
    }
}
