use super::{
    XResult,
    label::Label,
    target::{self, Target},
    transfer::Offer,
};
use crate::editor::drag_out::Shared;
use std::time::{Duration, Instant};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask,
            KeyButMask, Keycode, PropMode, Property, QueryPointerReply, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// The pointer is looked at this often: faster than a screen shows it.
const POLL: Duration = Duration::from_millis(8);
/// A button held longer than this was not released but lost.
const MAX_DRAG: Duration = Duration::from_secs(120);
/// A target that has not answered for this long is asked again.
const STATUS_PATIENCE: Duration = Duration::from_secs(1);
/// After the release, a last answer is waited for: without it fast drags would be lost.
const LAST_STATUS_PATIENCE: Duration = Duration::from_millis(500);
/// How long a target may take to fetch the files and say that it has.
const TRANSFER_PATIENCE: Duration = Duration::from_secs(8);
/// The server's clock must answer at once.
const CLOCK_PATIENCE: Duration = Duration::from_secs(2);
const ESCAPE_KEYSYM: u32 = 0xFF1B;
/// Bits of an XdndStatus message.
const WILL_ACCEPT: u32 = 1;
const WANTS_EVERY_POSITION: u32 = 2;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndProxy, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished,
        XdndSelection, XdndTypeList, XdndActionCopy,
        UriList: b"text/uri-list",
        PlainText: b"text/plain",
        TARGETS, TIMESTAMP,
        Clock: b"_SIDEMAN_CLOCK",
    }
}

/// One drag between its press and its end.
pub(super) struct Session {
    conn: RustConnection,
    root: Window,
    /// The plugin's window, where a drop means nothing.
    own: Window,
    /// Ours, never shown: owns the selection and gets the answers.
    source: Window,
    atoms: Atoms,
    offer: Offer,
    label: Option<Label>,
    escape: Option<Keycode>,
    over: Option<Hover>,
    /// The data was fetched at least once.
    fetched: bool,
    /// What the target said at the end, when it has.
    finished: Option<bool>,
}

/// The target under the pointer and what has been said to it.
struct Hover {
    target: Target,
    accepted: bool,
    /// When a position was sent that has no answer yet.
    unanswered: Option<Instant>,
    sent: Option<(i16, i16)>,
    /// The target's answer holds within this rectangle of the screen: (x, y, width, height).
    quiet: Option<(i16, i16, u16, u16)>,
}

impl Session {
    pub(super) fn open(own: Window, list: String, caption: &str) -> XResult<Self> {
        let (conn, screen) = x11rb::connect(None)?;
        let screen = conn.setup().roots[screen].clone();
        let atoms = Atoms::new(&conn)?.reply()?;
        let source = conn.generate_id()?;
        let hidden = CreateWindowAux::new()
            .override_redirect(1)
            .event_mask(EventMask::PROPERTY_CHANGE);
        conn.create_window(
            0,
            source,
            screen.root,
            -10,
            -10,
            1,
            1,
            0,
            WindowClass::INPUT_ONLY,
            x11rb::COPY_FROM_PARENT,
            &hidden,
        )?;
        let time = server_time(&conn, source, &atoms)?;
        let types = [atoms.UriList, atoms.PlainText];
        conn.change_property32(
            PropMode::REPLACE,
            source,
            atoms.XdndTypeList,
            AtomEnum::ATOM,
            &types,
        )?;
        conn.set_selection_owner(source, atoms.XdndSelection, time)?;
        // Without a label the drag is as good.
        let label = Label::new(&conn, &screen, caption).ok();
        Ok(Self {
            root: screen.root,
            own,
            source,
            offer: Offer {
                uri_list: atoms.UriList,
                plain_text: atoms.PlainText,
                targets: atoms.TARGETS,
                timestamp: atoms.TIMESTAMP,
                list,
                time,
            },
            label,
            escape: escape_key(&conn).unwrap_or(None),
            atoms,
            conn,
            over: None,
            fetched: false,
            finished: None,
        })
    }

