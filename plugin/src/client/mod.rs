//! Talks to the wrapper-service on its own thread. Turns requests into [`ClientEvent`]s and knows
//! neither the window nor the session's state.
//!
//! One job's life is `job`: `source` (encode, ask, upload) → post → `follow` (events, else polling),
//! and beside it `stems`: each is a `download` as soon as it is finished. `cancel` tells the service. Whatever fails for now is tried again by `retry`; what fails for good is a `Failure`.

mod address;
mod api;
mod cancel;
mod desktop;
mod download;
mod error;
mod flac;
mod follow;
mod handle;
mod http;
mod job;
mod outbox;
mod probe;
mod retry;
mod secrets;
mod source;
mod sse;
mod stem_file;
mod stems;
#[cfg(test)]
pub(crate) mod tests;
mod worker;

pub use api::{ClientEvent, ClientRequest, JobSpec};
pub use desktop::DesktopTheme;
pub use handle::{ClientHandle, start};
pub use secrets::{ApiKey, KeyPlace, KeyStore};
