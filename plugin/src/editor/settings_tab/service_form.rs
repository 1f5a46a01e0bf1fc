//! One service being added or changed: its name, address and key.

use super::services::entry;
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button, Look},
        text::settings as words,
        theme::Theme,
    },
    session::{Command, MAX_NAME_CHARS, ServiceRow, UserChange},
};
use egui::{Align2, Response, TextEdit, Ui};

const ADDRESS_CHARS: usize = 256;
const KEY_CHARS: usize = 512;

pub(super) struct ServiceForm {
    /// Its name and address before; `None` for a new one.
    was: Option<(String, String)>,
    name: String,
    address: String,
    /// Typed here, sent once, then forgotten. Never shown again.
    key: String,
    forget_key: bool,
    has_key: bool,
    /// The first field takes the focus when the form opens.
    fresh: bool,
}

/// How the form was left.
pub(super) enum Done {
    Saved(Vec<Command>),
    Given,
}

impl ServiceForm {
    pub fn new() -> Self {
        Self {
            was: None,
            name: String::new(),
            address: String::new(),
            key: String::new(),
            forget_key: false,
            has_key: false,
            fresh: true,
        }
    }

    pub fn of(row: &ServiceRow) -> Self {
        Self {
            was: Some((row.name.clone(), row.address.clone())),
            name: row.name.clone(),
            address: row.address.clone(),
            has_key: row.key.is_some(),
            ..Self::new()
        }
    }

    /// A project's service, on its way into the user's list.
    pub fn kept(row: &ServiceRow) -> Self {
        Self {
            was: None,
            ..Self::of(row)
        }
    }

    pub fn is_new(&self) -> bool {
        self.was.is_none()
    }

    pub fn edits(&self, row: &ServiceRow) -> bool {
        let was = self.was.as_ref();
        was.is_some_and(|(name, address)| *name == row.name && *address == row.address)
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) -> Option<Done> {
        let theme = scene.theme;
        let name = field(ui, theme, words::NAME, words::NAME_HINT, &mut self.name);
        if std::mem::take(&mut self.fresh) {
            name.request_focus();
        }
        let address = field(
            ui,
            theme,
            words::ADDRESS,
            words::ADDRESS_HINT,
            &mut self.address,
        );
        self.key_field(ui, theme);
        let wrong = self.mistake(scene);
        if let Some(wrong) = wrong.filter(|_| !self.is_untouched()) {
            controls::warning(ui, theme.warn, wrong);
        }
        let entered = (name.lost_focus() || address.lost_focus())
            && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.horizontal(|ui| {
            let save = Button::new(words::SAVE).look(Look::Selected);
            let save = ui.add_enabled_ui(wrong.is_none(), |ui| save.show(ui, theme));
            if (save.inner.clicked() || entered) && wrong.is_none() {
                return Some(Done::Saved(self.commands()));
            }
            let cancel = Button::new(words::CANCEL).show(ui, theme).clicked();
            cancel.then_some(Done::Given)
        })
        .inner
    }

    fn key_field(&mut self, ui: &mut Ui, theme: &Theme) {
        let label = controls::field_label(ui, theme, words::KEY);
        let hint = if self.has_key && !self.forget_key {
            words::KEY_STORED
        } else {
            words::KEY_NONE
        };
        ui.add(
            TextEdit::singleline(&mut self.key)
                .password(true)
                .hint_text(hint)
                .char_limit(KEY_CHARS)
                .align(Align2::LEFT_CENTER)
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label.id);
        if self.has_key {
            ui.checkbox(&mut self.forget_key, words::KEY_FORGET);
        }
        controls::note(ui, theme.text_faint, words::KEY_NOTE);
    }

    fn is_untouched(&self) -> bool {
        self.is_new() && self.name.is_empty() && self.address.is_empty()
    }

    /// Why it cannot be saved, as a sentence for the user.
    fn mistake(&self, scene: &Scene<'_>) -> Option<&'static str> {
        let name = self.name.trim();
        let own = self.was.as_ref().map(|(name, _)| name.as_str());
        let mut others = scene.view.service.list.iter().filter(|row| !row.foreign);
        if !is_address(&self.address) {
            Some(words::ADDRESS_WRONG)
        } else if name.is_empty() {
            Some(words::NAME_MISSING)
        } else if Some(name) != own && others.any(|row| row.name == name) {
            Some(words::NAME_TAKEN)
        } else {
            None
        }
    }

    /// What saving means; a service that is new is used at once.
    fn commands(&mut self) -> Vec<Command> {
        let entry = entry(&self.name, &self.address);
        let (name, address) = (entry.name.clone(), entry.address.clone());
        let change = |change| Command::ChangeUser(Box::new(change));
        let mut commands = Vec::new();
        // First the key, so that the first question asked already carries it.
        let key = std::mem::take(&mut self.key).trim().to_owned();
        if !key.is_empty() {
            commands.push(Command::SetApiKey { address, key });
        } else if self.has_key && self.forget_key {
            let old = self.was.as_ref().map(|(_, address)| address.clone());
            commands.push(Command::SetApiKey {
                address: old.unwrap_or(address),
                key,
            });
        }
        match &self.was {
            Some((was, old)) if *was != entry.name || *old != entry.address => {
                let was = was.clone();
                commands.push(change(UserChange::EditService { was, entry }));
            }
            Some(_) => {}
            None => {
                commands.push(change(UserChange::AddService(entry)));
                commands.push(Command::ChooseService(name));
            }
        }
        commands
    }
}

fn field(ui: &mut Ui, theme: &Theme, label: &str, hint: &str, text: &mut String) -> Response {
    let label = controls::field_label(ui, theme, label);
    ui.add(
        TextEdit::singleline(text)
            .hint_text(hint)
            .char_limit(ADDRESS_CHARS.max(MAX_NAME_CHARS))
            .align(Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label.id)
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