    /// Follows the pointer until its button is released (`true`), or until Escape, the plugin or the
    /// deadline ends the drag (`false`). The place of the release has been looked at in any case.
    pub(super) fn follow_pointer(&mut self, shared: &Shared) -> XResult<bool> {
        let began = Instant::now();
        loop {
            self.handle_events()?;
            let pointer = self.conn.query_pointer(self.root)?.reply()?;
            self.point(&pointer)?;
            if !is_pressed(&pointer) {
                return Ok(true);
            }
            if shared.should_stop() || began.elapsed() > MAX_DRAG || self.is_escape_pressed()? {
                return Ok(false);
            }
            self.conn.flush()?;
            std::thread::sleep(POLL);
        }
    }

    /// Drops on the target under the pointer; `true` when it took the files.
    pub(super) fn drop_here(&mut self, shared: &Shared) -> XResult<bool> {
        self.settle(shared)?;
        let Some(hover) = self.over.as_ref().filter(|hover| hover.accepted) else {
            self.leave()?;
            return Ok(false);
        };
        let target = hover.target;
        self.hide_label()?;
        self.send(target, self.atoms.XdndDrop, [0, self.offer.time, 0, 0])?;
        self.wait(TRANSFER_PATIENCE, shared, |s| s.finished.is_some())?;
        // Before version 5 a target could not say whether it took the files, and some that can say no
        // although they did: who fetched them, has them.
        let says_taken = self
            .finished
            .is_some_and(|taken| taken || target.version < 5);
        Ok(says_taken || self.fetched)
    }

    /// Tells the target that nothing will come. Returns when the server has the message: it throws away
    /// what is still on its way when a connection is closed with answers unread.
    pub(super) fn leave(&mut self) -> XResult<()> {
        if let Some(hover) = self.over.take() {
            self.send(hover.target, self.atoms.XdndLeave, [0; 4])?;
            self.conn.sync()?;
        }
        Ok(())
    }

    /// Waits until the target has answered about the place of the release.
    fn settle(&mut self, shared: &Shared) -> XResult<()> {
        let answered = |s: &Self| s.over.as_ref().is_none_or(|h| h.unanswered.is_none());
        self.wait(LAST_STATUS_PATIENCE, shared, answered)?;
        let pointer = self.conn.query_pointer(self.root)?.reply()?;
        self.send_position((pointer.root_x, pointer.root_y))?;
        self.wait(LAST_STATUS_PATIENCE, shared, answered)
    }

    fn wait(
        &mut self,
        patience: Duration,
        shared: &Shared,
        done: impl Fn(&Self) -> bool,
    ) -> XResult<()> {
        let began = Instant::now();
        loop {
            self.handle_events()?;
            if done(self) || shared.should_stop() || began.elapsed() > patience {
                return Ok(());
            }
            std::thread::sleep(POLL / 4);
        }
    }

    /// Finds out who is under the pointer and tells them.
    fn point(&mut self, pointer: &QueryPointerReply) -> XResult<()> {
        let place = (pointer.root_x, pointer.root_y);
        if let Some(label) = &self.label {
            label.follow(&self.conn, place)?;
        }
        let (aware, proxy) = (self.atoms.XdndAware, self.atoms.XdndProxy);
        let found = target::find(&self.conn, aware, proxy, self.root, self.own, place)?;
        if found != self.over.as_ref().map(|hover| hover.target) {
            self.leave()?;
            if let Some(target) = found {
                self.enter(target)?;
            }
        }
        self.send_position(place)
    }

    fn enter(&mut self, target: Target) -> XResult<()> {
        // All types fit into the message; the list on our window says the same.
        let types = [self.atoms.UriList, self.atoms.PlainText, 0];
        let [uri_list, plain_text, none] = types;
        let version = target.version << 24;
        self.send(
            target,
            self.atoms.XdndEnter,
            [version, uri_list, plain_text, none],
        )?;
        self.over = Some(Hover {
            target,
            accepted: false,
            unanswered: None,
            sent: None,
            quiet: None,
        });
        Ok(())
    }

    /// Sends the place unless the target knows it, has yet to answer, or asked not to be told.
    fn send_position(&mut self, place: (i16, i16)) -> XResult<()> {
        let (position, copy) = (self.atoms.XdndPosition, self.atoms.XdndActionCopy);
        let time = self.offer.time;
        let Some(hover) = &mut self.over else {
            return Ok(());
        };
        let busy = hover
            .unanswered
            .is_some_and(|since| since.elapsed() < STATUS_PATIENCE);
        if busy || hover.sent == Some(place) || hover.is_quiet_at(place) {
            return Ok(());
        }
        hover.sent = Some(place);
        hover.unanswered = Some(Instant::now());
        let target = hover.target;
        let (x, y) = (u32::from(place.0 as u16), u32::from(place.1 as u16));
        self.send(target, position, [0, x << 16 | y, time, copy])
    }

