//! The window's own small widgets. Each one sizes itself, senses, says its name to screen readers
//! (and tests), and paints.

mod button;
mod choice;

pub(super) use button::{Button, Look};
pub(super) use choice::{chip, choice, named_chip};

use super::{
    icons::{self, Icon},
    theme::{Theme, size},
};
use egui::{
    Align, Color32, CornerRadius, FontId, Layout, Rect, Response, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

fn ground(ui: &Ui, rect: Rect, fill: Color32, line: Color32) {
    let radius = CornerRadius::same(size::CONTROL_RADIUS);
    let stroke = Stroke::new(1.0, line);
    ui.painter()
        .rect(rect, radius, fill, stroke, StrokeKind::Inside);
}

/// Around what has the keyboard's focus; the same everywhere, in every theme.
pub(super) fn focus_ring(ui: &Ui, rect: Rect, theme: &Theme) {
    let stroke = Stroke::new(size::FOCUS_RING, theme.focus);
    let radius = CornerRadius::same(size::CONTROL_RADIUS);
    ui.painter()
        .rect_stroke(rect, radius, stroke, StrokeKind::Inside);
}

/// A tab: its text, underlined when it is the one shown.
pub(super) fn tab(ui: &mut Ui, theme: &Theme, label: &str, selected: bool) -> Response {
    let font = FontId::proportional(13.5);
    let galley = ui
        .painter()
        .layout_no_wrap(label.to_owned(), font, Color32::PLACEHOLDER);
    let wanted = vec2(galley.size().x + 20.0, size::HEADER_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Tab, enabled, selected, label));
    let color = if selected || response.hovered() {
        theme.text
    } else {
        theme.text_muted
    };
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, color);
    let underline = Rect::from_min_max(
        pos2(rect.left() + 8.0, rect.bottom() - 3.0),
        pos2(rect.right() - 8.0, rect.bottom() - 1.0),
    );
    if selected {
        ui.painter().rect_filled(underline, 1.0, theme.accent);
    }
    if response.has_focus() {
        focus_ring(ui, rect.shrink2(vec2(2.0, 8.0)), theme);
    }
    response
}

/// One answer of a list: a ring, filled when it is the one.
pub(super) fn radio(ui: &mut Ui, theme: &Theme, name: &str, selected: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::ICON_BUTTON), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, selected, name));
    let color = match (selected, response.hovered()) {
        (true, _) => theme.accent,
        (false, true) => theme.text,
        (false, false) => theme.text_faint,
    };
    ui.painter()
        .circle_stroke(rect.center(), 6.5, Stroke::new(1.5, color));
    if selected {
        ui.painter().circle_filled(rect.center(), 3.5, color);
    }
    if response.has_focus() {
        focus_ring(ui, rect, theme);
    }
    response
}

/// A thin bar filled from the left; `fraction` 0–1, or `None` when only waiting.
pub(super) fn progress(ui: &mut Ui, theme: &Theme, name: &str, fraction: Option<f64>) {
    let wanted = vec2(ui.available_width(), size::PROGRESS_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    let value = fraction.unwrap_or(0.0).clamp(0.0, 1.0);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = fraction;
        info
    });
    let shown = ui.ctx().animate_value_with_time(
        response.id,
        value as f32,
        ui.style().animation_time * 3.0,
    );
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(rect, radius, theme.control);
    let filled = rect.with_max_x(rect.left() + rect.width() * shown);
    ui.painter().rect_filled(filled, radius, theme.accent);
}

/// A framed part of the window.
pub(super) fn card<R>(ui: &mut Ui, theme: &Theme, contents: impl FnOnce(&mut Ui) -> R) -> R {
    egui::Frame::new()
        .fill(theme.panel)
        .corner_radius(size::CARD_RADIUS)
        .inner_margin(size::CARD_PADDING)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = size::GAP;
            contents(ui)
        })
        .inner
}

pub(super) fn heading(ui: &mut Ui, text: &str) -> Response {
    ui.label(RichText::new(text).heading())
}

/// The name above a field; give its id to the field's `labelled_by`.
pub(super) fn field_label(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    ui.label(RichText::new(text).small().color(theme.text_muted))
}

/// Small print below or beside something.
pub(super) fn note(ui: &mut Ui, color: Color32, text: &str) -> Response {
    ui.add(egui::Label::new(RichText::new(text).small().color(color)).wrap())
}

/// Names a widget for screen readers that has no label beside it.
pub(super) fn say_name(response: &Response, name: &str) {
    response
        .ctx
        .accesskit_node_builder(response.id, |node| node.set_label(name));
}

/// Something that needs a look: a warning sign and a few words.
pub(super) fn warning(ui: &mut Ui, color: Color32, text: &str) -> Response {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::ICON), Sense::hover());
        icons::paint(ui.painter(), rect.shrink(1.0), Icon::Warning, color);
        note(ui, color, text)
    })
    .inner
}

/// Two lines in `width` points, the second in small print; both cut off rather than wrapped.
pub(super) fn two_lines(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    title: &str,
    facts: &str,
) -> Response {
    let size = vec2(width.max(20.0), size::CONTROL_HEIGHT + 4.0);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_width(size.x);
        ui.spacing_mut().item_spacing.y = 1.0;
        let title = RichText::new(title).strong();
        let first = ui.add(egui::Label::new(title).truncate());
        let facts = RichText::new(facts).small().color(theme.text_muted);
        first | ui.add(egui::Label::new(facts).truncate())
    })
    .inner
}
