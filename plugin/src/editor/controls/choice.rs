use super::{focus_ring, ground};
use crate::editor::{
    icons::{self, Icon},
    theme::{Theme, size},
};
use egui::{
    Align, Align2, Color32, Rect, Response, Role, Sense, TextStyle, Ui, Vec2, WidgetInfo, pos2,
    text::LayoutJob, vec2,
};

/// One of a few big answers: an icon above a label of one or two lines.
pub fn choice(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    icon: Icon,
    label: &str,
    selected: bool,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::CHOICE_HEIGHT), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, selected, label));
    let color = option_ground(ui, rect, &response, theme, selected);
    let icon_at = pos2(rect.center().x, rect.top() + 10.0 + size::CHOICE_ICON / 2.0);
    let square = Rect::from_center_size(icon_at, Vec2::splat(size::CHOICE_ICON));
    let icon_color = if selected { theme.accent } else { color };
    icons::paint(ui.painter(), square, icon, icon_color);
    let font = TextStyle::Button.resolve(ui.style());
    let mut words = LayoutJob::simple(label.to_owned(), font, color, width - 8.0);
    words.halign = Align::Center;
    let galley = ui.painter().layout_job(words);
    // One line or two: centred in what the icon leaves.
    let below = rect.with_min_y(square.bottom() + 2.0);
    let top = below.center().y - galley.size().y / 2.0 - 1.0;
    ui.painter()
        .galley(pos2(rect.center().x, top), galley, color);
    response
}

/// A small answer among many, with room for a mark in its upper right corner.
pub fn chip(ui: &mut Ui, theme: &Theme, width: f32, label: &str, selected: bool) -> Response {
    /// Half the room the mark takes.
    const ASIDE: f32 = 7.0;
    chip_at(ui, theme, width, (label, label), selected, ASIDE)
}

/// A small answer whose label alone says too little to screen readers.
pub fn named_chip(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    label: &str,
    name: &str,
    selected: bool,
) -> Response {
    chip_at(ui, theme, width, (label, name), selected, 0.0)
}

fn chip_at(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    (label, name): (&str, &str),
    selected: bool,
    aside: f32,
) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, size::CONTROL_HEIGHT), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, selected, name));
    let color = option_ground(ui, rect, &response, theme, selected);
    let font = TextStyle::Button.resolve(ui.style());
    let at = rect.center() - vec2(aside, 0.0);
    ui.painter()
        .text(at, Align2::CENTER_CENTER, label, font, color);
    response
}

fn option_ground(
    ui: &Ui,
    rect: Rect,
    response: &Response,
    theme: &Theme,
    selected: bool,
) -> Color32 {
    let hot = response.hovered() && response.enabled();
    let fill = match (selected, hot) {
        (true, _) => theme.accent_soft,
        (false, true) => theme.control_hover,
        (false, false) => theme.control,
    };
    let line = if selected { theme.accent } else { theme.line };
    ground(ui, rect, fill, line);
    if response.has_focus() {
        focus_ring(ui, rect, theme);
    }
    if selected || hot {
        theme.text
    } else {
        theme.text_muted
    }
}
