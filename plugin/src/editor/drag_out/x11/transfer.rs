use super::XResult;
use x11rb::{
    connection::Connection,
    protocol::xproto::{
        Atom, AtomEnum, ConnectionExt as _, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
        SelectionNotifyEvent, SelectionRequestEvent,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// What a target may ask for, and the answer.
pub(super) struct Offer {
    pub(super) uri_list: Atom,
    pub(super) plain_text: Atom,
    pub(super) targets: Atom,
    pub(super) timestamp: Atom,
    pub(super) list: String,
    pub(super) time: u32,
}

impl Offer {
    /// Answers one request; `true` when it was for the files themselves.
    pub(super) fn serve(
        &self,
        conn: &RustConnection,
        request: &SelectionRequestEvent,
    ) -> XResult<bool> {
        // Old programs leave the property open; the target's name stands in for it.
        let property = match request.property {
            0 => request.target,
            named => named,
        };
        let (to, replace) = (request.requestor, PropMode::REPLACE);
        let asks_files = request.target == self.uri_list || request.target == self.plain_text;
        let known = if asks_files {
            conn.change_property8(replace, to, property, request.target, self.list.as_bytes())?;
            true
        } else if request.target == self.targets {
            let names = [self.targets, self.timestamp, self.uri_list, self.plain_text];
            conn.change_property32(replace, to, property, AtomEnum::ATOM, &names)?;
            true
        } else if request.target == self.timestamp {
            conn.change_property32(replace, to, property, AtomEnum::INTEGER, &[self.time])?;
            true
        } else {
            false
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: request.target,
            property: if known { property } else { 0 },
        };
        conn.send_event(false, to, EventMask::NO_EVENT, answer)?;
        conn.flush()?;
        Ok(asks_files)
    }
}
