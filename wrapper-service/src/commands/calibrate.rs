//! `check --calibrate`: one real job, its time and its GPU memory, and the settings that follow from them.

use super::{Failure, engine, runtime};
use crate::{
    audio::decode,
    cli::CheckArgs,
    config::{Config, EngineKind},
    engine::{Engine, EngineRequest, ProgressSink, TaskNote, Work},
    gpu,
};
use sideman_shared::{
    analysis::{Hints, analyse},
    audio::{
        AudioBuffer,
        wav::{SampleKind, write},
    },
    music::{Bpm, Track},
    protocol::Stage,
};
use std::{
    f64::consts::TAU,
    io::{Write as _, stdout},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

const SOURCE_SECS: f64 = 30.0;
const SOURCE_BPM: f64 = 120.0;
const SOURCE_HZ: u32 = 44_100;
const SAMPLE_EVERY: Duration = Duration::from_millis(150);
/// The pool that the GPU queue's tokens come from.
const POOL_TOKENS: u64 = 13_000;
/// Tokens are given in hundreds.
const ROUND_TOKENS: u64 = 100;
/// Fewer steps are noise; more than the model was made for are not better.
const STEPS: std::ops::RangeInclusive<u16> = 10..=50;

/// Runs one job and prints what it took.
pub fn calibrate(config: &Config, args: &CheckArgs) -> Result<(), Failure> {
    if config.engine != EngineKind::AceStep {
        let what = "--calibrate measures a GPU's engine; use it with --engine acestep";
        return Err(Failure::Usage(what.into()));
    }
    let (_, engine) = engine(config)?;
    let source = Material::open(config, args.source.as_deref())?;
    let measured = runtime()?.block_on(measure(engine.as_ref(), &source, config.acestep.steps))?;
    let mut out = stdout().lock();
    for (what, value) in measured.rows(args.within) {
        writeln!(out, "{what:12} {value}").map_err(Failure::unwritten)?;
    }
    Ok(())
}

struct Material {
    request: EngineRequest,
    _dir: tempfile::TempDir,
}

impl Material {
    fn open(config: &Config, source: Option<&Path>) -> Result<Self, Failure> {
        let dir = tempfile::tempdir().map_err(Failure::run)?;
        let (path, audio, bpm) = match source {
            Some(path) => {
                let audio = decode(path, &config.limits.audio)
                    .map_err(|e| Failure::Run(format!("{}: {e}", path.display())))?;
                (path.to_owned(), audio, None)
            }
            None => {
                let path = dir.path().join("clicks-and-chords.wav");
                let audio = clicks_and_chords();
                write(&path, &audio, SampleKind::Pcm24, None).map_err(Failure::run)?;
                (path, audio, Bpm::new(SOURCE_BPM))
            }
        };
        let hints = Hints {
            bpm,
            ..Hints::default()
        };
        let analysis = analyse(&audio, &hints).map_err(Failure::run)?;
        let track = Track::Drums;
        let request = EngineRequest {
            work: Work::default(),
            task: TaskNote::ignore(),
            source_path: path,
            source: Arc::new(audio),
            analysis: Arc::new(analysis),
            track,
            caption: track.default_caption().into(),
            lyrics: None,
            language: None,
            seed: 1,
            region: None,
            steps: Some(config.acestep.steps),
            guidance_scale: None,
            lora: None,
            loop_assist: false,
        };
        Ok(Self { request, _dir: dir })
    }
}

/// A click on every beat over a chord that changes with every bar.
fn clicks_and_chords() -> AudioBuffer {
    const ROOTS_HZ: [f64; 4] = [220.0, 174.61, 130.81, 196.0];
    let frames = (SOURCE_SECS * f64::from(SOURCE_HZ)) as usize;
    let beat_secs = 60.0 / SOURCE_BPM;
    let wave = (0..frames).map(|frame| {
        let secs = frame as f64 / f64::from(SOURCE_HZ);
        let root = ROOTS_HZ[(secs / (4.0 * beat_secs)) as usize % ROOTS_HZ.len()];
        let tone = |ratio: f64| (TAU * root * ratio * secs).sin();
        let chord = (tone(1.0) + tone(1.189) + tone(1.498)) * 0.12;
        let click = (TAU * 1_000.0 * secs).sin() * (-(secs % beat_secs) * 60.0).exp() * 0.5;
        (chord + click) as f32
    });
    AudioBuffer::new(vec![wave.collect()], SOURCE_HZ).expect("one channel at a rate above zero")
}

struct Measured {
    source_secs: f64,
    steps: u16,
    model: Option<String>,
    whole: Duration,
    loading: Duration,
    generating: Duration,
    memory: Result<Memory, String>,
}

struct Memory {
    /// Whether the model was out of it when it was idle.
    unloaded: bool,
    idle_mb: u64,
    peak_mb: u64,
    total_mb: u64,
}

async fn measure(engine: &dyn Engine, source: &Material, steps: u16) -> Result<Measured, Failure> {
    let info = engine.info().await;
    if !info.healthy {
        return Err(Failure::Run(info.detail));
    }
    let unloaded = match engine.model() {
        Some(model) => model.unload().await.is_ok(),
        None => false,
    };
    let idle = gpu::read_stats();
    let sampler = Sampler::start();
    let timeline = Timeline::default();
    let request = source.request.clone();
    let source_secs = request.source.duration_secs();
    let played = engine
        .generate(request, timeline.sink(), CancellationToken::new())
        .await;
    let ended = Instant::now();
    let peak_mb = sampler.stop();
    let output = played.map_err(|e| Failure::Run(format!("the job failed: {e}")))?;
    Ok(Measured {
        source_secs,
        steps,
        model: output.model,
        whole: ended.duration_since(timeline.begun),
        loading: timeline.spent_in(Stage::LoadingModel, ended),
        generating: timeline.spent_in(Stage::Generating, ended),
        memory: idle.map(|idle| Memory {
            unloaded,
            idle_mb: idle.vram_allocated,
            peak_mb: peak_mb.max(idle.vram_allocated),
            total_mb: idle.vram_total,
        }),
    })
}

/// When which stage began.
struct Timeline {
    begun: Instant,
    stages: Arc<Mutex<Vec<(Instant, Stage)>>>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            stages: Arc::default(),
        }
    }
}

