//! The whole window, drawn and used without a display.

pub(super) mod fixtures;
