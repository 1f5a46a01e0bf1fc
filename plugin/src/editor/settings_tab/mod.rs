//! The second tab: which services, how it looks, where files lie, and in the standalone program the
//! audio device.

mod audio;
mod engines;
mod looks;
mod service_form;
mod services;
mod storage;

pub(super) use looks::{stepped, zoomed};
pub(super) use storage::set_cache_folder;

use super::{
    action::{Action, Scene},
    controls::{self, Button},
    desk::Desk,
    storage::StoragePage,
    text::settings as words,
    theme::size,
};
use crate::session::SessionView;
use audio::AudioPart;
use egui::{Frame, ScrollArea, Ui, UiBuilder, vec2};
use services::Services;

pub(super) struct SettingsTab {
    services: Services,
    audio: AudioPart,
    storage: StoragePage,
}

impl SettingsTab {
    pub fn new(view: &SessionView) -> Self {
        Self {
            services: Services::default(),
            audio: AudioPart::default(),
            storage: StoragePage::new(view),
        }
    }

    /// Takes over a new view.
    pub fn sync(&mut self, view: &SessionView) {
        self.storage.sync(view);
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, desk: Option<&dyn Desk>) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let spare = (ui.available_width() - size::SETTINGS_WIDTH).max(0.0) / 2.0;
            let middle = ui.available_rect_before_wrap().shrink2(vec2(spare, 0.0));
            ui.scope_builder(UiBuilder::new().max_rect(middle), |ui| {
                Frame::new().inner_margin(size::CARD_GAP).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = size::CARD_GAP;
                    let theme = scene.theme;
                    controls::card(ui, theme, |ui| self.services.show(ui, scene));
                    controls::card(ui, theme, |ui| engines::show(ui, scene));
                    if let Some(desk) = desk {
                        controls::card(ui, theme, |ui| self.audio.show(ui, scene, desk));
                    }
                    controls::card(ui, theme, |ui| looks::show(ui, scene));
                    controls::card(ui, theme, |ui| storage::show(ui, scene));
                    self.storage.show(ui, scene);
                    controls::card(ui, theme, |ui| keyboard(ui, scene));
                });
            });
        });
    }

    /// Escape: closes what is being edited. `false` when there was nothing.
    pub fn revert(&mut self) -> bool {
        self.services.close()
    }
}

fn keyboard(ui: &mut Ui, scene: &mut Scene<'_>) {
    controls::heading(ui, words::KEYS);
    controls::note(ui, scene.theme.text_faint, words::KEYS_NOTE);
    if Button::new(words::KEYS_SHOW)
        .show(ui, scene.theme)
        .clicked()
    {
        scene.actions.push(Action::Help);
    }
}
