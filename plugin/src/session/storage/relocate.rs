//! Moving an instance's folder: copied and verified first, the old files removed last. A move that
//! was cut off goes on where it stood.

use super::{MIN_FREE_BYTES, breadcrumb};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Bytes between two looks at whether to stop.
const CHUNK_BYTES: usize = 1 << 20;

/// What a move has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    pub from: PathBuf,
    pub to: PathBuf,
    /// Relative to both; verified in the new place.
    pub files: Vec<PathBuf>,
}

/// Copies all of `from` to `to`. `go_on` is told the bytes done and all bytes, and says whether to go
/// on; `None` when it did not. What is there already and the same is not copied again.
///
/// # Errors
/// The disk; not enough room; a copy that does not read back as it was written.
pub fn copy_all(
    from: &Path,
    to: &Path,
    go_on: &mut dyn FnMut(u64, u64) -> bool,
) -> io::Result<Option<Relocation>> {
    let mut files = Vec::new();
    list(from, Path::new(""), &mut files)?;
    let total_bytes = files.iter().map(|(_, bytes)| bytes).sum::<u64>();
    fs::create_dir_all(to)?;
    check_room(to, &files)?;
    let mut done_bytes = 0;
    let mut copied = Vec::new();
    for (file, bytes) in files {
        let base = done_bytes;
        let mut within = |bytes: u64| go_on(base + bytes, total_bytes);
        if !within(0) || !copy_one(from, to, &file, &mut within)? {
            return Ok(None);
        }
        done_bytes += bytes;
        copied.push(file);
    }
    go_on(total_bytes, total_bytes);
    Ok(Some(Relocation {
        from: from.to_owned(),
        to: to.to_owned(),
        files: copied,
    }))
}

/// Removes the old files once nothing names them any more; a sign to the new place stays. Files that
/// came or changed meanwhile stay too.
///
/// # Errors
/// The disk.
pub fn clear_old(done: &Relocation) -> io::Result<()> {
    breadcrumb::leave(&done.from, &done.to)?;
    for file in &done.files {
        let (old, new) = (done.from.join(file), done.to.join(file));
        let is_same = match (fs::metadata(&old), fs::metadata(&new)) {
            (Ok(old), Ok(new)) => is_json(file) || old.len() == new.len(),
            _ => false,
        };
        if is_same {
            fs::remove_file(&old)?;
            // A take's own folder goes with its last file; one that is not empty stays.
            if let Some(folder) = old.parent().filter(|f| f.parent() != Some(&done.from)) {
                let _ = fs::remove_dir(folder);
            }
        }
    }
    Ok(())
}

/// Takes the copies of a move that was called off away again.
///
/// # Errors
/// The disk.
pub fn discard(from: &Path, to: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    list(from, Path::new(""), &mut files)?;
    for (file, _) in files {
        let (old, new) = (from.join(&file), to.join(&file));
        if new.is_file() && (is_json(&file) || same_length(&old, &new)) {
            fs::remove_file(&new)?;
            let folders = new.ancestors().skip(1);
            for folder in folders.take_while(|f| f.starts_with(to)) {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
    }
    Ok(())
}

fn check_room(to: &Path, files: &[(PathBuf, u64)]) -> io::Result<()> {
    let is_there =
        |file: &PathBuf, bytes: u64| fs::metadata(to.join(file)).is_ok_and(|m| m.len() == bytes);
    let missing = files.iter().filter(|(file, bytes)| !is_there(file, *bytes));
    let needed: u64 = missing.map(|(_, bytes)| bytes).sum();
    let free = fs4::available_space(to)?;
    if needed > 0 && free < needed.saturating_add(MIN_FREE_BYTES) {
        return Err(io::Error::new(
            io::ErrorKind::StorageFull,
            format!(
                "it needs {} MB and {} MB are free",
                needed.div_ceil(1 << 20),
                free >> 20
            ),
        ));
    }
    Ok(())
}

/// Everything but what belongs to a run: the lock, half files, old signs.
fn list(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let relative = folder.join(&name);
        let kind = entry.file_type()?;
        let is_passing = ["lock", "moved-to", "downloads"].iter().any(|n| name == *n);
        if kind.is_dir() && !(folder == Path::new("") && is_passing) {
            list(root, &relative, files)?;
        } else if kind.is_file() && !is_passing && relative.extension() != Some("part".as_ref()) {
            files.push((relative, entry.metadata()?.len()));
        }
    }
    Ok(())
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|e| e == "json")
}

