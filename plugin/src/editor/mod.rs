//! The window. Draws [`SessionView`](crate::session::SessionView)s and sends
//! [`Command`](crate::session::Command)s; blocks on nothing.

pub mod drag_out;
#[cfg(target_os = "linux")]
pub mod drop_in;
