//! The window's own small widgets. Each one sizes itself, senses, says its name to screen readers
//! (and tests), and paints.

use super::{
    icons::{self, Icon},
    theme::{Theme, size},
};
use egui::{
    Align, Align2, Color32, CornerRadius, FontId, Layout, Rect, Response, RichText, Role, Sense,
    Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, pos2, text::LayoutJob, vec2,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    /// The one thing to do next.
    Primary,
    /// Stops something that runs.
    Recording,
    /// No ground until the pointer is above it.
    Quiet,
    /// Stands for what is chosen.
    Selected,
}

/// A button with an icon, a text, or both.
pub(super) struct Button<'a> {
    text: &'a str,
    name: Option<&'a str>,
    icon: Option<Icon>,
    look: Look,
    icon_color: Option<Color32>,
    min_size: Vec2,
    sense: Sense,
}

impl<'a> Button<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            name: None,
            icon: None,
            look: Look::Plain,
            icon_color: None,
            min_size: vec2(0.0, size::CONTROL_HEIGHT),
            sense: Sense::click(),
        }
    }

    /// A square with only an icon; `name` is what screen readers say.
    pub fn icon_only(icon: Icon, name: &'a str) -> Self {
        Self {
            min_size: Vec2::splat(size::ICON_BUTTON),
            look: Look::Quiet,
            ..Self::new("").icon(icon).name(name)
        }
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The accessible name, where the text alone would be ambiguous.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    pub fn selected(self, selected: bool) -> Self {
        if selected {
            self.look(Look::Selected)
        } else {
            self
        }
    }

    pub fn icon_color(mut self, color: Color32) -> Self {
        self.icon_color = Some(color);
        self
    }

    pub fn min_size(mut self, min_size: Vec2) -> Self {
        self.min_size = min_size;
        self
    }

    pub fn draggable(mut self) -> Self {
        self.sense = Sense::click_and_drag();
        self
    }

    pub fn show(self, ui: &mut Ui, theme: &Theme) -> Response {
        let style = if self.look == Look::Primary {
            TextStyle::Heading
        } else {
            TextStyle::Button
        };
        let font = style.resolve(ui.style());
        let galley = ui
            .painter()
            .layout_no_wrap(self.text.to_owned(), font, Color32::PLACEHOLDER);
        let gap = match (self.icon, self.text.is_empty()) {
            (Some(_), true) => size::ICON,
            (Some(_), false) => size::ICON + 6.0,
            (None, _) => 0.0,
        };
        let content = vec2(gap + galley.size().x, galley.size().y.max(size::ICON));
        let padding = if self.text.is_empty() { 4.0 } else { 11.0 };
        let wanted = (content + vec2(2.0 * padding, 8.0)).max(self.min_size);
        let (rect, response) = ui.allocate_exact_size(wanted, self.sense);
        let name = self.name.unwrap_or(self.text);
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));

        if ui.is_rect_visible(rect) {
            let (fill, line, color) = self.colors(&response, theme);
            ground(ui, rect, fill, line);
            let left = rect.center().x - content.x / 2.0;
            if let Some(icon) = self.icon {
                let at = pos2(left + size::ICON / 2.0, rect.center().y);
                let square = Rect::from_center_size(at, Vec2::splat(size::ICON));
                icons::paint(ui.painter(), square, icon, self.icon_color.unwrap_or(color));
            }
            let top = rect.center().y - galley.size().y / 2.0;
            ui.painter().galley(pos2(left + gap, top), galley, color);
        }
        response
    }

    fn colors(&self, response: &Response, theme: &Theme) -> (Color32, Color32, Color32) {
        let hot = response.hovered() && response.enabled();
        let down = response.is_pointer_button_down_on();
        let fill = match self.look {
            Look::Primary if !response.enabled() => theme.control_active,
            Look::Primary if hot => theme.accent_hover,
            Look::Primary => theme.accent,
            _ if down => theme.control_active,
            _ if hot => theme.control_hover,
            Look::Quiet => Color32::TRANSPARENT,
            Look::Selected => theme.accent_soft,
            _ => theme.control,
        };
        let line = match self.look {
            _ if response.has_focus() => focus_color(self.look, theme),
            Look::Recording => theme.record,
            Look::Plain => theme.line,
            Look::Selected => theme.accent,
            _ => Color32::TRANSPARENT,
        };
        let color = match self.look {
            Look::Primary if !response.enabled() => theme.text,
            Look::Primary => theme.on_accent,
            Look::Quiet if !hot => theme.text_muted,
            _ => theme.text,
        };
        (fill, line, color)
    }
}

fn focus_color(look: Look, theme: &Theme) -> Color32 {
    match look {
        Look::Primary => theme.text,
        _ => theme.accent,
    }
}

fn ground(ui: &Ui, rect: Rect, fill: Color32, line: Color32) {
    let radius = CornerRadius::same(size::CONTROL_RADIUS);
    let stroke = Stroke::new(1.0, line);
    ui.painter()
        .rect(rect, radius, fill, stroke, StrokeKind::Inside);
}

/// One of a few big answers: an icon above a label of one or two lines.
pub(super) fn choice(
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

/// A small answer among many.
pub(super) fn chip(
    ui: &mut Ui,
    theme: &Theme,
    width: f32,
    label: &str,
    selected: bool,
) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, size::CONTROL_HEIGHT), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, selected, label));
    let color = option_ground(ui, rect, &response, theme, selected);
    let font = TextStyle::Button.resolve(ui.style());
    ui.painter()
        .text(rect.center(), Align2::CENTER_CENTER, label, font, color);
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
    let line = match (response.has_focus(), selected) {
        (true, _) => theme.text,
        (false, true) => theme.accent,
        (false, false) => theme.line,
    };
    ground(ui, rect, fill, line);
    if selected || hot {
        theme.text
    } else {
        theme.text_muted
    }
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
        ground(
            ui,
            rect.shrink2(vec2(2.0, 8.0)),
            Color32::TRANSPARENT,
            theme.accent,
        );
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
