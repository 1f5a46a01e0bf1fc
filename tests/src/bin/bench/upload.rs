//! A long song into the service, and the same bytes from one file to another.

use super::{
    api,
    stats::Sample,
    table::{Table, mebibytes, megabytes_per_sec, time, times},
    wav::NoiseWav,
    workbench::Workbench,
};
use anyhow::Result;
use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
    time::Instant,
};

/// Just below the longest source that is taken.
const SONG_SECS: u32 = 590;
const ROUNDS: u64 = 3;
const CHUNK_BYTES: usize = 1 << 20;

pub fn measure(bench: &Workbench) -> Result<Table> {
    let folder = bench.folder()?;
    let (from, to) = (
        folder.path().join("song.wav"),
        folder.path().join("copy.wav"),
    );
    let service = api::start(bench)?;
    let (mut upload_secs, mut copy_secs) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for seed in 0..ROUNDS {
        let mut song = Vec::new();
        NoiseWav::new(SONG_SECS, seed).read_to_end(&mut song)?;
        bytes = song.len();
        let mut file = File::create(&from)?;
        file.write_all(&song)?;
        // Nothing of this may still be on its way to the disk when the clock runs.
        file.sync_all()?;

        let begun = Instant::now();
        copy(&from, &to)?;
        copy_secs.push(begun.elapsed().as_secs_f64());

        let begun = Instant::now();
        api::upload(&service, song)?;
        upload_secs.push(begun.elapsed().as_secs_f64());
    }
    let (upload, copy) = (Sample::new(upload_secs)?, Sample::new(copy_secs)?);
    let mut table = Table::new(&["", "median", "max", "throughput", "of the copy's time"]);
    for (what, sample) in [
        ("upload, to the answer", &upload),
        ("file copy, to the disk", &copy),
    ] {
        table.row([
            what.into(),
            time(sample.median()),
            time(sample.max()),
            megabytes_per_sec(bytes as f64 / sample.median()),
            times(sample.median() / copy.median()),
        ]);
    }
    table.note(format!(
        "{SONG_SECS} s of song, {} each, {ROUNDS} rounds; the service also hashes the bytes and \
         decodes the whole song before it answers",
        mebibytes(bytes as f64)
    ));
    Ok(table)
}

/// Reads and writes every byte and makes them durable, as the service does; a system's own copy may
/// share the blocks instead.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = from.read(&mut chunk)?;
        if count == 0 {
            return Ok(to.sync_all()?);
        }
        to.write_all(&chunk[..count])?;
    }
}
