//! Moving and copying: always whole or not at all.

use super::{LoaderEvent, SavedStem, Task};
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
        Task::Copy { from, to } => Some(match copy_whole(&from, &to) {
            Ok(()) => LoaderEvent::Copied { to },
            Err(e) => failed("saved", &to, &e),
        }),
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

fn write_sidecar(stem: &SavedStem) -> io::Result<()> {
    let to = sidecar_of(&stem.path);
    let part = with_suffix(&to, ".part");
    fs::write(&part, serde_json::to_vec_pretty(stem)?)?;
    fs::rename(&part, &to)
}

fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let part = with_suffix(to, ".part");
    let copied = fs::copy(from, &part).and_then(|_| fs::rename(&part, to));
    if copied.is_err() {
        // Half a file helps nobody; that it cannot be removed either adds nothing to the error.
        let _ = fs::remove_file(&part);
    }
    copied
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

    #[test]
    fn a_copy_that_fails_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let to = root.path().join("copy.wav");
        let task = Task::Copy {
            from: root.path().join("missing.wav"),
            to: to.clone(),
        };
        assert!(matches!(work(task), Some(LoaderEvent::Failed { .. })));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);

        let from = root.path().join("real.wav");
        fs::write(&from, b"audio").unwrap();
        let task = Task::Copy {
            from,
            to: to.clone(),
        };
        assert_eq!(work(task), Some(LoaderEvent::Copied { to: to.clone() }));
        assert_eq!(fs::read(to).unwrap(), b"audio");
    }
}
