use super::{Shared, XResult, proxy::Proxy};
use crate::editor::drag_out::{paths_of_list, property};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
            SelectionNotifyEvent, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

const VERSION: u32 = 5;
/// Lists of types and of files longer than this (in 32-bit words) are no honest drag.
const MAX_TYPES: u32 = 256;
const MAX_LIST_WORDS: u32 = 1 << 18;
/// Bits of messages.
const MORE_THAN_THREE_TYPES: u32 = 1;
const ACCEPT: u32 = 1;
const WANT_EVERY_POSITION: u32 = 2;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndProxy, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished,
        XdndSelection, XdndTypeList, XdndActionCopy, WM_STATE,
        UriList: b"text/uri-list",
        Dropped: b"_SIDEMAN_DROPPED",
    }
}

/// Talks to the source of the drag that is above the top-level.
pub(super) struct Conversation {
    conn: RustConnection,
    root: Window,
    own: Window,
    helper: Window,
    atoms: Atoms,
    proxy: Proxy,
    guest: Option<Guest>,
}

/// A source above the top-level.
struct Guest {
    source: Window,
    /// How it introduced itself: the top-level hears it when the pointer leaves our rectangle.
    enter: ClientMessageEvent,
    has_files: bool,
    listener: Listener,
}

/// Who hears the source now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listener {
    Nobody,
    Us,
    TopLevel,
}

impl Conversation {
    pub(super) fn open(own: Window) -> XResult<Self> {
        let (conn, screen) = x11rb::connect(None)?;
        let root = conn.setup().roots[screen].root;
        let atoms = Atoms::new(&conn)?.reply()?;
        let helper = conn.generate_id()?;
        conn.create_window(
            0,
            helper,
            root,
            -10,
            -10,
            1,
            1,
            0,
            WindowClass::INPUT_ONLY,
            x11rb::COPY_FROM_PARENT,
            &CreateWindowAux::new().override_redirect(1),
        )?;
        let replace = PropMode::REPLACE;
        conn.change_property32(replace, helper, atoms.XdndAware, AtomEnum::ATOM, &[VERSION])?;
        // A proxy is valid when it names itself.
        conn.change_property32(
            replace,
            helper,
            atoms.XdndProxy,
            AtomEnum::WINDOW,
            &[helper],
        )?;
        conn.flush()?;
        Ok(Self {
            proxy: Proxy::new(own, helper, atoms.XdndProxy, atoms.WM_STATE),
            conn,
            root,
            own,
            helper,
            atoms,
            guest: None,
        })
    }

    pub(super) fn keep_proxy(&mut self) -> XResult<()> {
        self.proxy.keep(&self.conn)
    }

    /// A drag is above the top-level.
    pub(super) fn has_guest(&self) -> bool {
        self.guest.is_some()
    }

    pub(super) fn close(mut self) -> XResult<()> {
        self.proxy.remove(&self.conn)
    }

    /// Answers one message; `false` when none was waiting.
    pub(super) fn handle_next(&mut self, shared: &Shared, notify: &dyn Fn()) -> XResult<bool> {
        let Some(event) = self.conn.poll_for_event()? else {
            return Ok(false);
        };
        let changed = match event {
            Event::ClientMessage(message) if message.format == 32 => self.hear(&message, shared)?,
            Event::SelectionNotify(notice) if notice.selection == self.atoms.XdndSelection => {
                self.receive(&notice, shared)?
            }
            // Errors among them: windows of others may go at any time.
            _ => false,
        };
        if changed {
            notify();
        }
        Ok(true)
    }

    /// `true` when the editor should look.
    fn hear(&mut self, message: &ClientMessageEvent, shared: &Shared) -> XResult<bool> {
        let kind = message.type_;
        if kind == self.atoms.XdndEnter {
            self.welcome(message)?;
            return Ok(false);
        }
        let source = message.data.as_data32()[0];
        if self.guest.as_ref().is_none_or(|g| g.source != source) {
            return Ok(false);
        }
        if kind == self.atoms.XdndPosition {
            self.point(message, shared)
        } else if kind == self.atoms.XdndLeave {
            self.leave(message, shared)
        } else if kind == self.atoms.XdndDrop {
            self.take(message, shared)
        } else {
            Ok(false)
        }
    }

    fn welcome(&mut self, enter: &ClientMessageEvent) -> XResult<()> {
        let [source, flags, types @ ..] = enter.data.as_data32();
        let has_files = if flags & MORE_THAN_THREE_TYPES == 0 {
            types.contains(&self.atoms.UriList)
        } else {
            self.lists_files(source)?
        };
        self.guest = Some(Guest {
            source,
            enter: *enter,
            has_files,
            listener: Listener::Nobody,
        });
        Ok(())
    }

    fn lists_files(&self, source: Window) -> XResult<bool> {
        let list = self.atoms.XdndTypeList;
        let cookie = self
            .conn
            .get_property(false, source, list, AtomEnum::ATOM, 0, MAX_TYPES)?;
        // A source that has gone has no files.
        Ok(cookie.reply().is_ok_and(|reply| {
            reply
                .value32()
                .is_some_and(|mut types| types.any(|t| t == self.atoms.UriList))
        }))
    }

