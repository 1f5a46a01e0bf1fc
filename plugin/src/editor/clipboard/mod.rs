//! Finished files on the system's clipboard, for programs that paste rather than take drops.
//!
//! - Linux: an X selection of our own ([`x11`]), with a thread that answers whoever pastes. It ends when
//!   another program copies something, or with this instance.
//! - Windows and macOS: the `arboard` crate; the system keeps the list.

#[cfg(target_os = "linux")]
mod x11;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod x11_tests;

#[cfg(not(target_os = "linux"))]
mod crate_clipboard;

#[cfg(not(target_os = "linux"))]
use crate_clipboard as system;
#[cfg(target_os = "linux")]
use x11 as system;

use std::path::PathBuf;

/// Why nothing was copied; each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum ClipboardError {
    #[error("there is no finished stem to copy")]
    NoFiles,
    #[error("{} is no longer there; generate the stem again", .0.display())]
    Missing(PathBuf),
    #[error("the files could not be put on the clipboard ({0}); use Save as… instead")]
    System(String),
}

/// What was copied last. Keep it: where the system does not keep clipboards, the files leave it with this.
#[derive(Default)]
pub struct FileClipboard {
    held: Option<system::Held>,
}

impl FileClipboard {
    /// Puts `files` (absolute paths) on the clipboard, instead of what lies there.
    ///
    /// # Errors
    /// Nothing to copy, a file that is missing, a system that refuses.
    pub fn copy(&mut self, files: &[PathBuf]) -> Result<(), ClipboardError> {
        if files.is_empty() {
            return Err(ClipboardError::NoFiles);
        }
        if let Some(missing) = files.iter().find(|f| !f.is_absolute() || !f.is_file()) {
            return Err(ClipboardError::Missing(missing.clone()));
        }
        let held = system::copy(files).map_err(|e| ClipboardError::System(e.to_string()))?;
        self.held = Some(held);
        Ok(())
    }
}
