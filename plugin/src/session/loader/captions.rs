//! The user's own captions on disk: one file for all instances, changed by one at a time.

use super::{CaptionBook, CaptionEdit, LoaderEvent};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

const FILE: &str = "captions.json";
const LOCK: &str = "captions.lock";

/// The captions as they are now, after `edit` if there is one.
pub fn work(folder: &Path, edit: Option<CaptionEdit>) -> LoaderEvent {
    let path = folder.join(FILE);
    let book = match edit {
        Some(edit) => change(folder, &path, edit),
        None => read(&path),
    };
    match book {
        Ok(book) => LoaderEvent::Captions(Box::new(book)),
        Err(error) => LoaderEvent::Failed {
            text: format!(
                "Your own captions in {} could not be read or written: {error}. The file was left as \
                 it is; mend or remove it, then try again.",
                path.display()
            ),
        },
    }
}

/// Read, changed and written while no other instance does the same.
fn change(folder: &Path, path: &Path, edit: CaptionEdit) -> io::Result<CaptionBook> {
    fs::create_dir_all(folder)?;
    let lock = File::create(folder.join(LOCK))?;
    match lock.lock() {
        // Some network folders have no locks: rather two instances at once than none.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        locked => locked?,
    }
    let mut book = read(path)?;
    book.apply(edit);
    write(path, &book)?;
    Ok(book)
}

fn read(path: &Path) -> io::Result<CaptionBook> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(CaptionBook::default()),
        Err(error) => Err(error),
    }
}

/// Whole or not at all.
fn write(path: &Path, book: &CaptionBook) -> io::Result<()> {
    let part: PathBuf = path.with_extension("json.part");
    let file = File::create(&part)?;
    serde_json::to_writer_pretty(&file, book)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Words;
    use sideman_shared::music::Track;

    fn keep(words: &str) -> CaptionEdit {
        CaptionEdit::Keep(Words {
            track: Track::Drums,
            words: words.into(),
        })
    }

    fn book(event: LoaderEvent) -> CaptionBook {
        match event {
            LoaderEvent::Captions(book) => *book,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn instances_that_edit_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("config");
        assert_eq!(book(work(&folder, None)), CaptionBook::default());
        assert!(!folder.exists(), "a look makes nothing");
        std::thread::scope(|scope| {
            for n in 0..8 {
                let folder = &folder;
                scope.spawn(move || {
                    for m in 0..5 {
                        book(work(folder, Some(keep(&format!("{n} {m}")))));
                    }
                });
            }
        });
        assert_eq!(book(work(&folder, None)).own.len(), 40);
        let mut left: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [FILE, LOCK]);
    }

    #[test]
    fn a_damaged_file_is_said_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, b"{ not json").unwrap();
        for edit in [None, Some(keep("mine"))] {
            let LoaderEvent::Failed { text } = work(folder.path(), edit) else {
                panic!("read after all");
            };
            assert!(text.contains("captions.json") && text.contains("left as it is"));
        }
        assert_eq!(fs::read(&path).unwrap(), b"{ not json");
    }
}
