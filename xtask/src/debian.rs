//! The Debian packages each task needs: installed when run as root, else named in one line.

use anyhow::{Result, bail};
use std::process::{Command, Stdio};

/// To build everything: ALSA and JACK headers for the standalone program, a C compiler for SQLite, LAME and TLS.
pub const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libasound2-dev",
    "libjack-jackd2-dev",
];

/// To open the window.
pub const WINDOW: &[&str] = &[
    "libx11-6",
    "libx11-xcb1",
    "libxkbcommon-x11-0",
    "libxcursor1",
    "libegl1",
    "libgl1-mesa-dri",
];

/// To run the tests: a display and its pointer, a software Vulkan for the UI snapshots, a bus and a keyring,
/// and independent readers and writers of audio files.
pub const TEST: &[&str] = &[
    "xvfb",
    "xdotool",
    "mesa-vulkan-drivers",
    "dbus",
    "gnome-keyring",
    "ffmpeg",
    "flac",
    "sox",
    "mediainfo",
    "python3",
    "procps",
];

/// Sees to it that all `groups` are installed.
///
/// # Errors
/// When something is missing and cannot be installed; says the line to run.
pub fn ensure(groups: &[&[&str]]) -> Result<()> {
    if !cfg!(target_os = "linux") || !crate::cargo::exists("dpkg-query") {
        return Ok(());
    }
    let missing: Vec<&str> = groups
        .iter()
        .flat_map(|g| g.iter().copied())
        .filter(|p| !installed(p))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!(
        "apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
    if !is_root() {
        bail!(
            "some Debian packages are missing. Run this once, then try again:\n\n    sudo {line}\n"
        );
    }
    eprintln!("installing {}", missing.join(" "));
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null());
        command.status().is_ok_and(|s| s.success())
    };
    let install = [
        &["install", "-y", "--no-install-recommends"],
        missing.as_slice(),
    ]
    .concat();
    // The package lists of a fresh machine may be absent or old.
    if apt(&install) || (apt(&["update"]) && apt(&install)) {
        return Ok(());
    }
    bail!("apt-get could not install them. Run this and read what it says:\n\n    {line}\n")
}

fn installed(package: &str) -> bool {
    let query = Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output();
    query.is_ok_and(|out| out.stdout.starts_with(b"installed"))
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
