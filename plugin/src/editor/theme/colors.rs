use super::Theme;
use egui::Color32;

pub(in crate::editor) const DARK: Theme = Theme {
    is_dark: true,
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
    focus: Color32::from_rgb(0x9C, 0xD3, 0xFF),
};

pub(in crate::editor) const LIGHT: Theme = Theme {
    is_dark: false,
    window: Color32::from_rgb(0xE9, 0xEC, 0xF0),
    panel: Color32::from_rgb(0xFC, 0xFC, 0xFD),
    well: Color32::from_rgb(0xF0, 0xF2, 0xF5),
    control: Color32::from_rgb(0xE8, 0xEB, 0xF0),
    control_hover: Color32::from_rgb(0xDD, 0xE2, 0xE9),
    control_active: Color32::from_rgb(0xD0, 0xD7, 0xE0),
    line: Color32::from_rgb(0xD3, 0xD9, 0xE1),
    text: Color32::from_rgb(0x17, 0x1B, 0x21),
    text_muted: Color32::from_rgb(0x44, 0x4C, 0x59),
    text_faint: Color32::from_rgb(0x5A, 0x63, 0x71),
    accent: Color32::from_rgb(0x08, 0x76, 0x63),
    accent_hover: Color32::from_rgb(0x06, 0x63, 0x53),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    accent_soft: Color32::from_rgb(0xD2, 0xEE, 0xE7),
    wave: Color32::from_rgb(0x08, 0x76, 0x63),
    wave_idle: Color32::from_rgb(0x5F, 0xA8, 0x9A),
    good: Color32::from_rgb(0x1B, 0x76, 0x38),
    warn: Color32::from_rgb(0x85, 0x55, 0x00),
    bad: Color32::from_rgb(0xB0, 0x24, 0x1C),
    record: Color32::from_rgb(0xC9, 0x2C, 0x26),
    focus: Color32::from_rgb(0x0B, 0x57, 0xC4),
};

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

    /// `color` at a part of its strength over `ground`, as notices are filled.
    fn tint(ground: Color32, color: Color32, strength: f32) -> Color32 {
        ground.lerp_to_gamma(color, strength)
    }

    #[test]
    fn every_text_colour_is_readable_on_what_it_stands_on() {
        for t in [DARK, LIGHT] {
            for (name, text, ground) in [
                ("text", t.text, t.panel),
                ("text on the window", t.text, t.window),
                ("text in a field", t.text, t.well),
                ("text on a button", t.text, t.control_active),
                ("text on a button, hovered", t.text, t.control_hover),
                ("muted", t.text_muted, t.panel),
                ("muted on the window", t.text_muted, t.window),
                ("muted on a control", t.text_muted, t.control),
                ("muted in a well", t.text_muted, t.well),
                ("faint", t.text_faint, t.panel),
                ("faint on the window", t.text_faint, t.window),
                ("faint in a field", t.text_faint, t.well),
                ("link", t.accent, t.panel),
                ("good", t.good, t.panel),
                ("warning", t.warn, t.panel),
                ("warning in a well", t.warn, t.well),
                ("error", t.bad, t.panel),
                ("error on the window", t.bad, t.window),
                ("on accent", t.on_accent, t.accent),
                ("on accent, hovered", t.on_accent, t.accent_hover),
                ("selected", t.text, t.accent_soft),
                ("error notice", t.text, tint(t.window, t.bad, 0.14)),
                ("notice", t.text, tint(t.window, t.accent, 0.14)),
            ] {
                let ratio = contrast(text, ground);
                let theme = if t.is_dark { "dark" } else { "light" };
                assert!(ratio >= 4.5, "{theme}, {name}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn what_is_no_text_but_must_be_seen_stands_out_too() {
        for t in [DARK, LIGHT] {
            for (name, shape, ground) in [
                ("focus on a card", t.focus, t.panel),
                ("focus on the window", t.focus, t.window),
                ("focus on a control", t.focus, t.control),
                ("focus on what is chosen", t.focus, t.accent_soft),
                ("waveform", t.wave, t.well),
                ("record", t.record, t.panel),
                ("chosen", t.accent, t.panel),
            ] {
                let ratio = contrast(shape, ground);
                let theme = if t.is_dark { "dark" } else { "light" };
                assert!(ratio >= 3.0, "{theme}, {name}: {ratio:.2}");
            }
        }
    }
}
