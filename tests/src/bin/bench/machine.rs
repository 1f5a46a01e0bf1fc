//! What the system says about processes and itself, read from `/proc`.

use anyhow::{Context, Result};
use std::fmt::Write as _;

/// CPU time that the threads alive in a process have used so far.
///
/// # Errors
/// The process is gone, or the system does not say.
pub fn cpu_secs(pid: u32) -> Result<f64> {
    threads_cpu_secs(pid, |_| true)
}

/// As [`cpu_secs`], of the threads with a name that fits.
///
/// # Errors
/// As [`cpu_secs`].
pub fn threads_cpu_secs(pid: u32, fits: impl Fn(&str) -> bool) -> Result<f64> {
    let folder = format!("/proc/{pid}/task");
    let threads = std::fs::read_dir(&folder)
        .with_context(|| format!("{folder} cannot be read: this needs Linux and a live process"))?;
    let mut nanos = 0.0;
    let mut found = false;
    for thread in threads.flatten() {
        let read = |name: &str| std::fs::read_to_string(thread.path().join(name));
        // A thread may end while we look.
        let (Ok(name), Ok(stat)) = (read("comm"), read("schedstat")) else {
            continue;
        };
        if fits(name.trim_end()) {
            let spent = stat.split(' ').next().and_then(|n| n.parse::<f64>().ok());
            nanos += spent.with_context(|| format!("odd schedstat {stat:?}"))?;
            found = true;
        }
    }
    anyhow::ensure!(found, "the kernel keeps no schedstat, or no thread fits");
    Ok(nanos / 1e9)
}

/// Memory of a process that lies in RAM, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Resident {
    pub now: f64,
    /// The most since it started.
    pub peak: f64,
}

impl Resident {
    /// # Errors
    /// The process is gone, or the system does not say.
    pub fn of(pid: u32) -> Result<Self> {
        let path = format!("/proc/{pid}/status");
        let status = std::fs::read_to_string(&path)
            .with_context(|| format!("{path} cannot be read: this needs Linux"))?;
        Ok(Self {
            now: field_kib(&status, "VmRSS").context("no VmRSS")? * 1024.0,
            peak: field_kib(&status, "VmHWM").context("no VmHWM")? * 1024.0,
        })
    }
}

fn field_kib(text: &str, name: &str) -> Option<f64> {
    let value = value_of(text, name)?;
    value.strip_suffix("kB")?.trim().parse().ok()
}

/// From lines of `name : value`.
fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim())
}

/// Processor, cores, memory, kernel and build, a line each.
pub fn describe() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name:<10}{value}");
    };
    line(
        "processor",
        value_of(&cpus, "model name").unwrap_or(std::env::consts::ARCH),
    );
    line("cores", &cores.to_string());
    if let Some(kib) = field_kib(&memory, "MemTotal") {
        line("memory", &super::table::mebibytes(kib * 1024.0));
    }
    let kernel = read("/proc/sys/kernel/osrelease");
    line(
        "kernel",
        &format!("{} {}", std::env::consts::OS, kernel.trim()),
    );
    let busy: Vec<&str> = load.split(' ').take(3).collect();
    line("load", &format!("{} (1, 5, 15 min)", busy.join(" ")));
    line(
        "build",
        if cfg!(debug_assertions) {
            "development: these figures say nothing about Sideman; run cargo xtask bench"
        } else {
            "release"
        },
    );
    text
}
