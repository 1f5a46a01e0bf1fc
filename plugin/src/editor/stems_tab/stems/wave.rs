//! A stem's waveform: small in its line, large and to be marked when unfolded.

use super::{RowState, part::Part, row};
use crate::{
    editor::{
        action::Scene,
        text::stem as words,
        theme::size,
        waveform::{self, Axis, ticks},
    },
    session::{Passage, StemRow},
};
use egui::{CursorIcon, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use std::sync::Arc;

const SMALL_HEIGHT: f32 = 30.0;
const LARGE_HEIGHT: f32 = 84.0;
/// What the labels of the axis take at the top.
const AXIS_HEIGHT: f32 = 14.0;
/// The service's cross-fade at each edge of a part.
const CROSS_FADE_SECS: f64 = 0.02;

pub(super) fn small(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    row: &StemRow,
    state: &mut RowState<'_>,
    width: f32,
) {
    let wanted = vec2(width, SMALL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::CLICK | Sense::DRAG);
    let name = format!("Waveform of {}", row.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    paint(ui, scene, row, state, rect, &row.id);
    if let Some(region) = row.region {
        let axis = axis(rect, row);
        let part = Part {
            start_secs: region.start_secs,
            end_secs: region.end_secs,
        };
        paint_region(ui, scene, &axis, rect, part);
    }
    if row.auditioning {
        paint_place(ui, scene, row, rect);
    }
    if response.clicked() {
        row::click(ui, scene, row, state);
    }
    if !row.missing {
        let response = response.on_hover_text_at_pointer(words::DRAG_WAVE_TIP);
        row::drag_out(ui, scene, row, state.selection, response);
    }
}

/// A drag here marks a part, and a click lets it go.
pub(super) fn large(ui: &mut Ui, scene: &Scene<'_>, row: &StemRow, state: &mut RowState<'_>) {
    let wanted = vec2(ui.available_width(), LARGE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::CLICK | Sense::DRAG);
    let name = format!("{} {}", words::MARK, row.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let response = response
        .on_hover_cursor(CursorIcon::Text)
        .on_hover_text_at_pointer(words::MARK_TIP);
    let axis = axis(rect, row);
    if let Some(at) = response.interact_pointer_pos() {
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin());
            state.memory.part_from_x = origin.unwrap_or(at).x;
        }
        if response.dragged() {
            let exactly = ui.input(|input| input.modifiers.alt);
            let from_x = state.memory.part_from_x;
            state.memory.part = Part::dragged(from_x, at.x, &axis, &row.map, exactly);
        } else if response.clicked() {
            state.memory.part = None;
        }
    }
    let key = format!("large {}", row.id);
    paint(ui, scene, row, state, rect, &key);
    let whole = [Passage {
        from_frame: 0,
        map: Arc::clone(&row.map),
    }];
    let lines = ticks(&axis, &whole);
    waveform::paint_ticks(ui.painter(), scene.theme, rect, &lines);
    waveform::paint_changes(ui.painter(), scene.theme, rect, &axis, &whole);
    if let Some(region) = row.region {
        let part = Part {
            start_secs: region.start_secs,
            end_secs: region.end_secs,
        };
        paint_region(ui, scene, &axis, rect, part);
    }
    paint_fades(ui, scene, row, &axis, rect);
    if let Some(part) = state.memory.part {
        paint_marked(ui, scene, &axis, rect, part);
    }
    paint_place(ui, scene, row, rect);
}

fn axis(rect: Rect, row: &StemRow) -> Axis {
    Axis {
        left: rect.left(),
        width: rect.width().max(1.0),
        shown: 0.0..row.map.frames.max(1) as f64,
        sample_rate_hz: row.map.sample_rate_hz,
    }
}

fn paint(
    ui: &Ui,
    scene: &Scene<'_>,
    row: &StemRow,
    state: &mut RowState<'_>,
    rect: Rect,
    key: &str,
) {
    let theme = scene.theme;
    ui.painter()
        .rect_filled(rect, size::CONTROL_RADIUS, theme.well);
    let color = if row.auditioning {
        theme.wave
    } else {
        theme.wave_idle
    };
    let top = if rect.height() > SMALL_HEIGHT {
        AXIS_HEIGHT
    } else {
        0.0
    };
    let inside = rect.with_min_y(rect.top() + top).shrink2(vec2(0.0, 3.0));
    let pairs = row.peaks.pairs.len();
    state.waves.paint(ui, key, inside, &row.peaks, pairs, color);
}

/// Where the song is now, if that is within the stem.
fn paint_place(ui: &Ui, scene: &Scene<'_>, row: &StemRow, rect: Rect) {
    if let Some((now, start)) = scene.place_secs.zip(row.start_secs) {
        waveform::paint_needle(
            ui.painter(),
            scene.theme,
            rect,
            &axis(rect, row),
            now - start,
        );
    }
}

fn span(axis: &Axis, rect: Rect, part: Part) -> Rect {
    Rect::from_x_y_ranges(
        axis.x_from_secs(part.start_secs)..=axis.x_from_secs(part.end_secs),
        rect.y_range(),
    )
}

/// The part that was played again: tinted, with the cross-fades that join it to its parent.
fn paint_region(ui: &Ui, scene: &Scene<'_>, axis: &Axis, rect: Rect, part: Part) {
    let theme = scene.theme;
    let inside = span(axis, rect, part);
    let painter = ui.painter();
    painter.rect_filled(inside, 0.0, theme.warn.gamma_multiply(0.14));
    let line = Stroke::new(1.0, theme.warn);
    let fade = (CROSS_FADE_SECS / axis.span_secs()) as f32 * axis.width;
    // As wide as they are, but never too narrow to be seen.
    let fade = fade.max(4.0).min(inside.width() / 2.0);
    // No fade where the part is the stem's own end.
    if part.start_secs > 0.0 {
        let foot = inside.left_bottom();
        painter.line_segment([foot, inside.left_top() + vec2(fade, 0.0)], line);
    }
    if part.end_secs < axis.span_secs() - 1e-3 {
        let foot = inside.right_bottom();
        painter.line_segment([inside.right_top() - vec2(fade, 0.0), foot], line);
    }
}

/// How the audition rises and falls.
fn paint_fades(ui: &Ui, scene: &Scene<'_>, row: &StemRow, axis: &Axis, rect: Rect) {
    let line = Stroke::new(1.0, scene.theme.text_muted);
    let width = |ms: f32| (f64::from(ms) / 1000.0 / axis.span_secs()) as f32 * axis.width;
    let top = rect.top() + AXIS_HEIGHT;
    if row.fades.in_ms > 0.0 {
        let to = egui::pos2(rect.left() + width(row.fades.in_ms), top);
        ui.painter().line_segment([rect.left_bottom(), to], line);
    }
    if row.fades.out_ms > 0.0 {
        let from = egui::pos2(rect.right() - width(row.fades.out_ms), top);
        ui.painter().line_segment([from, rect.right_bottom()], line);
    }
}

fn paint_marked(ui: &Ui, scene: &Scene<'_>, axis: &Axis, rect: Rect, part: Part) {
    let theme = scene.theme;
    let inside = span(axis, rect, part);
    ui.painter()
        .rect_filled(inside, 2.0, theme.accent.gamma_multiply(0.22));
    for x in [inside.left(), inside.right()] {
        let edge = Stroke::new(1.5, theme.accent);
        ui.painter().vline(x, inside.y_range(), edge);
    }
}