fn copy_one(
    from: &Path,
    to: &Path,
    file: &Path,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> io::Result<bool> {
    let (old, new) = (from.join(file), to.join(file));
    if let Some(folder) = new.parent() {
        fs::create_dir_all(folder)?;
    }
    if is_json(file) {
        return copy_json(from, to, &old, &new).map(|()| true);
    }
    if same_length(&old, &new) && hash(&old)? == hash(&new)? {
        return Ok(true);
    }
    let part = part_of(&new);
    let copied = copy_verified(&old, &part, go_on);
    match copied {
        Ok(true) => fs::rename(&part, &new).map(|()| true),
        other => {
            // Half a file is of no use; a next run begins it anew.
            let _ = fs::remove_file(&part);
            other
        }
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn same_length(old: &Path, new: &Path) -> bool {
    match (fs::metadata(old), fs::metadata(new)) {
        (Ok(old), Ok(new)) => old.len() == new.len(),
        _ => false,
    }
}

fn copy_verified(old: &Path, part: &Path, go_on: &mut dyn FnMut(u64) -> bool) -> io::Result<bool> {
    let (mut reader, mut writer) = (File::open(old)?, File::create(part)?);
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut done = 0;
    loop {
        let read = reader.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        writer.write_all(&chunk[..read])?;
        done += read as u64;
        if !go_on(done) {
            return Ok(false);
        }
    }
    writer.set_modified(reader.metadata()?.modified()?)?;
    writer.sync_all()?;
    if hash(part)? != hasher.finalize() {
        return Err(io::Error::other(format!(
            "the copy of {} does not read back as it was written",
            old.display()
        )));
    }
    Ok(true)
}

fn hash(path: &Path) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize())
}

/// Notes beside the audio name its path: they name the new one.
fn copy_json(from: &Path, to: &Path, old: &Path, new: &Path) -> io::Result<()> {
    let bytes = fs::read(old)?;
    let bytes = match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(mut value) => {
            readdress(&mut value, from, to);
            serde_json::to_vec_pretty(&value)?
        }
        Err(_) => bytes,
    };
    let part = part_of(new);
    fs::write(&part, &bytes)?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, new)
}

fn readdress(value: &mut serde_json::Value, from: &Path, to: &Path) {
    match value {
        serde_json::Value::String(text) => {
            if let Ok(rest) = Path::new(text.as_str()).strip_prefix(from) {
                *text = to.join(rest).to_string_lossy().into_owned();
            }
        }
        serde_json::Value::Array(values) => {
            values.iter_mut().for_each(|v| readdress(v, from, to));
        }
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(|v| readdress(v, from, to));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An instance's folder with a take and two stems.
    fn folder(home: &Path) -> PathBuf {
        let folder = home.join("old/instances/i1");
        for (name, bytes) in [
            ("takes/t1/take.wav", vec![7; 3 << 20]),
            ("stems/a.wav", vec![1; 100_000]),
            ("stems/b.wav", vec![2; 100_000]),
            ("downloads/half.part", vec![0; 10]),
            ("lock", Vec::new()),
        ] {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
        }
        let note = serde_json::json!({ "path": folder.join("stems/a.wav") });
        fs::write(folder.join("stems/a.json"), note.to_string()).unwrap();
        folder
    }

    #[test]
    fn everything_arrives_verified_and_then_the_old_goes() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (folder(home.path()), home.path().join("new/instances/i1"));
        let mut told = Vec::new();
        let done = copy_all(&from, &to, &mut |done, total| {
            told.push((done, total));
            true
        });
        let done = done.unwrap().unwrap();
        assert!(from.join("stems/a.wav").is_file(), "nothing goes before");
        assert!(told.windows(2).all(|t| t[0].0 <= t[1].0));
        assert_eq!(told.last().unwrap().0, told.last().unwrap().1);
        clear_old(&done).unwrap();
        assert!(!from.join("stems/a.wav").exists() && !from.join("takes/t1").exists());
        assert!(
            from.join("downloads/half.part").exists(),
            "not ours to take"
        );
        assert_eq!(fs::read(to.join("stems/b.wav")).unwrap(), vec![2; 100_000]);
        let note = fs::read_to_string(to.join("stems/a.json")).unwrap();
        assert!(note.contains("new/instances/i1/stems/a.wav"), "{note}");
        let old = from.join("takes/t1/take.wav");
        assert_eq!(breadcrumb::follow(&old), Some(to.join("takes/t1/take.wav")));
    }

    #[test]
    fn a_move_that_was_cut_off_goes_on_and_a_damaged_copy_is_made_again() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (folder(home.path()), home.path().join("new"));
        let mut calls = 0;
        let cut = copy_all(&from, &to, &mut |_, _| {
            calls += 1;
            calls < 4
        });
        assert_eq!(cut.unwrap(), None);
        assert!(from.join("takes/t1/take.wav").is_file());
        // Same length, other bytes: a disk that lied.
        fs::create_dir_all(to.join("stems")).unwrap();
        fs::write(to.join("stems/b.wav"), vec![9; 100_000]).unwrap();
        let done = copy_all(&from, &to, &mut |_, _| true).unwrap();
        assert_eq!(done.unwrap().files.len(), 4);
        assert_eq!(fs::read(to.join("stems/b.wav")).unwrap(), vec![2; 100_000]);
        let parts = fs::read_dir(to.join("stems")).unwrap().flatten();
        assert!(parts.map(|p| p.path()).all(|p| !p.ends_with(".part")));
    }

    #[test]
    fn a_move_called_off_leaves_nothing_in_the_new_place() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (folder(home.path()), home.path().join("new/i1"));
        copy_all(&from, &to, &mut |_, _| true).unwrap();
        discard(&from, &to).unwrap();
        assert!(!to.exists() && from.join("stems/a.wav").is_file());
    }

    #[test]
    fn what_changed_meanwhile_stays() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (folder(home.path()), home.path().join("new"));
        let done = copy_all(&from, &to, &mut |_, _| true).unwrap().unwrap();
        fs::write(from.join("stems/b.wav"), b"longer or shorter").unwrap();
        clear_old(&done).unwrap();
        assert!(from.join("stems/b.wav").exists() && !from.join("stems/a.wav").exists());
    }
}
