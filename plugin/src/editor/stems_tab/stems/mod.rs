//! The finished stems: stacks of candidates, heard against each other, judged, marked and dragged out.

mod colours;
mod detail;
mod keys;
mod marks;
mod part;
mod row;
mod selection;
mod stack;
mod wave;

use crate::{
    editor::{
        action::{Action, Scene},
        backend::Ask,
        controls::{self, Button, Look},
        draft::Draft,
        icons::Icon,
        text::{self, stem as words},
        theme::size,
        waveform::Waveforms,
    },
    session::{Command, Fades, StemMarks, StemRow},
};
use egui::{CursorIcon, RichText, Ui};
use part::Part;
use selection::Selection;
use stack::Stack;
use std::collections::{BTreeSet, HashMap};

/// The finished stems, and what is chosen among them.
#[derive(Default)]
pub(super) struct StemList {
    pub selection: Selection,
    rows: HashMap<String, RowMemory>,
    /// Stacks of which only the head is shown.
    folded: BTreeSet<String>,
    only_favourites: bool,
    /// The stack that the number keys switch.
    focus: Option<String>,
}

/// What the window remembers of a row while the session catches up, and what it alone knows.
struct RowMemory {
    gain_db: Draft<f32>,
    fades: Draft<Fades>,
    marks: Draft<StemMarks>,
    is_open: bool,
    /// Marked on the waveform, to be played again.
    part: Option<Part>,
    /// Where the drag that marks it began.
    part_from_x: f32,
}

impl RowMemory {
    fn new(row: &StemRow) -> Self {
        Self {
            gain_db: Draft::new(row.gain_db),
            fades: Draft::new(row.fades),
            marks: Draft::new(row.marks.clone()),
            is_open: false,
            part: None,
            part_from_x: 0.0,
        }
    }

    fn sync(&mut self, row: &StemRow) {
        self.gain_db.sync(&row.gain_db);
        self.fades.sync(&row.fades);
        self.marks.sync(&row.marks);
    }
}

/// What a row may change besides sending commands.
struct RowState<'a> {
    selection: &'a mut Selection,
    memory: &'a mut RowMemory,
    focus: &'a mut Option<String>,
    waves: &'a mut Waveforms,
    /// The key that switches to it: 1 for the first of its stack.
    number: usize,
    depth: usize,
}

impl StemList {
    /// Takes over a new view.
    pub fn sync(&mut self, rows: &[StemRow]) {
        self.selection.retain(rows);
        self.rows
            .retain(|id, _| rows.iter().any(|row| row.id == *id));
        self.folded
            .retain(|key| rows.iter().any(|row| row.stack == *key));
        for row in rows {
            self.rows
                .entry(row.id.clone())
                .or_insert_with(|| RowMemory::new(row))
                .sync(row);
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
        let stacks = stack::stacks(&view.stems, self.only_favourites);
        if stacks.is_empty() {
            controls::note(ui, scene.theme.text_faint, words::NO_FAVOURITES);
        }
        self.switch_by_key(ui, scene, &stacks);
        if keys::copies(ui.ctx()) {
            self.copy(scene);
        }
        for stack in &stacks {
            self.stack(ui, scene, waves, stack);
        }
    }

    fn stack(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_>,
        waves: &mut Waveforms,
        stack: &Stack<'_>,
    ) {
        ui.push_id(stack.key, |ui| {
            self.stack_head(ui, scene, stack);
            if self.folded.contains(stack.key) {
                return;
            }
            ui.spacing_mut().item_spacing.y = 4.0;
            for (index, candidate) in stack.candidates.iter().enumerate() {
                let row = candidate.row;
                let memory = self.rows.entry(row.id.clone());
                let mut state = RowState {
                    selection: &mut self.selection,
                    memory: memory.or_insert_with(|| RowMemory::new(row)),
                    focus: &mut self.focus,
                    waves,
                    number: index + 1,
                    depth: candidate.depth,
                };
                row::show(ui, scene, row, &mut state);
            }
        });
    }

    /// Who played to what, and how often.
    fn stack_head(&mut self, ui: &mut Ui, scene: &Scene<'_>, stack: &Stack<'_>) {
        let Some(first) = stack.candidates.first().map(|c| c.row) else {
            return;
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let is_folded = self.folded.contains(stack.key);
            let (icon, verb) = match is_folded {
                true => (Icon::ChevronRight, words::UNFOLD),
                false => (Icon::ChevronDown, words::FOLD),
            };
            let name = format!("{verb} {} {}", first.track.label(), first.source_title);
            if Button::icon_only(icon, &name)
                .show(ui, scene.theme)
                .clicked()
            {
                if is_folded {
                    self.folded.remove(stack.key);
                } else {
                    self.folded.insert(stack.key.to_owned());
                }
            }
            ui.label(RichText::new(first.track.label()).strong());
            let mut facts = vec![text::takes(stack.candidates.len())];
            facts.extend(Some(first.source_title.clone()).filter(|title| !title.is_empty()));
            facts.extend(first.bpm.map(text::bpm));
            facts.extend(first.key.clone());
            let facts = RichText::new(facts.join(" · "))
                .small()
                .color(scene.theme.text_muted);
            ui.add(egui::Label::new(facts).truncate())
                .on_hover_text(words::SWITCH_TIP);
        });
    }

