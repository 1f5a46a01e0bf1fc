//! Every colour and size of the window. Widgets name a purpose, never a number; a light theme is
//! another [`Theme`] value.

use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle,
    style::ScrollStyle,
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Theme {
    /// Behind everything.
    pub window: Color32,
    /// Cards.
    pub panel: Color32,
    /// Where audio and typed text lie, darker than a card.
    pub well: Color32,
    /// Buttons at rest, under the pointer, pressed.
    pub control: Color32,
    pub control_hover: Color32,
    pub control_active: Color32,
    pub line: Color32,
    pub text: Color32,
    pub text_muted: Color32,
    /// Hints and small print; still 4.5:1 on a card.
    pub text_faint: Color32,
    pub accent: Color32,
    pub accent_hover: Color32,
    /// Text on an accent fill.
    pub on_accent: Color32,
    /// A tint behind what is selected.
    pub accent_soft: Color32,
    pub wave: Color32,
    pub wave_idle: Color32,
    pub good: Color32,
    pub warn: Color32,
    pub bad: Color32,
    pub record: Color32,
}

pub(super) const DARK: Theme = Theme {
    window: Color32::from_rgb(0x14, 0x16, 0x1A),
    panel: Color32::from_rgb(0x1D, 0x20, 0x26),
    well: Color32::from_rgb(0x15, 0x18, 0x1D),
    control: Color32::from_rgb(0x2A, 0x2E, 0x37),
    control_hover: Color32::from_rgb(0x34, 0x39, 0x44),
    control_active: Color32::from_rgb(0x3D, 0x43, 0x50),
    line: Color32::from_rgb(0x2E, 0x33, 0x3C),
    text: Color32::from_rgb(0xE8, 0xEA, 0xEE),
    text_muted: Color32::from_rgb(0xAD, 0xB4, 0xC0),
    text_faint: Color32::from_rgb(0x8A, 0x92, 0xA0),
    accent: Color32::from_rgb(0x56, 0xCF, 0xB5),
    accent_hover: Color32::from_rgb(0x6F, 0xDD, 0xC6),
    on_accent: Color32::from_rgb(0x0C, 0x1F, 0x1A),
    accent_soft: Color32::from_rgb(0x1F, 0x3A, 0x38),
    wave: Color32::from_rgb(0x56, 0xCF, 0xB5),
    wave_idle: Color32::from_rgb(0x3F, 0x8F, 0x82),
    good: Color32::from_rgb(0x67, 0xC9, 0x7B),
    warn: Color32::from_rgb(0xE3, 0xAE, 0x55),
    bad: Color32::from_rgb(0xEE, 0x7A, 0x70),
    record: Color32::from_rgb(0xF0, 0x5B, 0x56),
};

/// Sizes in points.
pub(super) mod size {
    /// Inside a group.
    pub const GAP: f32 = 8.0;
    /// Between cards and around them.
    pub const CARD_GAP: f32 = 10.0;
    pub const CARD_PADDING: i8 = 12;
    pub const CARD_RADIUS: u8 = 8;
    pub const CONTROL_RADIUS: u8 = 6;
    pub const CONTROL_HEIGHT: f32 = 28.0;
    pub const ICON_BUTTON: f32 = 26.0;
    pub const ICON: f32 = 14.0;
    /// The icon of a big choice.
    pub const CHOICE_ICON: f32 = 18.0;
    pub const PRIMARY_HEIGHT: f32 = 40.0;
    pub const CHOICE_HEIGHT: f32 = 68.0;
    pub const HEADER_HEIGHT: f32 = 46.0;
    pub const SOURCE_WAVE_HEIGHT: f32 = 92.0;
    pub const PROGRESS_HEIGHT: f32 = 4.0;
    pub const FORM_WIDTH: f32 = 288.0;
    pub const FORM_WIDTH_WIDE: f32 = 348.0;
    /// Two columns from here on.
    pub const TWO_COLUMNS_FROM: f32 = 660.0;
    pub const WIDE_FROM: f32 = 960.0;
    /// In two columns this high, only the results scroll.
    pub const SONG_STAYS_FROM: f32 = 440.0;
    pub const SETTINGS_WIDTH: f32 = 700.0;
}

