//! Files as `text/uri-list`, the form in which programs hand them to each other.

#[cfg(target_os = "linux")]
pub(in crate::editor) use lists::*;

#[cfg(target_os = "linux")]
mod lists {
    use std::{
        ffi::OsString,
        fmt::Write,
        os::unix::ffi::{OsStrExt, OsStringExt},
        path::{Path, PathBuf},
    };

    /// One `file://` line per file, each ended by CR LF.
    pub(in crate::editor) fn list_of_paths(files: &[PathBuf]) -> String {
        files.iter().fold(String::new(), |mut list, file| {
            push_uri(&mut list, file);
            list.push_str("\r\n");
            list
        })
    }

    fn push_uri(list: &mut String, file: &Path) {
        list.push_str("file://");
        for &byte in file.as_os_str().as_bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                    list.push(char::from(byte));
                }
                _ => {
                    let _infallible = write!(list, "%{byte:02X}");
                }
            }
        }
    }

    /// The local files of a list; comments, other schemes and malformed lines are skipped. A host name
    /// is accepted and not compared: no program names another machine's file.
    pub(in crate::editor) fn paths_of_list(list: &[u8]) -> Vec<PathBuf> {
        let lines = list.split(|&b| b == b'\n' || b == b'\r' || b == 0);
        lines.filter_map(path_of_uri).collect()
    }

    fn path_of_uri(uri: &[u8]) -> Option<PathBuf> {
        let rest = uri.trim_ascii().strip_prefix(b"file:")?;
        let path = match rest.strip_prefix(b"//") {
            Some(host_and_path) => {
                let slash = host_and_path.iter().position(|&b| b == b'/')?;
                &host_and_path[slash..]
            }
            None => rest,
        };
        if !path.starts_with(b"/") {
            return None;
        }
        let bytes = percent_decoded(path);
        (!bytes.contains(&0)).then(|| PathBuf::from(OsString::from_vec(bytes)))
    }

    fn percent_decoded(text: &[u8]) -> Vec<u8> {
        let mut decoded = Vec::with_capacity(text.len());
        let mut rest = text;
        while let [first, tail @ ..] = rest {
            let escaped = match (first, tail) {
                (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
                _ => None,
            };
            if let Some((high, low)) = escaped {
                decoded.push(high << 4 | low);
                rest = &tail[2..];
            } else {
                decoded.push(*first);
                rest = tail;
            }
        }
        decoded
    }

    fn hex(digit: u8) -> Option<u8> {
        // A hexadecimal digit fits into four bits.
        char::from(digit).to_digit(16).map(|value| value as u8)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf};

    #[test]
    fn every_path_survives() {
        let mut paths: Vec<PathBuf> = ["/a b/c%20d.wav", "/ünï/✓#?&.wav", "/plain", "/new\nline"]
            .map(PathBuf::from)
            .to_vec();
        paths.push(OsString::from_vec(vec![b'/', 0xFF, 0x80]).into());
        let list = list_of_paths(&paths);
        assert_eq!(list.matches("\r\n").count(), paths.len());
        assert!(list.is_ascii());
        assert_eq!(paths_of_list(list.as_bytes()), paths);
    }

    #[test]
    fn reads_what_other_programs_write() {
        let list = b"# comment\r\nfile:///a\nfile://host/b%20c\r\nfile:/d\nhttp://x/e\nfile://\n%\nfile:///f%zz%4\0";
        let expected = ["/a", "/b c", "/d", "/f%zz%4"].map(PathBuf::from);
        assert_eq!(paths_of_list(list), expected);
        assert!(paths_of_list(b"file:///nul%00byte").is_empty());
        assert!(paths_of_list(b"").is_empty());
    }
}
