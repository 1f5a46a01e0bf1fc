//! The user's list of services: choose, test, add, rename, remove, and work offline.

use super::service_form::{Done, ServiceForm};
use crate::{
    editor::{
        action::{Action, Scene},
        controls::{self, Button, Look},
        header,
        icons::Icon,
        text::{self, settings as words},
        theme::size,
    },
    session::{Command, ServiceEntry, ServiceRow, ServiceTest, UserChange},
};
use egui::{Align, Frame, Layout, RichText, Stroke, Ui, vec2};

#[derive(Default)]
pub(super) struct Services {
    form: Option<ServiceForm>,
}

impl Services {
    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        title(ui, scene);
        let rows = scene.view.service.list.clone();
        let removable = rows.iter().filter(|row| !row.foreign).count() > 1;
        for (index, row) in rows.iter().enumerate() {
            ui.push_id(index, |ui| {
                framed(ui, scene, row.chosen, |ui, scene| {
                    let edited = self.form.as_ref().is_some_and(|form| form.edits(row));
                    if edited {
                        self.edit(ui, scene);
                    } else {
                        self.row(ui, scene, row, removable);
                    }
                });
            });
        }
        match &self.form {
            Some(form) if form.is_new() => {
                framed(ui, scene, false, |ui, scene| self.edit(ui, scene));
            }
            Some(_) => {}
            None => {
                let add = Button::new(words::ADD).icon(Icon::Plus);
                if add
                    .show(ui, scene.theme)
                    .on_hover_text(words::ADD_TIP)
                    .clicked()
                {
                    self.form = Some(ServiceForm::new());
                }
            }
        }
    }

    /// `false` when nothing was open.
    pub fn close(&mut self) -> bool {
        self.form.take().is_some()
    }

    fn edit(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let done = self.form.as_mut().and_then(|form| form.show(ui, scene));
        match done {
            Some(Done::Saved(commands)) => {
                scene.actions.extend(commands.into_iter().map(Action::Send));
                self.form = None;
            }
            Some(Done::Given) => self.form = None,
            None => {}
        }
    }

    fn row(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, row: &ServiceRow, removable: bool) {
        let theme = scene.theme;
        ui.horizontal(|ui| {
            let name = format!("{} {}", words::USE, shown_name(row));
            if controls::radio(ui, theme, &name, row.chosen).clicked() && !row.chosen {
                scene.send(Command::ChooseService(row.name.clone()));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.row_buttons(ui, scene, row, removable);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let facts = match row.key {
                        Some(place) => format!("{} · {}", row.address, text::key_place(place)),
                        None => row.address.clone(),
                    };
                    let width = ui.available_width();
                    controls::two_lines(ui, theme, width, shown_name(row), &facts)
                        .on_hover_text(&row.address);
                });
            });
        });
        if row.foreign {
            controls::note(ui, theme.text_muted, words::FOREIGN);
        }
        answer(ui, scene, row);
    }

    /// From the right to the left.
    fn row_buttons(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_>,
        row: &ServiceRow,
        removable: bool,
    ) {
        let theme = scene.theme;
        let named = |what: &str| format!("{what} {}", shown_name(row));
        ui.spacing_mut().item_spacing.x = 4.0;
        if row.foreign {
            let add = Button::new(words::KEEP).name(words::KEEP);
            if add.show(ui, theme).on_hover_text(words::KEEP_TIP).clicked() {
                self.form = Some(ServiceForm::kept(row));
            }
        } else {
            let remove = named(words::REMOVE);
            let button = Button::icon_only(Icon::Trash, &remove);
            let response = ui
                .add_enabled_ui(removable, |ui| button.show(ui, theme))
                .inner
                .on_hover_text(words::REMOVE)
                .on_disabled_hover_text(words::REMOVE_LAST);
            if response.clicked() {
                let change = UserChange::RemoveService(row.name.clone());
                scene.send(Command::ChangeUser(Box::new(change)));
            }
            let edit = named(words::EDIT);
            let button = Button::icon_only(Icon::Edit, &edit);
            if button
                .show(ui, theme)
                .on_hover_text(words::EDIT_TIP)
                .clicked()
            {
                self.form = Some(ServiceForm::of(row));
            }
        }
        let test = named(words::TEST);
        let button = Button::new(words::TEST).name(&test).look(Look::Plain);
        if button
            .show(ui, theme)
            .on_hover_text(words::TEST_TIP)
            .clicked()
        {
            scene.send(Command::TestService {
                address: row.address.clone(),
            });
        }
    }
}

/// The heading, and on its right whether anything is sent at all.
fn title(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        controls::heading(ui, words::SERVICES);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut offline = scene.view.service.offline;
            let response = ui.checkbox(&mut offline, words::OFFLINE);
            if response.on_hover_text(words::OFFLINE_TIP).changed() {
                let change = UserChange::Offline(offline);
                scene.send(Command::ChangeUser(Box::new(change)));
            }
        });
    });
    controls::note(ui, scene.theme.text_faint, words::SERVICES_NOTE);
}

/// What the test said; for the one in use without a test, what it says by itself.
fn answer(ui: &mut Ui, scene: &Scene<'_>, row: &ServiceRow) {
    let theme = scene.theme;
    let service = &scene.view.service;
    let (health, said) = match &row.test {
        Some(ServiceTest::Asking) => {
            controls::note(ui, theme.text_muted, words::ASKING);
            return;
        }
        // The one in use is looked at all the time: its own word is newer.
        _ if row.chosen && !service.words.is_empty() => (service.health, &service.words),
        Some(ServiceTest::Answered { health, words }) => (*health, words),
        None => return,
    };
    ui.horizontal(|ui| {
        header::light(ui, theme, health);
        let color = header::health_color(theme, health);
        let words = RichText::new(said).small().color(color);
        ui.add(egui::Label::new(words).wrap());
    });
}

fn framed(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    chosen: bool,
    contents: impl FnOnce(&mut Ui, &mut Scene<'_>),
) {
    let theme = scene.theme;
    let line = if chosen { theme.accent } else { theme.line };
    Frame::new()
        .fill(theme.well)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(size::CONTROL_RADIUS)
        .inner_margin(size::GAP)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(size::GAP, 4.0);
            contents(ui, scene);
        });
}

/// A service that only the project names is called by its address.
fn shown_name(row: &ServiceRow) -> &str {
    if row.name.is_empty() {
        &row.address
    } else {
        &row.name
    }
}

/// For [`ServiceForm`]: the entry as the list keeps it.
pub(super) fn entry(name: &str, address: &str) -> ServiceEntry {
    ServiceEntry {
        name: name.trim().to_owned(),
        address: address.trim().trim_end_matches('/').to_owned(),
    }
}
