use super::testing::{Client, Display, end_of, stems, wait_until};
use crate::editor::drag_out::{self, DragHandle, DragState};
use std::path::PathBuf;
use x11rb::protocol::xproto::ConnectionExt as _;

/// The plugin's window at x = 100, the other program's at x = 300; the button pressed in the first.
struct Stage {
    display: Display,
    plugin: Client,
    host: Client,
    _folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

impl Stage {
    fn set(host: impl FnOnce(Client) -> Client) -> Self {
        let display = Display::take();
        let (plugin, host) = (Client::new(100), host(Client::new(300)));
        let (folder, files) = stems();
        display.move_to(150, 150);
        display.pointer(&["mousedown", "1"]);
        Self {
            display,
            plugin,
            host,
            _folder: folder,
            files,
        }
    }

    fn drag(&self) -> DragHandle {
        drag_out::start(self.files.clone(), self.plugin.handle(), || {}).unwrap()
    }

    fn release(&self) {
        self.display.pointer(&["mouseup", "1"]);
    }

    fn wait_for(&mut self, name: &str) {
        let host = &mut self.host;
        wait_until(name, || {
            host.answer_all();
            host.heard.contains(&name)
        });
    }
}

#[test]
fn several_files_reach_another_program() {
    let mut stage = Stage::set(|host| host.takes_drops(5, true));
    let (told, notified) = std::sync::mpsc::channel();
    let drag = drag_out::start(stage.files.clone(), stage.plugin.handle(), move || {
        told.send(()).unwrap();
    })
    .unwrap();
    stage.display.move_to(350, 150);
    stage.wait_for("position");
    assert_eq!(drag.state(), DragState::Running);
    stage.release();
    let host = &mut stage.host;
    wait_until("the files have come", || {
        host.answer_all();
        host.list.is_some()
    });
    let source = host.selection_owner();
    host.finish(source, true);
    assert_eq!(end_of(&drag), DragState::Dropped);
    notified.recv().unwrap();
    let list = host.list.take().unwrap();
    assert_eq!(drag_out::paths_of_list(list.as_bytes()), stage.files);
    assert_eq!(stage.host.heard, ["enter", "position", "drop"]);
}

/// qtractor does so: it makes the clip and then says that it took nothing.
#[test]
fn files_that_were_fetched_count_as_taken() {
    let mut stage = Stage::set(|host| host.takes_drops(5, true));
    let drag = stage.drag();
    stage.display.move_to(350, 150);
    stage.wait_for("position");
    stage.release();
    let host = &mut stage.host;
    wait_until("the files have come", || {
        host.answer_all();
        host.list.is_some()
    });
    host.finish(host.selection_owner(), false);
    assert_eq!(end_of(&drag), DragState::Dropped);
}

/// The whole gesture is over before the thread has looked once.
#[test]
fn a_fast_drag_is_not_lost() {
    let mut stage = Stage::set(|host| host.takes_drops(3, true));
    stage.display.move_to(350, 150);
    stage.release();
    let drag = stage.drag();
    let host = &mut stage.host;
    wait_until("the files have come", || {
        host.answer_all();
        host.list.is_some()
    });
    host.finish(host.selection_owner(), false);
    assert_eq!(end_of(&drag), DragState::Dropped);
}

#[test]
fn a_target_that_refuses_gets_nothing() {
    let mut stage = Stage::set(|host| host.takes_drops(5, false));
    let drag = stage.drag();
    stage.display.move_to(350, 150);
    stage.wait_for("position");
    stage.release();
    let host = &mut stage.host;
    wait_until("the target is left", || {
        host.answer_all();
        host.heard.contains(&"leave")
    });
    assert_eq!(end_of(&drag), DragState::Cancelled);
    assert_eq!(stage.host.heard, ["enter", "position", "leave"]);
    assert!(stage.host.list.is_none());
}

#[test]
fn escape_cancels() {
    let mut stage = Stage::set(|host| host.takes_drops(5, true));
    let drag = stage.drag();
    stage.display.move_to(350, 150);
    stage.wait_for("position");
    stage.display.pointer(&["keydown", "Escape"]);
    assert_eq!(end_of(&drag), DragState::Cancelled);
    stage.wait_for("leave");
    stage.display.pointer(&["keyup", "Escape", "mouseup", "1"]);
}

#[test]
fn nothing_happens_over_ourselves_and_over_old_or_deaf_windows() {
    for (host_version, place) in [(Some(5), 150), (Some(2), 350), (None, 350)] {
        let mut stage = Stage::set(|host| match host_version {
            Some(version) => host.takes_drops(version, true),
            None => host,
        });
        stage.plugin = stage.plugin.takes_drops(5, true);
        let drag = stage.drag();
        stage.display.move_to(place, 151);
        stage.release();
        assert_eq!(end_of(&drag), DragState::Cancelled);
        stage.plugin.answer_all();
        stage.host.answer_all();
        assert!(stage.plugin.heard.is_empty() && stage.host.heard.is_empty());
    }
}

#[test]
fn a_target_that_goes_away_is_survived() {
    let mut stage = Stage::set(|host| host.takes_drops(5, true));
    let drag = stage.drag();
    stage.display.move_to(350, 150);
    stage.wait_for("position");
    stage.host.conn.destroy_window(stage.host.window).unwrap();
    stage.host.sync();
    stage.release();
    assert_eq!(end_of(&drag), DragState::Cancelled);
}

/// The editor closes in the middle: the thread must be gone before the library is.
#[test]
fn dropping_the_handle_ends_the_drag() {
    let mut stage = Stage::set(|host| host.takes_drops(5, true));
    let drag = stage.drag();
    stage.display.move_to(350, 150);
    stage.wait_for("position");
    drop(drag);
    stage.wait_for("leave");
    wait_until("the source is gone", || stage.host.selection_owner() == 0);
    stage.release();
}

#[test]
fn a_stale_proxy_is_ignored_and_a_valid_one_followed() {
    let mut stage = Stage::set(|host| host.takes_drops(5, true));
    let proxy_holder = Client::new(500).takes_drops(5, true);
    let (property, host) = (stage.host.atoms.XdndProxy, stage.host.window);
    let window_kind = x11rb::protocol::xproto::AtomEnum::WINDOW.into();
    stage
        .host
        .set(host, property, window_kind, proxy_holder.window);
    let drag = stage.drag();
    stage.display.move_to(350, 150);
    // The named window does not name itself: the host is spoken to.
    stage.wait_for("position");
    drop(drag);
    let mut proxy = proxy_holder;
    proxy.set(proxy.window, property, window_kind, proxy.window);
    let drag = stage.drag();
    wait_until("the proxy is spoken to", || {
        proxy.answer_all();
        proxy.heard.contains(&"position")
    });
    drop(drag);
    stage.release();
}

#[test]
fn what_cannot_be_dragged_is_refused_at_once() {
    let display = Display::take();
    let window = Client::new(100).handle();
    let (folder, files) = stems();
    let start = |files: Vec<PathBuf>| {
        drag_out::start(files, window, || {})
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    assert!(start(Vec::new()).contains("no finished stem"));
    assert!(start(vec![folder.path().join("gone.wav")]).contains("no longer there"));
    assert!(start(vec!["relative.wav".into()]).contains("no longer there"));
    assert!(start(vec![files[0].clone(); 257]).contains("257 files"));
    drop(display);
}
