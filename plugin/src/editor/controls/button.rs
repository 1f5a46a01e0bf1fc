use super::{focus_ring, ground};
use crate::editor::{
    icons::{self, Icon},
    theme::{Theme, size},
};
use egui::{Color32, Rect, Response, Role, Sense, TextStyle, Ui, Vec2, WidgetInfo, pos2, vec2};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
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
pub struct Button<'a> {
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
            if response.has_focus() {
                focus_ring(ui, rect, theme);
            }
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
