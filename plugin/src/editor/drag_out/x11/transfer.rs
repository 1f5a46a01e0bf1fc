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

/// What another program may ask of a selection that we own, and the answers.
pub(in crate::editor) struct Offer {
    pub(in crate::editor) targets: Atom,
    pub(in crate::editor) timestamp: Atom,
    /// The files, in every form that is asked for.
    pub(in crate::editor) forms: Vec<(Atom, String)>,
    /// When the selection became ours.
    pub(in crate::editor) time: u32,
}

impl Offer {
    /// Answers one request; `true` when it was for the files themselves.
    pub(in crate::editor) fn serve(
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
        let form = self.forms.iter().find(|(kind, _)| *kind == request.target);
        let known = if let Some((kind, text)) = form {
            conn.change_property8(replace, to, property, *kind, text.as_bytes())?;
            true
        } else if request.target == self.targets {
            let forms = self.forms.iter().map(|(kind, _)| *kind);
            let names: Vec<Atom> = [self.targets, self.timestamp]
                .into_iter()
                .chain(forms)
                .collect();
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
        Ok(form.is_some())
    }
}
