//! The level of what comes in: a bar for each channel, RMS inside peak, and a light for clipping.

use crate::editor::{
    action::{Action, Scene},
    text::{self, source as words},
    theme::size,
};
use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

pub(super) const WIDTH: f32 = 14.0;
const LIGHT_HEIGHT: f32 = 8.0;
const FLOOR_DB: f32 = -60.0;
/// From here on a level is a warning.
const HOT_DB: f32 = -3.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    let wanted = vec2(WIDTH, size::SOURCE_WAVE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let levels = scene.levels;
    let loudest = levels.peak[0].max(levels.peak[1]);
    response.widget_info(|| {
        let name = if levels.clipped {
            words::METER_CLIPPED
        } else {
            words::METER
        };
        let mut info = WidgetInfo::labeled(Role::Button, true, name);
        info.value = Some(f64::from(decibels(loudest)));
        info
    });
    if ui.is_rect_visible(rect) {
        paint(ui, scene, rect);
        if response.has_focus() {
            let line = egui::Stroke::new(1.0, scene.theme.accent);
            ui.painter()
                .rect_stroke(rect, 2.0, line, egui::StrokeKind::Outside);
        }
    }
    let tip = match levels.clipped {
        true => words::CLIPPED_TIP.to_owned(),
        false => format!(
            "{} {}",
            words::METER_TIP,
            text::decibels(f64::from(decibels(loudest)))
        ),
    };
    if response.on_hover_text(tip).clicked() {
        scene.actions.push(Action::ClearClip);
    }
}

fn paint(ui: &Ui, scene: &Scene<'_>, rect: Rect) {
    let (theme, levels) = (scene.theme, scene.levels);
    let light = rect.with_max_y(rect.top() + LIGHT_HEIGHT);
    let color = if levels.clipped {
        theme.bad
    } else {
        theme.well
    };
    ui.painter().rect_filled(light, 2.0, color);
    let bars = rect.with_min_y(light.bottom() + 2.0);
    let sides = levels.channels.clamp(1, 2) as usize;
    let width = (rect.width() - 2.0 * (sides - 1) as f32) / sides as f32;
    for side in 0..sides {
        let left = bars.left() + side as f32 * (width + 2.0);
        let bar = Rect::from_x_y_ranges(left..=left + width, bars.y_range());
        ui.painter().rect_filled(bar, 2.0, theme.well);
        let peak = levels.peak[side];
        let color = if decibels(peak) >= HOT_DB {
            theme.warn
        } else {
            theme.wave_idle
        };
        ui.painter().rect_filled(filled(bar, peak), 2.0, color);
        ui.painter()
            .rect_filled(filled(bar, levels.rms[side]), 2.0, theme.wave);
    }
}

fn filled(bar: Rect, level: f32) -> Rect {
    let share = ((decibels(level) - FLOOR_DB) / -FLOOR_DB).clamp(0.0, 1.0);
    Rect::from_min_max(
        pos2(bar.left(), bar.bottom() - share * bar.height()),
        bar.max,
    )
}

fn decibels(level: f32) -> f32 {
    (20.0 * level.max(1e-6).log10()).max(FLOOR_DB)
}
