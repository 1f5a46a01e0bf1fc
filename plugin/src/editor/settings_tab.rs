//! The second tab: which service, which key, where files lie.

use super::{
    action::{Action, Scene},
    backend::Ask,
    controls::{self, Button},
    draft::Draft,
    header,
    storage::StoragePage,
    text::settings as words,
    theme::size,
};
use crate::session::{Command, ServiceView, SessionView, Settings};
use egui::{Align2, Frame, Grid, RichText, ScrollArea, TextEdit, Ui, UiBuilder, vec2};
use std::path::PathBuf;

const ADDRESS_CHARS: usize = 256;
/// How long an answer may stay out that changes nothing, before what is known is shown again.
const ASKING_SHOWN_SECS: f64 = 1.5;
const KEY_CHARS: usize = 512;
const KEY_COLUMN_WIDTH: f32 = 120.0;

pub(super) struct SettingsTab {
    /// As typed; sent when the field is left or Enter is pressed.
    address: Draft<String>,
    typed_address: String,
    /// Typed here, sent once, then forgotten. Never shown again.
    typed_key: String,
    /// A test was asked for: what was known then, and until when to say so.
    testing: Option<(ServiceView, f64)>,
    storage: StoragePage,
}

impl SettingsTab {
    pub fn new(view: &SessionView) -> Self {
        let address = view.settings.service_address.clone();
        Self {
            address: Draft::new(address.clone()),
            typed_address: address,
            typed_key: String::new(),
            testing: None,
            storage: StoragePage::new(view),
        }
    }

    /// Takes over a new view; an address changed elsewhere replaces what is typed.
    pub fn sync(&mut self, view: &SessionView) {
        self.storage.sync(view);
        let before = self.address.get().clone();
        self.address.sync(&view.settings.service_address);
        if *self.address.get() != before {
            self.typed_address = self.address.get().clone();
        }
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let spare = (ui.available_width() - size::SETTINGS_WIDTH).max(0.0) / 2.0;
            let middle = ui.available_rect_before_wrap().shrink2(vec2(spare, 0.0));
            ui.scope_builder(UiBuilder::new().max_rect(middle), |ui| {
                Frame::new().inner_margin(size::CARD_GAP).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = size::CARD_GAP;
                    let theme = scene.theme;
                    controls::card(ui, theme, |ui| self.service(ui, scene));
                    controls::card(ui, theme, |ui| storage(ui, scene));
                    self.storage.show(ui, scene);
                    controls::card(ui, theme, |ui| keyboard(ui, scene));
                });
            });
        });
    }

    fn service(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        controls::heading(ui, words::SERVICE);
        self.address(ui, scene);
        ui.add_space(size::GAP / 2.0);
        self.key(ui, scene);
        ui.add_space(size::GAP / 2.0);
        self.test(ui, scene);
    }

    /// The button that asks the service now, and what is known of it.
    fn test(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let now_secs = ui.input(|input| input.time);
        ui.horizontal(|ui| {
            let test = Button::new(words::TEST).show(ui, scene.theme);
            if test.on_hover_text(words::TEST_TIP).clicked() {
                self.apply_address(scene);
                scene.send(Command::TestService);
                let until_secs = now_secs + ASKING_SHOWN_SECS;
                self.testing = Some((scene.view.service.clone(), until_secs));
                ui.ctx()
                    .request_repaint_after_secs(ASKING_SHOWN_SECS as f32);
            }
            self.testing = self.testing.take().filter(|(before, until_secs)| {
                *before == scene.view.service && now_secs < *until_secs
            });
            if self.testing.is_some() {
                ui.label(RichText::new(words::ASKING).color(scene.theme.text_muted));
                return;
            }
            header::light(ui, scene);
            let service = &scene.view.service;
            let color = header::health_color(scene.theme, service.health);
            ui.add(egui::Label::new(RichText::new(&service.words).color(color)).wrap());
        });
    }

    fn address(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let label = controls::field_label(ui, scene.theme, words::ADDRESS);
        let field = TextEdit::singleline(&mut self.typed_address)
            .hint_text(words::ADDRESS_HINT)
            .char_limit(ADDRESS_CHARS)
            .align(Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        let response = ui.add(field).labelled_by(label.id);
        if response.lost_focus() {
            self.apply_address(scene);
        }
        if is_address(&self.typed_address) {
            controls::note(ui, scene.theme.text_faint, words::ADDRESS_NOTE);
        } else {
            controls::warning(ui, scene.theme.warn, words::ADDRESS_WRONG);
        }
    }

    /// Sends the typed address if it is one and new.
    fn apply_address(&mut self, scene: &mut Scene<'_>) {
        let typed = self.typed_address.trim().trim_end_matches('/').to_owned();
        if is_address(&typed) && typed != *self.address.get() {
            self.address.edit(typed.clone());
            let settings = Settings {
                service_address: typed,
                ..scene.view.settings.clone()
            };
            scene.send(Command::ApplySettings(Box::new(settings)));
        }
    }

    fn key(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let theme = scene.theme;
        let stored = scene.view.settings.has_api_key;
        let label = controls::field_label(ui, theme, words::KEY);
        ui.horizontal(|ui| {
            let buttons = if stored { 200.0 } else { 100.0 };
            let field = TextEdit::singleline(&mut self.typed_key)
                .password(true)
                .hint_text(if stored {
                    words::KEY_STORED
                } else {
                    words::KEY_NONE
                })
                .char_limit(KEY_CHARS)
                .align(Align2::LEFT_CENTER)
                .desired_width((ui.available_width() - buttons).max(80.0));
            let response = ui.add(field).labelled_by(label.id);
            let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let typed = !self.typed_key.trim().is_empty();
            let store = ui
                .add_enabled_ui(typed, |ui| Button::new(words::KEY_STORE).show(ui, theme))
                .inner;
            if typed && (store.clicked() || entered) {
                let key = std::mem::take(&mut self.typed_key);
                scene.send(Command::SetApiKey(key.trim().to_owned()));
            }
            if stored && Button::new(words::KEY_FORGET).show(ui, theme).clicked() {
                scene.send(Command::SetApiKey(String::new()));
            }
        });
        controls::note(ui, theme.text_faint, words::KEY_NOTE);
    }

    /// Escape: puts back what was typed and not yet sent. `false` when there was nothing.
    pub fn revert(&mut self) -> bool {
        let changed = self.typed_address != *self.address.get() || !self.typed_key.is_empty();
        self.typed_address = self.address.get().clone();
        self.typed_key.clear();
        changed
    }
}