    /// Number and arrow keys: another candidate of the stack in focus.
    fn switch_by_key(&self, ui: &Ui, scene: &mut Scene<'_>, stacks: &[Stack<'_>]) {
        let Some(pick) = keys::pressed(ui.ctx()) else {
            return;
        };
        if let Some(row) = keys::picked(pick, stacks, self.focus.as_deref()) {
            match pick {
                keys::Pick::Solo => {
                    let solo = (!row.soloed).then(|| row.id.clone());
                    scene.send(Command::Solo(solo));
                }
                _ => scene.send(Command::SwitchTo {
                    stem: row.id.clone(),
                }),
            }
        }
    }

    /// The heading with what is heard and shown; with several stems chosen, what can be done with
    /// them together.
    fn title_row(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.horizontal(|ui| {
            controls::heading(ui, words::TITLE);
            if self.selection.len() >= 2 {
                self.together(ui, scene);
                return;
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let favourites = Button::new(words::FAVOURITES)
                    .icon(Icon::Star)
                    .selected(self.only_favourites);
                let response = favourites.show(ui, scene.theme);
                if response.on_hover_text(words::FAVOURITES_TIP).clicked() {
                    self.only_favourites = !self.only_favourites;
                }
                let muted = scene.view.mute_source;
                let mute = Button::new(words::MUTE_SOURCE).selected(muted);
                let response = mute.show(ui, scene.theme);
                if response.on_hover_text(words::MUTE_SOURCE_TIP).clicked() {
                    scene.send(Command::MuteSource(!muted));
                }
            });
        });
    }

    /// The files of the chosen stems, for another program to paste.
    fn copy(&self, scene: &mut Scene<'_>) {
        let files = self.selection.files(&scene.view.stems);
        if !files.is_empty() {
            scene.actions.push(Action::CopyFiles(files));
        }
    }

    fn together(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.spacing_mut().item_spacing.x = 4.0;
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
        let stems = || self.selection.ids().cloned().collect();
        let save = Button::icon_only(Icon::Save, words::SAVE_ALL).look(Look::Plain);
        let response = save.show(ui, scene.theme).on_hover_text(words::SAVE_ALL);
        if response.clicked() {
            let ask = Ask::SaveStems { stems: stems() };
            scene.actions.push(Action::Ask(ask));
        }
        let copy = Button::icon_only(Icon::Copy, words::COPY_ALL).look(Look::Plain);
        let response = copy.show(ui, scene.theme).on_hover_text(words::COPY_ALL);
        if response.clicked() {
            self.copy(scene);
        }
        let delete = Button::icon_only(Icon::Trash, words::DELETE_ALL).look(Look::Plain);
        let response = delete
            .show(ui, scene.theme)
            .on_hover_text(words::DELETE_ALL);
        if response.clicked() {
            scene.send(Command::DeleteStems { stems: stems() });
        }
        let unselect = Button::icon_only(Icon::Close, words::UNSELECT).look(Look::Quiet);
        let response = unselect.show(ui, scene.theme);
        if response.on_hover_text(words::UNSELECT).clicked() {
            self.selection.clear();
        }
    }
}

/// How far a row of this depth is moved in.
fn indent(depth: usize) -> f32 {
    depth as f32 * 2.0 * size::GAP
}