    fn point(&mut self, position: &ClientMessageEvent, shared: &Shared) -> XResult<bool> {
        let place = position.data.as_data32()[2];
        let inside = self.is_inside((place >> 16) as i16, place as i16)?;
        let accepted = inside && self.guest.as_ref().is_some_and(|g| g.has_files);
        self.listen(if inside {
            Listener::Us
        } else {
            Listener::TopLevel
        })?;
        if inside || !self.forward(position)? {
            let action = if accepted {
                self.atoms.XdndActionCopy
            } else {
                0
            };
            let flags = WANT_EVERY_POSITION | if accepted { ACCEPT } else { 0 };
            self.answer(self.atoms.XdndStatus, [flags, 0, 0, action])?;
        }
        Ok(shared.set_hovering(accepted))
    }

    /// Changes who hears the source; the top-level is told when it begins and ends to.
    fn listen(&mut self, next: Listener) -> XResult<()> {
        let Some(guest) = &mut self.guest else {
            return Ok(());
        };
        let before = std::mem::replace(&mut guest.listener, next);
        if before == next {
            return Ok(());
        }
        let (enter, source) = (guest.enter, guest.source);
        if next == Listener::TopLevel {
            self.forward(&enter)?;
        } else if before == Listener::TopLevel {
            let leave = ClientMessageEvent::new(
                32,
                enter.window,
                self.atoms.XdndLeave,
                [source, 0, 0, 0, 0],
            );
            self.forward(&leave)?;
        }
        Ok(())
    }

    /// Hands a message to the top-level as if it had come there; `false` when that takes no drops.
    fn forward(&self, message: &ClientMessageEvent) -> XResult<bool> {
        let aware = |&window: &Window| property(&self.conn, window, self.atoms.XdndAware).is_some();
        let Some(window) = self.proxy.top_level().filter(aware) else {
            return Ok(false);
        };
        self.conn
            .send_event(false, window, EventMask::NO_EVENT, *message)?;
        self.conn.flush()?;
        Ok(true)
    }

    fn leave(&mut self, message: &ClientMessageEvent, shared: &Shared) -> XResult<bool> {
        if self
            .guest
            .take()
            .is_some_and(|g| g.listener == Listener::TopLevel)
        {
            self.forward(message)?;
        }
        Ok(shared.set_hovering(false))
    }

    /// Asks for the files; they come as a notice.
    fn take(&mut self, message: &ClientMessageEvent, shared: &Shared) -> XResult<bool> {
        let listener = self.guest.as_ref().map(|g| g.listener);
        if listener == Some(Listener::TopLevel) && self.forward(message)? {
            self.guest = None;
            return Ok(shared.set_hovering(false));
        }
        if shared.hovering.load(std::sync::atomic::Ordering::Acquire) {
            let time = message.data.as_data32()[2];
            let (from, kind) = (self.atoms.XdndSelection, self.atoms.UriList);
            self.conn
                .convert_selection(self.helper, from, kind, self.atoms.Dropped, time)?;
            self.conn.flush()?;
            return Ok(false);
        }
        self.answer(self.atoms.XdndFinished, [0; 4])?;
        self.guest = None;
        Ok(false)
    }

    fn receive(&mut self, notice: &SelectionNotifyEvent, shared: &Shared) -> XResult<bool> {
        let mut files = Vec::new();
        if notice.property != 0 {
            let (any, words) = (AtomEnum::ANY, MAX_LIST_WORDS);
            let cookie =
                self.conn
                    .get_property(true, self.helper, self.atoms.Dropped, any, 0, words)?;
            if let Ok(reply) = cookie.reply() {
                files = paths_of_list(&reply.value);
            }
        }
        let taken = !files.is_empty();
        shared.add(files);
        let action = if taken { self.atoms.XdndActionCopy } else { 0 };
        self.answer(self.atoms.XdndFinished, [u32::from(taken), action, 0, 0])?;
        self.guest = None;
        shared.set_hovering(false);
        Ok(true)
    }

    /// Sources know the top-level, not us: answers bear its name.
    fn answer(&self, kind: u32, rest: [u32; 4]) -> XResult<()> {
        let Some(guest) = &self.guest else {
            return Ok(());
        };
        let [a, b, c, d] = rest;
        let message =
            ClientMessageEvent::new(32, guest.source, kind, [guest.enter.window, a, b, c, d]);
        self.conn
            .send_event(false, guest.source, EventMask::NO_EVENT, message)?;
        self.conn.flush()?;
        Ok(())
    }

    /// Whether a place of the screen lies in our window.
    fn is_inside(&self, x: i16, y: i16) -> XResult<bool> {
        let size = self.conn.get_geometry(self.own)?;
        let place = self.conn.translate_coordinates(self.root, self.own, x, y)?;
        // A window that has just gone contains nothing.
        let (Ok(size), Ok(place)) = (size.reply(), place.reply()) else {
            return Ok(false);
        };
        let within = |at: i16, length: u16| (0..i32::from(length)).contains(&i32::from(at));
        Ok(within(place.dst_x, size.width) && within(place.dst_y, size.height))
    }
}