impl Timeline {
    fn sink(&self) -> ProgressSink {
        let stages = Arc::clone(&self.stages);
        ProgressSink::new(move |stage, _| {
            let mut stages = stages.lock().unwrap_or_else(PoisonError::into_inner);
            if stages.last().is_none_or(|(_, last)| *last != stage) {
                stages.push((Instant::now(), stage));
            }
        })
    }

    fn spent_in(&self, stage: Stage, ended: Instant) -> Duration {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = stages.iter().skip(1).map(|(at, _)| *at).chain([ended]);
        let spans = stages.iter().zip(ends).filter(|((_, s), _)| *s == stage);
        spans.map(|((from, _), to)| to.duration_since(*from)).sum()
    }
}

/// Looks at the GPU's memory several times a second, from a thread of its own.
struct Sampler {
    stop: Arc<AtomicBool>,
    peak_mb: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<()>,
}

impl Sampler {
    fn start() -> Self {
        let (stop, peak_mb) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (stopped, highest) = (Arc::clone(&stop), Arc::clone(&peak_mb));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let Ok(stats) = gpu::read_stats() else { return };
                highest.fetch_max(stats.vram_allocated, Ordering::Relaxed);
                std::thread::sleep(SAMPLE_EVERY);
            }
        });
        Self {
            stop,
            peak_mb,
            thread,
        }
    }

    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        // It cannot panic; and if it did, what it saw still counts.
        let _ = self.thread.join();
        self.peak_mb.load(Ordering::Relaxed)
    }
}

