//! All shortcuts, over the window.

use super::{
    action::Scene,
    controls::{self, Button},
    text::help as words,
    theme::size,
};
use egui::{Frame, Grid, Id, Label, Modal, RichText, ScrollArea, Ui};

const KEY_COLUMN_WIDTH: f32 = 118.0;
const WIDTH: f32 = 380.0;

/// `false` once it is to be closed.
pub(super) fn show(ui: &Ui, scene: &Scene<'_>, with_desk: bool) -> bool {
    let theme = scene.theme;
    let room = ui.ctx().content_rect().size();
    let frame = Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(size::CARD_RADIUS)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(size::CARD_PADDING);
    let modal = Modal::new(Id::unique("help")).frame(frame);
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width((room.x - 48.0).min(WIDTH));
        controls::heading(ui, words::TITLE);
        ui.add_space(size::GAP);
        ScrollArea::vertical()
            .max_height((room.y - 130.0).max(60.0))
            .show(ui, |ui| table(ui, scene, with_desk));
        ui.add_space(size::GAP);
        let close = Button::new(words::CLOSE).show(ui, theme);
        if ui.memory(|memory| memory.focused().is_none()) {
            close.request_focus();
        }
        close.clicked()
    });
    !(shown.inner || shown.should_close())
}

fn table(ui: &mut Ui, scene: &Scene<'_>, with_desk: bool) {
    let theme = scene.theme;
    let desk = if with_desk {
        &words::DESK_KEYS[..]
    } else {
        &[]
    };
    Grid::new("shortcuts")
        .min_col_width(KEY_COLUMN_WIDTH)
        .spacing([size::GAP, 5.0])
        .min_row_height(16.0)
        .show(ui, |ui| {
            for (keys, what) in desk.iter().chain(&words::KEYS) {
                ui.add(Label::new(RichText::new(*keys).strong()).extend());
                ui.add(Label::new(RichText::new(*what).color(theme.text_muted)).extend());
                ui.end_row();
            }
        });
    if !with_desk {
        ui.add_space(size::GAP / 2.0);
        controls::note(ui, theme.text_faint, words::HOST);
    }
}
