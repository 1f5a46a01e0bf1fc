//! One stem in one line: hear it, star it, drag it out. Unfolded, all the rest.

use super::{RowState, colours, detail, indent, marks, selection::Selection, wave};
use crate::{
    editor::{
        action::{Action, Scene},
        controls::{self, Button, Look},
        icons::Icon,
        text::{self, stem as words},
        theme::size,
    },
    session::{Command, StemRow},
};
use egui::{
    Align2, Checkbox, CursorIcon, FontId, Frame, Margin, Rect, Response, Sense, Stroke, StrokeKind,
    Ui, UiBuilder, Vec2, vec2,
};

const NUMBER_WIDTH: f32 = 12.0;
const NAME_WIDTH: f32 = 128.0;
const NAME_WIDTH_WIDE: f32 = 210.0;
/// The name's part of what it shares with the waveform.
const NAME_SHARE: f32 = 0.45;
const PADDING: i8 = 8;
/// The stem's own colour along the left edge.
const COLOUR_WIDTH: f32 = 4.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let mut place = ui.available_rect_before_wrap();
    place.min.x += indent(state.depth);
    let builder = UiBuilder::new()
        .id_salt(&row.id)
        .max_rect(place)
        .sense(Sense::CLICK);
    let response = ui
        .scope_builder(builder, |ui| {
            Frame::new()
                .fill(scene.theme.panel)
                .corner_radius(size::CARD_RADIUS)
                .inner_margin(Margin::same(PADDING))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = 6.0;
                    line(ui, scene, row, state);
                    if row.missing {
                        controls::warning(ui, scene.theme.warn, words::MISSING);
                    }
                    if state.memory.is_open {
                        detail::show(ui, scene, row, state);
                    }
                    for warning in text::stem_warnings(row) {
                        controls::warning(ui, scene.theme.warn, &warning);
                    }
                });
        })
        .response;
    if response.clicked() {
        click(ui, scene, row, state);
    }
    paint_edges(ui, scene, row, state, response.rect);
}

fn paint_edges(ui: &Ui, scene: &Scene<'_>, row: &StemRow, state: &RowState<'_>, rect: Rect) {
    if let Some(colour) = state.memory.marks.get().colour {
        let edge = rect
            .with_max_x(rect.left() + COLOUR_WIDTH)
            .shrink2(vec2(0.0, 6.0));
        ui.painter().rect_filled(edge, 2.0, colours::of(colour));
    }
    if state.selection.contains(&row.id) {
        ui.painter().rect_stroke(
            rect,
            f32::from(size::CARD_RADIUS),
            Stroke::new(1.0, scene.theme.accent),
            StrokeKind::Inside,
        );
    }
}

/// Selects, and takes the number keys.
pub(super) fn click(ui: &Ui, scene: &Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let modifiers = ui.input(|input| input.modifiers);
    state.selection.click(&row.id, modifiers, &scene.view.stems);
    *state.focus = Some(row.stack.clone());
}

fn line(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        number(ui, scene, row, state.number);
        let mut chosen = state.selection.contains(&row.id);
        let checkbox = ui
            .add(Checkbox::without_text(&mut chosen))
            .accessible_name(format!("Select {}", row.title))
            .on_hover_text(words::SELECT_TIP);
        if checkbox.changed() {
            state.selection.toggle(&row.id);
        }
        play_button(ui, scene, row, state);
        marks::star(ui, scene, row, &mut state.memory.marks);
        let width = (ui.available_width() * NAME_SHARE).clamp(NAME_WIDTH, NAME_WIDTH_WIDE);
        let facts = text::stem_line(row);
        controls::two_lines(ui, scene.theme, width, text::stem_name(row), &facts)
            .on_hover_text(details(row));
        let wave_width = ui.available_width() - 2.0 * (size::ICON_BUTTON + 4.0);
        wave::small(ui, scene, row, state, wave_width.max(24.0));
        drag_handle(ui, scene, row, state.selection);
        fold_button(ui, scene, row, state);
    });
}

fn number(ui: &mut Ui, scene: &Scene<'_>, row: &StemRow, number: usize) {
    let wanted = vec2(NUMBER_WIDTH, size::CONTROL_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(wanted, Sense::hover());
    let color = if row.auditioning {
        scene.theme.accent
    } else {
        scene.theme.text_faint
    };
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        number,
        FontId::proportional(11.5),
        color,
    );
}

/// All there is to know about it.
fn details(row: &StemRow) -> String {
    [
        &row.title,
        &row.caption,
        &text::stem_report(row),
        &row.marks.notes,
        &row.path.display().to_string(),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .map(String::as_str)
    .collect::<Vec<_>>()
    .join("\n")
}

fn play_button(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
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
        .on_hover_text(words::PLAY_TIP)
        .on_disabled_hover_text(words::MISSING);
    if response.clicked() {
        *state.focus = Some(row.stack.clone());
        let beside = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        scene.send(hear(row, &scene.view.stems, beside));
    }
}

/// A candidate takes over from the one of its stack that is heard, in its place and without a gap.
fn hear(row: &StemRow, stems: &[StemRow], beside: bool) -> Command {
    let stem = row.id.clone();
    let rival = |other: &StemRow| other.auditioning && other.stack == row.stack;
    if !row.auditioning && !beside && stems.iter().any(rival) {
        return Command::SwitchTo { stem };
    }
    Command::Audition {
        stem,
        on: !row.auditioning,
    }
}

fn drag_handle(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, selection: &Selection) {
    let name = format!("{} {}", words::DRAG, row.title);
    let handle = Button::icon_only(Icon::Grip, &name).draggable();
    let response = ui
        .add_enabled_ui(!row.missing, |ui| handle.show(ui, scene.theme))
        .inner
        .on_hover_text(words::DRAG_TIP)
        .on_disabled_hover_text(words::MISSING);
    drag_out(ui, scene, row, selection, response);
}

pub(super) fn drag_out(
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

fn fold_button(ui: &mut Ui, scene: &Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let is_open = &mut state.memory.is_open;
    let (icon, verb) = match *is_open {
        true => (Icon::ChevronDown, words::FOLD),
        false => (Icon::ChevronRight, words::UNFOLD),
    };
    let name = format!("{verb} {}", row.title);
    let response = Button::icon_only(icon, &name).show(ui, scene.theme);
    if response.on_hover_text(verb).clicked() {
        *is_open = !*is_open;
    }
}
