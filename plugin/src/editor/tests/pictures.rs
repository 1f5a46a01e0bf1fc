//! One picture for each state a user meets. `UPDATE_SNAPSHOTS=1` takes new ones; look at them.

use super::{
    USUAL, Window, fixtures,
    song::{drag_across, zoom_in},
};
use crate::{
    capture::Levels,
    editor::desk::TransportView,
    session::{SessionView, ThemeChoice},
};
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
    let mut window = Window::open_at(fixtures::services(), vec2(760.0, 1180.0), 1.0);
    window.click("Settings");
    picture(&mut window, "settings");
}

#[test]
fn settings_of_a_service() {
    let mut window = Window::open(fixtures::services());
    window.click("Settings");
    window.click("Edit Studio");
    picture(&mut window, "settings_edit");
}

#[test]
fn shortcuts() {
    let mut window = Window::open(fixtures::finished());
    window.harness.key_press(egui::Key::F1);
    window.harness.run();
    picture(&mut window, "shortcuts");
}

fn light(mut view: SessionView) -> SessionView {
    view.looks.theme = ThemeChoice::Light;
    view
}

#[test]
fn light_theme() {
    let mut view = fixtures::finished();
    view.jobs = fixtures::running().jobs;
    state("light", light(view));
}

#[test]
fn light_theme_empty() {
    state("light_empty", light(fixtures::empty()));
}

#[test]
fn light_theme_in_trouble() {
    state("light_troubled", light(fixtures::troubled()));
}

#[test]
fn light_theme_settings() {
    let size = vec2(760.0, 1180.0);
    let mut window = Window::open_at(light(fixtures::services()), size, 1.0);
    window.click("Settings");
    picture(&mut window, "light_settings");
}

#[test]
fn twice_as_large_in_the_same_window() {
    let size = vec2(760.0, 600.0) / 2.0;
    picture(
        &mut Window::open_at(fixtures::finished(), size, 2.0),
        "zoom_200",
    );
}

#[test]
fn large_and_very_large() {
    let mut view = fixtures::finished();
    view.jobs = fixtures::running().jobs;
    let size = vec2(1600.0, 1000.0);
    picture(&mut Window::open_at(view, size, 1.0), "large");
}

fn standalone_at(name: &str, size: Vec2) {
    let transport = super::standalone::playing();
    let mut window = Window::with_desk(fixtures::finished(), transport, size);
    picture(&mut window, name);
}

#[test]
fn standalone() {
    standalone_at("standalone", vec2(760.0, 600.0));
}

#[test]
fn standalone_compact() {
    standalone_at("standalone_compact", COMPACT);
}

#[test]
fn standalone_wide() {
    standalone_at("standalone_wide", vec2(1200.0, 760.0));
}

#[test]
fn standalone_settings() {
    let transport = TransportView::default();
    let mut window = Window::with_desk(fixtures::empty(), transport, vec2(760.0, 1180.0));
    window.click("Settings");
    picture(&mut window, "standalone_settings");
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

#[test]
fn listening_without_being_asked() {
    let mut window = Window::open(fixtures::listening());
    *window.fake.levels.lock() = loud(false);
    window.harness.step();
    picture(&mut window, "listening");
}

fn loud(clipped: bool) -> Levels {
    Levels {
        peak: [0.8, 0.5],
        rms: [0.2, 0.12],
        channels: 2,
        clipped,
        is_still: false,
    }
}

#[test]
fn nothing_comes_in() {
    state("quiet", fixtures::quiet());
}

#[test]
fn a_part_of_what_was_heard() {
    let mut window = Window::open(fixtures::grabbed());
    window.click("Show what was heard");
    drag_across(&mut window, "Waveform of what was heard", 0.6, 0.8);
    picture(&mut window, "heard_range");
}

#[test]
fn a_part_of_the_take_up_close() {
    let mut window = Window::open(fixtures::grabbed());
    zoom_in(&mut window, "Waveform of Captured 0:41, bars 17–32", 4.0);
    drag_across(
        &mut window,
        "Waveform of Captured 0:41, bars 17–32",
        0.2,
        0.7,
    );
    picture(&mut window, "zoomed_range");
}

#[test]
fn tempo_and_meter_change() {
    state("retimed", fixtures::retimed());
}

#[test]
fn what_was_heard_in_a_file() {
    state("guessed", fixtures::guessed());
}

#[test]
fn a_take_from_before_the_crash() {
    state("recovered", fixtures::recovered());
}

#[test]
fn a_needle_where_the_song_is() {
    let mut window = Window::open_at(fixtures::stacked(), egui::vec2(900.0, 900.0), 1.0);
    *window.fake.place_secs.lock() = Some(64.0 * 60.0 / 92.5 + 15.0);
    window.harness.step();
    picture(&mut window, "needle");
}

#[test]
fn the_clip_light() {
    let mut window = Window::open(fixtures::grabbed());
    *window.fake.levels.lock() = loud(true);
    window.harness.step();
    picture(&mut window, "clipped");
}

#[test]
fn the_songs_menu() {
    let mut window = Window::open(fixtures::grabbed());
    window.click("More for the song");
    picture(&mut window, "song_menu");
}
