//! What the end-to-end tests and the demo are made of.

pub mod clap_host;
