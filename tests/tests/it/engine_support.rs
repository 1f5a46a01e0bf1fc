//! The engine `acestep` against a pretended server, with short waits.

use sideman_shared::{
    analysis::{Hints, analyse},
    audio::{AudioBuffer, wav},
    music::{Bpm, Track},
    protocol::{EngineInfo, Stage},
};
use sideman_tests::{
    acestep::{Flavour, Simulator},
    service::PATIENCE,
    songs,
};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use wrapper_service::engine::{
    Engine, EngineError, EngineOutput, EngineRequest, ProgressSink, TaskNote, Work,
    acestep::{AceStep, Settings, Waits},
};

pub const FLAVOURS: [Flavour; 2] = [Flavour::Lego, Flavour::April];
const RATE_HZ: u32 = 44_100;

type Outcome = Result<EngineOutput, EngineError>;

/// An engine with a place to run.
pub struct Rig {
    pub engine: Arc<dyn Engine>,
    pub runtime: Runtime,
    dir: TempDir,
}

pub fn settings(simulator: &Simulator) -> Settings {
    let ms = Duration::from_millis;
    Settings {
        load_limit: Duration::from_secs(20),
        waits: Waits {
            look: ms(1_000),
            look_again: ms(0),
            call: ms(2_000),
            first_poll: ms(10),
            longest_poll: ms(40),
            unknown_grace: ms(300),
            stall: ms(300),
            down: ms(3_000),
            queue_full: Duration::from_secs(20),
            download_stall: ms(3_000),
            download_tries: 4,
            ..Waits::default()
        },
        ..Settings::new(simulator.url())
    }
}

impl Rig {
    pub fn new(simulator: &Simulator) -> Self {
        Self::with(settings(simulator))
    }

    pub fn with(settings: Settings) -> Self {
        Self::of(Arc::new(AceStep::new(settings).unwrap()))
    }

    pub fn of(engine: Arc<dyn Engine>) -> Self {
        Self {
            engine,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap(),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Drums to a song of so many seconds at 120 BPM.
    pub fn request(&self, secs: f64) -> EngineRequest {
        request(self.dir.path(), &song(secs))
    }

    pub fn play(&self, request: EngineRequest) -> Outcome {
        let playing = self.start(request, ProgressSink::ignore(), CancellationToken::new());
        self.ended(playing)
    }

    pub fn start(
        &self,
        request: EngineRequest,
        progress: ProgressSink,
        cancel: CancellationToken,
    ) -> JoinHandle<Outcome> {
        let engine = Arc::clone(&self.engine);
        self.runtime
            .spawn(async move { engine.generate(request, progress, cancel).await })
    }

    pub fn ended<T>(&self, playing: JoinHandle<T>) -> T {
        let within = async { tokio::time::timeout(PATIENCE, playing).await };
        self.runtime.block_on(within).expect("it hangs").unwrap()
    }

    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let within = async { tokio::time::timeout(PATIENCE, work).await };
        self.runtime.block_on(within).expect("it hangs")
    }

    pub fn info(&self) -> EngineInfo {
        self.run(self.engine.info())
    }

    pub fn error(&self, request: EngineRequest) -> EngineError {
        self.play(request).map(|o| o.model).unwrap_err()
    }

    /// A turbo model is refused by name, and the engine says of itself that it is not fit.
    pub fn refuses_turbo(&self) {
        let error = self.error(self.request(6.0));
        assert!(matches!(error, EngineError::Rejected(_)), "{error}");
        assert!(error.to_string().contains("acestep-v15-base"), "{error}");
        assert!(!self.info().healthy);
    }
}

pub fn request(dir: &Path, source: &AudioBuffer) -> EngineRequest {
    let path = dir.join("source.wav");
    wav::write(&path, source, wav::SampleKind::Pcm24, None).unwrap();
    let hints = Hints {
        bpm: Bpm::new(120.0),
        key: Some("A minor".parse().unwrap()),
        ..Hints::default()
    };
    EngineRequest {
        work: Work::default(),
        task: TaskNote::ignore(),
        source_path: path,
        analysis: Arc::new(analyse(source, &hints).unwrap()),
        source: Arc::new(source.clone()),
        track: Track::Drums,
        caption: "live acoustic drum kit, brushed".into(),
        lyrics: None,
        language: None,
        seed: 4_321,
        region: None,
        steps: None,
        guidance_scale: None,
        lora: None,
        loop_assist: false,
    }
}

/// Clicks and noise that repeats nowhere, so that every shift shows.
pub fn song(secs: f64) -> AudioBuffer {
    let frames = (secs * f64::from(RATE_HZ)).round() as usize;
    let mut channels = songs::noise(2, frames, 7);
    for channel in &mut channels {
        for (frame, sample) in channel.iter_mut().enumerate() {
            let since_beat = (frame % (RATE_HZ as usize / 2)) as f32;
            *sample = 0.4 * *sample + 0.4 * (since_beat * 0.05).sin() * (-since_beat / 900.0).exp();
        }
    }
    AudioBuffer::new(channels, RATE_HZ).unwrap()
}

/// By how many frames the stem's low end lies behind the source's.
pub fn lag(source: &AudioBuffer, stem: &AudioBuffer) -> isize {
    const FARTHEST: isize = 400;
    let (source, stem) = (low(source), low(stem));
    let from = source.len() / 4;
    let window = from..(from + 40_000).min(source.len() - FARTHEST as usize);
    let alike = |lag: isize| -> f64 {
        let pairs = window.clone().step_by(3);
        pairs
            .map(|i| f64::from(source[i]) * f64::from(stem[i.wrapping_add_signed(lag)]))
            .sum()
    };
    let lags = -FARTHEST..=FARTHEST;
    lags.max_by(|a, b| alike(*a).total_cmp(&alike(*b))).unwrap()
}

fn low(audio: &AudioBuffer) -> Vec<f32> {
    let mut state = 0.0;
    let smooth = |s: f32| {
        state += 0.05 * (s - state);
        state
    };
    audio.to_mono().into_iter().map(smooth).collect()
}

/// Notes what was begun and forgotten, as the service's store would.
#[derive(Clone, Default)]
pub struct Notebook(Arc<Mutex<Vec<Option<String>>>>);

impl Notebook {
    pub fn note(&self, begun: Option<String>) -> TaskNote {
        let pages = Arc::clone(&self.0);
        TaskNote::new(begun, move |task| {
            pages.lock().unwrap().push(task);
            Box::pin(async {})
        })
    }

    pub fn pages(&self) -> Vec<Option<String>> {
        self.0.lock().unwrap().clone()
    }
}

/// Everything an engine reported.
#[derive(Clone, Default)]
pub struct Reports(Arc<Mutex<Vec<(Stage, f64)>>>);

impl Reports {
    pub fn sink(&self) -> ProgressSink {
        let all = Arc::clone(&self.0);
        ProgressSink::new(move |stage, fraction| all.lock().unwrap().push((stage, fraction)))
    }

    pub fn all(&self) -> Vec<(Stage, f64)> {
        self.0.lock().unwrap().clone()
    }

    pub fn has(&self, wanted: Stage) -> bool {
        self.all().iter().any(|(stage, _)| *stage == wanted)
    }
}
