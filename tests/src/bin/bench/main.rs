//! What things cost on this machine, each beside something plain to compare it with.
//! `cargo xtask bench` builds everything optimised and runs this; `docs/benchmarks.md` explains the figures.

mod api;
mod editor;
mod frames;
mod gpu;
mod instances;
mod machine;
mod memory;
mod overhead;
mod process;
mod program;
mod screen;
mod stats;
mod table;
mod upload;
mod voice;
mod wav;
mod workbench;

use anyhow::{Result, bail};
use clap::Parser;
use std::time::Instant;
use table::Table;
use workbench::Workbench;

#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    about = "Measure what Sideman costs, against plain work of the same size"
)]
struct Args {
    /// Only the sections whose name contains this: process, editor, frames, instances, overhead, gpu, upload, memory
    filter: Option<String>,
}

struct Section {
    name: &'static str,
    about: &'static str,
    measure: fn(&Workbench) -> Result<Table>,
}

const SECTIONS: [Section; 8] = [
    Section {
        name: "process",
        about: "the plugin on the audio thread, per block, stereo at 48 kHz",
        measure: process::measure,
    },
    Section {
        name: "editor",
        about: "the window, painted in software, and an instance that has nothing to do",
        measure: editor::measure,
    },
    Section {
        name: "frames",
        about: "one frame of the window with ten minutes of song in it",
        measure: frames::measure,
    },
    Section {
        name: "instances",
        about: "twenty of them in one host",
        measure: instances::measure,
    },
    Section {
        name: "overhead",
        about: "one job through the service against the engine alone",
        measure: overhead::measure,
    },
    Section {
        name: "gpu",
        about: "one job through a GPU queue and an ACE-Step server, both pretended",
        measure: gpu::measure,
    },
    Section {
        name: "upload",
        about: "POST /v1/sources of a ten-minute WAV against a file copy",
        measure: upload::measure,
    },
    Section {
        name: "memory",
        about: "the service's memory while many upload at once",
        measure: memory::measure,
    },
];

fn main() -> Result<()> {
    let filter = Args::parse().filter.unwrap_or_default();
    let wanted: Vec<_> = SECTIONS
        .iter()
        .filter(|section| section.name.contains(&filter))
        .collect();
    if wanted.is_empty() {
        let names = SECTIONS.map(|section| section.name).join(", ");
        bail!("no section is called {filter:?}; there are {names}");
    }
    let bench = Workbench::new()?;
    let begun = Instant::now();
    let mut failed = Vec::new();
    for section in wanted {
        println!("{}: {}\n", section.name, section.about);
        match (section.measure)(&bench) {
            Ok(table) => println!("{table}"),
            Err(error) => {
                println!("  not measured: {error:#}\n");
                failed.push(section.name);
            }
        }
    }
    println!("machine\n\n{}", machine::describe());
    println!("measured in {:.0} s", begun.elapsed().as_secs_f64());
    if !failed.is_empty() {
        bail!("not measured: {}; the reason is above", failed.join(", "));
    }
    Ok(())
}
