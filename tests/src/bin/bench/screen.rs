use anyhow::{Context, Result, bail};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use x11rb::{
    NONE,
    connection::Connection,
    protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, ImageFormat, MapState, Window},
    rust_connection::RustConnection,
};

/// Colours that more than a blank ground has.
const PAINTED_COLOURS: usize = 20;

/// The X display, seen as another program sees it.
pub struct Screen {
    display: RustConnection,
    root: Window,
}

impl Screen {
    /// # Errors
    /// There is none.
    pub fn connect() -> Result<Self> {
        let (display, screen) = x11rb::connect(None)
            .context("no X11 display; cargo xtask bench starts one of its own")?;
        let root = display.setup().roots[screen].root;
        Ok(Self { display, root })
    }

    /// All that is mapped.
    ///
    /// # Errors
    /// The display is gone.
    pub fn windows(&self) -> Result<HashSet<Window>> {
        let children = self.display.query_tree(self.root)?.reply()?.children;
        let mapped = |window: &Window| {
            let asked = self.display.get_window_attributes(*window).ok();
            let look = asked.and_then(|asked| asked.reply().ok());
            look.is_some_and(|look| look.map_state == MapState::VIEWABLE)
        };
        Ok(children.into_iter().filter(mapped).collect())
    }

    /// Width and height in pixels.
    ///
    /// # Errors
    /// The window is gone.
    pub fn size(&self, window: Window) -> Result<(u16, u16)> {
        let geometry = self.display.get_geometry(window)?.reply()?;
        Ok((geometry.width, geometry.height))
    }

    /// # Errors
    /// The window or the display is gone.
    pub fn is_painted(&self, window: Window) -> Result<bool> {
        let (width, height) = self.size(window)?;
        let seen = self.see(window, 0, 0, width, height)?;
        let colours: HashSet<_> = seen.chunks_exact(4).collect();
        Ok(colours.len() > PAINTED_COLOURS)
    }

    /// The pixel a little inside the lower right corner of a window of this size.
    ///
    /// # Errors
    /// The window or the display is gone.
    pub fn corner(&self, window: Window, (width, height): (u16, u16)) -> Result<Vec<u8>> {
        self.see(window, width as i16 - 3, height as i16 - 3, 1, 1)
    }

    fn see(&self, window: Window, x: i16, y: i16, width: u16, height: u16) -> Result<Vec<u8>> {
        let asked =
            self.display
                .get_image(ImageFormat::Z_PIXMAP, window, x, y, width, height, !0)?;
        Ok(asked.reply().context("the window cannot be seen")?.data)
    }

    /// Resizes a window from outside; nothing says that it has been painted when this returns.
    ///
    /// # Errors
    /// The display is gone.
    pub fn resize(&self, window: Window, (width, height): (u16, u16)) -> Result<()> {
        let size = ConfigureWindowAux::new()
            .width(u32::from(width))
            .height(u32::from(height));
        self.display.configure_window(window, &size)?.check()?;
        Ok(())
    }

    /// Puts the mouse pointer to a place in a window.
    ///
    /// # Errors
    /// The display is gone.
    pub fn point(&self, window: Window, x: i16, y: i16) -> Result<()> {
        let moved = self.display.warp_pointer(NONE, window, 0, 0, 0, 0, x, y)?;
        moved.check()?;
        Ok(())
    }
}

/// Asks over and over until there is an answer.
///
/// # Errors
/// None within `limit`; or asking fails.
pub fn wait<T>(
    what: &str,
    limit: Duration,
    pause: Duration,
    mut ask: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if Instant::now() >= deadline {
            bail!("waited {limit:?} for {what} in vain");
        }
        std::thread::sleep(pause);
    }
}
