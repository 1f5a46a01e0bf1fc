//! What the user says of a stem: star, name, colour, notes.

use super::colours;
use crate::{
    editor::{
        action::Scene, controls::Button, draft::Draft, icons::Icon, text::stem as words,
        theme::size,
    },
    session::{Command, StemColour, StemMarks, StemRow},
};
use egui::{Align2, Rect, Role, Sense, Stroke, TextEdit, Ui, Vec2, WidgetInfo};

const NAME_CHARS: usize = 80;
const NOTE_CHARS: usize = 4000;
const NOTE_ROWS: usize = 2;
const SWATCH: f32 = 16.0;

pub(super) fn star(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    row: &StemRow,
    draft: &mut Draft<StemMarks>,
) {
    let favourite = draft.get().favourite;
    let (icon, color, verb) = if favourite {
        (Icon::StarFull, scene.theme.warn, words::UNSTAR)
    } else {
        (Icon::Star, scene.theme.text_faint, words::STAR)
    };
    let name = format!("{verb} {}", row.title);
    let star = Button::icon_only(icon, &name).icon_color(color);
    if star.show(ui, scene.theme).on_hover_text(verb).clicked() {
        edit(scene, row, draft, |marks| marks.favourite = !favourite);
    }
}

/// The fields of an unfolded row.
pub(super) fn show(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    row: &StemRow,
    draft: &mut Draft<StemMarks>,
) {
    ui.horizontal(|ui| {
        let swatches = (SWATCH + 4.0) * StemColour::ALL.len() as f32 + size::GAP;
        let width = (ui.available_width() - swatches).max(80.0);
        name(ui, scene, row, draft, width);
        ui.spacing_mut().item_spacing.x = 4.0;
        for colour in StemColour::ALL {
            swatch(ui, scene, row, draft, colour);
        }
    });
    notes(ui, scene, row, draft);
}

fn name(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    row: &StemRow,
    draft: &mut Draft<StemMarks>,
    width: f32,
) {
    let mut name = draft.get().name.clone();
    let response = ui
        .add(
            TextEdit::singleline(&mut name)
                .hint_text(row.track.label())
                .char_limit(NAME_CHARS)
                .align(Align2::LEFT_CENTER)
                .desired_width(width),
        )
        .accessible_name(format!("{} {}", words::NAME, row.title))
        .on_hover_text(words::NAME_TIP);
    if response.changed() {
        edit(scene, row, draft, |marks| marks.name = name);
    }
}

fn swatch(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    row: &StemRow,
    draft: &mut Draft<StemMarks>,
    colour: StemColour,
) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(SWATCH), Sense::click());
    let chosen = draft.get().colour == Some(colour);
    let label = format!("{} {}", colours::name(colour), row.title);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &label));
    let dot = Rect::from_center_size(rect.center(), Vec2::splat(SWATCH - 4.0));
    ui.painter().rect_filled(dot, 3.0, colours::of(colour));
    if chosen || response.hovered() || response.has_focus() {
        let color = if chosen {
            scene.theme.text
        } else {
            scene.theme.text_faint
        };
        let ring = Stroke::new(1.5, color);
        ui.painter()
            .rect_stroke(rect, 4.0, ring, egui::StrokeKind::Inside);
    }
    // A second click takes it off again.
    if response.on_hover_text(colours::name(colour)).clicked() {
        let colour = (!chosen).then_some(colour);
        edit(scene, row, draft, |marks| marks.colour = colour);
    }
}

fn notes(ui: &mut Ui, scene: &mut Scene<'_>, row: &StemRow, draft: &mut Draft<StemMarks>) {
    let mut notes = draft.get().notes.clone();
    let response = ui
        .add(
            TextEdit::multiline(&mut notes)
                .hint_text(words::NOTES_HINT)
                .char_limit(NOTE_CHARS)
                .desired_rows(NOTE_ROWS)
                .desired_width(f32::INFINITY),
        )
        .accessible_name(format!("{} {}", words::NOTES, row.title));
    if response.changed() {
        edit(scene, row, draft, |marks| marks.notes = notes);
    }
}

fn edit(
    scene: &mut Scene<'_>,
    row: &StemRow,
    draft: &mut Draft<StemMarks>,
    change: impl FnOnce(&mut StemMarks),
) {
    let mut marks = draft.get().clone();
    change(&mut marks);
    if marks != *draft.get() {
        draft.edit(marks.clone());
        scene.send(Command::MarkStem {
            stem: row.id.clone(),
            marks: Box::new(marks),
        });
    }
}