    /// Every message begins with our window. It names the target and goes to its proxy.
    fn send(&self, target: Target, kind: u32, rest: [u32; 4]) -> XResult<()> {
        let [a, b, c, d] = rest;
        let message = ClientMessageEvent::new(32, target.window, kind, [self.source, a, b, c, d]);
        self.conn
            .send_event(false, target.proxy, EventMask::NO_EVENT, message)?;
        self.conn.flush()?;
        Ok(())
    }

    fn handle_events(&mut self) -> XResult<()> {
        while let Some(event) = self.conn.poll_for_event()? {
            match event {
                Event::ClientMessage(message) if message.format == 32 => self.hear(&message),
                Event::SelectionRequest(request) => {
                    self.fetched |= self.offer.serve(&self.conn, &request)?;
                }
                Event::Expose(_) => {
                    if let Some(label) = &self.label {
                        label.draw(&self.conn)?;
                    }
                }
                // Errors among them: a target that has gone is found out by the next look.
                _ => {}
            }
        }
        Ok(())
    }

    fn hear(&mut self, message: &ClientMessageEvent) {
        let data = message.data.as_data32();
        let Some(hover) = self.over.as_mut().filter(|h| h.target.window == data[0]) else {
            return;
        };
        if message.type_ == self.atoms.XdndStatus {
            hover.unanswered = None;
            hover.accepted = data[1] & WILL_ACCEPT != 0;
            let quiet = data[1] & WANTS_EVERY_POSITION == 0 && data[3] != 0;
            let halves = |word: u32| ((word >> 16) as u16, word as u16);
            let ((x, y), (width, height)) = (halves(data[2]), halves(data[3]));
            hover.quiet = quiet.then_some((x as i16, y as i16, width, height));
        } else if message.type_ == self.atoms.XdndFinished {
            self.finished = Some(data[1] & WILL_ACCEPT != 0);
        }
    }

    fn hide_label(&mut self) -> XResult<()> {
        if let Some(label) = self.label.take() {
            label.close(&self.conn)?;
        }
        Ok(())
    }

    fn is_escape_pressed(&self) -> XResult<bool> {
        let Some(key) = self.escape else {
            return Ok(false);
        };
        let keys = self.conn.query_keymap()?.reply()?.keys;
        Ok(keys[usize::from(key / 8)] & (1 << (key % 8)) != 0)
    }
}

impl Hover {
    fn is_quiet_at(&self, (x, y): (i16, i16)) -> bool {
        let within = |at: i16, from: i16, size: u16| {
            let offset = i32::from(at) - i32::from(from);
            (0..i32::from(size)).contains(&offset)
        };
        self.quiet.is_some_and(|(left, top, width, height)| {
            within(x, left, width) && within(y, top, height)
        })
    }
}

fn is_pressed(pointer: &QueryPointerReply) -> bool {
    u16::from(pointer.mask) & u16::from(KeyButMask::BUTTON1) != 0
}

/// A moment of the server's clock, by changing nothing on our window and hearing when.
fn server_time(conn: &RustConnection, source: Window, atoms: &Atoms) -> XResult<u32> {
    conn.change_property8(PropMode::APPEND, source, atoms.Clock, AtomEnum::STRING, &[])?;
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
            None => std::thread::sleep(POLL / 8),
        }
    }
    Err("the X server does not answer".into())
}

fn escape_key(conn: &RustConnection) -> XResult<Option<Keycode>> {
    let (first, last) = (conn.setup().min_keycode, conn.setup().max_keycode);
    let map = conn
        .get_keyboard_mapping(first, last - first + 1)?
        .reply()?;
    let per_key = usize::from(map.keysyms_per_keycode).max(1);
    let index = map.keysyms.iter().position(|&k| k == ESCAPE_KEYSYM);
    // As many keys as the server just gave, beginning with its first.
    Ok(index.map(|i| first + (i / per_key) as Keycode))
}
