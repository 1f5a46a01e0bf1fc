//! The window. Draws [`SessionView`](crate::session::SessionView)s and sends
//! [`Command`](crate::session::Command)s; blocks on nothing.
