//! The seed, and how many versions of each stem are asked for.

use super::{edit, field_beside_button, is_readable};
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        icons::Icon,
        text::form as words,
    },
    session::{Form, Health, MAX_VARIATIONS, SessionView},
};
use egui::Ui;

const GAP: f32 = 4.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    if !has_versions(scene.view) {
        return seed(ui, scene, form);
    }
    ui.columns_const(|[left, right]| {
        seed(left, scene, form);
        versions(right, scene, form);
    });
}

/// Offered as long as it is not known that the engine has none.
fn has_versions(view: &SessionView) -> bool {
    view.service.features.variations || view.service.health != Health::Good
}

fn seed(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::SEED);
    ui.horizontal(|ui| {
        let mut seed = form.get().seed.clone();
        let readable = is_readable::<u32>(&seed);
        let response = field_beside_button(ui, scene.theme, &mut seed, words::SEED_NEW, readable)
            .labelled_by(label.id)
            .on_hover_text(words::SEED_TIP);
        let dice = Button::icon_only(Icon::Dice, words::DICE)
            .show(ui, scene.theme)
            .on_hover_text(words::DICE);
        if dice.clicked() {
            seed = random_seed().to_string();
        }
        if dice.clicked() || response.changed() {
            edit(scene, form, |form| form.seed = seed);
        }
    });
}

fn random_seed() -> u32 {
    // The low half of a version 4 UUID is random but for two bits; these 32 are all random.
    uuid::Uuid::new_v4().as_u128() as u32
}

fn versions(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    controls::field_label(ui, scene.theme, words::VERSIONS).on_hover_text(words::VERSIONS_TIP);
    let count = f32::from(MAX_VARIATIONS);
    let width = (ui.available_width() - GAP * (count - 1.0)) / count;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for n in 1..=MAX_VARIATIONS {
            let name = if n == 1 {
                words::VERSION_ONE.to_owned()
            } else {
                format!("{n} {}", words::VERSION_MANY)
            };
            let chosen = form.get().variations == n;
            let label = n.to_string();
            let response = controls::named_chip(ui, scene.theme, width, &label, &name, chosen);
            if response.on_hover_text(words::VERSIONS_TIP).clicked() {
                edit(scene, form, |form| form.variations = n);
            }
        }
    });
}
