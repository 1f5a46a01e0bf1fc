use super::{
    action::Scene,
    controls::{Button, Look},
    icons::Icon,
    text::{self, stem as words},
    theme::size,
};
use crate::session::Command;
use egui::{Align2, Area, Frame, Id, Order, Stroke, Ui, vec2};
use std::time::Duration;

/// How long the offer to undo stays on screen; Ctrl+Z works for as long as the session can.
const SHOWN_SECS: f64 = 12.0;

/// The offer to bring a deleted stem back.
#[derive(Debug, Default)]
pub(super) struct UndoToast {
    /// When it leaves the screen, in egui's time; `None` while it is not shown.
    until_secs: Option<f64>,
    stems: usize,
}

impl UndoToast {
    /// So many stems were deleted at `now_secs`.
    pub fn raise(&mut self, now_secs: f64, stems: usize) {
        self.stems = stems;
        self.until_secs = Some(now_secs + SHOWN_SECS);
    }

    pub fn show(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        let now = ui.input(|input| input.time);
        let Some(until) = self.until_secs.filter(|until| now < *until) else {
            self.until_secs = None;
            return;
        };
        if !scene.view.can_undo_delete {
            // The session has not yet answered, or has nothing left to bring back.
            return;
        }
        ui.ctx()
            .request_repaint_after(Duration::from_secs_f64(until - now));
        let (undo, close) = buttons(ui, scene, self.stems);
        if undo {
            scene.send(Command::UndoDelete);
        }
        if undo || close {
            self.until_secs = None;
        }
    }
}

fn buttons(ui: &Ui, scene: &Scene<'_>, stems: usize) -> (bool, bool) {
    let theme = scene.theme;
    Area::new(Id::unique("undo toast"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -64.0))
        .show(ui.ctx(), |ui| {
            Frame::new()
                .fill(theme.control_hover)
                .stroke(Stroke::new(1.0, theme.line))
                .corner_radius(size::CARD_RADIUS)
                .shadow(ui.visuals().popup_shadow)
                .inner_margin(size::GAP as i8)
                .show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.add_space(4.0);
                        ui.label(text::deleted(stems));
                        let undo = Button::new(words::UNDO).show(ui, theme).clicked();
                        let close = Button::icon_only(Icon::Close, "Close")
                            .look(Look::Quiet)
                            .show(ui, theme)
                            .clicked();
                        (undo, close)
                    })
                    .inner
                })
                .inner
        })
        .inner
}
