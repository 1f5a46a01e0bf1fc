//! Parameters as a host lists, reads and moves them.

use super::{Host, handlers::Main};
use anyhow::{Context, Result};
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, ParamRescanFlags, PluginParams};
use clack_host::{events::event_types::ParamValueEvent, prelude::*, utils::Cookie};
use std::ffi::CString;

/// A parameter as the host lists it.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub id: ClapId,
    pub name: String,
    pub module: String,
    pub flags: ParamInfoFlags,
    pub min: f64,
    pub max: f64,
    pub default: f64,
    cookie: Cookie,
}

impl Parameter {
    pub fn is_automatable(&self) -> bool {
        self.flags.contains(ParamInfoFlags::IS_AUTOMATABLE)
    }

    pub fn is_stepped(&self) -> bool {
        self.flags.contains(ParamInfoFlags::IS_STEPPED)
    }

    /// The event that moves it, with the plugin's own hint where to find it.
    pub fn moved(&self, at_frame: u32, value: f64) -> ParamValueEvent {
        let event = ParamValueEvent::new(at_frame, self.id, Pckn::match_all(), value);
        // SAFETY: the hint is what this instance gave for this parameter.
        unsafe { event.with_cookie(self.cookie) }
    }

    /// The same without the hint, as hosts may.
    pub fn moved_without_hint(&self, at_frame: u32, value: f64) -> ParamValueEvent {
        ParamValueEvent::new(at_frame, self.id, Pckn::match_all(), value)
    }
}

/// The event, as if of another language than CLAP's own: the plugin must not understand it.
pub fn in_foreign_space(mut event: ParamValueEvent) -> ParamValueEvent {
    // SAFETY: size and contents stay; only readers that ignore the space could misread it.
    unsafe { event.raw_header_mut() }.space_id = 0xb33f;
    event
}

impl Host {
    /// # Errors
    /// The plugin lists a parameter that it then does not tell.
    pub fn parameters(&mut self) -> Result<Vec<Parameter>> {
        let plugin = &mut self.instance.plugin_handle();
        let params: PluginParams = plugin.get_extension().context("no parameters")?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec());
        (0..params.count(plugin))
            .map(|index| {
                let mut buffer = ParamInfoBuffer::new();
                let info = params.get_info(plugin, index, &mut buffer);
                let info = info.with_context(|| format!("parameter {index} is not told"))?;
                Ok(Parameter {
                    id: info.id,
                    name: text(info.name)?,
                    module: text(info.module)?,
                    flags: info.flags,
                    min: info.min_value,
                    max: info.max_value,
                    default: info.default_value,
                    cookie: info.cookie,
                })
            })
            .collect()
    }

    /// Plain values in the order of [`Self::parameters`].
    ///
    /// # Errors
    /// A parameter has no value.
    pub fn values(&mut self) -> Result<Vec<f64>> {
        let listed = self.parameters()?;
        let plugin = &mut self.instance.plugin_handle();
        let params: PluginParams = plugin.get_extension().context("no parameters")?;
        let value = |p: &Parameter| params.get_value(plugin, p.id).context(p.name.clone());
        listed.iter().map(value).collect()
    }

    /// What the plugin would show for a value; `None` if it cannot.
    pub fn text_of(&mut self, id: ClapId, value: f64) -> Option<String> {
        let plugin = &mut self.instance.plugin_handle();
        let params: PluginParams = plugin.get_extension()?;
        let mut room = [0; 256];
        let shown = params.value_to_text(plugin, id, value, &mut room).ok()?;
        String::from_utf8(shown.to_vec()).ok()
    }

    /// The value that a text means; `None` if it means none.
    pub fn value_of(&mut self, id: ClapId, text: &str) -> Option<f64> {
        let plugin = &mut self.instance.plugin_handle();
        let params: PluginParams = plugin.get_extension()?;
        params.text_to_value(plugin, id, &CString::new(text).ok()?)
    }

    /// Moves parameters without playing. Only while not active.
    ///
    /// # Errors
    /// Active, or no parameters.
    pub fn flush(&mut self, events: &EventBuffer) -> Result<()> {
        let params = self.instance.plugin_handle().get_extension();
        let params: PluginParams = params.context("no parameters")?;
        let plugin = self.instance.inactive_plugin_handle();
        let mut told = EventBuffer::new();
        params.flush(
            &mut plugin.context("the plugin is active")?,
            &InputEvents::from_buffer(events),
            &mut OutputEvents::from_buffer(&mut told),
        );
        self.run_callbacks();
        Ok(())
    }

    /// What the plugin has asked to be read again since the last look.
    pub fn take_rescans(&mut self) -> ParamRescanFlags {
        self.run_callbacks();
        self.instance.access_handler(Main::take_rescans)
    }
}
