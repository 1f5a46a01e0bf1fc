//! What the way to a shared GPU costs beside the GPU's own work, with pretended servers at its end.

use super::{
    api,
    machine::cpu_secs,
    stats::Sample,
    table::{Table, none, percent, time, times},
    workbench::Workbench,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use sideman_tests::{
    acestep::{Flavour, Setup as EngineSetup, Simulator},
    gpu_queue::{GpuQueue, Ledger},
    service::{Service, Setup},
    songs,
};
use std::{
    thread,
    time::{Duration, Instant},
};

const JOBS: usize = 10;
const SONG_SECS: f64 = 30.0;
const ENGINE_WORK: Duration = Duration::from_secs(1);
const POOL: u32 = 13_000;
/// Jobs that wait for their grant at the same time.
const WAITING: u32 = 50;
const WATCHED: Duration = Duration::from_secs(10);

pub fn measure(bench: &Workbench) -> Result<Table> {
    let mut table = Table::new(&[
        "the GPU's neighbour",
        "median",
        "max",
        "of the engine's second",
    ]);
    let engine = EngineSetup {
        job: ENGINE_WORK,
        ..EngineSetup::new(Flavour::Lego)
    }
    .start();
    let queue = GpuQueue::start(POOL);
    let service = behind(bench, &queue, &engine, 1)?;
    let source_id = api::upload(&service, songs::song_wav(SONG_SECS, 120.0))?;
    let (mut to_client, mut whole) = (vec![], vec![]);
    for seed in 0..=JOBS {
        let (after, all) = one_job(&service, &engine, &request(&source_id, seed))?;
        if seed > 0 {
            to_client.push(after.as_secs_f64());
            whole.push(all.as_secs_f64());
        }
    }
    let (to_client, whole) = (Sample::new(to_client)?, Sample::new(whole)?);
    let second = ENGINE_WORK.as_secs_f64();
    for (what, sample) in [
        ("submit to end event", &whole),
        ("engine's end to the client's end event", &to_client),
    ] {
        table.row([
            what.into(),
            time(sample.median()),
            time(sample.max()),
            times(sample.median() / second),
        ]);
    }
    let idle = waiting_cpu(bench, &engine)?;
    table.row([
        "CPU of the service for each waiting job".into(),
        percent(idle),
        none(),
        none(),
    ]);
    table.note(format!(
        "{JOBS} jobs of {SONG_SECS} s through queue and engine, each told of by polling; then {WAITING} jobs \
         that wait for a grant, watched for {} s",
        WATCHED.as_secs()
    ));
    Ok(table)
}

fn behind(
    bench: &Workbench,
    queue: &GpuQueue,
    engine: &Simulator,
    at_once: u32,
) -> Result<Service> {
    Setup::new()
        .data(bench.folder()?)
        .arg("--engine")
        .arg("acestep")
        .arg("--gate")
        .arg("gpu-queue-service")
        .env("ACESTEP_URL", engine.url())
        .env("QUEUE_URL", queue.url())
        .env("GPU_MAX_CONCURRENT_JOBS", at_once)
        .try_start()
}

fn request(source_id: &str, seed: usize) -> Value {
    json!({"source_id": source_id, "tracks": ["drums"], "bpm": 120.0, "seed": seed, "loop_assist": false})
}

/// From the engine's end, and from the submission, to the client's end event.
fn one_job(service: &Service, engine: &Simulator, request: &Value) -> Result<(Duration, Duration)> {
    let before = engine.tasks().len();
    let begun = Instant::now();
    thread::scope(|scope| {
        let client = scope.spawn(|| api::play(service, request).map(|()| Instant::now()));
        engine.wait_until("played", |e| {
            e.tasks().get(before).is_some_and(|task| task.over)
        });
        let over = Instant::now();
        let ended = client.join().ok().context("the client broke off")??;
        Ok((ended.saturating_duration_since(over), ended - begun))
    })
}

/// The part of a core that one job costs while it waits for its grant.
fn waiting_cpu(bench: &Workbench, engine: &Simulator) -> Result<f64> {
    let queue = GpuQueue::start(POOL);
    queue.foreign("other", POOL);
    let service = behind(bench, &queue, engine, WAITING)?;
    let source_id = api::upload(&service, songs::song_wav(1.0, 120.0))?;
    for seed in 0..WAITING as usize {
        let posted = service.post("/v1/jobs").json(&request(&source_id, seed));
        posted.send()?.error_for_status()?;
    }
    queue.wait_for("all in line", |l: &Ledger| l.queued() == WAITING as usize);
    // Waits grow while nothing changes.
    thread::sleep(WATCHED);
    let before = cpu_secs(service.pid())?;
    thread::sleep(WATCHED);
    let spent = cpu_secs(service.pid())? - before;
    Ok(spent / WATCHED.as_secs_f64() / f64::from(WAITING))
}
