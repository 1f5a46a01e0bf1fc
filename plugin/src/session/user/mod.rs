//! What belongs to the user and not to a project: the list of services, working offline, and looks.
//! Shared by all instances through one file.

mod file;

pub use file::UserFile;

use serde::{Deserialize, Serialize};

/// The service of a first run.
pub const FIRST_NAME: &str = "Local";
pub const FIRST_ADDRESS: &str = "http://127.0.0.1:8002";
/// More than anyone has.
const MAX_SERVICES: usize = 32;
pub const MAX_NAME_CHARS: usize = 40;
/// What the zoom may be, percent.
pub const ZOOM_PERCENT: std::ops::RangeInclusive<u16> = 75..=300;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserSettings {
    /// Never empty; no two of the same name.
    pub services: Vec<ServiceEntry>,
    /// The one chosen last: new instances begin with it.
    pub preferred: String,
    /// Nothing is sent to any service.
    pub offline: bool,
    pub looks: Looks,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServiceEntry {
    pub name: String,
    pub address: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Looks {
    pub theme: ThemeChoice,
    pub zoom_percent: u16,
    /// Nothing slides or fades.
    pub reduced_motion: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// As the system is, where it says so; else dark.
    #[default]
    Auto,
    Dark,
    Light,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Auto,
            zoom_percent: 100,
            reduced_motion: false,
        }
    }
}

impl Default for UserSettings {
    fn default() -> Self {
        Self {
            services: vec![ServiceEntry {
                name: FIRST_NAME.into(),
                address: FIRST_ADDRESS.into(),
            }],
            preferred: FIRST_NAME.into(),
            offline: false,
            looks: Looks::default(),
        }
    }
}

/// One thing the user changed. Applied to what the file says at that moment, so that two instances do
/// not undo each other's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserChange {
    AddService(ServiceEntry),
    /// The service `was` is called and found otherwise now.
    EditService {
        was: String,
        entry: ServiceEntry,
    },
    RemoveService(String),
    Prefer(String),
    Offline(bool),
    Looks(Looks),
}

impl UserSettings {
    pub fn apply(&mut self, change: UserChange) {
        match change {
            UserChange::AddService(entry) => self.add(entry),
            UserChange::EditService { was, entry } => self.edit(&was, entry),
            UserChange::RemoveService(name) => self.services.retain(|s| s.name != name),
            UserChange::Prefer(name) => self.preferred = name,
            UserChange::Offline(on) => self.offline = on,
            UserChange::Looks(looks) => self.looks = looks,
        }
        self.mend();
    }

    pub fn named(&self, name: &str) -> Option<&ServiceEntry> {
        self.services.iter().find(|s| s.name == name)
    }

    pub fn at(&self, address: &str) -> Option<&ServiceEntry> {
        self.services.iter().find(|s| s.address == address)
    }

    /// The service that a new instance begins with.
    pub fn first_choice(&self) -> ServiceEntry {
        let found = self.named(&self.preferred).or(self.services.first());
        found.cloned().unwrap_or_else(|| ServiceEntry {
            name: FIRST_NAME.into(),
            address: FIRST_ADDRESS.into(),
        })
    }

    fn add(&mut self, entry: ServiceEntry) {
        if self.services.len() < MAX_SERVICES {
            let name = self.free_name(&entry.name);
            self.services.push(ServiceEntry { name, ..entry });
        }
    }

    fn edit(&mut self, was: &str, entry: ServiceEntry) {
        let Some(at) = self.services.iter().position(|s| s.name == was) else {
            return;
        };
        let old = self.services.remove(at);
        let name = self.free_name(&entry.name);
        if self.preferred == old.name {
            self.preferred.clone_from(&name);
        }
        self.services.insert(at, ServiceEntry { name, ..entry });
    }

    /// `Studio`, or `Studio 2` when there is one.
    fn free_name(&self, wished: &str) -> String {
        let wished: String = wished.trim().chars().take(MAX_NAME_CHARS).collect();
        let wished = if wished.is_empty() {
            "Service".to_owned()
        } else {
            wished
        };
        let taken = |name: &String| self.named(name).is_some();
        let numbered = (2..).map(|n| format!("{wished} {n}"));
        let mut names = std::iter::once(wished.clone()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or(wished)
    }

    /// A file is data from elsewhere: makes of it what the rest may rely on.
    fn mend(&mut self) {
        let read = std::mem::take(&mut self.services);
        for entry in read.into_iter().take(MAX_SERVICES) {
            let address = entry.address.trim().trim_end_matches('/').to_owned();
            if !address.is_empty() {
                let name = self.free_name(&entry.name);
                self.services.push(ServiceEntry { name, address });
            }
        }
        if self.services.is_empty() {
            self.services = Self::default().services;
        }
        let zoom = &mut self.looks.zoom_percent;
        *zoom = (*zoom).clamp(*ZOOM_PERCENT.start(), *ZOOM_PERCENT.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, address: &str) -> ServiceEntry {
        ServiceEntry {
            name: name.into(),
            address: address.into(),
        }
    }

    #[test]
    fn names_stay_apart_and_the_list_is_never_empty() {
        let mut user = UserSettings::default();
        user.apply(UserChange::AddService(entry(" Local ", "http://b:1/")));
        assert_eq!(user.services[1], entry("Local 2", "http://b:1"));
        user.apply(UserChange::Prefer("Local 2".into()));
        user.apply(UserChange::EditService {
            was: "Local 2".into(),
            entry: entry("Studio", "http://c:1"),
        });
        assert_eq!(user.first_choice(), entry("Studio", "http://c:1"));
        for name in ["Local", "Studio", "nobody"] {
            user.apply(UserChange::RemoveService(name.into()));
        }
        assert_eq!(user.services, UserSettings::default().services);
        assert_eq!(user.first_choice().address, FIRST_ADDRESS);
    }

    #[test]
    fn a_strange_file_is_mended() {
        let text = r#"{"services":[{"name":"","address":" "},{"name":"A","address":"http://a"},
            {"name":"A","address":"http://b"}],"looks":{"zoom_percent":9000},"later":1}"#;
        let mut user: UserSettings = serde_json::from_str(text).unwrap();
        user.mend();
        assert_eq!(
            user.services,
            [entry("A", "http://a"), entry("A 2", "http://b")]
        );
        assert_eq!(user.looks.zoom_percent, 300);
        assert_eq!(user.first_choice().name, "A");
    }
}
