use super::handlers::{Handlers, Shared};
use anyhow::{Context, Result, anyhow, ensure};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window};
use clack_host::prelude::*;
use std::{
    fs::File,
    io::BufWriter,
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};
use x11rb::{
    COPY_DEPTH_FROM_PARENT,
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, ImageFormat,
        PropMode, WindowClass,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

const EMBEDDED: GuiConfiguration<'static> = GuiConfiguration {
    api_type: GuiApiType::X11,
    is_floating: false,
};

/// Keeps one connection for as long as this program runs, as a host does: without it, some servers start
/// anew when a window is closed, and turn away whoever comes meanwhile.
fn stay_at_display() -> Result<()> {
    static STAYING: OnceLock<RustConnection> = OnceLock::new();
    if STAYING.get().is_none() {
        let (display, _) = x11rb::connect(None).context("no X11 display")?;
        // Another thread may have come first: one is enough.
        let _ = STAYING.set(display);
    }
    Ok(())
}

/// The plugin's window inside an X11 window of the host.
pub struct PluginWindow {
    display: RustConnection,
    parent: u32,
    size: GuiSize,
    gui: PluginGui,
}

impl PluginWindow {
    /// `pause` lies between the making of the plugin's window and its showing.
    pub(super) fn open(instance: &mut PluginInstance<Handlers>, pause: Duration) -> Result<Self> {
        stay_at_display()?;
        let (display, screen) = x11rb::connect(None).context("no X11 display")?;
        let plugin = &mut instance.plugin_handle();
        let gui: PluginGui = plugin.get_extension().context("the plugin has no window")?;
        ensure!(
            gui.is_api_supported(plugin, EMBEDDED),
            "the plugin has no X11 window"
        );
        gui.create(plugin, EMBEDDED)
            .map_err(|e| anyhow!("no window: {e}"))?;
        let size = gui.get_size(plugin).context("a window without a size")?;
        let root = display.setup().roots[screen].root;
        let parent = display.generate_id()?;
        let look = CreateWindowAux::new()
            .event_mask(EventMask::STRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_NOTIFY);
        display.create_window(
            COPY_DEPTH_FROM_PARENT,
            parent,
            root,
            30,
            30,
            size.width as u16,
            size.height as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &look,
        )?;
        let title = b"Sideman in its test host";
        display.change_property8(
            PropMode::REPLACE,
            parent,
            AtomEnum::WM_NAME,
            AtomEnum::STRING,
            title,
        )?;
        display.map_window(parent)?;
        // The plugin speaks to the server on a connection of its own: the parent must be there first.
        display.sync()?;
        // SAFETY: the parent lives until `close`, which destroys the plugin's window first.
        unsafe { gui.set_parent(plugin, Window::from_x11_handle(parent.into())) }
            .map_err(|e| anyhow!("the window cannot be embedded: {e}"))?;
        std::thread::sleep(pause);
        gui.show(plugin)
            .map_err(|e| anyhow!("the window cannot be shown: {e}"))?;
        Ok(Self {
            display,
            parent,
            size,
            gui,
        })
    }

    /// The X11 window around the plugin's.
    pub fn x11_id(&self) -> u32 {
        self.parent
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.size.width, self.size.height)
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
        let aux = ConfigureWindowAux::new().width(width).height(height);
        self.display.configure_window(self.parent, &aux)?;
        self.display.flush()?;
        self.size = size;
        Ok(())
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
            let pixels = self.pixels()?;
            let colours: std::collections::HashSet<_> = pixels.chunks_exact(3).collect();
            Ok((colours.len() > 20).then_some(()))
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
        let file = File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
        let mut encoder =
            png::Encoder::new(BufWriter::new(file), self.size.width, self.size.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.pixels()?)?;
        Ok(())
    }

    /// Red, green, blue, row by row.
    fn pixels(&self) -> Result<Vec<u8>> {
        let (width, height) = (self.size.width as u16, self.size.height as u16);
        let image = self
            .display
            .get_image(ImageFormat::Z_PIXMAP, self.parent, 0, 0, width, height, !0)?
            .reply()
            .context("the window cannot be seen")?;
        Ok(image
            .data
            .chunks_exact(4)
            .flat_map(|p| [p[2], p[1], p[0]])
            .collect())
    }

    /// # Errors
    /// The display is gone.
    pub fn close(self, host: &mut super::Host) -> Result<()> {
        self.gui.destroy(&host.instance.plugin_handle());
        if host.instance.access_shared_handler(Shared::take_callback) {
            host.instance.call_on_main_thread_callback();
        }
        self.display.destroy_window(self.parent)?;
        self.display.flush()?;
        Ok(())
    }
}
