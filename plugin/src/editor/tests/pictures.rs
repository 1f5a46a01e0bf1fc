//! One picture for each state a user meets. `UPDATE_SNAPSHOTS=1` takes new ones; look at them.

use super::{USUAL, Window, fixtures};
use crate::session::SessionView;
use egui::{Vec2, vec2};
use egui_kittest::{SnapshotOptions, kittest::Queryable};

const COMPACT: Vec2 = vec2(480.0, 360.0);
const WIDE: Vec2 = vec2(1100.0, 700.0);
const TALL: Vec2 = vec2(480.0, 1180.0);

pub(super) fn picture(window: &mut Window, name: &str) {
    let options = SnapshotOptions::new().output_path("tests/snapshots/editor");
    window.harness.snapshot_options(name, &options);
}

fn state(name: &str, view: SessionView) {
    picture(&mut Window::open(view), name);
}

#[test]
fn empty() {
    state("empty", fixtures::empty());
}

#[test]
fn armed() {
    state("armed", fixtures::armed());
}

#[test]
fn capturing() {
    state("capturing", fixtures::capturing());
}

#[test]
fn ready() {
    state("ready", fixtures::ready());
}

#[test]
fn queued() {
    state("queued", fixtures::queued());
}

#[test]
fn running() {
    state("running", fixtures::running());
}

#[test]
fn failed() {
    let mut window = Window::open(fixtures::failed());
    window.click("Details");
    picture(&mut window, "failed");
}

#[test]
fn service_away() {
    state("service_away", fixtures::away());
}

#[test]
fn finished() {
    state("finished", fixtures::finished());
}

#[test]
fn troubled() {
    state("troubled", fixtures::troubled());
}

#[test]
fn settings() {
    let mut view = fixtures::away();
    view.settings.has_api_key = true;
    let mut window = Window::open(view);
    window.click("Settings");
    picture(&mut window, "settings");
}

#[test]
fn more_players_and_a_menu() {
    let mut window = Window::open(fixtures::ready());
    window.click("More players");
    window.click("Choose a key");
    picture(&mut window, "more_and_keys");
}

#[test]
fn selected_stems_and_undo() {
    let mut view = fixtures::finished();
    view.can_undo_delete = true;
    let mut window = Window::open(view);
    window.click("Select Drums · 92.5 BPM · seed 1");
    window.click("Select Backing Vocals · 92.5 BPM · seed 2");
    window.click("Delete selected");
    picture(&mut window, "selected_and_undo");
}

fn unfolded(name: &str, row: &str) {
    let mut window = Window::open_at(fixtures::stacked(), vec2(760.0, 900.0), 1.0);
    window.click(row);
    picture(&mut window, name);
}

#[test]
fn a_stack_of_candidates() {
    state("stack", fixtures::stacked());
}

#[test]
fn a_row_unfolded_with_notes() {
    unfolded("stack_unfolded", "Unfold Drums · 92.5 BPM · seed 1");
}

#[test]
fn a_part_played_again() {
    unfolded("stack_part", "Unfold Drums · 92.5 BPM · seed 5");
}

#[test]
fn bars_marked() {
    let mut window = Window::open_at(fixtures::stacked(), vec2(760.0, 900.0), 1.0);
    window.click("Unfold Drums · 92.5 BPM · seed 1");
    let label = "Mark a part of Drums · 92.5 BPM · seed 1";
    let rect = window.harness.get_by_label(label).rect();
    window
        .harness
        .drag_at(rect.left_center() + vec2(rect.width() * 0.27, 0.0));
    window.harness.run();
    window
        .harness
        .hover_at(rect.left_center() + vec2(rect.width() * 0.36, 0.0));
    window.harness.run();
    window
        .harness
        .drop_at(rect.left_center() + vec2(rect.width() * 0.36, 0.0));
    window.harness.run();
    picture(&mut window, "stack_marked");
}

#[test]
fn storage() {
    let mut window = Window::open_at(super::storage::moving(), vec2(720.0, 1300.0), 1.0);
    window.click("Settings");
    picture(&mut window, "storage");
}

#[test]
fn a_file_above_the_window() {
    let mut window = Window::open(fixtures::ready());
    *window.fake.hovering.lock() = true;
    window.harness.run();
    picture(&mut window, "drop_hint");
}

#[test]
fn compact() {
    picture(
        &mut Window::open_at(fixtures::ready(), COMPACT, 1.0),
        "compact",
    );
}

#[test]
fn tall_and_narrow() {
    picture(
        &mut Window::open_at(fixtures::finished(), TALL, 1.0),
        "tall",
    );
}

#[test]
fn wide() {
    let mut view = fixtures::finished();
    view.jobs = fixtures::running().jobs;
    picture(&mut Window::open_at(view, WIDE, 1.0), "wide");
}

#[test]
fn twice_the_pixels() {
    picture(
        &mut Window::open_at(fixtures::finished(), USUAL, 2.0),
        "hidpi",
    );
}
