use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// Where the built programs lie, and room for files beside them: on a disk, as the system's folder for
/// temporary files often is not.
pub struct Workbench {
    built: PathBuf,
    scratch: TempDir,
}

impl Workbench {
    /// # Errors
    /// No room beside this program.
    pub fn new() -> Result<Self> {
        let here = std::env::current_exe().context("where is this program?")?;
        let built = here.parent().context("this program lies in no folder")?;
        let scratch = tempfile::Builder::new()
            .prefix("bench-")
            .tempdir_in(built)
            .with_context(|| format!("cannot make a folder in {}", built.display()))?;
        Ok(Self {
            built: built.to_owned(),
            scratch,
        })
    }

    /// A program that was built beside this one.
    ///
    /// # Errors
    /// It is not there.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let path = self
            .built
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        anyhow::ensure!(
            path.is_file(),
            "{} is missing; cargo xtask bench builds it",
            path.display()
        );
        Ok(path)
    }

    /// For all sections; removed at the end.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// A folder of its own, removed with its last user.
    ///
    /// # Errors
    /// The disk.
    pub fn folder(&self) -> Result<Arc<TempDir>> {
        Ok(Arc::new(tempfile::tempdir_in(self.scratch())?))
    }
}
