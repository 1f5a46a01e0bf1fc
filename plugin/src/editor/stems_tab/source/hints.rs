//! What was heard in the song and nobody has told: offered, never put in by itself.

use crate::{
    editor::{
        action::Scene,
        controls::{self, Button},
        text::{self, source as words},
    },
    session::{Command, HeardField, SourceView},
};
use egui::Ui;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, source: &SourceView) {
    let form = &scene.view.form;
    let bpm = source.heard.bpm.map(|(bpm, sure)| (text::bpm(bpm), sure));
    let offers = [
        (HeardField::Tempo, bpm, form.bpm.trim()),
        (HeardField::Key, source.heard.key.clone(), form.key.trim()),
    ];
    // What the form says already, or says otherwise, needs no offer.
    let wanted: Vec<_> = offers
        .into_iter()
        .filter(|(_, _, typed)| typed.is_empty())
        .filter_map(|(field, heard, _)| heard.map(|heard| (field, heard)))
        .collect();
    if wanted.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        controls::note(ui, scene.theme.text_muted, words::SOUNDS_LIKE);
        for (field, (heard, sure)) in wanted {
            let label = format!("{heard}, {}", confidence(sure));
            let use_it = Button::new(&label)
                .name(&format!("Use {heard}"))
                .show(ui, scene.theme)
                .on_hover_text(words::USE_TIP);
            if use_it.clicked() {
                scene.send(Command::UseHeard(field));
            }
        }
    });
}

fn confidence(sure: f64) -> &'static str {
    match sure {
        s if s >= 0.8 => "sure",
        s if s >= 0.55 => "likely",
        _ => "perhaps",
    }
}
