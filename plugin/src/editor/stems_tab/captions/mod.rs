//! What the players are told: one text for all, or one each, with presets and dice.

mod list;

use super::form::edit;
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        icons::Icon,
        text::captions as words,
        theme::size,
    },
    session::{Command, Form, MAX_CAPTION_CHARS, another},
};
use egui::{Align, Layout, TextEdit, Ui};
use sideman_shared::music::Track;

const ROWS: usize = 3;
/// With a text for each of several tracks.
const ROWS_EACH: usize = 2;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let tracks = form.get().tracks();
    if tracks.len() > 1 {
        each_switch(ui, scene, form);
    }
    if form.get().has_own_captions() {
        for track in tracks {
            let label = format!("{} {}", words::FOR, track.label());
            field(
                ui,
                scene,
                form,
                track,
                (&label, &format!(" {label}")),
                ROWS_EACH,
            );
        }
    } else {
        let track = form.get().track;
        field(ui, scene, form, track, (words::TITLE, ""), ROWS);
    }
}

fn each_switch(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let mut each = form.get().caption_each;
    let response = ui.checkbox(&mut each, words::EACH);
    if response.on_hover_text(words::EACH_TIP).changed() {
        edit(scene, form, |form| form.set_caption_each(each));
    }
}

/// One text; `name.1` tells its buttons from those of other texts.
fn field(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    form: &mut Draft<Form>,
    track: Track,
    (name, suffix): (&str, &str),
    rows: usize,
) {
    let mut caption = form.get().caption_of(track).to_owned();
    let mut changed = false;
    let label = ui
        .horizontal(|ui| {
            let label = controls::field_label(ui, scene.theme, name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                if let Some(words) = buttons(ui, scene, track, &caption, suffix) {
                    caption = words;
                    changed = true;
                }
            });
            label
        })
        .inner;
    let response = ui
        .add(
            TextEdit::multiline(&mut caption)
                .id_salt(("caption", track, suffix.is_empty()))
                .hint_text(hint(form.get(), track))
                .char_limit(MAX_CAPTION_CHARS)
                .desired_rows(rows)
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label.id)
        .on_hover_text(words::TIP);
    if changed || response.changed() {
        edit(scene, form, |form| form.set_caption(track, caption));
    }
}

/// What is played when nothing is written.
fn hint(form: &Form, track: Track) -> &'static str {
    if form.tracks().len() > 1 && !form.has_own_captions() {
        words::EACH_DEFAULT
    } else {
        track.default_caption()
    }
}

/// Dice and presets; the words that were chosen.
fn buttons(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    track: Track,
    caption: &str,
    suffix: &str,
) -> Option<String> {
    let name = format!("{}{suffix}", words::PRESETS);
    let presets = Button::icon_only(Icon::ChevronDown, &name)
        .min_size(egui::Vec2::splat(size::ICON_BUTTON))
        .show(ui, scene.theme)
        .on_hover_text(words::PRESETS_TIP);
    if presets.clicked() {
        // Another instance, or another day, may have changed them.
        scene.send(Command::ReadCaptions);
    }
    let chosen = list::show(&presets, scene, track, caption);
    let name = format!("{}{suffix}", words::DICE);
    let dice = Button::icon_only(Icon::Dice, &name)
        .show(ui, scene.theme)
        .on_hover_text(words::DICE_TIP);
    if !dice.clicked() {
        return chosen;
    }
    another(&scene.view.captions, track, caption, chance()).map(str::to_owned)
}

/// 0–1.
fn chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_u128() as u32) / f64::from(u32::MAX)
}
