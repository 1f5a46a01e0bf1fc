//! An unfolded row: a part played again, gain and fades, words, files.

use super::{RowState, marks, wave};
use crate::{
    editor::{
        action::{Action, Scene},
        backend::Ask,
        controls::{self, Button, Look},
        draft::Draft,
        icons::Icon,
        text::{self, stem as words},
    },
    session::{Command, Fades, Form, Reseed, StemRow},
};
use egui::{DragValue, Popup, Sense, Slider, Ui};

const GAIN_DB: std::ops::RangeInclusive<f32> = -48.0..=12.0;
const GAIN_WIDTH: f32 = 96.0;
const GAIN_HEIGHT: f32 = 18.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    if !row.missing {
        wave::large(ui, scene, row, state);
        redo(ui, scene, row, state);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        gain(ui, scene, row, &mut state.memory.gain_db);
        fades(ui, scene, row, &mut state.memory.fades);
        solo(ui, scene, row);
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        again(ui, scene, row);
        files(ui, scene, row);
    });
    marks::show(ui, scene, row, &mut state.memory.marks);
}

/// The button for the marked part.
fn redo(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let Some(part) = state.memory.part else {
        return;
    };
    let theme = scene.theme;
    let words_of_part = part.words(&row.map);
    let refusal = if !row.can_reroll {
        Some(words::REROLL_UNKNOWN)
    } else if !scene.view.service.features.region {
        Some(words::REGION_UNABLE)
    } else {
        None
    };
    ui.horizontal(|ui| {
        let label = format!("{} {words_of_part}", words::REDO);
        let redo = Button::new(&label).icon(Icon::Retry).look(Look::Selected);
        let response = ui
            .add_enabled_ui(refusal.is_none(), |ui| redo.show(ui, theme))
            .inner
            .on_hover_text(words::REDO_TIP)
            .on_disabled_hover_text(refusal.unwrap_or_default());
        if response.clicked() {
            scene.send(Command::RegenerateRegion {
                stem: row.id.clone(),
                start_secs: part.start_secs,
                end_secs: part.end_secs,
                seed: Reseed::New,
            });
            state.memory.part = None;
        }
        let clear = Button::icon_only(Icon::Close, words::UNMARK);
        if clear.show(ui, theme).on_hover_text(words::UNMARK).clicked() {
            state.memory.part = None;
        }
        if let Some(why) = refusal {
            controls::note(ui, theme.text_muted, why);
        }
    });
}

fn gain(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, draft: &mut Draft<f32>) {
    let mut gain_db = *draft.get();
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().slider_width = GAIN_WIDTH;
            ui.spacing_mut().interact_size.y = GAIN_HEIGHT;
            ui.visuals_mut().selection.bg_fill = scene.theme.wave_idle;
            ui.add(Slider::new(&mut gain_db, GAIN_DB).show_value(false))
        })
        .inner
        // Besides dragging, which the slider senses itself.
        .interact(Sense::click())
        .accessible_name(format!("Gain of {}", row.title))
        .on_hover_text(words::GAIN_TIP);
    if response.double_clicked() {
        gain_db = 0.0;
    }
    if gain_db != *draft.get() {
        draft.edit(gain_db);
        scene.send(Command::SetStemGain {
            stem: row.id.clone(),
            gain_db,
        });
    }
    let words = text::decibels(f64::from(gain_db));
    controls::note(ui, scene.theme.text_muted, &words);
}

fn fades(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, draft: &mut Draft<Fades>) {
    let mut fades = *draft.get();
    for (name, ms) in [
        (words::FADE_IN, &mut fades.in_ms),
        (words::FADE_OUT, &mut fades.out_ms),
    ] {
        let field = DragValue::new(ms)
            .range(0.0..=Fades::MAX_MS)
            .speed(2.0)
            .max_decimals(0)
            .prefix(format!("{name} "))
            .suffix(" ms");
        ui.add(field)
            .accessible_name(format!("{name} of {}", row.title))
            .on_hover_text(words::FADE_TIP);
    }
    if fades != *draft.get() {
        draft.edit(fades);
        scene.send(Command::SetStemFades {
            stem: row.id.clone(),
            fades,
        });
    }
}

