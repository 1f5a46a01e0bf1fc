use crate::{
    editor::{
        action::{Action, Scene},
        backend::Ask,
        controls::{self, Button},
        text::settings as words,
    },
    session::{Command, SessionView, Settings},
};
use egui::{RichText, Ui};
use std::path::PathBuf;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
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

pub(in crate::editor) fn set_cache_folder(view: &SessionView, folder: Option<PathBuf>) -> Command {
    Command::ApplySettings(Box::new(Settings {
        cache_folder: folder,
        ..view.settings.clone()
    }))
}
