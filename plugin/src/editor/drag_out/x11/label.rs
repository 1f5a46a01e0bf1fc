use super::XResult;
use x11rb::{
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask,
        Gcontext, PropMode, Screen, Window, WindowClass,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// Right below the pointer's tip, and never under it.
const OFFSET: i16 = 16;
const PADDING: u16 = 8;
const MAX_CHARS: usize = 48;
const DARK: u32 = 0x0020_242C;
const LIGHT: u32 = 0x00F0_F2F5;

/// A small window beside the pointer that says what is being dragged.
pub(super) struct Label {
    window: Window,
    gc: Gcontext,
    text: Vec<u8>,
    ascent: i16,
    width: u16,
    height: u16,
    screen_size: (u16, u16),
}

impl Label {
    /// # Errors
    /// A server without its standard font: the drag goes on without a label.
    pub(super) fn new(conn: &RustConnection, screen: &Screen, caption: &str) -> XResult<Self> {
        let text = shown(caption);
        let font = conn.generate_id()?;
        conn.open_font(font, b"fixed")?.check()?;
        let metrics = conn.query_font(font)?.reply()?;
        let chars = u16::try_from(text.len()).unwrap_or(u16::MAX);
        // The font is one of fixed width.
        let text_width = chars.saturating_mul(metrics.max_bounds.character_width.unsigned_abs());
        let line_height = metrics.font_ascent + metrics.font_descent;
        let label = Self {
            window: conn.generate_id()?,
            gc: conn.generate_id()?,
            ascent: metrics.font_ascent,
            width: text_width.saturating_add(2 * PADDING),
            height: line_height.unsigned_abs().saturating_add(2 * PADDING),
            screen_size: (screen.width_in_pixels, screen.height_in_pixels),
            text,
        };
        label.create(conn, screen)?;
        let look = CreateGCAux::new()
            .foreground(LIGHT)
            .background(DARK)
            .font(font);
        conn.create_gc(label.gc, label.window, &look)?;
        conn.close_font(font)?;
        Ok(label)
    }

    fn create(&self, conn: &RustConnection, screen: &Screen) -> XResult<()> {
        let look = CreateWindowAux::new()
            .override_redirect(1)
            .save_under(1)
            .background_pixel(DARK)
            .event_mask(EventMask::EXPOSURE);
        conn.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            self.window,
            screen.root,
            -i16::MAX / 2,
            0,
            self.width,
            self.height,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &look,
        )?;
        // Tells compositors not to animate it.
        let atom = |name: &[u8]| conn.intern_atom(false, name);
        let kind = atom(b"_NET_WM_WINDOW_TYPE")?.reply()?.atom;
        let drag = atom(b"_NET_WM_WINDOW_TYPE_DND")?.reply()?.atom;
        conn.change_property32(
            PropMode::REPLACE,
            self.window,
            kind,
            AtomEnum::ATOM,
            &[drag],
        )?;
        conn.map_window(self.window)?;
        Ok(())
    }

    /// Follows the pointer. The server works through requests in order: whoever asks afterwards which
    /// window lies under the pointer will not be told this one.
    pub(super) fn follow(&self, conn: &RustConnection, (x, y): (i16, i16)) -> XResult<()> {
        let beside = |pointer: i16, size: u16, screen: u16| {
            let after = i32::from(pointer) + i32::from(OFFSET);
            if after + i32::from(size) <= i32::from(screen) {
                after
            } else {
                i32::from(pointer) - i32::from(OFFSET) - i32::from(size)
            }
        };
        let place = ConfigureWindowAux::new()
            .x(beside(x, self.width, self.screen_size.0))
            .y(beside(y, self.height, self.screen_size.1))
            .stack_mode(x11rb::protocol::xproto::StackMode::ABOVE);
        conn.configure_window(self.window, &place)?;
        Ok(())
    }

    pub(super) fn close(self, conn: &RustConnection) -> XResult<()> {
        conn.destroy_window(self.window)?;
        conn.free_gc(self.gc)?;
        Ok(())
    }

    /// Draws the text, when the server says that a part of the window has appeared.
    pub(super) fn draw(&self, conn: &RustConnection) -> XResult<()> {
        let left = PADDING as i16;
        conn.image_text8(self.window, self.gc, left, left + self.ascent, &self.text)?;
        Ok(())
    }
}

/// The text in the letters of the server's standard font, cut to a sensible length.
fn shown(caption: &str) -> Vec<u8> {
    let ascii = caption.chars().map(|c| match c {
        ' '..='~' => c as u8,
        _ => b'?',
    });
    ascii.take(MAX_CHARS).collect()
}
