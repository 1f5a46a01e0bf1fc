//! Another program pastes what was copied, on a real X server.

use super::FileClipboard;
use crate::editor::drag_out::{
    paths_of_list,
    testing::{Client, Display, stems, wait_until},
};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{AtomEnum, ConnectionExt as _},
    },
};

impl Client {
    fn atom(&self, name: &str) -> u32 {
        let cookie = self.conn.intern_atom(false, name.as_bytes());
        cookie.unwrap().reply().unwrap().atom
    }

    fn clipboard_owner(&self) -> u32 {
        let cookie = self.conn.get_selection_owner(self.atom("CLIPBOARD"));
        cookie.unwrap().reply().unwrap().owner
    }

    /// What the clipboard's owner gives for a form; `None` when it has no such thing.
    fn paste(&self, form: &str) -> Option<Vec<u8>> {
        let (clipboard, form) = (self.atom("CLIPBOARD"), self.atom(form));
        let (window, got) = (self.window, self.atoms.Got);
        self.conn
            .convert_selection(window, clipboard, form, got, x11rb::CURRENT_TIME)
            .unwrap();
        self.sync();
        let mut answer = None;
        wait_until("the clipboard answers", || {
            if let Some(Event::SelectionNotify(event)) = self.conn.poll_for_event().unwrap() {
                answer = Some(event.property != 0);
            }
            answer.is_some()
        });
        answer.filter(|known| *known)?;
        let cookie = self
            .conn
            .get_property(true, window, got, AtomEnum::ANY, 0, 4096);
        Some(cookie.unwrap().reply().unwrap().value)
    }
}

#[test]
fn copied_files_are_pasted_as_files_and_as_text() {
    let _display = Display::take();
    let (_folder, files) = stems();
    let mut clipboard = FileClipboard::default();
    clipboard.copy(&files).unwrap();

    let other = Client::new(400);
    let list = other.paste("text/uri-list").unwrap();
    assert_eq!(paths_of_list(&list), files);
    let copied = String::from_utf8(other.paste("x-special/gnome-copied-files").unwrap()).unwrap();
    let (verb, uris) = copied.split_once('\n').unwrap();
    assert_eq!(
        (verb, paths_of_list(uris.as_bytes())),
        ("copy", files.clone())
    );
    assert!(
        !copied.contains('\r') && !copied.ends_with('\n'),
        "{copied:?}"
    );
    let text = String::from_utf8(other.paste("UTF8_STRING").unwrap()).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.ends_with("Stimmen é.wav"));
    assert_eq!(other.paste("image/png"), None);
    let targets = other.paste("TARGETS").unwrap();
    assert_eq!(targets.len() / 4, 5, "two of the protocol, three forms");

    // Copied anew, then given up.
    clipboard.copy(&files[..1]).unwrap();
    let list = other.paste("text/uri-list").unwrap();
    assert_eq!(paths_of_list(&list), files[..1]);
    drop(clipboard);
    wait_until("the clipboard is free", || other.clipboard_owner() == 0);
}

#[test]
fn what_another_program_copies_takes_the_place_of_the_files() {
    let _display = Display::take();
    let (_folder, files) = stems();
    let mut clipboard = FileClipboard::default();
    clipboard.copy(&files).unwrap();
    let other = Client::new(400);
    other
        .conn
        .set_selection_owner(other.window, other.atom("CLIPBOARD"), x11rb::CURRENT_TIME)
        .unwrap();
    other.sync();
    drop(clipboard);
    assert_eq!(other.clipboard_owner(), other.window, "it is left alone");
}

#[test]
fn what_is_gone_is_not_copied() {
    let (_folder, mut files) = stems();
    std::fs::remove_file(&files[1]).unwrap();
    let mut clipboard = FileClipboard::default();
    let why = clipboard.copy(&files).unwrap_err().to_string();
    assert!(
        why.contains("Stimmen") && why.contains("generate the stem again"),
        "{why}"
    );
    files.clear();
    assert!(clipboard.copy(&files).is_err());
}