fn storage(ui: &mut Ui, scene: &mut Scene<'_>) {
    let theme = scene.theme;
    controls::heading(ui, words::STORAGE);
    controls::field_label(ui, theme, words::FOLDER);
    let folder = scene.view.settings.cache_folder.clone();
    let shown = match &folder {
        Some(path) => RichText::new(path.display().to_string()),
        None => RichText::new(words::FOLDER_DEFAULT).color(theme.text_muted),
    };
    ui.add(egui::Label::new(shown).truncate());
    ui.horizontal(|ui| {
        let choose = Button::new(words::CHOOSE).name(words::CHOOSE_TIP);
        let response = choose.show(ui, theme).on_hover_text(words::CHOOSE_TIP);
        if response.clicked() {
            scene.actions.push(Action::Ask(Ask::CacheFolder));
        }
        let default = Button::new(words::USE_DEFAULT);
        if folder.is_some() && default.show(ui, theme).clicked() {
            scene.send(set_cache_folder(scene.view, None));
        }
    });
    controls::note(ui, theme.text_faint, words::FOLDER_NOTE);
}

pub(super) fn set_cache_folder(view: &SessionView, folder: Option<PathBuf>) -> Command {
    Command::ApplySettings(Box::new(Settings {
        cache_folder: folder,
        ..view.settings.clone()
    }))
}

fn keyboard(ui: &mut Ui, scene: &Scene<'_>) {
    let theme = scene.theme;
    controls::heading(ui, words::KEYS);
    Grid::new("keyboard")
        .min_col_width(KEY_COLUMN_WIDTH)
        .spacing([size::GAP, 2.0])
        .min_row_height(16.0)
        .show(ui, |ui| {
            for (keys, what) in words::KEY_TABLE {
                for (words, color) in [(keys, theme.text_muted), (what, theme.text_faint)] {
                    let words = RichText::new(words).small().color(color);
                    ui.add(egui::Label::new(words).extend());
                }
                ui.end_row();
            }
        });
}

fn is_address(text: &str) -> bool {
    let text = text.trim();
    ["http://", "https://"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_a_scheme_and_a_host() {
        for fine in ["http://127.0.0.1:8002", " https://gpu.example/sideman "] {
            assert!(is_address(fine), "{fine}");
        }
        for wrong in ["", "127.0.0.1:8002", "http://", "ftp://x", "http://a b"] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
