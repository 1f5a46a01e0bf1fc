use super::{
    XResult,
    hover::{Hover, YES},
    label::Label,
    server::{self, Atoms},
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
            AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, KeyButMask, Keycode,
            PropMode, QueryPointerReply, Window,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// The pointer is looked at this often: faster than a screen shows it.
const POLL: Duration = Duration::from_millis(8);
/// A button held longer than this was not released but lost.
const MAX_DRAG: Duration = Duration::from_secs(120);
/// After the release, a last answer is waited for: without it fast drags would be lost.
const LAST_STATUS_PATIENCE: Duration = Duration::from_millis(500);
/// How long a target may take to fetch the files and say that it has.
const TRANSFER_PATIENCE: Duration = Duration::from_secs(8);

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

impl Session {
    pub(super) fn open(own: Window, list: String, caption: &str) -> XResult<Self> {
        let (conn, screen) = x11rb::connect(None)?;
        let screen = conn.setup().roots[screen].clone();
        let atoms = Atoms::new(&conn)?.reply()?;
        let source = server::hidden_window(&conn, screen.root)?;
        let time = server::time(&conn, source, atoms.Clock)?;
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
                targets: atoms.TARGETS,
                timestamp: atoms.TIMESTAMP,
                forms: types.map(|kind| (kind, list.clone())).into(),
                time,
            },
            label,
            escape: server::escape_key(&conn).unwrap_or(None),
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
        self.over = Some(Hover::new(target));
        Ok(())
    }

    /// Sends the place unless the target knows it, has yet to answer, or asked not to be told.
    fn send_position(&mut self, place: (i16, i16)) -> XResult<()> {
        let (position, copy) = (self.atoms.XdndPosition, self.atoms.XdndActionCopy);
        let time = self.offer.time;
        let Some(hover) = &mut self.over else {
            return Ok(());
        };
        if !hover.wants(place) {
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
            hover.take_status(data);
        } else if message.type_ == self.atoms.XdndFinished {
            self.finished = Some(data[1] & YES != 0);
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

fn is_pressed(pointer: &QueryPointerReply) -> bool {
    u16::from(pointer.mask) & u16::from(KeyButMask::BUTTON1) != 0
}
