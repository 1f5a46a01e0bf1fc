use super::source::{capture_button, open_button};
use crate::editor::{action::Scene, controls, text::source as words, theme::size};
use egui::{Align2, FontId, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};

const NUMBER_SIZE: f32 = 22.0;

/// What to do with Sideman, in three steps, with the first step's buttons at hand.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    let theme = scene.theme;
    egui::Frame::new()
        .fill(theme.well)
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(size::CONTROL_RADIUS)
        .inner_margin(size::CARD_PADDING)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            for (index, (title, how)) in words::STEPS.into_iter().enumerate() {
                step(ui, scene, index, title, how);
                if index == 0 {
                    ui.horizontal(|ui| {
                        ui.add_space(NUMBER_SIZE + size::GAP);
                        capture_button(ui, scene);
                        open_button(ui, scene);
                    });
                    ui.add_space(size::GAP / 2.0);
                }
            }
        });
}

fn step(ui: &mut Ui, scene: &Scene<'_>, index: usize, title: &str, how: &str) {
    let theme = scene.theme;
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(NUMBER_SIZE), Sense::hover());
        let color = if index == 0 {
            theme.accent
        } else {
            theme.text_muted
        };
        let stroke = Stroke::new(1.0, color);
        ui.painter()
            .rect_stroke(rect, NUMBER_SIZE / 2.0, stroke, StrokeKind::Inside);
        let font = FontId::proportional(12.0);
        let number = (index + 1).to_string();
        ui.painter()
            .text(rect.center(), Align2::CENTER_CENTER, number, font, color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.label(RichText::new(title).strong());
            controls::note(ui, theme.text_muted, how);
        });
    });
}
