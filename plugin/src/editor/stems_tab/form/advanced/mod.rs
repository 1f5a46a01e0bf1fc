//! What most never touch: shown as far as the service's engine knows it.

mod lora;

use super::{Folds, edit, field, fold, is_within};
use crate::{
    editor::{action::Scene, controls, draft::Draft, text::advanced as words},
    session::{Form, MAX_GUIDANCE, MAX_STEPS},
};
use egui::Ui;
use sideman_shared::protocol::{AudioFormat, EngineFeatures, Priority};

const GAP: f32 = 4.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>, folds: &mut Folds) {
    let can = scene.view.service.features.clone();
    let told = told(form.get(), &can);
    let open = &mut folds.advanced;
    fold(ui, scene.theme, words::TITLE, told.as_deref(), open).on_hover_text(words::TIP);
    if !folds.advanced {
        return;
    }
    match (can.steps, can.guidance) {
        (true, true) => ui.columns_const(|[left, right]| {
            steps(left, scene, form);
            guidance(right, scene, form);
        }),
        (true, false) => steps(ui, scene, form),
        (false, true) => guidance(ui, scene, form),
        (false, false) => {}
    }
    // One that is chosen already stays to be seen, and to be let go, when the service does not offer it.
    if !can.loras.is_empty() || !form.get().lora.is_empty() {
        lora::show(ui, scene, form, &can.loras);
    }
    if can.loop_assist {
        loop_assist(ui, scene, form);
    }
    if can.formats.contains(&AudioFormat::Flac) {
        format(ui, scene, form);
    }
    priority(ui, scene, form);
}

/// What in there is not as it comes, for the closed fold.
fn told(form: &Form, can: &EngineFeatures) -> Option<String> {
    let mut told = Vec::new();
    if can.steps && !form.steps.trim().is_empty() {
        told.push(format!("{} {}", form.steps.trim(), words::STEPS_TOLD));
    }
    if can.guidance && !form.guidance.trim().is_empty() {
        told.push(format!("{} {}", words::GUIDANCE_TOLD, form.guidance.trim()));
    }
    if !form.lora.is_empty() {
        told.push(form.lora.clone());
    }
    if can.loop_assist && form.loop_assist.is_some() {
        told.push(words::LOOP_TOLD.into());
    }
    if can.formats.contains(&AudioFormat::Flac) && form.format == AudioFormat::Flac {
        told.push(words::FLAC.into());
    }
    match form.priority {
        Priority::Interactive => told.push(words::FIRST.into()),
        Priority::Batch => told.push(words::LATER.into()),
        Priority::Normal => {}
    }
    (!told.is_empty()).then(|| told.join(", "))
}

fn steps(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::STEPS);
    let mut steps = form.get().steps.clone();
    let readable = is_within(&steps, 1..=MAX_STEPS);
    let response = field(ui, scene.theme, &mut steps, words::CHOSEN.into(), readable)
        .labelled_by(label.id)
        .on_hover_text(words::STEPS_TIP);
    if response.changed() {
        edit(scene, form, |form| form.steps = steps);
    }
}

fn guidance(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let label = controls::field_label(ui, scene.theme, words::GUIDANCE);
    let mut guidance = form.get().guidance.clone();
    let readable = is_within(&guidance, 0.0..=MAX_GUIDANCE);
    let response = field(
        ui,
        scene.theme,
        &mut guidance,
        words::CHOSEN.into(),
        readable,
    )
    .labelled_by(label.id)
    .on_hover_text(words::GUIDANCE_TIP);
    if response.changed() {
        edit(scene, form, |form| form.guidance = guidance);
    }
}

fn loop_assist(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let options = [
        (None, words::AUTO),
        (Some(true), words::ON),
        (Some(false), words::OFF),
    ];
    let label = (words::LOOP_ASSIST, words::LOOP_ASSIST_TIP);
    if let Some(choice) = row(ui, scene, label, &options, form.get().loop_assist) {
        edit(scene, form, |form| form.loop_assist = choice);
    }
}

fn format(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let options = [
        (AudioFormat::Wav, words::WAV),
        (AudioFormat::Flac, words::FLAC),
    ];
    let label = (words::FORMAT, words::FORMAT_TIP);
    if let Some(choice) = row(ui, scene, label, &options, form.get().format) {
        edit(scene, form, |form| form.format = choice);
    }
}

fn priority(ui: &mut Ui, scene: &mut Scene<'_>, form: &mut Draft<Form>) {
    let options = [
        (Priority::Interactive, words::FIRST),
        (Priority::Normal, words::NORMAL),
        (Priority::Batch, words::LATER),
    ];
    let label = (words::PRIORITY, words::PRIORITY_TIP);
    if let Some(choice) = row(ui, scene, label, &options, form.get().priority) {
        edit(scene, form, |form| form.priority = choice);
    }
}

/// One of a few answers side by side; the one that was clicked.
fn row<T: Copy + PartialEq>(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (label, tip): (&str, &str),
    options: &[(T, &str)],
    chosen: T,
) -> Option<T> {
    controls::field_label(ui, scene.theme, label).on_hover_text(tip);
    let count = options.len() as f32;
    let width = (ui.available_width() - GAP * (count - 1.0)) / count;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let mut clicked = None;
        for &(value, text) in options {
            let name = format!("{label}: {text}");
            let is_chosen = value == chosen;
            let response = controls::named_chip(ui, scene.theme, width, text, &name, is_chosen);
            if response.on_hover_text(tip).clicked() {
                clicked = Some(value);
            }
        }
        clicked
    })
    .inner
}
