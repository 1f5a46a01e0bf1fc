//! Below the settings: how stems leave Sideman, what lies in its folder, a move on its way.

mod export;

use super::{
    action::Scene,
    controls::{self, Button, Look},
    icons::Icon,
    text::{self, storage as words},
    theme::size,
};
use crate::session::{Command, FolderWish, InstanceUse, MoveView, SessionView, StorageView};
use egui::{DragValue, RichText, Ui};
use export::ExportPart;

/// Takes younger than a month are likely to be wanted.
const USUAL_DAYS: u32 = 30;
const MAX_DAYS: u32 = 3650;
/// Folders shown; the rest is one line.
const MAX_ROWS: usize = 12;

pub(super) struct StoragePage {
    export: ExportPart,
    /// What lies where was asked for.
    asked: bool,
    older_than_days: u32,
    /// Emptying the trash waits for a second click.
    confirming: bool,
}

impl StoragePage {
    pub fn new(view: &SessionView) -> Self {
        Self {
            export: ExportPart::new(view),
            asked: false,
            older_than_days: USUAL_DAYS,
            confirming: false,
        }
    }

    pub fn sync(&mut self, view: &SessionView) {
        self.export.sync(view);
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        if scene.view.storage.is_none() && !std::mem::replace(&mut self.asked, true) {
            wish(scene, FolderWish::Survey);
        }
        let theme = scene.theme;
        controls::card(ui, theme, |ui| self.export.show(ui, scene));
        let view = scene.view;
        if let Some(moving) = &view.moving {
            controls::card(ui, theme, |ui| on_its_way(ui, scene, moving));
        }
        controls::card(ui, theme, |ui| {
            ui.horizontal(|ui| {
                controls::heading(ui, words::TITLE);
                let again = Button::icon_only(Icon::Retry, words::AGAIN);
                let response = again.show(ui, scene.theme).on_hover_text(words::AGAIN);
                if response.clicked() {
                    wish(scene, FolderWish::Survey);
                }
            });
            match &view.storage {
                Some(storage) => self.contents(ui, scene, storage),
                None => {
                    controls::note(ui, scene.theme.text_muted, words::LOOKING);
                }
            }
        });
    }

    fn contents(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, storage: &StorageView) {
        let theme = scene.theme;
        let mut place = storage.root.display().to_string();
        if let Some(free) = storage.free_bytes {
            place.push_str(&format!(" · {} free", text::bytes(free)));
        }
        ui.add(egui::Label::new(RichText::new(place).small().color(theme.text_muted)).truncate());
        for instance in storage.instances.iter().take(MAX_ROWS) {
            instance_row(ui, scene, instance);
        }
        rest(ui, scene, &storage.instances);
        self.old_takes(ui, scene);
        ui.separator();
        self.trash(ui, scene, storage);
    }

    fn old_takes(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.horizontal_wrapped(|ui| {
            let button = Button::new(words::OLD_TAKES).show(ui, scene.theme);
            let field = DragValue::new(&mut self.older_than_days)
                .range(0..=MAX_DAYS)
                .suffix(" days");
            ui.add(field).accessible_name(words::OLD_TAKES_DAYS);
            controls::note(ui, scene.theme.text_faint, words::OLD_TAKES_NOTE);
            if button.on_hover_text(words::OLD_TAKES_TIP).clicked() {
                let older_than_days = self.older_than_days;
                wish(scene, FolderWish::TrashOldTakes { older_than_days });
            }
        });
    }

