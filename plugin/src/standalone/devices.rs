//! The audio devices, by the names that the options and the settings take.

use cpal::{
    Device,
    traits::{DeviceTrait, HostTrait},
};
use std::fmt::Write;

/// Every audio system's outputs and inputs, one a line.
pub fn list() -> String {
    let mut text = String::new();
    for id in cpal::available_hosts() {
        let (outputs, inputs) = match cpal::host_from_id(id) {
            Ok(host) => (
                host.output_devices().map(names).unwrap_or_default(),
                host.input_devices().map(names).unwrap_or_default(),
            ),
            Err(_) => (Vec::new(), Vec::new()),
        };
        for (kind, names) in [("outputs", outputs), ("inputs", inputs)] {
            // Text in memory takes all.
            let _ = writeln!(text, "{} {kind}:", id.name());
            if names.is_empty() {
                text.push_str("  (none)\n");
            }
            for name in names {
                let _ = writeln!(text, "  {name}");
            }
        }
    }
    text
}

/// Without those that do not say how they are called, which cannot be asked for either.
fn names(devices: impl Iterator<Item = Device>) -> Vec<String> {
    let name = |device: Device| Some(device.description().ok()?.name().to_owned());
    devices.filter_map(name).collect()
}
