//! A finished stem: hear it, judge it, drag it out.

use super::selection::Selection;
use crate::{
    editor::{
        action::{Action, Scene},
        backend::Ask,
        controls::{self, Button, Look},
        draft::Draft,
        icons::Icon,
        text::{self, stem as words},
        theme::size,
        waveform::Waveforms,
    },
    session::{Command, Form, StemRow},
};
use egui::{
    Align, Checkbox, CursorIcon, Layout, Popup, Response, Role, Sense, Slider, Stroke, StrokeKind,
    Ui, UiBuilder, Vec2, WidgetInfo, vec2,
};

const GAIN_DB: std::ops::RangeInclusive<f32> = -48.0..=12.0;
const GAIN_WIDTH: f32 = 110.0;
const GAIN_HEIGHT: f32 = 18.0;

/// What a row may change besides sending commands.
pub(super) struct RowState<'a> {
    pub selection: &'a mut Selection,
    pub gain_db: &'a mut Draft<f32>,
    pub waves: &'a mut Waveforms,
}

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let builder = UiBuilder::new().id_salt(&row.id).sense(Sense::CLICK);
    let response = ui
        .scope_builder(builder, |ui| {
            controls::card(ui, scene.theme, |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                top_line(ui, scene, row, state);
                if row.missing {
                    controls::warning(ui, scene.theme.warn, words::MISSING);
                } else {
                    waveform(ui, scene, row, state);
                }
                bottom_line(ui, scene, row, state);
                for warning in text::stem_warnings(row) {
                    controls::warning(ui, scene.theme.warn, &warning);
                }
            });
        })
        .response;
    if response.clicked() {
        click(ui, scene, row, state.selection);
    }
    if state.selection.contains(&row.id) {
        ui.painter().rect_stroke(
            response.rect,
            f32::from(size::CARD_RADIUS),
            Stroke::new(1.0, scene.theme.accent),
            StrokeKind::Inside,
        );
    }
}

fn click(ui: &Ui, scene: &Scene<'_>, row: &StemRow, selection: &mut Selection) {
    let modifiers = ui.input(|input| input.modifiers);
    selection.click(&row.id, modifiers, &scene.view.stems);
}

/// Select, play, title; save, reveal, more, delete.
fn top_line(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut chosen = state.selection.contains(&row.id);
        let checkbox = ui
            .add(Checkbox::without_text(&mut chosen))
            .accessible_name(format!("Select {}", row.title))
            .on_hover_text(words::SELECT_TIP);
        if checkbox.changed() {
            state.selection.toggle(&row.id);
        }
        play_button(ui, scene, row);
        ui.add_space(4.0);
        let buttons = 4.0 * (size::ICON_BUTTON + 4.0);
        let width = ui.available_width() - buttons;
        let facts = text::stem_facts(row);
        controls::two_lines(ui, scene.theme, width, row.track.label(), &facts)
            .on_hover_text(details(row));
        file_buttons(ui, scene, row);
    });
}

/// All there is to know about it.
fn details(row: &StemRow) -> String {
    [
        &row.title,
        &row.caption,
        &text::stem_report(row),
        &row.path.display().to_string(),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .map(String::as_str)
    .collect::<Vec<_>>()
    .join("\n")
}

fn play_button(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow) {
    let (icon, verb) = if row.auditioning {
        (Icon::Stop, "Stop")
    } else {
        (Icon::Play, "Play")
    };
    let name = format!("{verb} {}", row.title);
    let button = Button::icon_only(icon, &name)
        .look(Look::Plain)
        .min_size(Vec2::splat(size::CONTROL_HEIGHT));
    let response = ui
        .add_enabled_ui(!row.missing, |ui| button.show(ui, scene.theme))
        .inner
        .on_hover_text("In place, with your host's timeline")
        .on_disabled_hover_text(words::MISSING);
    if response.clicked() {
        scene.send(Command::Audition {
            stem: row.id.clone(),
            on: !row.auditioning,
        });
    }
}

fn file_buttons(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow) {
    let id = || row.id.clone();
    if icon_button(ui, scene, row, Icon::Save, words::SAVE, !row.missing) {
        scene.actions.push(Action::Ask(Ask::SaveStem {
            stem: id(),
            file_name: text::stem_file_name(row),
        }));
    }
    if icon_button(ui, scene, row, Icon::Folder, words::REVEAL, !row.missing) {
        scene.send(Command::RevealStem { stem: id() });
    }
    more_button(ui, scene, row);
    let name = format!("{} {}", words::DELETE, row.title);
    let delete = Button::icon_only(Icon::Trash, &name)
        .show(ui, scene.theme)
        .on_hover_text(words::DELETE_TIP);
    if delete.clicked() {
        scene.send(Command::DeleteStem { stem: id() });
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
            scene.send(Command::EditForm(Box::new(settings_of(row))));
        }
        if ui.button(words::COPY_PATH).clicked() {
            let path = row.path.display().to_string();
            scene.actions.push(Action::Copy(path));
        }
    });
}

/// The form that would play this stem again.
fn settings_of(row: &StemRow) -> Form {
    let caption = if row.caption == row.track.default_caption() {
        String::new()
    } else {
        row.caption.clone()
    };
    Form {
        track: row.track,
        bpm: row.bpm.map_or(String::new(), text::bpm_number),
        key: row.key.clone().unwrap_or_default(),
        caption,
        seed: row.seed.to_string(),
        ..Form::default()
    }
}

fn waveform(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let wanted = vec2(ui.available_width(), size::STEM_WAVE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::CLICK | Sense::DRAG);
    let name = format!("Waveform of {}", row.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let theme = scene.theme;
    ui.painter()
        .rect_filled(rect, size::CONTROL_RADIUS, theme.well);
    let color = if row.auditioning {
        theme.wave
    } else {
        theme.wave_idle
    };
    let inside = rect.shrink2(vec2(0.0, 3.0));
    let pairs = row.peaks.pairs.len();
    state
        .waves
        .paint(ui, &row.id, inside, &row.peaks, pairs, color);
    if response.clicked() {
        click(ui, scene, row, state.selection);
    }
    let response = response.on_hover_text_at_pointer(words::DRAG_WAVE_TIP);
    drag_out(ui, scene, row, state.selection, response);
}

/// Gain, and the handle to drag it out by.
fn bottom_line(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    ui.horizontal(|ui| {
        gain(ui, scene, row, state.gain_db);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("{} {}", words::DRAG, row.title);
            let handle = Button::new(words::DRAG)
                .name(&name)
                .icon(Icon::Grip)
                .draggable();
            let response = ui
                .add_enabled_ui(!row.missing, |ui| handle.show(ui, scene.theme))
                .inner
                .on_hover_text(words::DRAG_TIP)
                .on_disabled_hover_text(words::MISSING);
            drag_out(ui, scene, row, state.selection, response);
        });
    });
}

fn drag_out(
    ui: &Ui,
    scene: &mut Scene<'_>,
    row: &StemRow,
    selection: &Selection,
    response: Response,
) {
    let response = response.on_hover_cursor(CursorIcon::Grab);
    if response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        response.show_tooltip_text(words::DRAGGING);
    }
    if response.drag_started() {
        let files = selection.dragged_with(row, &scene.view.stems);
        if !files.is_empty() {
            scene.actions.push(Action::DragOut(files));
        }
    }
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
