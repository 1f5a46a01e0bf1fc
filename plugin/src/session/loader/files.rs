//! Moving and copying: always whole or not at all.

use super::{ExportSettings, ExportTo, LoaderEvent, SavedStem, Task};
use crate::session::export::{export_as, export_into, prepare};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Carries out a file task; `None` when there is nothing to say.
pub fn work(task: Task) -> Option<LoaderEvent> {
    match task {
        Task::Sidecar(stem) => {
            let written = write_sidecar(&stem);
            written.err().map(|e| failed("written", &stem.path, &e))
        }
        Task::Export {
            stem,
            to,
            settings,
            take_title,
            exports,
        } => Some(export(&stem, to, &settings, &take_title, &exports)),
        Task::Trash { stem, path, trash } => {
            let moved = move_with_sidecar(&path, &trash);
            moved.err().map(|e| LoaderEvent::TrashFailed {
                stem,
                why: e.to_string(),
            })
        }
        Task::Untrash { path, trash } => {
            let from = path.file_name().map(|name| trash.join(name));
            let moved = match (from, path.parent()) {
                (Some(from), Some(folder)) => move_with_sidecar(&from, folder),
                _ => Err(io::ErrorKind::NotFound.into()),
            };
            moved.err().map(|e| failed("brought back", &path, &e))
        }
        Task::Reveal(path) => reveal(&path).err().map(|e| failed("shown", &path, &e)),
        // The loader's other work.
        _ => None,
    }
}

fn failed(done: &str, path: &Path, error: &io::Error) -> LoaderEvent {
    LoaderEvent::Failed {
        text: format!("{} could not be {done}: {error}.", path.display()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn sidecar_of(path: &Path) -> PathBuf {
    path.with_extension("json")
}

/// What lies beside the audio: all that is known of it, and where it comes from.
#[derive(serde::Serialize)]
struct Sidecar<'a> {
    /// The service's name of the stem that this one is outside its region.
    parent: Option<&'a str>,
    source_take: Option<&'a str>,
    #[serde(flatten)]
    stem: &'a SavedStem,
}

fn write_sidecar(stem: &SavedStem) -> io::Result<()> {
    let request = stem.request.as_ref();
    let sidecar = Sidecar {
        parent: request.and_then(|r| r.base_stem_id.as_deref()),
        source_take: stem.take.as_ref().map(|take| take.id.0.as_str()),
        stem,
    };
    let to = sidecar_of(&stem.path);
    let part = with_suffix(&to, ".part");
    fs::write(&part, serde_json::to_vec_pretty(&sidecar)?)?;
    fs::rename(&part, &to)
}

fn export(
    stem: &SavedStem,
    to: ExportTo,
    settings: &ExportSettings,
    take_title: &str,
    exports: &Path,
) -> LoaderEvent {
    let done = match &to {
        ExportTo::File(to) => export_as(stem, to, settings).map(|()| to.clone()),
        ExportTo::Folder(folder) => export_into(stem, folder, settings, take_title),
        ExportTo::Dragging => prepare(stem, exports, settings, take_title),
    };
    match (done, to) {
        (Ok(path), ExportTo::Dragging) => LoaderEvent::Prepared {
            stem: stem.id.clone(),
            path,
        },
        (Ok(to), _) => LoaderEvent::Copied { to },
        (Err(e), ExportTo::File(to)) => failed("saved", &to, &e),
        (Err(e), _) => failed("saved", &stem.path, &e),
    }
}

/// The sidecar is a convenience: its absence or failure stops nothing.
fn move_with_sidecar(path: &Path, folder: &Path) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::NotFound)?;
    fs::rename(path, folder.join(name))?;
    let sidecar = sidecar_of(path);
    if let Some(name) = sidecar.file_name() {
        let _ = fs::rename(&sidecar, folder.join(name));
    }
    Ok(())
}

/// Opens the folder in the file manager, with the file selected where that is possible.
fn reveal(path: &Path) -> io::Result<()> {
    if !path.exists() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut child = reveal_command(path).spawn()?;
    // Some file managers stay: somebody must wait for them, or they stay as zombies.
    std::thread::Builder::new()
        .name("sideman-reveal".into())
        .spawn(move || child.wait())?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn reveal_command(path: &Path) -> std::process::Command {
    let mut command = std::process::Command::new("xdg-open");
    command.arg(path.parent().unwrap_or(path));
    command
}

#[cfg(target_os = "macos")]
fn reveal_command(path: &Path) -> std::process::Command {
    let mut command = std::process::Command::new("open");
    command.arg("-R").arg(path);
    command
}

#[cfg(target_os = "windows")]
fn reveal_command(path: &Path) -> std::process::Command {
    use std::os::windows::process::CommandExt;
    let mut command = std::process::Command::new("explorer.exe");
    // Explorer wants the quotes after the comma, which ordinary quoting does not give.
    command.raw_arg(format!("/select,\"{}\"", path.display()));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deleted_comes_back() {
        let root = tempfile::tempdir().unwrap();
        let (stems, trash) = (root.path().join("stems"), root.path().join("trash"));
        fs::create_dir_all(&stems).unwrap();
        fs::create_dir_all(&trash).unwrap();
        let path = stems.join("drums.wav");
        fs::write(&path, b"audio").unwrap();
        fs::write(stems.join("drums.json"), b"{}").unwrap();

        let stem = "a.b".to_owned();
        let gone = Task::Trash {
            stem,
            path: path.clone(),
            trash: trash.clone(),
        };
        assert_eq!(work(gone), None);
        assert!(!path.exists() && trash.join("drums.json").exists());
        let back = Task::Untrash {
            path: path.clone(),
            trash,
        };
        assert_eq!(work(back), None);
        assert_eq!(fs::read(&path).unwrap(), b"audio");
        assert!(stems.join("drums.json").exists());
    }
}
