//! The whole window, drawn and used without a display.

mod accessibility;
mod clicks;
mod fake;
pub(super) mod fixtures;
mod keyboard;
mod ordering;
mod pictures;
mod settings;
mod song;
mod stacks;
mod standalone;
mod storage;

use super::{App, desk::TransportView};
use crate::session::{Command, SessionView};
use egui::{Rect, UiBuilder, Vec2, vec2};
use egui_kittest::{Harness, kittest::Queryable};
use fake::Fake;
use std::sync::Arc;

const USUAL: Vec2 = vec2(720.0, 560.0);
/// Long enough for a menu to open and the window to settle.
const MAX_STEPS: u64 = 60;

/// The window with a fake session and system behind it.
struct Window {
    harness: Harness<'static, App>,
    fake: Arc<Fake>,
}

impl Window {
    fn open(view: SessionView) -> Self {
        Self::open_at(view, USUAL, 1.0)
    }

    fn open_at(view: SessionView, size: Vec2, pixels_per_point: f32) -> Self {
        let fake = Arc::new(Fake::new(view));
        let app = App::new(Box::new(fake.clone()), fake.system());
        Self::around(app, fake, size, pixels_per_point)
    }

    /// As the standalone program has it.
    fn with_desk(view: SessionView, transport: TransportView, size: Vec2) -> Self {
        let fake = Arc::new(Fake::new(view));
        *fake.transport.lock() = transport;
        let app = App::new(Box::new(fake.clone()), fake.system());
        let app = app.with_desk(Box::new(fake.clone()));
        Self::around(app, fake, size, 1.0)
    }

    fn around(app: App, fake: Arc<Fake>, size: Vec2, pixels_per_point: f32) -> Self {
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .with_step_dt(1.0 / 60.0)
            .with_max_steps(MAX_STEPS)
            .with_render_cursor(false)
            .build_ui_state(
                |ui, app: &mut App| {
                    // The harness leaves a margin that a real window has not.
                    let whole = UiBuilder::new().max_rect(Rect::from_min_size(
                        egui::Pos2::ZERO,
                        ui.ctx().content_rect().size(),
                    ));
                    ui.scope_builder(whole, |ui| app.frame(ui, None));
                },
                app,
            );
        let mut window = Self { harness, fake };
        window.harness.run();
        window
    }

    /// Another view comes from the session.
    fn show(&mut self, view: SessionView) {
        self.fake.set_view(view);
        self.harness.run();
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_by_label(label).is_some()
    }

    /// What was sent since the last call.
    fn sent(&self) -> Vec<Command> {
        self.fake.take_sent()
    }
}
