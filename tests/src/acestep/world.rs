//! The server's inside: what it keeps in memory, what survives on its disk, and its one worker.

use super::{
    Flavour, Setup,
    faults::{Failure, Faults},
    form::Received,
    sound,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
    sync::{Arc, Mutex, atomic::AtomicUsize},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::{Notify, watch};

const AUDIO_DIR: &str = "/srv/acestep/.cache/acestep/tmp/api_audio";
/// Steps in which a task's progress rises.
const MOVES: u32 = 10;

pub struct World {
    pub setup: Setup,
    pub faults: Mutex<Faults>,
    pub memory: Mutex<Memory>,
    pub disk: Mutex<Disk>,
    /// Every path asked for, in order.
    pub calls: Mutex<Vec<String>>,
    /// The most tasks asked about in one question.
    pub largest_question: AtomicUsize,
    /// A server that loads a model answers nobody.
    pub frozen: watch::Sender<bool>,
    wake: Notify,
}

/// Lost in a crash.
#[derive(Default)]
pub struct Memory {
    pub loaded: Option<String>,
    /// Goes with the model.
    pub lora: Option<Lora>,
    pub queue: VecDeque<String>,
    pub running: Option<String>,
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// Waiting ones and those that failed before they began are known here only.
    pub known: BTreeMap<String, State>,
    pub last_log_line: String,
}

/// What the model wears.
#[derive(Debug, Clone, PartialEq)]
pub struct Lora {
    pub name: String,
    pub scale: f64,
    pub on: bool,
}

/// Survives a crash.
#[derive(Default)]
pub struct Disk {
    pub cache: BTreeMap<String, State>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub tasks: Vec<Task>,
}

/// A submission.
#[derive(Debug, Clone)]
pub struct Task {
    pub id: String,
    pub received: Received,
    /// The one that reached the model.
    pub seed: Option<u64>,
    /// Worn by the model from the first to the last step.
    pub lora: Option<Lora>,
    pub created: u64,
    pub over: bool,
}

#[derive(Debug, Clone)]
pub enum State {
    Queued,
    Running(f64, String),
    /// The file's path, if it could be saved.
    Succeeded(Option<String>, String),
    /// Before it began; the reason.
    NeverBegan(String),
    Failed,
}

impl World {
    pub fn new(setup: Setup) -> Arc<Self> {
        let world = Self {
            faults: Mutex::new(setup.faults.clone()),
            memory: Mutex::default(),
            disk: Mutex::default(),
            calls: Mutex::default(),
            largest_question: AtomicUsize::new(0),
            frozen: watch::Sender::new(false),
            wake: Notify::new(),
            setup,
        };
        world.lose_memory();
        Arc::new(world)
    }

    pub fn lose_memory(&self) {
        self.frozen.send_replace(false);
        *self.memory.lock().unwrap() = Memory {
            loaded: self.setup.loaded.then(|| self.setup.model.clone()),
            last_log_line: "INFO:     Uvicorn running".into(),
            ..Memory::default()
        };
    }

    pub fn tasks(&self) -> Vec<Task> {
        self.disk.lock().unwrap().tasks.clone()
    }

    /// The new task's name and its place, or `None` if the queue is full.
    pub fn take(&self, received: Received) -> Option<(String, usize)> {
        let mut memory = self.memory.lock().unwrap();
        memory.total += 1;
        let refused = Faults::take(&mut self.faults.lock().unwrap().queue_full);
        if refused || memory.queue.len() >= self.setup.queue_max {
            return None;
        }
        let id = uuid::Uuid::new_v4().to_string();
        memory.queue.push_back(id.clone());
        memory.known.insert(id.clone(), State::Queued);
        self.disk.lock().unwrap().tasks.push(Task {
            id: id.clone(),
            received,
            seed: None,
            lora: None,
            created: now_secs(),
            over: false,
        });
        self.wake.notify_one();
        Some((id, memory.queue.len()))
    }

    /// Works off the queue, one task at a time, until aborted.
    pub async fn work(self: Arc<Self>) {
        loop {
            let next = self.memory.lock().unwrap().queue.pop_front();
            match next {
                Some(id) => self.run(&id).await,
                None => self.wake.notified().await,
            }
        }
    }

    async fn run(&self, id: &str) {
        if let Err(reason) = self.lazy_load().await {
            let mut memory = self.memory.lock().unwrap();
            memory.failed += 1;
            memory.known.insert(id.into(), State::NeverBegan(reason));
            self.over(id);
            return;
        }
        self.memory.lock().unwrap().running = Some(id.into());
        self.running(id, 0.01, "running");
        self.running(id, 0.51, "Preparing inputs...");
        let worn = self.memory.lock().unwrap().lora.clone();
        for step in 0..MOVES {
            let shown = if self.faults().mute { 0 } else { step };
            let progress = 0.52 + 0.27 * f64::from(shown) / f64::from(MOVES);
            self.running(id, progress, "Generating music (batch size: 1)...");
            tokio::time::sleep(self.setup.job / MOVES).await;
            while self.faults().stall {
                tokio::time::sleep(self.setup.job / MOVES).await;
            }
            if self.faults().die {
                self.memory.lock().unwrap().running = None;
                return;
            }
            if self.memory.lock().unwrap().loaded.is_none() {
                return self.fail(
                    id,
                    "AttributeError: 'NoneType' object has no attribute 'device'",
                );
            }
        }
        self.running(id, 0.8, "Decoding audio...");
        let still = self.memory.lock().unwrap().lora.clone();
        assert_eq!(still, worn, "the LoRA was changed under a running task");
        self.with_task(id, |task| task.lora = worn);
        match self.faults().fail {
            None => self.succeed(id).await,
            Some(Failure::OutOfMemory) => {
                self.fail(
                    id,
                    "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
                );
            }
            Some(Failure::NotANumber) => {
                self.fail(id, "RuntimeError: Generation produced NaN or Inf latents.");
            }
            Some(Failure::NoReason) => self.fail(id, ""),
        }
    }

    /// The fork never loads by itself; upstream does, and mostly answers nobody meanwhile.
    async fn lazy_load(&self) -> Result<(), String> {
        if self.memory.lock().unwrap().loaded.is_some() {
            return Ok(());
        }
        if self.setup.flavour != Flavour::April {
            return Err("Model not initialized".into());
        }
        self.load(&self.setup.model, !self.setup.loads_aside).await
    }

    pub async fn load(&self, model: &str, freezes: bool) -> Result<(), String> {
        self.frozen.send_replace(freezes);
        tokio::time::sleep(self.setup.load).await;
        self.frozen.send_replace(false);
        if self.faults().load_fails {
            return Err("CUDA error: the weights are damaged".into());
        }
        let fetched = self.setup.must_fetch && model == self.setup.model;
        if !fetched && !self.on_disk().contains(&model) {
            return Err(format!("Model {model} not found and no network to get it"));
        }
        let mut memory = self.memory.lock().unwrap();
        (memory.loaded, memory.lora) = (Some(model.into()), None);
        Ok(())
    }

    pub fn on_disk(&self) -> Vec<&str> {
        let own = (!self.setup.must_fetch).then_some(self.setup.model.as_str());
        let more = self.setup.also_on_disk.iter().map(String::as_str);
        own.into_iter().chain(more).collect()
    }

    async fn succeed(&self, id: &str) {
        let task = self.task(id);
        let heard = task.received.source.as_deref().map(sound::hear);
        let sourceless = match (&heard, self.setup.flavour) {
            (Some(None), _) => Some("Source audio is invalid after processing"),
            (None, Flavour::April) => Some(""),
            _ => None,
        };
        if let Some(reason) = sourceless {
            return self.fail(id, reason);
        }
        let seed = task.received.seed();
        let fault = self.faults().audio;
        let received = task.received.clone();
        let bytes = tokio::task::spawn_blocking(move || {
            sound::play(heard.flatten().as_ref(), &received, seed, fault)
        });
        let bytes = bytes.await.expect("playing does not panic");
        self.running(id, 0.99, "Preparing audio data...");
        let path = format!("{AUDIO_DIR}/{}.wav", name_of(&task.received, seed));
        let mut disk = self.disk.lock().unwrap();
        let file = (!self.faults().no_file).then(|| {
            disk.files.insert(path.clone(), bytes);
            path.clone()
        });
        let reported = if self.faults().other_seed {
            seed + 1
        } else {
            seed
        };
        let state = State::Succeeded(file, reported.to_string());
        disk.cache.insert(id.into(), state);
        drop(disk);
        self.with_task(id, |task| task.seed = Some(seed));
        let mut memory = self.memory.lock().unwrap();
        memory.running = None;
        memory.succeeded += 1;
        memory.last_log_line = format!("07:30:08 | DEBUG | [AudioSaver] Saved audio to {path}");
        self.over(id);
    }

    fn fail(&self, id: &str, reason: &str) {
        self.disk
            .lock()
            .unwrap()
            .cache
            .insert(id.into(), State::Failed);
        let mut memory = self.memory.lock().unwrap();
        memory.running = None;
        memory.failed += 1;
        if !reason.is_empty() {
            memory.last_log_line = format!(
                "07:29:40 | ERROR | [generate_music] Generation failed\nTraceback (most recent \
                 call last):\n\n  File \"/srv/acestep/inference.py\", line 581\n\n{reason}"
            );
        }
        self.over(id);
    }

    fn over(&self, id: &str) {
        self.with_task(id, |task| task.over = true);
    }

    fn with_task(&self, id: &str, change: impl FnOnce(&mut Task)) {
        let mut disk = self.disk.lock().unwrap();
        let task = disk.tasks.iter_mut().find(|t| t.id == id);
        change(task.expect("it was submitted"));
    }

    fn running(&self, id: &str, progress: f64, stage: &str) {
        let state = State::Running(progress, stage.into());
        self.disk.lock().unwrap().cache.insert(id.into(), state);
    }

    pub fn faults(&self) -> Faults {
        self.faults.lock().unwrap().clone()
    }

    fn task(&self, id: &str) -> Task {
        let disk = self.disk.lock().unwrap();
        let found = disk.tasks.iter().find(|t| t.id == id);
        found.expect("it was submitted").clone()
    }

    /// One entry of `/query_result`.
    pub fn report(&self, id: &str) -> Value {
        let memory = self.memory.lock().unwrap();
        let cached = self.disk.lock().unwrap().cache.get(id).cloned();
        let Some(state) = cached.or_else(|| memory.known.get(id).cloned()) else {
            return json!({"task_id": id, "result": "[]", "status": 0});
        };
        let mut item = json!({
            "file": "", "wave": "", "status": 0, "env": "development",
            "create_time": self.task(id).created,
        });
        let mut text = Some(memory.last_log_line.clone());
        let doubted = self.faults().an_hour_later;
        let (status, more) = match state {
            State::Queued => (
                0,
                json!({
                    "prompt": "", "lyrics": "", "metas": {}, "progress": 0.0, "stage": "queued", "error": null,
                }),
            ),
            State::Running(progress, stage) => {
                if doubted {
                    text = None;
                }
                let outer = if doubted { 2 } else { 0 };
                (outer, json!({"progress": progress, "stage": stage}))
            }
            State::Succeeded(path, seed) => {
                (1, self.succeeded(id, path, &seed, memory.loaded.as_deref()))
            }
            State::NeverBegan(reason) => {
                text = Some(String::new());
                (
                    2,
                    json!({"status": 2, "progress": 0.0, "stage": "failed", "error": reason}),
                )
            }
            State::Failed => (2, json!({"status": 2, "progress": 0.0, "stage": "failed"})),
        };
        let (item_fields, more) = (item.as_object_mut().unwrap(), more.as_object().unwrap());
        item_fields.extend(more.clone());
        let mut entry = json!({
            "task_id": id, "result": json!([item]).to_string(), "status": status,
        });
        if let Some(text) = text {
            entry["progress_text"] = text.into();
        }
        entry
    }

    fn succeeded(&self, id: &str, path: Option<String>, seed: &str, model: Option<&str>) -> Value {
        let received = self.task(id).received;
        let encoded = path.map(|p| format!("/v1/audio?path={}", percent(&p)));
        json!({
            "file": encoded.unwrap_or_default(), "status": 1,
            "prompt": received.text("caption"), "lyrics": received.text("lyrics"),
            "metas": {"bpm": received.whole("bpm", 0), "duration": received.number("audio_duration", 0.0)},
            "generation_info": "**🎵 Total generation time (1 song): 2.06s**",
            "seed_value": seed, "lm_model": "acestep-5Hz-lm-0.6B", "dit_model": model.unwrap_or(&self.setup.model),
            "progress": 1.0, "stage": "succeeded",
        })
    }
}

/// The same request with the same seed has the same name, and overwrites.
fn name_of(received: &Received, seed: u64) -> String {
    let mut hasher = DefaultHasher::new();
    received.fields.hash(&mut hasher);
    seed.hash(&mut hasher);
    let half = hasher.finish();
    uuid::Uuid::from_u64_pair(half, half.rotate_left(17)).to_string()
}

fn percent(path: &str) -> String {
    let encode = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' => c.to_string(),
        other => format!("%{:02X}", other as u32),
    };
    path.chars().map(encode).collect()
}

fn now_secs() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| d.as_secs())
}
