use super::form::edit;
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        icons::Icon,
        text::form as words,
        theme::size,
    },
    session::{Form, SessionView},
};
use egui::{Response, Ui, vec2};
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

/// Who plays: three big buttons, and nine more behind *More*.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, more: &mut bool) {
    let current = form.get().track;
    let is_first = FIRST.iter().any(|(track, _)| *track == current);
    let width = (ui.available_width() - GAP * (COLUMNS - 1) as f32) / COLUMNS as f32;
    ui.spacing_mut().item_spacing.y = GAP;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for (track, icon) in FIRST {
            option(ui, scene, form, track, |ui, scene| {
                controls::choice(
                    ui,
                    scene.theme,
                    width,
                    icon,
                    track.label(),
                    track == current,
                )
            });
        }
    });
    more_button(ui, scene, more, (!is_first).then_some(current));
    if *more {
        more_grid(ui, scene, form, width);
    }
}

/// Opens and closes the nine; names the one chosen among them.
fn more_button(ui: &mut Ui, scene: &Scene<'_>, more: &mut bool, chosen: Option<Track>) {
    let icon = if *more {
        Icon::ChevronDown
    } else {
        Icon::ChevronRight
    };
    let text = match chosen {
        Some(track) => format!("{}: {}", words::MORE, track.label()),
        None => words::MORE.into(),
    };
    let response = Button::new(&text)
        .name(words::MORE)
        .icon(icon)
        .min_size(vec2(ui.available_width(), size::CONTROL_HEIGHT))
        .selected(chosen.is_some())
        .show(ui, scene.theme)
        .on_hover_text(words::MORE_TIP);
    if response.clicked() {
        *more = !*more;
    }
}

fn more_grid(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, width: f32) {
    let current = form.get().track;
    let others: Vec<Track> = Track::ALL
        .into_iter()
        .filter(|track| FIRST.iter().all(|(first, _)| first != track))
        .collect();
    for row in others.chunks(COLUMNS) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for &track in row {
                option(ui, scene, form, track, |ui, scene| {
                    controls::chip(ui, scene.theme, width, track.label(), track == current)
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
    draw: impl FnOnce(&mut Ui, &Scene<'_>) -> Response,
) {
    let offered = is_offered(scene.view, track);
    let response = ui
        .add_enabled_ui(offered, |ui| draw(ui, scene))
        .inner
        .on_disabled_hover_text(words::NOT_OFFERED)
        .on_hover_text(track.default_caption());
    if response.clicked() {
        edit(scene, form, |form| form.track = track);
    }
}
