//! In which format and under which name stems are dragged and saved.

use crate::{
    editor::{
        action::Scene,
        controls,
        draft::Draft,
        text::{self, export as words},
    },
    session::{Command, ExportFormat, ExportSettings, SessionView, Settings, TOKENS},
};
use egui::{Align2, TextEdit, Ui};

const PATTERN_CHARS: usize = 200;
const CHIP_WIDTH: f32 = 128.0;

pub(super) struct ExportPart {
    settings: Draft<ExportSettings>,
    /// Sent when the field is left: each change makes files.
    typed_pattern: String,
}

impl ExportPart {
    pub fn new(view: &SessionView) -> Self {
        let settings = view.settings.export.clone();
        Self {
            typed_pattern: settings.pattern.clone(),
            settings: Draft::new(settings),
        }
    }

    /// Takes over a new view; a pattern changed elsewhere replaces what is typed.
    pub fn sync(&mut self, view: &SessionView) {
        let before = self.settings.get().pattern.clone();
        self.settings.sync(&view.settings.export);
        if self.settings.get().pattern != before {
            self.typed_pattern.clone_from(&self.settings.get().pattern);
        }
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let theme = scene.theme;
        controls::heading(ui, words::TITLE);
        ui.horizontal_wrapped(|ui| {
            for format in ExportFormat::ALL {
                let chosen = self.settings.get().format == format;
                let name = text::export_format(format);
                if controls::chip(ui, theme, CHIP_WIDTH, name, chosen).clicked() {
                    self.apply(scene, |settings| settings.format = format);
                }
            }
        });
        let label = controls::field_label(ui, theme, words::PATTERN);
        let field = TextEdit::singleline(&mut self.typed_pattern)
            .hint_text(words::PATTERN_HINT)
            .char_limit(PATTERN_CHARS)
            .align(Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        if ui.add(field).labelled_by(label.id).lost_focus() {
            let pattern = self.typed_pattern.trim().to_owned();
            self.apply(scene, |settings| settings.pattern = pattern);
        }
        let mut note = format!("{} {}", words::TOKENS, TOKENS.join(" "));
        if let Some(row) = scene.view.stems.first() {
            let shown = ExportSettings {
                pattern: self.typed_pattern.clone(),
                ..self.settings.get().clone()
            };
            let name = text::stem_file_name(row, &shown);
            note.push_str(&format!("\n{} {name}", words::EXAMPLE));
        }
        controls::note(ui, theme.text_faint, &note);
    }

    fn apply(&mut self, scene: &mut Scene<'_>, change: impl FnOnce(&mut ExportSettings)) {
        let mut export = self.settings.get().clone();
        change(&mut export);
        if export != *self.settings.get() {
            self.settings.edit(export.clone());
            let settings = scene.view.settings.clone();
            let settings = Settings { export, ..settings };
            scene.send(Command::ApplySettings(Box::new(settings)));
        }
    }
}