    fn trash(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, storage: &StorageView) {
        let theme = scene.theme;
        for instance in storage.trashed.iter().take(MAX_ROWS) {
            ui.horizontal(|ui| {
                facts(ui, scene, instance, words::TRASHED);
                let name = format!("{} {}", words::BRING_BACK, instance.id);
                let back = Button::new(words::BRING_BACK).name(&name);
                if back.show(ui, theme).clicked() {
                    let instance = instance.id.clone();
                    wish(scene, FolderWish::BringBack { instance });
                }
            });
        }
        rest(ui, scene, &storage.trashed);
        ui.horizontal(|ui| {
            ui.label(words::TRASH);
            let bytes = text::bytes(storage.trash_bytes);
            ui.label(RichText::new(bytes).color(theme.text_muted));
            if storage.trash_bytes == 0 {
                self.confirming = false;
                return;
            }
            if !self.confirming {
                let empty = Button::new(words::EMPTY).icon(Icon::Trash);
                self.confirming = empty.show(ui, theme).clicked();
                return;
            }
            let sure = Button::new(words::EMPTY_SURE).look(Look::Recording);
            if sure.show(ui, theme).clicked() {
                self.confirming = false;
                wish(scene, FolderWish::EmptyTrash);
            }
            if Button::new(words::KEEP).show(ui, theme).clicked() {
                self.confirming = false;
            }
        });
        controls::note(ui, theme.text_faint, words::TRASH_NOTE);
    }
}

fn wish(scene: &mut Scene<'_>, wish: FolderWish) {
    scene.send(Command::Folder(wish));
}

fn instance_row(ui: &mut Ui, scene: &mut Scene<'_>, instance: &InstanceUse) {
    ui.horizontal(|ui| {
        let whose = match (instance.is_own, instance.is_open) {
            (true, _) => words::OWN,
            (false, true) => words::OPEN,
            (false, false) => words::CLOSED,
        };
        facts(ui, scene, instance, whose);
        if !instance.is_open {
            let name = format!("{} {}", words::THROW_AWAY, instance.id);
            let button = Button::icon_only(Icon::Trash, &name);
            let response = button.show(ui, scene.theme);
            if response.on_hover_text(words::THROW_AWAY_TIP).clicked() {
                let instance = instance.id.clone();
                wish(scene, FolderWish::ThrowAway { instance });
            }
        }
    });
}

/// `This Sideman · 12 takes 340 MB · 8 stems 120 MB · 3 days ago`
fn facts(ui: &mut Ui, scene: &Scene<'_>, instance: &InstanceUse, whose: &str) {
    let words = text::instance_facts(instance);
    let buttons = 170.0;
    let width = (ui.available_width() - buttons).max(80.0);
    controls::two_lines(ui, scene.theme, width, whose, &words).on_hover_text(&instance.id);
    let bytes = text::bytes(instance.total_bytes());
    ui.label(RichText::new(bytes).color(scene.theme.text_muted));
}

fn rest(ui: &mut Ui, scene: &Scene<'_>, instances: &[InstanceUse]) {
    let rest = instances.get(MAX_ROWS..).unwrap_or_default();
    if !rest.is_empty() {
        let bytes = rest.iter().map(InstanceUse::total_bytes).sum();
        let words = format!("and {} more, {}", rest.len(), text::bytes(bytes));
        controls::note(ui, scene.theme.text_faint, &words);
    }
}

fn on_its_way(ui: &mut Ui, scene: &mut Scene<'_>, moving: &MoveView) {
    let theme = scene.theme;
    controls::heading(ui, words::MOVING);
    let to = RichText::new(&moving.to).small().color(theme.text_muted);
    ui.add(egui::Label::new(to).truncate());
    let fraction = moving.done_bytes as f64 / moving.total_bytes.max(1) as f64;
    let shown = (moving.total_bytes > 0).then_some(fraction);
    controls::progress(ui, theme, words::MOVING, shown);
    ui.horizontal(|ui| {
        let done = text::bytes(moving.done_bytes);
        let words = format!("{done} of {}", text::bytes(moving.total_bytes));
        ui.label(RichText::new(words).color(theme.text_muted));
        ui.add_space(size::GAP);
        let cancel = Button::new(words::CANCEL_MOVE);
        let response = ui
            .add_enabled_ui(!moving.cancelling, |ui| cancel.show(ui, theme))
            .inner;
        if response.on_hover_text(words::CANCEL_MOVE_TIP).clicked() {
            wish(scene, FolderWish::CancelMove);
        }
    });
    controls::note(ui, theme.text_faint, words::MOVING_NOTE);
}
