//! The window without a mouse.

use super::{Window, fixtures};
use crate::session::{Command, UserChange};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

impl Window {
    pub(super) fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    pub(super) fn press_ctrl(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, key);
        self.harness.run();
    }

    pub(super) fn focused(&self) -> Option<String> {
        let root = self.harness.root();
        root.children_recursive()
            .find(|node| node.accesskit_node().is_focused())
            .and_then(|node| node.accesskit_node().label())
    }

    /// Tab until `label` is in focus.
    pub(super) fn tab_to(&mut self, label: &str) {
        for _ in 0..60 {
            if self.focused().as_deref() == Some(label) {
                return;
            }
            self.press(Key::Tab);
        }
        panic!("Tab never comes to {label}");
    }
}

#[test]
fn a_job_is_made_without_touching_the_mouse() {
    let mut window = Window::open(fixtures::ready());
    window.tab_to("Drums");
    window.press(Key::Space);
    window.tab_to("Generate");
    window.press(Key::Enter);
    let sent = window.sent();
    assert!(
        matches!(sent.as_slice(), [Command::EditForm(_), Command::Generate]),
        "{sent:?}"
    );
}

#[test]
fn every_control_can_be_reached_and_the_way_leads_round() {
    let mut window = Window::open(fixtures::finished());
    let mut seen = Vec::new();
    for _ in 0..80 {
        window.press(Key::Tab);
        let label = window.focused().expect("something has the focus");
        if seen.first() == Some(&label) {
            break;
        }
        seen.push(label);
    }
    let mut before = 0;
    for label in [
        "Stems",
        "Settings",
        "Capture again",
        "Open a file…",
        "Vocals",
        "More players",
        "Tempo",
        "Key",
        "Choose a key",
        "Style",
        "Seed",
        "Roll a seed",
        "Generate",
        "Stop Drums · 92.5 BPM · seed 1",
        "Make a favourite Drums · 92.5 BPM · seed 1",
        "Unfold Vocals · 92.5 BPM · seed 3",
    ] {
        let place = seen.iter().position(|s| s == label);
        let place = place.unwrap_or_else(|| panic!("{label} is not in {seen:#?}"));
        assert!(place >= before, "{label} comes too early in {seen:#?}");
        before = place;
    }
}

#[test]
fn ctrl_enter_generates_even_while_typing() {
    let mut window = Window::open(fixtures::ready());
    window.harness.get_by_label("Seed").focus();
    window.harness.run();
    window.press_ctrl(Key::Enter);
    assert_eq!(window.sent(), [Command::Generate]);
    window.show(fixtures::empty());
    window.press_ctrl(Key::Enter);
    assert_eq!(window.sent(), [], "there is no song");
}

#[test]
fn ctrl_with_a_number_changes_the_tab_and_escape_leads_back() {
    let mut window = Window::open(fixtures::ready());
    window.press_ctrl(Key::Num2);
    assert!(window.has("Add a service"));
    window.press(Key::Escape);
    assert!(window.has("Your song"));
}

#[test]
fn escape_closes_a_menu_before_anything_else() {
    let mut window = Window::open(fixtures::finished());
    window.press_ctrl(Key::A);
    assert!(window.has("3 selected"));
    window.click("Choose a key");
    assert!(window.has("F# minor"));
    window.press(Key::Escape);
    assert!(!window.has("F# minor"));
    assert!(window.has("3 selected"));
    window.press(Key::Escape);
    window.press(Key::Escape);
    assert!(!window.has("3 selected"));
}

#[test]
fn ctrl_z_brings_a_stem_back_but_leaves_text_fields_their_own_undo() {
    let mut view = fixtures::finished();
    view.can_undo_delete = true;
    let mut window = Window::open(view);
    window.press_ctrl(Key::Z);
    assert_eq!(window.sent(), [Command::UndoDelete]);
    window.harness.get_by_label("Seed").focus();
    window.harness.run();
    window.press_ctrl(Key::Z);
    assert_eq!(window.sent(), []);
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    for view in [fixtures::empty(), fixtures::ready(), fixtures::finished()] {
        let window = Window::open(view);
        let outputs = &window.harness.output().viewport_output;
        let soonest = outputs.values().map(|output| output.repaint_delay).min();
        assert_eq!(soonest, Some(std::time::Duration::MAX));
    }
}

#[test]
fn a_countdown_asks_for_one_frame_a_second() {
    let window = Window::open(fixtures::away());
    let outputs = &window.harness.output().viewport_output;
    let soonest = outputs.values().map(|output| output.repaint_delay).min();
    assert_eq!(soonest, Some(std::time::Duration::from_secs(1)));
}

#[test]
fn the_shortcuts_are_shown_and_put_away() {
    let mut window = Window::open(fixtures::ready());
    for open in [Key::F1, Key::Questionmark] {
        window.press(open);
        assert!(window.has("Keyboard shortcuts"));
        window.press(Key::Escape);
        assert!(!window.has("Keyboard shortcuts"), "{open:?}");
        assert!(window.has("Your song"), "Escape does one thing at a time");
    }
    window.harness.get_by_label("Style").focus();
    window.harness.run();
    window.press(Key::Questionmark);
    assert!(!window.has("Keyboard shortcuts"), "a field keeps its own ?");
}

#[test]
fn everything_grows_and_shrinks_by_steps() {
    let mut view = fixtures::ready();
    let mut window = Window::open(view.clone());
    let percent = |window: &Window| match window.sent().as_slice() {
        [Command::ChangeUser(change)] => match &**change {
            UserChange::Looks(looks) => looks.zoom_percent,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    window.press_ctrl(Key::Plus);
    assert_eq!(percent(&window), 110);
    window.press_ctrl(Key::Minus);
    assert_eq!(percent(&window), 90);
    view.looks.zoom_percent = 200;
    window.show(view);
    assert_eq!(window.harness.ctx.zoom_factor(), 2.0);
    window.press_ctrl(Key::Num0);
    assert_eq!(percent(&window), 100);
}

#[test]
fn space_is_the_host_s_unless_something_here_has_the_focus() {
    let mut window = Window::open(fixtures::ready());
    let passed = |window: &Window| *window.fake.spaces_passed.lock();
    window.press(Key::Space);
    assert_eq!((passed(&window), window.sent()), (1, vec![]));
    assert!(
        !window.harness.ctx.egui_wants_keyboard_input(),
        "where the toolkit passes keys on, this is what it asks"
    );
    window.harness.get_by_label("Style").focus();
    window.harness.run();
    window.press(Key::Space);
    assert_eq!(passed(&window), 1, "typed");
}
