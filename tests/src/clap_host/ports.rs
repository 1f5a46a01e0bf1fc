//! Audio ports and their layouts.

use super::Host;
use anyhow::{Context, Result};
use clack_extensions::{
    audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts},
    audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig},
    latency::PluginLatency,
};
use clack_host::prelude::*;
use std::ffi::CStr;

/// An audio port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    pub id: ClapId,
    pub name: String,
    pub channels: u32,
    pub is_main: bool,
    pub takes_64_bit: bool,
    /// `mono`, `stereo`, or what else the plugin calls it.
    pub kind: String,
    pub in_place_pair: Option<ClapId>,
}

/// A port layout that can be selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub name: String,
    pub inputs: u32,
    pub outputs: u32,
    /// Channels and kind.
    pub main_input: Option<(u32, String)>,
    pub main_output: Option<(u32, String)>,
}

impl Host {
    /// # Errors
    /// A port is counted and then not told.
    pub fn ports(&mut self, is_input: bool) -> Result<Vec<Port>> {
        let plugin = &mut self.instance.plugin_handle();
        let ports: PluginAudioPorts = plugin.get_extension().context("no audio ports")?;
        (0..ports.count(plugin, is_input))
            .map(|index| {
                let mut buffer = AudioPortInfoBuffer::new();
                let port = ports.get(plugin, index, is_input, &mut buffer);
                let port = port.with_context(|| format!("port {index} is not told"))?;
                Ok(Port {
                    id: port.id,
                    name: String::from_utf8(port.name.to_vec())?,
                    channels: port.channel_count,
                    is_main: port.flags.contains(AudioPortFlags::IS_MAIN),
                    takes_64_bit: port.flags.contains(AudioPortFlags::SUPPORTS_64BITS),
                    kind: kind(port.port_type.map(|kind| kind.0)),
                    in_place_pair: port.in_place_pair,
                })
            })
            .collect()
    }

    /// # Errors
    /// A layout is counted and then not told.
    pub fn layouts(&mut self) -> Result<Vec<Layout>> {
        let plugin = &mut self.instance.plugin_handle();
        let layouts: PluginAudioPortsConfig = plugin.get_extension().context("no port layouts")?;
        (0..layouts.count(plugin))
            .map(|index| {
                let mut buffer = AudioPortsConfigBuffer::new();
                let layout = layouts.get(plugin, index, &mut buffer);
                let layout = layout.with_context(|| format!("layout {index} is not told"))?;
                let main = |channels: u32, name: Option<&CStr>| (channels, kind(name));
                Ok(Layout {
                    name: String::from_utf8(layout.name.to_vec())?,
                    inputs: layout.input_port_count,
                    outputs: layout.output_port_count,
                    main_input: layout
                        .main_input
                        .map(|p| main(p.channel_count, p.port_type.map(|kind| kind.0))),
                    main_output: layout
                        .main_output
                        .map(|p| main(p.channel_count, p.port_type.map(|kind| kind.0))),
                })
            })
            .collect()
    }

    /// # Errors
    /// The plugin does not tell.
    pub fn latency_frames(&mut self) -> Result<u32> {
        let plugin = &mut self.instance.plugin_handle();
        let latency: PluginLatency = plugin.get_extension().context("no latency")?;
        Ok(latency.get(plugin))
    }
}

fn kind(name: Option<&CStr>) -> String {
    name.unwrap_or_default().to_string_lossy().into_owned()
}
