//! The folder: what lies in it, what goes, a move on its way.

use super::{Window, fixtures};
use crate::session::{Command, FolderWish, MoveView, SessionView};
use egui::vec2;

fn open(view: SessionView) -> Window {
    let mut window = Window::open_at(view, vec2(720.0, 1900.0), 1.0);
    window.click("Settings");
    window
}

fn wishes(window: &Window) -> Vec<FolderWish> {
    let sent = window.sent().into_iter();
    sent.filter_map(|command| match command {
        Command::Folder(wish) => Some(wish),
        _ => None,
    })
    .collect()
}

#[test]
fn the_folder_is_looked_at_when_the_page_is_opened() {
    let mut window = open(fixtures::empty());
    assert_eq!(wishes(&window), [FolderWish::Survey]);
    assert!(window.has("Looking at what lies in the folder…"));
    window.show(fixtures::stored());
    assert!(window.has("213 MB"));
}

#[test]
fn the_trash_is_emptied_by_two_clicks_and_never_by_one() {
    let mut window = open(fixtures::stored());
    wishes(&window);
    window.click("Empty trash");
    assert_eq!(wishes(&window), []);
    window.click("Keep");
    window.click("Empty trash");
    window.click("Delete for good");
    assert_eq!(wishes(&window), [FolderWish::EmptyTrash]);
}

#[test]
fn only_closed_folders_can_go_and_they_come_back() {
    let mut window = open(fixtures::stored());
    wishes(&window);
    assert!(!window.has("Move to the trash: 0192f0c1e801"));
    window.click("Move to the trash: 0192aaaa0000");
    window.click("Bring back 0191bbbb0000");
    window.click("Trash takes older than");
    let wanted = [
        FolderWish::ThrowAway {
            instance: "0192aaaa0000".into(),
        },
        FolderWish::BringBack {
            instance: "0191bbbb0000".into(),
        },
        FolderWish::TrashOldTakes {
            older_than_days: 30,
        },
    ];
    assert_eq!(wishes(&window), wanted);
}

#[test]
fn a_move_shows_how_far_it_is_and_can_be_called_off() {
    let mut window = open(moving());
    wishes(&window);
    assert!(window.has("1.5 GB of 4.0 GB"));
    window.click("Cancel the move");
    assert_eq!(wishes(&window), [FolderWish::CancelMove]);
}

pub(super) fn moving() -> SessionView {
    SessionView {
        moving: Some(MoveView {
            to: "/media/big/Sideman".into(),
            done_bytes: 3 << 29,
            total_bytes: 4 << 30,
            cancelling: false,
        }),
        ..fixtures::stored()
    }
}

#[test]
fn the_export_format_is_chosen() {
    let mut window = open(fixtures::finished());
    window.click("FLAC");
    let sent = window.sent();
    let Some(Command::ApplySettings(settings)) = sent.last() else {
        panic!("{sent:?}");
    };
    assert_eq!(settings.export.format, crate::session::ExportFormat::Flac);
}
