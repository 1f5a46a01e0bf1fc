//! Every colour and size of the window. Widgets name a purpose, never a number.

mod colors;
pub(super) mod size;

pub(super) use colors::{DARK, LIGHT};

use crate::session::{DesktopTheme, ThemeChoice};
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle,
    style::{ScrollAnimation, ScrollStyle},
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Theme {
    pub is_dark: bool,
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
    /// The ring around what has the keyboard's focus.
    pub focus: Color32,
}

/// Text sizes, in points.
const HEADING: f32 = 15.0;
const BODY: f32 = 13.0;
const SMALL: f32 = 11.5;

/// The theme the user wants. `desktop` is what that says of itself, if anything.
pub(super) fn of(choice: ThemeChoice, desktop: Option<DesktopTheme>) -> &'static Theme {
    match (choice, desktop) {
        (ThemeChoice::Light, _) | (ThemeChoice::Auto, Some(DesktopTheme::Light)) => &LIGHT,
        _ => &DARK,
    }
}

/// Puts the theme into egui's own widgets. With `reduced_motion` nothing slides or fades.
pub(super) fn apply(ctx: &egui::Context, theme: &Theme, reduced_motion: bool) {
    let base = if theme.is_dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    };
    ctx.set_theme(base);
    // The window has steps of its own, which the user's settings keep.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.style_mut_of(base, |style| {
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
        let moving = egui::Style::default();
        (style.animation_time, style.scroll_animation) = if reduced_motion {
            (0.0, ScrollAnimation::none())
        } else {
            (moving.animation_time, moving.scroll_animation)
        };
    });
}

fn visuals(theme: &Theme) -> egui::Visuals {
    let mut visuals = if theme.is_dark {
        egui::Visuals::dark()
    } else {
        egui::Visuals::light()
    };
    visuals.panel_fill = theme.window;
    visuals.window_fill = theme.panel;
    visuals.window_stroke = Stroke::new(1.0, theme.line);
    visuals.window_corner_radius = CornerRadius::same(size::CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(size::CARD_RADIUS);
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: Color32::from_black_alpha(if theme.is_dark { 110 } else { 40 }),
    };
    visuals.extreme_bg_color = theme.well;
    visuals.text_edit_bg_color = Some(theme.well);
    visuals.faint_bg_color = theme.well;
    visuals.weak_text_color = Some(theme.text_faint);
    visuals.hyperlink_color = theme.accent;
    visuals.warn_fg_color = theme.warn;
    visuals.error_fg_color = theme.bad;
    visuals.selection.bg_fill = theme.accent_soft;
    // Also the frame of the text field in focus.
    visuals.selection.stroke = Stroke::new(1.5, theme.focus);
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
        (&mut widgets.active, theme.control_active, theme.focus),
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

    #[test]
    fn the_user_s_choice_goes_before_the_desktop_s() {
        let (dark, light) = (Some(DesktopTheme::Dark), Some(DesktopTheme::Light));
        for (choice, desktop, is_dark) in [
            (ThemeChoice::Auto, None, true),
            (ThemeChoice::Auto, light, false),
            (ThemeChoice::Auto, dark, true),
            (ThemeChoice::Dark, light, true),
            (ThemeChoice::Light, dark, false),
        ] {
            assert_eq!(
                of(choice, desktop).is_dark,
                is_dark,
                "{choice:?} {desktop:?}"
            );
        }
    }
}
