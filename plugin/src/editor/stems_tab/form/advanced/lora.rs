//! The LoRA that the engine's model puts on: a trained style, where the service offers any.

use super::super::edit;
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        draft::Draft,
        icons::Icon,
        text::advanced as words,
        theme::size,
    },
    session::Form,
};
use egui::{DragValue, Popup, ScrollArea, Ui, vec2};

const LIST_HEIGHT: f32 = 220.0;
const PERCENT_WIDTH: f32 = 62.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, loras: &[String]) {
    controls::field_label(ui, scene.theme, words::LORA).on_hover_text(words::LORA_TIP);
    let current = form.get().lora.clone();
    ui.horizontal(|ui| {
        let beside = if current.is_empty() {
            0.0
        } else {
            PERCENT_WIDTH + ui.spacing().item_spacing.x
        };
        let width = ui.available_width() - beside;
        if let Some(lora) = choice(ui, scene, &current, loras, width) {
            edit(scene, form, |form| form.lora = lora);
        }
        if !current.is_empty() {
            strength(ui, scene, form);
        }
    });
}

/// What was chosen from the list just now.
fn choice(
    ui: &mut Ui,
    scene: &Scene<'_>,
    current: &str,
    loras: &[String],
    width: f32,
) -> Option<String> {
    let told = if current.is_empty() {
        words::LORA_NONE
    } else {
        current
    };
    let button = Button::new(told)
        .name(words::LORA_LIST)
        .icon(Icon::ChevronDown)
        .min_size(vec2(width, size::CONTROL_HEIGHT))
        .show(ui, scene.theme)
        .on_hover_text(words::LORA_TIP);
    let mut chosen = None;
    Popup::menu(&button).width(width).show(|ui| {
        ScrollArea::vertical()
            .max_height(LIST_HEIGHT)
            .show(ui, |ui| {
                let mut offer = |ui: &mut Ui, lora: &str, name: &str| {
                    if ui.selectable_label(current == lora, name).clicked() {
                        chosen = Some(lora.to_owned());
                    }
                };
                offer(ui, "", words::LORA_NONE);
                for lora in loras {
                    offer(ui, lora, lora);
                }
            });
    });
    chosen
}

fn strength(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let mut percent = form.get().lora_percent;
    let field = DragValue::new(&mut percent).range(0..=100).suffix(" %");
    let response = ui
        .add_sized(vec2(PERCENT_WIDTH, size::CONTROL_HEIGHT), field)
        .accessible_name(words::LORA_STRENGTH)
        .on_hover_text(words::LORA_STRENGTH_TIP);
    if response.changed() {
        edit(scene, form, |form| form.lora_percent = percent);
    }
}
