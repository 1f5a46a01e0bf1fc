use super::handlers::{Handlers, Shared};
use crate::host_window::HostWindow;
use anyhow::{Context, Result, anyhow, ensure};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window};
use clack_host::prelude::*;
use std::{
    path::Path,
    time::{Duration, Instant},
};

const EMBEDDED: GuiConfiguration<'static> = GuiConfiguration {
    api_type: GuiApiType::X11,
    is_floating: false,
};

/// The plugin's window inside an X11 window of the host.
pub struct PluginWindow {
    around: HostWindow,
    gui: PluginGui,
}

impl PluginWindow {
    /// `pause` lies between the making of the plugin's window and its showing.
    pub(super) fn open(instance: &mut PluginInstance<Handlers>, pause: Duration) -> Result<Self> {
        let plugin = &mut instance.plugin_handle();
        let gui: PluginGui = plugin.get_extension().context("the plugin has no window")?;
        ensure!(
            gui.is_api_supported(plugin, EMBEDDED),
            "the plugin has no X11 window"
        );
        gui.create(plugin, EMBEDDED)
            .map_err(|e| anyhow!("no window: {e}"))?;
        let size = gui.get_size(plugin).context("a window without a size")?;
        let around = HostWindow::open(size.width, size.height)?;
        let parent = Window::from_x11_handle(around.x11_id().into());
        // SAFETY: the parent lives until `close`, which destroys the plugin's window first.
        unsafe { gui.set_parent(plugin, parent) }
            .map_err(|e| anyhow!("the window cannot be embedded: {e}"))?;
        std::thread::sleep(pause);
        gui.show(plugin)
            .map_err(|e| anyhow!("the window cannot be shown: {e}"))?;
        Ok(Self { around, gui })
    }

    /// The X11 window around the plugin's.
    pub fn x11_id(&self) -> u32 {
        self.around.x11_id()
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.around.size()
    }

    /// Resizes it as the user would by the host's frame.
    ///
    /// # Errors
    /// The plugin refuses.
    pub fn resize(&mut self, host: &mut super::Host, width: u32, height: u32) -> Result<()> {
        let size = GuiSize { width, height };
        self.gui
            .set_size(&host.instance.plugin_handle(), size)
            .map_err(|e| anyhow!("{width}x{height} is refused: {e}"))?;
        self.around.resize(width, height)
    }

    /// Tells the plugin how large the host draws a point; whether it follows.
    pub fn set_scale(&self, host: &mut super::Host, scale: f64) -> bool {
        let plugin = &host.instance.plugin_handle();
        self.gui.set_scale(plugin, scale).is_ok()
    }

    /// Waits until the window has painted more than a blank ground.
    ///
    /// # Errors
    /// It has not within `limit`.
    pub fn wait_painted(&self, host: &mut super::Host, limit: Duration) -> Result<()> {
        host.wait_for("the window to paint", limit, |_| {
            Ok(self.around.is_painted()?.then_some(()))
        })
    }

    /// Lets the window live for a while.
    pub fn run_for(&self, host: &mut super::Host, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            host.run_callbacks();
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Writes what is seen now as a PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn screenshot(&self, to: &Path) -> Result<()> {
        self.around.screenshot(to)
    }

    /// # Errors
    /// The display is gone.
    pub fn close(self, host: &mut super::Host) -> Result<()> {
        self.gui.destroy(&host.instance.plugin_handle());
        if host.instance.access_shared_handler(Shared::take_callback) {
            host.instance.call_on_main_thread_callback();
        }
        self.around.destroy()
    }
}