impl Measured {
    fn rows(&self, within_secs: f64) -> Vec<(&'static str, String)> {
        let secs = |d: Duration| format!("{:.1} s", d.as_secs_f64());
        let step_secs = self.generating.as_secs_f64() / f64::from(self.steps.max(1));
        let rest = self.whole.saturating_sub(self.loading + self.generating);
        let model = self.model.clone().unwrap_or_else(|| "-".into());
        let mut rows = vec![
            ("model", model),
            ("source", format!("{:.1} s", self.source_secs)),
            (
                "time",
                format!(
                    "{} in all: loading {}, generating {}, the rest {}",
                    secs(self.whole),
                    secs(self.loading),
                    secs(self.generating),
                    secs(rest)
                ),
            ),
            ("steps", format!("{}, {step_secs:.3} s each", self.steps)),
        ];
        match &self.memory {
            Err(cause) => rows.push(("memory", format!("not measured: {cause}"))),
            Ok(memory) => rows.extend(memory.rows()),
        }
        let steps = steps_within(within_secs, rest.as_secs_f64(), step_secs);
        rows.push((
            "proposal",
            format!("acestep.steps = {steps} (for a stem of this length within {within_secs} s)"),
        ));
        rows
    }
}

impl Memory {
    fn rows(&self) -> Vec<(&'static str, String)> {
        let own_mb = self.peak_mb - self.idle_mb;
        let mut idle = format!(
            "{} MB idle, {} MB at most: {own_mb} MB for a job, of {} MB",
            self.idle_mb, self.peak_mb, self.total_mb
        );
        if !self.unloaded {
            idle.push_str("; the model could not be unloaded before, so its own share is missing");
        }
        let tokens = tokens(own_mb, self.total_mb);
        let proposal = format!("QUEUE_TOKENS={tokens} (of a pool of {POOL_TOKENS})");
        vec![("memory", idle), ("proposal", proposal)]
    }
}

/// A job's share of the pool, which stands for the whole GPU.
fn tokens(own_mb: u64, total_mb: u64) -> u64 {
    let share = (own_mb * POOL_TOKENS).div_ceil(total_mb.max(1));
    share.div_ceil(ROUND_TOKENS).max(1) * ROUND_TOKENS
}

fn steps_within(within_secs: f64, rest_secs: f64, step_secs: f64) -> u16 {
    let affordable = ((within_secs - rest_secs) / step_secs.max(1e-6)).floor();
    // `as` saturates.
    (affordable as u16).clamp(*STEPS.start(), *STEPS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_a_share_of_the_pool_in_hundreds() {
        assert_eq!(tokens(11_141, 16_160), 9_000);
        assert_eq!(tokens(1_243, 16_160), 1_000);
        assert_eq!(tokens(0, 16_160), 100);
        assert_eq!(tokens(16_160, 16_160), 13_000);
    }

    #[test]
    fn steps_fit_into_the_wanted_time() {
        assert_eq!(steps_within(30.0, 2.0, 1.0), 28);
        assert_eq!(steps_within(30.0, 2.0, 0.1), 50);
        assert_eq!(steps_within(30.0, 40.0, 0.1), 10);
    }

    #[test]
    fn time_is_counted_by_stage() {
        let timeline = Timeline::default();
        let at = |ms| timeline.begun + Duration::from_millis(ms);
        *timeline.stages.lock().unwrap() = vec![
            (at(0), Stage::LoadingModel),
            (at(400), Stage::Generating),
            (at(1_400), Stage::Decoding),
        ];
        let spent = |stage| timeline.spent_in(stage, at(2_000)).as_millis();
        assert_eq!(spent(Stage::LoadingModel), 400);
        assert_eq!(spent(Stage::Generating), 1_000);
        assert_eq!(spent(Stage::Decoding), 600);
        assert_eq!(spent(Stage::Storing), 0);
    }
}
