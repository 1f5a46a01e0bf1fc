//! What a job costs beside the engine's own work.

use super::{
    api,
    stats::Sample,
    table::{Table, none, time, times},
    workbench::Workbench,
};
use anyhow::{Context, Result};
use sideman_shared::{
    analysis::{Hints, analyse},
    music::{Bpm, Meter, Track},
    protocol::AudioFormat,
};
use sideman_tests::songs;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use wrapper_service::{
    audio::{AudioLimits, Probe, StemTags, decode, encode, finish},
    engine::{Engine as _, EngineRequest, ProgressSink, TaskNote, Work, sketch::Sketch},
};

const JOBS: u32 = 15;
const SONG_SECS: f64 = 6.0;
const BPM: f64 = 120.0;
const TRACK: Track = Track::Drums;

/// Seconds of one job without a service.
struct ByHand {
    engine: f64,
    /// Decoding, analysis, checks, encoding.
    audio: f64,
}

pub fn measure(bench: &Workbench) -> Result<Table> {
    let folder = bench.folder()?;
    let source = folder.path().join("song.wav");
    let song = songs::song_wav(SONG_SECS, BPM);
    std::fs::write(&source, &song)?;
    let service = api::start(bench)?;
    let source_id = api::upload(&service, song)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;

    let (mut whole, mut engine, mut audio, mut rest) = (vec![], vec![], vec![], vec![]);
    // Seed 0 warms both sides up.
    for seed in 0..=JOBS {
        let by_hand = by_hand(&runtime, &source, seed, folder.path())?;
        let begun = Instant::now();
        api::play(
            &service,
            &serde_json::json!({
                "source_id": source_id,
                "tracks": [TRACK.as_str()],
                "bpm": BPM,
                "seed": seed,
            }),
        )?;
        let job_secs = begun.elapsed().as_secs_f64();
        if seed > 0 {
            rest.push(job_secs - by_hand.engine - by_hand.audio);
            whole.push(job_secs);
            engine.push(by_hand.engine);
            audio.push(by_hand.audio);
        }
    }
    table(whole, engine, audio, rest)
}

fn table(whole: Vec<f64>, engine: Vec<f64>, audio: Vec<f64>, rest: Vec<f64>) -> Result<Table> {
    let engine = Sample::new(engine)?;
    let mut table = Table::new(&["one job", "median", "max", "of the engine's time"]);
    let mut row = |what: &str, sample: &Sample| {
        table.row([
            what.into(),
            time(sample.median()),
            time(sample.max()),
            times(sample.median() / engine.median()),
        ]);
    };
    row(
        "through the service, submit to end event",
        &Sample::new(whole)?,
    );
    row("engine alone", &engine);
    row("decode, analysis, checks, encoding", &Sample::new(audio)?);
    let rest = Sample::new(rest)?;
    table.row([
        "what is left: HTTP, queue, records, durable files".into(),
        time(rest.median()),
        time(rest.max()),
        none(),
    ]);
    table.note(format!(
        "{JOBS} jobs, one after another: {SONG_SECS} s of song, track {TRACK}, engine sketch; \
         the rest is the median of each job's own difference"
    ));
    Ok(table)
}

/// The same stem as the job's, played in this process.
fn by_hand(runtime: &Runtime, source: &Path, seed: u32, folder: &Path) -> Result<ByHand> {
    let begun = Instant::now();
    let (request, probed) = listen(source, seed)?;
    let tags = tags(&request);
    let listened = begun.elapsed();

    let begun = Instant::now();
    let (silent_sink, never) = (ProgressSink::ignore(), CancellationToken::new());
    let engine = Sketch::default();
    let played = runtime.block_on(engine.generate(request, silent_sink, never))?;
    let engine_secs = begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    let finished = finish(played.audio, &probed)?;
    let stem: PathBuf = folder.join("stem.wav");
    encode(&finished.audio, AudioFormat::Wav, &tags, &stem)?;
    Ok(ByHand {
        engine: engine_secs,
        audio: (listened + begun.elapsed()).as_secs_f64(),
    })
}

fn listen(source: &Path, seed: u32) -> Result<(EngineRequest, Probe)> {
    let limits = AudioLimits::default();
    let audio = decode(source, &limits)?;
    let hints = Hints {
        bpm: Some(Bpm::new(BPM).context("a tempo")?),
        meter: Meter::default(),
        key: None,
    };
    let analysis = analyse(&audio, &hints)?;
    let probed = Probe {
        frames: audio.frames() as u64,
        sample_rate_hz: audio.sample_rate_hz(),
        channels: audio.channel_count() as u16,
    };
    let request = EngineRequest {
        work: Work::default(),
        task: TaskNote::ignore(),
        source_path: source.to_owned(),
        source: Arc::new(audio),
        analysis: Arc::new(analysis),
        track: TRACK,
        caption: TRACK.default_caption().to_owned(),
        lyrics: None,
        language: None,
        seed,
        region: None,
        steps: None,
        guidance_scale: None,
        lora: None,
        loop_assist: false,
    };
    Ok((request, probed))
}

fn tags(request: &EngineRequest) -> StemTags {
    StemTags {
        track: request.track,
        bpm: request.analysis.bpm,
        meter: request.analysis.meter,
        key: request.analysis.key,
        seed: request.seed,
        engine: "sketch".into(),
        model: None,
        caption: request.caption.clone(),
        song_position_secs: None,
    }
}
