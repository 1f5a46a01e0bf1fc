mod corner;

use super::form::{edit, fold};
use crate::{
    editor::{
        action::Scene,
        controls,
        draft::Draft,
        icons::Icon,
        text::{self, form as words},
    },
    session::{Form, SessionView},
};
use corner::Corner;
use egui::{Response, Ui};
use sideman_shared::music::Track;

/// The players asked for most, as big buttons.
const FIRST: [(Track, Icon); 3] = [
    (Track::Vocals, Icon::Voice),
    (Track::BackingVocals, Icon::Voices),
    (Track::Drums, Icon::Drum),
];
const COLUMNS: usize = 3;
const GAP: f32 = 6.0;

/// Whether the service's engine can play `track`; unknown counts as yes.
pub(super) fn is_offered(view: &SessionView, track: Track) -> bool {
    let tracks = &view.service.tracks;
    tracks.is_empty() || tracks.contains(&track)
}

/// Who plays: three big buttons, and nine more behind *More*. A click chooses one; with Ctrl, Shift or
/// the plus in its corner, one more.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, more: &mut bool) {
    let others: Vec<Track> = form.get().tracks();
    let others = others.into_iter().filter(|track| !is_first(*track));
    let others: Vec<Track> = others.collect();
    let width = (ui.available_width() - GAP * (COLUMNS - 1) as f32) / COLUMNS as f32;
    ui.spacing_mut().item_spacing.y = GAP;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for (track, icon) in FIRST {
            option(ui, scene, form, track, |ui, scene, chosen| {
                controls::choice(ui, scene.theme, width, icon, track.label(), chosen)
            });
        }
    });
    more_button(ui, scene, more, &others);
    if *more {
        more_grid(ui, scene, form, width);
    }
}

/// Opens and closes the nine; names the one chosen among them.
fn more_button(ui: &mut Ui, scene: &Scene<'_>, more: &mut bool, chosen: &[Track]) {
    let told = (!chosen.is_empty()).then(|| text::tracks(chosen));
    fold(ui, scene.theme, words::MORE, told.as_deref(), more).on_hover_text(words::MORE_TIP);
}

fn more_grid(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, width: f32) {
    let others = Track::ALL.into_iter().filter(|track| !is_first(*track));
    let others: Vec<Track> = others.collect();
    for row in others.chunks(COLUMNS) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for &track in row {
                option(ui, scene, form, track, |ui, scene, chosen| {
                    controls::chip(ui, scene.theme, width, track.label(), chosen)
                });
            }
        });
    }
}

/// One player, greyed out with a reason when the engine cannot play it.
fn option(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    form: &mut Draft<Form>,
    track: Track,
    draw: impl FnOnce(&mut Ui, &Scene<'_>, bool) -> Response,
) {
    let offered = is_offered(scene.view, track);
    let chosen = form.get().plays(track);
    let response = ui
        .add_enabled_ui(offered, |ui| draw(ui, scene, chosen))
        .inner
        .on_disabled_hover_text(words::NOT_OFFERED)
        .on_hover_text(track.default_caption());
    let several = form.get().tracks().len() > 1;
    let corner = match chosen {
        false if offered => corner::show(ui, scene.theme, &response, Corner::Add, track),
        true if several => corner::show(ui, scene.theme, &response, Corner::Remove, track),
        _ => false,
    };
    let one_more = ui.input(|input| input.modifiers.command || input.modifiers.shift);
    if corner || (response.clicked() && one_more) {
        edit(scene, form, |form| form.toggle(track));
    } else if response.clicked() {
        edit(scene, form, |form| form.choose_only(track));
    }
}

fn is_first(track: Track) -> bool {
    FIRST.iter().any(|(first, _)| *first == track)
}
