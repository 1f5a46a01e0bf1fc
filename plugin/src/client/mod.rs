//! Talks to the wrapper-service on its own thread. Turns requests into [`ClientEvent`]s and knows
//! neither the window nor the session's state.

mod api;

pub use api::{ClientEvent, ClientRequest, JobSpec};
