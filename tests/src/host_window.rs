//! The X11 window of a host, around the plugin's.

use anyhow::{Context, Result};
use std::{fs::File, io::BufWriter, path::Path, sync::OnceLock};
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

/// A mapped window. Destroy it after the plugin's.
pub struct HostWindow {
    display: RustConnection,
    id: u32,
    /// Width and height in pixels.
    size: (u32, u32),
}

impl HostWindow {
    /// # Errors
    /// There is no display.
    pub fn open(width: u32, height: u32) -> Result<Self> {
        stay_at_display()?;
        let (display, screen) = x11rb::connect(None).context("no X11 display")?;
        let root = display.setup().roots[screen].root;
        let id = display.generate_id()?;
        let look = CreateWindowAux::new()
            .event_mask(EventMask::STRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_NOTIFY);
        display.create_window(
            COPY_DEPTH_FROM_PARENT,
            id,
            root,
            30,
            30,
            width as u16,
            height as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &look,
        )?;
        let title = b"Sideman in its test host";
        display.change_property8(
            PropMode::REPLACE,
            id,
            AtomEnum::WM_NAME,
            AtomEnum::STRING,
            title,
        )?;
        display.map_window(id)?;
        // The plugin speaks to the server on a connection of its own: the parent must be there first.
        display.sync()?;
        Ok(Self {
            display,
            id,
            size: (width, height),
        })
    }

    pub fn x11_id(&self) -> u32 {
        self.id
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// # Errors
    /// The display is gone.
    pub fn resize(&mut self, width: u32, height: u32) -> Result<()> {
        let aux = ConfigureWindowAux::new().width(width).height(height);
        self.display.configure_window(self.id, &aux)?;
        self.display.flush()?;
        self.size = (width, height);
        Ok(())
    }

    /// Whether there is more to see than a blank ground.
    ///
    /// # Errors
    /// The display is gone.
    pub fn is_painted(&self) -> Result<bool> {
        let pixels = self.pixels()?;
        let colours: std::collections::HashSet<_> = pixels.chunks_exact(3).collect();
        Ok(colours.len() > 20)
    }

    /// Writes what is seen now as a PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn screenshot(&self, to: &Path) -> Result<()> {
        let file = File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
        let (width, height) = self.size;
        let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.pixels()?)?;
        Ok(())
    }

    /// Red, green, blue, row by row.
    fn pixels(&self) -> Result<Vec<u8>> {
        let (width, height) = (self.size.0 as u16, self.size.1 as u16);
        let image = self
            .display
            .get_image(ImageFormat::Z_PIXMAP, self.id, 0, 0, width, height, !0)?
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
    pub fn destroy(self) -> Result<()> {
        self.display.destroy_window(self.id)?;
        self.display.flush()?;
        Ok(())
    }
}
