use crate::editor::{text::form as words, theme::Theme};
use egui::{Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};
use sideman_shared::music::Track;

/// Large enough to hit, small enough to leave the player's button alone.
const SIZE: f32 = 20.0;
const ARM: f32 = 3.5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Corner {
    /// A plus: this one too.
    Add,
    /// A minus: not this one.
    Remove,
}

/// The small button in the upper right corner of a player's; `true` when it was pressed.
pub(super) fn show(
    ui: &Ui,
    theme: &Theme,
    player: &Response,
    corner: Corner,
    track: Track,
) -> bool {
    let right_top = player.rect.right_top();
    let height = SIZE.min(player.rect.height());
    let rect = Rect::from_min_size(right_top - vec2(SIZE, 0.0), vec2(SIZE, height));
    let response = ui.interact(rect, player.id.with("corner"), Sense::click());
    let (verb, tip) = match corner {
        Corner::Add => (words::ADD, words::ADD_TIP),
        Corner::Remove => (words::REMOVE, words::REMOVE_TIP),
    };
    let name = format!("{verb} {}", track.label());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let color = if response.hovered() || response.has_focus() {
        theme.text
    } else {
        theme.text_faint
    };
    paint(ui, rect.center(), corner, Stroke::new(1.5, color));
    if response.has_focus() {
        let ring = Rect::from_center_size(rect.center(), Vec2::splat(4.0 * ARM));
        let stroke = Stroke::new(1.0, theme.text);
        ui.painter()
            .rect_stroke(ring, 3.0, stroke, egui::StrokeKind::Inside);
    }
    response.on_hover_text(tip).clicked()
}

fn paint(ui: &Ui, at: Pos2, corner: Corner, stroke: Stroke) {
    let across = [pos2(at.x - ARM, at.y), pos2(at.x + ARM, at.y)];
    ui.painter().line_segment(across, stroke);
    if corner == Corner::Add {
        let down = [pos2(at.x, at.y - ARM), pos2(at.x, at.y + ARM)];
        ui.painter().line_segment(down, stroke);
    }
}
