//! Services, looks and what else the settings change.

use super::{Window, fixtures};
use crate::session::{
    Command, Health, Looks, ServiceEntry, ServiceTest, SessionView, ThemeChoice, UserChange,
};
use egui_kittest::kittest::{NodeT, Queryable};

fn open() -> Window {
    open_with(fixtures::services())
}

fn open_with(view: SessionView) -> Window {
    let mut window = Window::open_at(view, egui::vec2(720.0, 1100.0), 1.0);
    window.click("Settings");
    // What lies in the folder is asked for by itself.
    window.sent();
    window
}

impl Window {
    fn fill(&mut self, field: &str, text: &str) {
        self.harness.get_by_label(field).focus();
        self.harness.run();
        self.press_ctrl(egui::Key::A);
        self.harness.get_by_label(field).type_text(text);
        self.harness.run();
    }
}

fn change(change: UserChange) -> Command {
    Command::ChangeUser(Box::new(change))
}

fn entry(name: &str, address: &str) -> ServiceEntry {
    ServiceEntry {
        name: name.into(),
        address: address.into(),
    }
}

#[test]
fn a_service_is_chosen_tested_and_removed() {
    let mut window = open();
    window.click("Use Studio");
    window.click("Test My Space");
    window.click("Remove My Space");
    let wanted = [
        Command::ChooseService("Studio".into()),
        Command::TestService {
            address: "https://sideman-band.example.org/space".into(),
        },
        change(UserChange::RemoveService("My Space".into())),
    ];
    assert_eq!(window.sent(), wanted);
    let mut view = fixtures::services();
    view.service.list[1].test = Some(ServiceTest::Asking);
    window.show(view.clone());
    assert!(window.has("Asking the service…"));
    view.service.list[1].test = Some(ServiceTest::Answered {
        health: Health::Degraded,
        words: "It wants an API key.".into(),
    });
    window.show(view);
    assert!(window.has("It wants an API key."));
}

#[test]
fn a_new_service_is_added_with_its_key_and_used_at_once() {
    let mut window = open();
    window.click("Add a service");
    assert_eq!(window.focused().as_deref(), Some("Name"));
    window.fill("Name", "Studio");
    window.fill("Service address", "http://gpu:8002/");
    assert!(window.has("Another service of yours has this name"));
    window.click("Save");
    assert_eq!(window.sent(), [], "not like this");
    window.fill("Name", "Cellar");
    window.fill("API key", " s3cret ");
    window.click("Save");
    let address = "http://gpu:8002".to_owned();
    let wanted = [
        Command::SetApiKey {
            address: address.clone(),
            key: "s3cret".into(),
        },
        change(UserChange::AddService(entry("Cellar", &address))),
        Command::ChooseService("Cellar".into()),
    ];
    assert_eq!(window.sent(), wanted);
    assert!(!window.has("API key"), "the form is closed");
}

#[test]
fn a_service_is_renamed_moved_and_its_key_forgotten() {
    let mut window = open();
    window.click("Edit Studio");
    let key = window.harness.get_by_label("API key").value();
    assert_eq!(key.unwrap_or_default(), "", "a key is never shown");
    window.fill("Name", "Attic");
    window.fill("Service address", "ftp://nowhere");
    assert!(window.has(crate::editor::text::settings::ADDRESS_WRONG));
    window.fill("Service address", "http://attic:1");
    window.click("Forget the stored key");
    window.click("Save");
    let wanted = [
        Command::SetApiKey {
            address: "http://studio.local:8002".into(),
            key: String::new(),
        },
        change(UserChange::EditService {
            was: "Studio".into(),
            entry: entry("Attic", "http://attic:1"),
        }),
    ];
    assert_eq!(window.sent(), wanted);
}

#[test]
fn escape_gives_up_what_is_being_edited_before_it_leaves() {
    let mut window = open();
    window.click("Edit Studio");
    window.fill("Name", "x");
    window.press(egui::Key::Escape);
    assert!(!window.has("API key") && window.has("Add a service"));
    assert_eq!(window.sent(), []);
    window.press(egui::Key::Escape);
    assert!(window.has("Your song"));
}

#[test]
fn the_last_service_cannot_be_removed() {
    let mut window = Window::open(fixtures::empty());
    window.click("Settings");
    let remove = window.harness.get_by_label("Remove Local");
    assert!(remove.accesskit_node().is_disabled());
}

#[test]
fn a_project_s_service_can_be_added_to_the_list() {
    let mut view = fixtures::empty();
    view.service.list[0].chosen = false;
    let mut theirs = view.service.list[0].clone();
    (theirs.name, theirs.address) = (String::new(), "http://theirs:1".into());
    (theirs.chosen, theirs.foreign) = (true, true);
    view.service.list.push(theirs);
    let mut window = open_with(view);
    window.click("Add to list");
    window.fill("Name", "Theirs");
    window.click("Save");
    let sent = window.sent();
    assert_eq!(
        sent[0],
        change(UserChange::AddService(entry("Theirs", "http://theirs:1")))
    );
}

#[test]
fn offline_is_one_click_and_says_so() {
    let mut window = open();
    window.click("Work offline");
    assert_eq!(window.sent(), [change(UserChange::Offline(true))]);
    let mut view = fixtures::services();
    view.service.offline = true;
    view.service.health = Health::Offline;
    view.service.words = "You work offline: nothing is sent, and jobs wait.".into();
    window.show(view);
    assert!(window.has("Service: You work offline: nothing is sent, and jobs wait."));
}

#[test]
fn engines_are_named_with_what_they_can() {
    let window = open();
    assert!(window.has("Engines of Local"));
    assert!(window.has("Plays: all twelve parts"));
    assert!(window.has("Can: repeat by seed, sing lyrics, show progress, stop at once"));
    assert!(window.has("The model is not loaded: 9 GB of GPU memory are missing."));
    let mut window = Window::open(fixtures::away());
    window.click("Settings");
    assert!(window.has(crate::editor::text::settings::NO_ENGINES));
}

#[test]
fn looks_are_chosen() {
    let mut window = open();
    let looks = |looks| change(UserChange::Looks(looks));
    window.click("Light");
    window.click("Larger (Ctrl +)");
    window.click("Reduce motion");
    let wanted = [
        looks(Looks {
            theme: ThemeChoice::Light,
            ..Looks::default()
        }),
        looks(Looks {
            zoom_percent: 110,
            ..Looks::default()
        }),
        looks(Looks {
            reduced_motion: true,
            ..Looks::default()
        }),
    ];
    assert_eq!(window.sent(), wanted);
    assert!(window.harness.ctx.global_style().visuals.dark_mode);
    let mut view = fixtures::services();
    view.looks.theme = ThemeChoice::Light;
    view.looks.reduced_motion = true;
    window.show(view);
    let style = window.harness.ctx.global_style();
    assert!(!style.visuals.dark_mode && style.animation_time == 0.0);
}