/// Text sizes, in points.
const HEADING: f32 = 15.0;
const BODY: f32 = 13.0;
const SMALL: f32 = 11.5;

/// Puts the theme into egui's own widgets.
pub(super) fn apply(ctx: &egui::Context, theme: &Theme) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.style_mut_of(egui::Theme::Dark, |style| {
        style.text_styles = [
            (TextStyle::Heading, HEADING),
            (TextStyle::Body, BODY),
            (TextStyle::Button, BODY),
            (TextStyle::Small, SMALL),
            (TextStyle::Monospace, BODY),
        ]
        .map(|(style, size)| (style, FontId::new(size, FontFamily::Proportional)))
        .into();
        style.spacing.item_spacing = egui::vec2(size::GAP, size::GAP);
        style.spacing.button_padding = egui::vec2(8.0, 5.0);
        style.spacing.interact_size.y = size::CONTROL_HEIGHT;
        style.spacing.menu_margin = Margin::same(6);
        style.spacing.icon_width = 16.0;
        style.spacing.icon_width_inner = 10.0;
        style.spacing.tooltip_width = 320.0;
        // The bar lies in the margin that every scrolled part has, so that nothing shifts for it.
        style.spacing.scroll = ScrollStyle {
            floating_allocated_width: 0.0,
            ..ScrollStyle::thin()
        };
        style.interaction.tooltip_delay = 0.35;
        style.interaction.selectable_labels = false;
        style.visuals = visuals(theme);
    });
}

fn visuals(theme: &Theme) -> egui::Visuals {
    let mut visuals = egui::Visuals::dark();
    visuals.panel_fill = theme.window;
    visuals.window_fill = theme.panel;
    visuals.window_stroke = Stroke::new(1.0, theme.line);
    visuals.window_corner_radius = CornerRadius::same(size::CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(size::CARD_RADIUS);
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: Color32::from_black_alpha(110),
    };
    visuals.extreme_bg_color = theme.well;
    visuals.text_edit_bg_color = Some(theme.well);
    visuals.faint_bg_color = theme.well;
    visuals.weak_text_color = Some(theme.text_faint);
    visuals.hyperlink_color = theme.accent;
    visuals.warn_fg_color = theme.warn;
    visuals.error_fg_color = theme.bad;
    visuals.selection.bg_fill = theme.accent_soft;
    visuals.selection.stroke = Stroke::new(1.0, theme.accent);
    visuals.slider_trailing_fill = true;
    visuals.disabled_alpha = 0.5;

    let radius = CornerRadius::same(size::CONTROL_RADIUS);
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, theme.line);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, theme.text);
    widgets.noninteractive.corner_radius = radius;
    for (state, fill, line) in [
        (&mut widgets.inactive, theme.control, theme.line),
        (&mut widgets.hovered, theme.control_hover, theme.text_faint),
        (&mut widgets.active, theme.control_active, theme.accent),
        (&mut widgets.open, theme.control_hover, theme.text_faint),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, line);
        state.fg_stroke = Stroke::new(1.0, theme.text);
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG relative luminance of an opaque colour.
    fn luminance(color: Color32) -> f32 {
        let [r, g, b, _] = egui::Rgba::from(color).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_text_colour_is_readable_on_what_it_stands_on() {
        let t = DARK;
        for (name, text, ground) in [
            ("text", t.text, t.panel),
            ("text on a button", t.text, t.control_active),
            ("muted", t.text_muted, t.panel),
            ("faint", t.text_faint, t.panel),
            ("faint in a field", t.text_faint, t.well),
            ("warning", t.warn, t.panel),
            ("error", t.bad, t.panel),
            ("on accent", t.on_accent, t.accent),
            ("on accent, hovered", t.on_accent, t.accent_hover),
            ("selected", t.text, t.accent_soft),
        ] {
            let ratio = contrast(text, ground);
            assert!(ratio >= 4.5, "{name}: {ratio:.2}");
        }
    }
}
