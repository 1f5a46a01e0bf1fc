//! What a host sees before it plays: descriptors, factories, extensions.

use super::{
    Host, Library, SIDEMAN_ID,
    handlers::{Handlers, Main, Shared},
};
use anyhow::{Context, Result};
use clack_host::{plugin::PluginDescriptor, prelude::*};
use std::{
    ffi::{CStr, CString},
    path::Path,
};

/// What a plugin says of itself before there is an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    pub id: String,
    pub name: String,
    pub vendor: String,
    pub version: String,
    pub description: String,
    pub features: Vec<String>,
}

impl Descriptor {
    fn of(raw: &PluginDescriptor) -> Self {
        let text = |text: Option<&CStr>| text.unwrap_or_default().to_string_lossy().into_owned();
        Self {
            id: text(raw.id()),
            name: text(raw.name()),
            vendor: text(raw.vendor()),
            version: text(raw.version()),
            description: text(raw.description()),
            features: raw.features().map(|f| text(Some(f))).collect(),
        }
    }
}

impl Library {
    /// Loads it with every symbol resolved at once, as some hosts do.
    ///
    /// # Errors
    /// A symbol is missing, or it is no CLAP library.
    #[cfg(unix)]
    pub fn load_with_all_symbols(path: &Path) -> Result<Self> {
        use libloading::os::unix::{Library as Unix, RTLD_LOCAL, RTLD_NOW};
        // SAFETY: as in `load`.
        let held = unsafe { Unix::open(Some(path), RTLD_NOW | RTLD_LOCAL) }?;
        let library = Self::load(path)?;
        drop(held);
        Ok(library)
    }

    /// # Errors
    /// The library has no plugins.
    pub fn descriptors(&self) -> Result<Vec<Descriptor>> {
        let factory = self.entry.get_plugin_factory().context("no plugins")?;
        Ok(factory.plugin_descriptors().map(Descriptor::of).collect())
    }

    /// Whether it answers to a factory of this name.
    pub fn has_factory(&self, id: &CStr) -> bool {
        let get = self.entry.raw_entry().get_factory;
        // SAFETY: the entry is initialised and the id a C string.
        get.is_some_and(|get| !unsafe { get(id.as_ptr()) }.is_null())
    }

    /// Whether it makes a plugin of this id.
    pub fn makes(&self, id: &CStr) -> bool {
        let Ok(info) = super::host_info() else {
            return false;
        };
        PluginInstance::<Handlers>::new(
            |_| Shared::default(),
            |_| Main::default(),
            &self.entry,
            id,
            &info,
        )
        .is_ok()
    }

    /// Whether it makes a plugin of Sideman's id with this behind it.
    pub fn makes_with_tail(&self, tail: &str) -> bool {
        let id = format!("{}{tail}", SIDEMAN_ID.to_string_lossy());
        CString::new(id).is_ok_and(|id| self.makes(&id))
    }
}

impl Host {
    /// What the instance says of itself.
    ///
    /// # Errors
    /// It says nothing.
    pub fn descriptor(&self) -> Result<Descriptor> {
        let raw = self.instance.plugin_shared_handle().descriptor();
        Ok(Descriptor::of(
            raw.context("an instance without descriptor")?,
        ))
    }

    /// Whether the plugin can more than play: by the extension's name in CLAP.
    pub fn has_extension(&self, id: &CStr) -> bool {
        let raw = self.instance.raw_instance();
        // SAFETY: the instance is initialised and the id a C string.
        raw.get_extension
            .is_some_and(|get| !unsafe { get(raw, id.as_ptr()) }.is_null())
    }
}
