//! On Linux the window toolkit keeps every key that is pressed in the plugin's window. Space, with which
//! every host plays and stops, is handed on to the host's own window by hand.

use std::error::Error;
use x11rb::{
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ConnectionExt as _, EventMask, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, KeyButMask,
        KeyPressEvent, Keycode, Window,
    },
    rust_connection::RustConnection,
};

type XResult<T> = Result<T, Box<dyn Error>>;

const SPACE_KEYSYM: u32 = 0x20;
/// Hosts nest windows; nobody does so deeper than this.
const MAX_DEPTH: usize = 32;

/// Presses and releases Space in the top-level window that holds `own`. Does nothing when `own` is a
/// top-level itself: there is no host then.
pub(super) fn pass_space(own: Window) -> XResult<()> {
    let (conn, screen) = x11rb::connect(None)?;
    let root = conn.setup().roots[screen].root;
    let Some(host) = host_of(&conn, own, root)? else {
        return Ok(());
    };
    let Some(space) = key_of(&conn, SPACE_KEYSYM)? else {
        return Ok(());
    };
    for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
        let event = KeyPressEvent {
            response_type: kind,
            detail: space,
            sequence: 0,
            time: x11rb::CURRENT_TIME,
            root,
            event: host,
            child: x11rb::NONE,
            root_x: 0,
            root_y: 0,
            event_x: 0,
            event_y: 0,
            state: KeyButMask::default(),
            same_screen: true,
        };
        // Without a mask it reaches the program that made the window, whatever it listens to.
        conn.send_event(false, host, EventMask::NO_EVENT, event)?;
    }
    // Waits until the server has it: the connection ends here.
    conn.get_input_focus()?.reply()?;
    Ok(())
}

/// The window that the window manager knows; without one, the outermost.
fn host_of(conn: &RustConnection, own: Window, root: Window) -> XResult<Option<Window>> {
    let wm_state = conn.intern_atom(false, b"WM_STATE")?.reply()?.atom;
    let mut at = own;
    for _ in 0..MAX_DEPTH {
        let state = conn.get_property(false, at, wm_state, AtomEnum::ANY, 0, 0)?;
        if state.reply()?.type_ != x11rb::NONE {
            break;
        }
        let parent = conn.query_tree(at)?.reply()?.parent;
        if parent == root || parent == x11rb::NONE {
            break;
        }
        at = parent;
    }
    Ok((at != own).then_some(at))
}

fn key_of(conn: &RustConnection, keysym: u32) -> XResult<Option<Keycode>> {
    let (first, last) = (conn.setup().min_keycode, conn.setup().max_keycode);
    let map = conn
        .get_keyboard_mapping(first, last - first + 1)?
        .reply()?;
    let per_key = usize::from(map.keysyms_per_keycode).max(1);
    let index = map.keysyms.iter().position(|&k| k == keysym);
    // As many keys as the server just gave, beginning with its first.
    Ok(index.map(|i| first + (i / per_key) as Keycode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use x11rb::protocol::{
        Event,
        xproto::{CreateWindowAux, WindowClass},
    };

    fn window(conn: &RustConnection, parent: Window) -> Window {
        let window = conn.generate_id().unwrap();
        let (depth, visual) = (x11rb::COPY_DEPTH_FROM_PARENT, x11rb::COPY_FROM_PARENT);
        let (kind, look) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        conn.create_window(depth, window, parent, 0, 0, 9, 9, 0, kind, visual, &look)
            .unwrap();
        window
    }

    #[test]
    fn the_host_s_window_gets_the_space_bar() {
        if std::env::var_os("DISPLAY").is_none() {
            eprintln!("skipped: there is no display");
            return;
        }
        // The test is the host; its own program made the outer window.
        let (conn, screen) = x11rb::connect(None).unwrap();
        let host = window(&conn, conn.setup().roots[screen].root);
        let socket = window(&conn, host);
        let own = window(&conn, socket);
        conn.get_input_focus().unwrap().reply().unwrap();
        pass_space(own).unwrap();
        pass_space(host).unwrap();
        let space = key_of(&conn, SPACE_KEYSYM).unwrap().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut got = Vec::new();
        while got.len() < 2 && Instant::now() < deadline {
            match conn.poll_for_event().unwrap() {
                Some(Event::KeyPress(e)) => got.push((true, e.event, e.detail)),
                Some(Event::KeyRelease(e)) => got.push((false, e.event, e.detail)),
                _ => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        assert_eq!(got, [(true, host, space), (false, host, space)]);
        conn.get_input_focus().unwrap().reply().unwrap();
        // News of the keyboard comes to everybody.
        let is_key = |e: &Event| matches!(e, Event::KeyPress(_) | Event::KeyRelease(_));
        let rest = std::iter::from_fn(|| conn.poll_for_event().unwrap());
        let more: Vec<_> = rest.filter(is_key).collect();
        assert!(more.is_empty(), "a window of its own has no host: {more:?}");
    }
}
