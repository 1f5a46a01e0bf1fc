use super::DropTarget;
use crate::editor::drag_out::{
    self, DragState, property,
    testing::{Client, Display, end_of, stems, wait_until},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use x11rb::{
    connection::Connection,
    protocol::xproto::{ConnectionExt as _, CreateWindowAux, Window, WindowClass},
};

/// A host's top-level at x = 300 with the plugin's window in its right half, from x = 350.
struct Host {
    top_level: Client,
    embedded: Window,
}

impl Host {
    fn new(takes_drops_itself: bool) -> Self {
        let mut top_level = Client::new(300);
        if takes_drops_itself {
            top_level = top_level.takes_drops(5, true);
        }
        let conn = &top_level.conn;
        let embedded = conn.generate_id().unwrap();
        conn.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            embedded,
            top_level.window,
            50,
            0,
            50,
            100,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &CreateWindowAux::new(),
        )
        .unwrap();
        conn.map_window(embedded).unwrap();
        top_level.sync();
        Self {
            top_level,
            embedded,
        }
    }

    fn proxy(&self) -> Option<Window> {
        let client = &self.top_level;
        property(&client.conn, client.window, client.atoms.XdndProxy)
    }

    fn start(&self, notified: &Arc<AtomicUsize>) -> DropTarget {
        let counter = notified.clone();
        let handle = raw_window_handle::XcbWindowHandle::new(self.embedded.try_into().unwrap());
        let target = DropTarget::start(handle.into(), move || {
            counter.fetch_add(1, Ordering::AcqRel);
        })
        .unwrap();
        wait_until("the proxy is set", || self.proxy().is_some());
        target
    }
}

#[test]
fn files_dragged_from_another_instance_arrive() {
    let display = Display::take();
    let (source, host) = (Client::new(100), Host::new(true));
    let notified = Arc::new(AtomicUsize::new(0));
    let target = host.start(&notified);
    let (_folder, files) = stems();
    display.move_to(150, 150);
    display.pointer(&["mousedown", "1"]);
    let drag = drag_out::start(files.clone(), source.handle(), || {}).unwrap();
    display.move_to(375, 150);
    wait_until("it hovers", || target.hovering());
    display.pointer(&["mouseup", "1"]);
    assert_eq!(end_of(&drag), DragState::Dropped);
    wait_until("the files are here", || !target.hovering());
    assert_eq!(target.take_files(), files);
    assert!(target.take_files().is_empty());
    assert!(notified.load(Ordering::Acquire) >= 2);
    drop(target);
    assert_eq!(host.proxy(), None, "the host's window is as it was");
}

/// The left half is the host's: it goes on taking its own drops while our window is open.
#[test]
fn what_lies_beside_our_window_goes_to_the_host() {
    let display = Display::take();
    let (source, mut host) = (Client::new(100), Host::new(true));
    let notified = Arc::new(AtomicUsize::new(0));
    let target = host.start(&notified);
    let (_folder, files) = stems();
    display.move_to(150, 150);
    display.pointer(&["mousedown", "1"]);
    let drag = drag_out::start(files.clone(), source.handle(), || {}).unwrap();
    display.move_to(375, 150);
    wait_until("it hovers", || target.hovering());
    display.move_to(325, 150);
    wait_until("the host hears it", || {
        host.top_level.answer_all();
        host.top_level.heard.contains(&"position")
    });
    wait_until("it hovers no longer", || !target.hovering());
    display.pointer(&["mouseup", "1"]);
    wait_until("the host has the files", || {
        host.top_level.answer_all();
        host.top_level.list.is_some()
    });
    host.top_level
        .finish(host.top_level.selection_owner(), true);
    assert_eq!(end_of(&drag), DragState::Dropped);
    assert_eq!(host.top_level.heard, ["enter", "position", "drop"]);
    assert!(target.take_files().is_empty());
}

#[test]
fn a_host_that_takes_no_drops_refuses_them_beside_our_window() {
    let display = Display::take();
    let (source, host) = (Client::new(100), Host::new(false));
    let target = host.start(&Arc::default());
    let (_folder, files) = stems();
    display.move_to(150, 150);
    display.pointer(&["mousedown", "1"]);
    let drag = drag_out::start(files, source.handle(), || {}).unwrap();
    display.move_to(325, 150);
    display.pointer(&["mouseup", "1"]);
    assert_eq!(end_of(&drag), DragState::Cancelled);
    assert!(!target.hovering() && target.take_files().is_empty());
}

/// A source without files, then one that leaves, then a message of nobody known.
#[test]
fn other_drags_are_refused() {
    let _display = Display::take();
    let (mut source, host) = (Client::new(100), Host::new(false));
    let target = host.start(&Arc::default());
    let helper = host.proxy().unwrap();
    let (top, atoms) = (host.top_level.window, &host.top_level.atoms);
    let at = |x: u32, y: u32| x << 16 | y;
    let me = source.window;
    source.send(helper, top, atoms.XdndEnter, [me, 5 << 24, atoms.Got, 0, 0]);
    let position = [me, 0, at(375, 150), 0, atoms.XdndActionCopy];
    source.send(helper, top, atoms.XdndPosition, position);
    source.send(helper, top, atoms.XdndDrop, [me, 0, 0, 0, 0]);
    wait_until("the drop is answered", || {
        source.answer_all();
        source.heard == ["status", "finished"]
    });
    source.send(helper, top, atoms.XdndDrop, [12345, 0, 0, 0, 0]);
    source.send(
        helper,
        top,
        atoms.XdndEnter,
        [me, 5 << 24, atoms.UriList, 0, 0],
    );
    source.send(helper, top, atoms.XdndPosition, position);
    wait_until("files are welcome", || target.hovering());
    source.send(helper, top, atoms.XdndLeave, [me, 0, 0, 0, 0]);
    wait_until("it left", || !target.hovering());
    assert!(target.take_files().is_empty());
}

/// Hosts re-parent the editor when they dock it.
#[test]
fn the_proxy_follows_the_window() {
    let _display = Display::take();
    let (host, other) = (Host::new(false), Client::new(500));
    let target = host.start(&Arc::default());
    let client = &host.top_level;
    client
        .conn
        .reparent_window(host.embedded, other.window, 0, 0)
        .unwrap();
    client.sync();
    wait_until("the proxy has moved", || {
        property(&other.conn, other.window, other.atoms.XdndProxy).is_some()
    });
    assert_eq!(host.proxy(), None);
    drop(target);
    assert_eq!(
        property(&other.conn, other.window, other.atoms.XdndProxy),
        None
    );
}