fn solo(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow) {
    let name = format!("{} {}", words::SOLO, row.title);
    let button = Button::new(words::SOLO).name(&name).selected(row.soloed);
    let response = ui
        .add_enabled_ui(!row.missing, |ui| button.show(ui, scene.theme))
        .inner
        .on_hover_text(words::SOLO_TIP);
    if response.clicked() {
        let solo = (!row.soloed).then(|| row.id.clone());
        scene.send(Command::Solo(solo));
    }
}

/// Another one like it.
fn again(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow) {
    let name = format!("{} {}", words::REROLL, row.title);
    let reroll = Button::new(words::REROLL).name(&name).icon(Icon::Dice);
    let response = ui
        .add_enabled_ui(row.can_reroll, |ui| reroll.show(ui, scene.theme))
        .inner
        .on_hover_text(words::REROLL_TIP)
        .on_disabled_hover_text(words::REROLL_UNKNOWN);
    if response.clicked() {
        scene.send(Command::Reroll {
            stem: row.id.clone(),
            seed: Reseed::New,
        });
    }
    let name = format!("{} {}", words::OTHER_WORDS, row.title);
    let other = Button::new(words::OTHER_WORDS).name(&name);
    let response = other.show(ui, scene.theme);
    if response.on_hover_text(words::OTHER_WORDS_TIP).clicked() {
        let form = same_seed(row, &scene.view.form);
        scene.send(Command::EditForm(Box::new(form)));
    }
}

fn files(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow) {
    let id = || row.id.clone();
    if icon_button(ui, scene, row, Icon::Save, words::SAVE, !row.missing) {
        scene.actions.push(Action::Ask(Ask::SaveStem {
            stem: id(),
            file_name: text::stem_file_name(row, &scene.view.settings.export),
        }));
    }
    if icon_button(ui, scene, row, Icon::Folder, words::REVEAL, !row.missing) {
        scene.send(Command::RevealStem { stem: id() });
    }
    more_button(ui, scene, row);
    if icon_button(ui, scene, row, Icon::Trash, words::DELETE, true) {
        scene.send(Command::DeleteStems { stems: vec![id()] });
    }
}

fn icon_button(
    ui: &mut Ui,
    scene: &Scene<'_>,
    row: &StemRow,
    icon: Icon,
    words: &str,
    enabled: bool,
) -> bool {
    let name = format!("{words} {}", row.title);
    ui.add_enabled_ui(enabled, |ui| {
        Button::icon_only(icon, &name)
            .show(ui, scene.theme)
            .on_hover_text(words)
            .on_disabled_hover_text(words::MISSING)
    })
    .inner
    .clicked()
}

fn more_button(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow) {
    let name = format!("{} {}", words::MORE, row.title);
    let response = Button::icon_only(Icon::More, &name).show(ui, scene.theme);
    Popup::menu(&response).show(|ui| {
        if ui.button(words::REUSE).clicked() {
            let form = settings_of(row);
            scene.send(Command::EditForm(Box::new(form)));
        }
        let copy = ui.add_enabled(!row.missing, egui::Button::new(words::COPY_FILE));
        if copy.on_disabled_hover_text(words::MISSING).clicked() {
            let file = row.drag_path.clone();
            scene.actions.push(Action::CopyFiles(vec![file]));
        }
        if ui.button(words::COPY_PATH).clicked() {
            let path = row.drag_path.display().to_string();
            scene.actions.push(Action::Copy(path));
        }
    });
}

/// The form that would play this stem again.
fn settings_of(row: &StemRow) -> Form {
    Form {
        track: row.track,
        bpm: row.bpm.map_or(String::new(), text::bpm_number),
        key: row.key.clone().unwrap_or_default(),
        caption: own_words(row),
        seed: row.seed.to_string(),
        ..Form::default()
    }
}

/// The form as it is, but for this stem's player, words and seed: change the words, keep the take.
fn same_seed(row: &StemRow, form: &Form) -> Form {
    Form {
        track: row.track,
        caption: row.caption.clone(),
        seed: row.seed.to_string(),
        ..form.clone()
    }
}

fn own_words(row: &StemRow) -> String {
    if row.caption == row.track.default_caption() {
        String::new()
    } else {
        row.caption.clone()
    }
}
