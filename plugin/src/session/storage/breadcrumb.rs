//! A folder that was moved says where to: older saves of the project, and undo in the host, still
//! name the old place.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

const NAME: &str = "moved-to";
/// Moved more often than this, somebody goes in circles.
const MAX_HOPS: usize = 8;

/// # Errors
/// The disk.
pub fn leave(old: &Path, new: &Path) -> io::Result<()> {
    fs::create_dir_all(old)?;
    // A folder that came back here needs no sign any more.
    let stale = new.join(NAME);
    if stale.is_file() {
        fs::remove_file(stale)?;
    }
    fs::write(old.join(NAME), new.as_os_str().as_encoded_bytes())
}

/// Where the missing file at `path` is now, if signs lead to it.
pub fn follow(path: &Path) -> Option<PathBuf> {
    let mut at = path.to_owned();
    for _ in 0..MAX_HOPS {
        at = hop(&at)?;
        if at.is_file() {
            return Some(at);
        }
    }
    None
}

fn hop(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find_map(|folder| {
        let told = fs::read_to_string(folder.join(NAME)).ok()?;
        let rest = path.strip_prefix(folder).ok()?;
        Some(Path::new(&told).join(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_again_after_two_moves_and_back() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        leave(&at("a"), &at("b")).unwrap();
        leave(&at("b"), &at("c")).unwrap();
        fs::create_dir_all(at("c/stems")).unwrap();
        fs::write(at("c/stems/x.wav"), b"audio").unwrap();
        assert_eq!(follow(&at("a/stems/x.wav")), Some(at("c/stems/x.wav")));
        assert_eq!(follow(&at("a/stems/y.wav")), None);
        leave(&at("c"), &at("a")).unwrap();
        assert!(!at("a").join(NAME).exists());
        assert_eq!(follow(&at("a/stems/y.wav")), None, "no circles");
    }
}
