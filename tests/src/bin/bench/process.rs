//! `process` through CLAP, called as a host calls it.

use super::{
    stats::Sample,
    table::{Table, none, percent, time, times},
    voice,
    workbench::Workbench,
};
use anyhow::{Result, ensure};
use sideman_tests::{
    clap_host::{Host, Library, Pace, Song, Yardstick, built_plugin},
    songs,
};
use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

pub const RATE_HZ: u32 = 48_000;
pub const BLOCK_FRAMES: [usize; 3] = [64, 256, 1024];
/// Of each size.
pub const BLOCKS: usize = 2_000;
pub const TEMPO_BPM: f64 = 120.0;
/// The capture thread must be able to keep up; full speed would measure blocks that are thrown away.
const PACE: Pace = Pace {
    times_real_time: 25.0,
};
const TAKE_LIMIT: Duration = Duration::from_secs(20);

pub fn measure(bench: &Workbench) -> Result<Table> {
    let home = bench.folder()?;
    let library = Library::load(&built_plugin()?)?;
    let mut host = instance(&library, home.path())?;
    host.activate(RATE_HZ, 1024)?;
    let mut song = Song::at_tempo(TEMPO_BPM, RATE_HZ);
    let input = songs::noise(2, BLOCKS * 1024, 1);

    let mut yardsticks = [
        Host::yardstick(Yardstick::Copies)?,
        Host::yardstick(Yardstick::HandsOver)?,
    ];
    for yardstick in &mut yardsticks {
        yardstick.activate(RATE_HZ, 1024)?;
    }

    let mut table = Table::new(&[
        "state",
        "block",
        "median",
        "p99",
        "only copies",
        "ratio",
        "hands over",
        "ratio",
        "copy in the cache",
        "p99 of the block's time",
    ]);
    let mut time_state = |state, host: &mut Host, song: &mut Song, input: &[Vec<f32>]| {
        time_all(state, (host, &mut yardsticks), song, input, &mut table)
    };
    time_state("idle", &mut host, &mut song, &input)?;
    time_state("idle, denormals", &mut host, &mut song, &faint(&input))?;
    capture(&mut host, &mut song, true)?;
    time_state("capturing", &mut host, &mut song, &input)?;
    capture(&mut host, &mut song, false)?;
    let lost_frames = host.wait_for("the captured take", TAKE_LIMIT, |host| {
        let project = host.project()?;
        Ok(project["source"]["lost_frames"].as_u64())
    })?;

    for block_frames in BLOCK_FRAMES {
        let (process, copy) = voice::time_blocks(block_frames)?;
        row(
            &mut table,
            ("auditioning*", block_frames),
            process,
            [none(), none(), none(), none()],
            copy,
        )?;
    }
    table.note("* the voice alone with one stereo stem, without the host's call around it");
    table.note(format!(
        "reading the clock costs {} and is in every median",
        time(clock_secs()?)
    ));
    if lost_frames > 0 {
        table.note(format!(
            "the disk did not keep up: {lost_frames} frames were lost, and those blocks cost less"
        ));
    }
    Ok(table)
}

/// A stereo instance that keeps its files below `home`, with no service to be found.
pub fn instance(library: &Library, home: &Path) -> Result<Host> {
    let mut host = Host::new(library)?;
    host.edit_project(|project| {
        project["settings"] = serde_json::json!({
            "service_address": "http://127.0.0.1:9",
            "cache_folder": home,
        });
    })?;
    Ok(host)
}

/// So faint that a careless plugin slows down.
fn faint(sound: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let faint = |channel: &Vec<f32>| channel.iter().map(|s| s * f32::MIN_POSITIVE).collect();
    sound.iter().map(faint).collect()
}

/// Moves the button while the host stands still.
fn capture(host: &mut Host, song: &mut Song, on: bool) -> Result<()> {
    song.playing = false;
    host.play_silence(song, 512)?;
    host.set_param("Capture", if on { 1.0 } else { 0.0 })?;
    host.play_silence(song, 512)?;
    song.playing = true;
    Ok(())
}

/// The plugins to measure against, then the plugin.
fn time_all(
    state: &str,
    (host, yardsticks): (&mut Host, &mut [Host; 2]),
    song: &mut Song,
    input: &[Vec<f32>],
    table: &mut Table,
) -> Result<()> {
    for block_frames in BLOCK_FRAMES {
        let part: Vec<_> = input
            .iter()
            .map(|c| c[..BLOCKS * block_frames].to_vec())
            .collect();
        let mut yardstick_secs = [0.0; 2];
        for (yardstick, secs) in yardsticks.iter_mut().zip(&mut yardstick_secs) {
            let measured = yardstick.time_blocks(&mut song.clone(), &part, block_frames, PACE)?;
            *secs = Sample::new(measured.process_secs)?.median();
        }
        let measured = host.time_blocks(song, &part, block_frames, PACE)?;
        ensure!(
            measured.process_secs.len() == BLOCKS,
            "some blocks are missing"
        );
        let median = Sample::new(measured.process_secs.clone())?.median();
        let [copies, hands_over] = yardstick_secs;
        row(
            table,
            (state, block_frames),
            measured.process_secs,
            [
                time(copies),
                times(median / copies),
                time(hands_over),
                times(median / hands_over),
            ],
            measured.copy_secs,
        )?;
    }
    Ok(())
}

fn row(
    table: &mut Table,
    (state, block_frames): (&str, usize),
    process_secs: Vec<f64>,
    [copies, copies_ratio, hands_over, hands_over_ratio]: [String; 4],
    cached_secs: Vec<f64>,
) -> Result<()> {
    let process = Sample::new(process_secs)?;
    let block_secs = block_frames as f64 / f64::from(RATE_HZ);
    table.row([
        state.into(),
        block_frames.to_string(),
        time(process.median()),
        time(process.p99()),
        copies,
        copies_ratio,
        hands_over,
        hands_over_ratio,
        time(Sample::new(cached_secs)?.median()),
        percent(process.p99() / block_secs),
    ]);
    Ok(())
}

/// What two readings of the clock are apart.
fn clock_secs() -> Result<f64> {
    let read = |_| black_box(Instant::now()).elapsed().as_secs_f64();
    Ok(Sample::new((0..10_000).map(read).collect())?.median())
}
