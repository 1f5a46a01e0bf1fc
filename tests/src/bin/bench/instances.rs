//! Many instances in one host, as in a large project: what each of them takes.

use super::{
    machine::{Resident, cpu_secs},
    process::{self, RATE_HZ},
    table::{Table, mebibytes, none, percent},
    workbench::Workbench,
};
use anyhow::Result;
use sideman_tests::clap_host::{Library, built_plugin};
use std::time::{Duration, Instant};

const INSTANCES: usize = 20;
const BLOCK_FRAMES: usize = 512;
/// First pictures, fonts and folders are over.
const SETTLE: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(5);
const PAINTED: Duration = Duration::from_secs(60);

pub fn measure(bench: &Workbench) -> Result<Table> {
    let home = bench.folder()?;
    let library = Library::load(&built_plugin()?)?;
    // What all share (code, fonts, the first instance's tables) is not theirs.
    let mut first = process::instance(&library, home.path())?;
    first.activate(RATE_HZ, BLOCK_FRAMES)?;
    let mut table = Table::new(&[
        "20 instances in one host",
        "resident, each",
        "CPU, together",
    ]);

    let before = resident()?;
    let mut hosts = Vec::with_capacity(INSTANCES);
    for _ in 0..INSTANCES {
        let mut host = process::instance(&library, home.path())?;
        host.activate(RATE_HZ, BLOCK_FRAMES)?;
        hosts.push(host);
    }
    table.row([
        "active, idle, no window".into(),
        each(before)?,
        percent(idle()?),
    ]);

    let mut windows = Vec::with_capacity(INSTANCES);
    for host in &mut hosts {
        let window = host.open_window()?;
        window.wait_painted(host, PAINTED)?;
        windows.push(window);
    }
    table.row([
        "with a window open each".into(),
        each(before)?,
        percent(idle()?),
    ]);
    for (window, host) in windows.into_iter().zip(&mut hosts) {
        window.close(host)?;
    }
    table.row(["windows closed again".into(), each(before)?, none()]);
    table.note("percent of one core, all threads of the host; windows are painted in software");
    Ok(table)
}

fn resident() -> Result<f64> {
    Ok(Resident::of(std::process::id())?.now)
}

fn each(before: f64) -> Result<String> {
    Ok(mebibytes((resident()? - before) / INSTANCES as f64))
}

/// Share of a core while nothing happens.
fn idle() -> Result<f64> {
    std::thread::sleep(SETTLE);
    let spent = || cpu_secs(std::process::id());
    let (before, begun) = (spent()?, Instant::now());
    std::thread::sleep(IDLE);
    Ok((spent()? - before) / begun.elapsed().as_secs_f64())
}
