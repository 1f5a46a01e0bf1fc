//! What a screen reader is told, as text. `UPDATE_SNAPSHOTS=1` writes it anew; read it.

use super::{Window, fixtures};
use egui_kittest::kittest::NodeT;
use std::{fmt::Write, path::Path};

/// Role, name and value of everything that has a name, indented by depth.
fn tree(window: &Window) -> String {
    let mut text = String::new();
    let root = window.harness.root();
    for node in root.children_recursive() {
        let node = node.accesskit_node();
        // A plain text is its own value.
        let Some(label) = node
            .label()
            .or(node.value())
            .filter(|label| !label.is_empty())
        else {
            continue;
        };
        write!(text, "{:?}: {label}", node.role()).unwrap();
        if let Some(value) = node
            .value()
            .filter(|value| !value.is_empty() && *value != label)
        {
            write!(text, " = {value}").unwrap();
        }
        if node.is_selected() == Some(true)
            || node.toggled() == Some(egui::accesskit::Toggled::True)
        {
            text.push_str(" (chosen)");
        }
        if node.is_disabled() {
            text.push_str(" (disabled)");
        }
        text.push('\n');
    }
    text
}

fn compare(name: &str, told: &str) {
    let path = Path::new("tests/snapshots/editor").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, told).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(told, kept, "differs from {}", path.display());
}

#[test]
fn the_stems_tab_is_told_in_words() {
    let mut view = fixtures::finished();
    view.jobs = fixtures::running().jobs;
    compare("stems_tab.txt", &tree(&Window::open(view)));
}

#[test]
fn the_settings_tab_is_told_in_words() {
    let mut window = Window::open(fixtures::away());
    window.click("Settings");
    compare("settings_tab.txt", &tree(&window));
}
