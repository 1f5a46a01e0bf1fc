//! Lays the built plugin out the way hosts look for it.
//!
//! | system | CLAP | VST3 |
//! |---|---|---|
//! | Linux | `Sideman.clap`, the library itself | `Sideman.vst3/Contents/x86_64-linux/Sideman.so` |
//! | Windows | `Sideman.clap` | `Sideman.vst3/Contents/x86_64-win/Sideman.vst3` |
//! | macOS | `Sideman.clap/Contents/MacOS/Sideman` + `Info.plist` | the same under `Sideman.vst3` |
//!
//! Every target has an own folder, so that one never overwrites another's `.clap`.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The name users see in their plugin folder.
pub const NAME: &str = "Sideman";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Linux,
    Windows,
    MacOs,
}

impl System {
    /// Of a Rust target triple, or of this machine when there is none.
    pub fn of_target(triple: Option<&str>) -> Self {
        match triple {
            Some(t) if t.contains("windows") => Self::Windows,
            Some(t) if t.contains("apple") => Self::MacOs,
            Some(_) => Self::Linux,
            None if cfg!(windows) => Self::Windows,
            None if cfg!(target_os = "macos") => Self::MacOs,
            None => Self::Linux,
        }
    }

    /// What cargo calls the plugin's dynamic library.
    pub fn library_file(self) -> &'static str {
        match self {
            Self::Linux => "libsideman.so",
            Self::Windows => "sideman.dll",
            Self::MacOs => "libsideman.dylib",
        }
    }

    fn vst3_binary(self, architecture: &str) -> PathBuf {
        match self {
            Self::Linux => format!("Contents/{architecture}-linux/{NAME}.so").into(),
            Self::Windows => format!("Contents/{architecture}-win/{NAME}.vst3").into(),
            Self::MacOs => format!("Contents/MacOS/{NAME}").into(),
        }
    }
}

/// The two plugin bundles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundles {
    pub clap: PathBuf,
    pub vst3: PathBuf,
}

/// Writes `Sideman.clap` and `Sideman.vst3` into `out`, replacing older ones.
///
/// `architecture` is the VST3 word for the processor: `x86_64`, `arm64`, `aarch64`.
///
/// # Errors
/// When `library` is missing or `out` cannot be written.
pub fn bundle(library: &Path, system: System, architecture: &str, out: &Path) -> Result<Bundles> {
    let clap = out.join(format!("{NAME}.clap"));
    let vst3 = out.join(format!("{NAME}.vst3"));
    for old in [&clap, &vst3] {
        remove(old).with_context(|| format!("cannot replace {}", old.display()))?;
    }
    if system == System::MacOs {
        place(library, &clap.join(format!("Contents/MacOS/{NAME}")))?;
        for folder in [&clap, &vst3] {
            write(&folder.join("Contents/Info.plist"), &info_plist())?;
            write(&folder.join("Contents/PkgInfo"), "BNDL????")?;
        }
    } else {
        place(library, &clap)?;
    }
    place(library, &vst3.join(system.vst3_binary(architecture)))?;
    Ok(Bundles { clap, vst3 })
}

fn remove(path: &Path) -> std::io::Result<()> {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

/// Copies, never links: a host keeps the file open while the next build replaces the original.
fn place(library: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(library, to)
        .with_context(|| format!("cannot copy {} to {}", library.display(), to.display()))?;
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn info_plist() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleExecutable</key><string>{NAME}</string>
  <key>CFBundleIdentifier</key><string>org.sideman.sideman</string>
  <key>CFBundleName</key><string>{NAME}</string>
  <key>CFBundlePackageType</key><string>BNDL</string>
  <key>CFBundleShortVersionString</key><string>{version}</string>
  <key>CFBundleVersion</key><string>{version}</string>
</dict>
</plist>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temp_folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("sideman-bundler-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn each_system_gets_the_layout_its_hosts_look_for() {
        let folder = temp_folder("layout");
        let library = folder.join("library");
        fs::write(&library, b"binary").unwrap();
        for (system, clap, vst3) in [
            (
                System::Linux,
                "Sideman.clap",
                "Sideman.vst3/Contents/x86_64-linux/Sideman.so",
            ),
            (
                System::Windows,
                "Sideman.clap",
                "Sideman.vst3/Contents/x86_64-win/Sideman.vst3",
            ),
            (
                System::MacOs,
                "Sideman.clap/Contents/MacOS/Sideman",
                "Sideman.vst3/Contents/MacOS/Sideman",
            ),
        ] {
            let out = folder.join(format!("{system:?}"));
            // Twice: the second replaces the first.
            for _ in 0..2 {
                bundle(&library, system, "x86_64", &out).unwrap();
            }
            assert_eq!(fs::read(out.join(clap)).unwrap(), b"binary");
            assert_eq!(fs::read(out.join(vst3)).unwrap(), b"binary");
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_missing_library_is_named_in_the_error() {
        let error = bundle(
            Path::new("/no/such/library"),
            System::Linux,
            "x86_64",
            &temp_folder("none"),
        );
        assert!(error.unwrap_err().to_string().contains("/no/such/library"));
    }
}
