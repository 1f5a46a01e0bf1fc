use super::{
    selection::Selection,
    stem_row::{self, RowState},
};
use crate::{
    editor::{
        action::{Action, Scene},
        controls::{self, Button, Look},
        draft::Draft,
        icons::Icon,
        text::{self, stem as words},
        waveform::Waveforms,
    },
    session::{Command, StemRow},
};
use egui::{CursorIcon, RichText, Ui};
use std::collections::HashMap;

/// The finished stems, and what is chosen among them.
#[derive(Default)]
pub(super) struct StemList {
    pub selection: Selection,
    gains_db: HashMap<String, Draft<f32>>,
}

impl StemList {
    /// Takes over a new view.
    pub fn sync(&mut self, rows: &[StemRow]) {
        self.selection.retain(rows);
        self.gains_db
            .retain(|id, _| rows.iter().any(|row| row.id == *id));
        for row in rows {
            self.gains_db
                .entry(row.id.clone())
                .or_insert_with(|| Draft::new(row.gain_db))
                .sync(&row.gain_db);
        }
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, waves: &mut Waveforms) {
        let view = scene.view;
        if view.stems.is_empty() {
            if view.source.is_some() && view.jobs.is_empty() {
                controls::note(ui, scene.theme.text_faint, words::EMPTY);
            }
            return;
        }
        self.title_row(ui, scene);
        for row in &view.stems {
            let gain_db = self
                .gains_db
                .entry(row.id.clone())
                .or_insert_with(|| Draft::new(row.gain_db));
            let mut state = RowState {
                selection: &mut self.selection,
                gain_db,
                waves,
            };
            stem_row::show(ui, scene, row, &mut state);
        }
    }

    /// The heading; with several stems chosen, what can be done with them together.
    fn title_row(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.horizontal(|ui| {
            controls::heading(ui, words::TITLE);
            if self.selection.len() < 2 {
                return;
            }
            let count = text::selected(self.selection.len());
            ui.label(RichText::new(count).color(scene.theme.accent));
            let drag = Button::new(words::DRAG_ALL)
                .icon(Icon::Grip)
                .draggable()
                .show(ui, scene.theme)
                .on_hover_text(words::DRAG_TIP)
                .on_hover_cursor(CursorIcon::Grab);
            if drag.drag_started() {
                let files = self.selection.files(&scene.view.stems);
                scene.actions.push(Action::DragOut(files));
            }
            let delete = Button::new(words::DELETE_ALL).icon(Icon::Trash);
            if delete.show(ui, scene.theme).clicked() {
                for stem in self.selection.ids().cloned() {
                    scene
                        .actions
                        .push(Action::Send(Command::DeleteStem { stem }));
                }
            }
            let unselect = Button::icon_only(Icon::Close, words::UNSELECT).look(Look::Quiet);
            let response = unselect.show(ui, scene.theme);
            if response.on_hover_text(words::UNSELECT).clicked() {
                self.selection.clear();
            }
        });
    }
}
