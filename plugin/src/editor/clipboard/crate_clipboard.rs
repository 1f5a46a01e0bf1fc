//! The system keeps the list itself.

use std::path::PathBuf;

pub(super) struct Held;

pub(super) fn copy(files: &[PathBuf]) -> Result<Held, arboard::Error> {
    arboard::Clipboard::new()?.set().file_list(files)?;
    Ok(Held)
}
