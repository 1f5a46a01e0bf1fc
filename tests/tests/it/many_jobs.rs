//! Hundreds of jobs through everything that can go wrong at once: nothing may be left behind, neither
//! tokens nor files nor memory.

use crate::{api_support::job, gate_support::service_behind};
use serde_json::{Value, json};
use sideman_tests::{
    acestep::{AudioFault, Failure, Faults, Flavour, Setup as SimulatorSetup, Simulator},
    gpu_queue::{GpuQueue, Ledger, POOL},
    service::{PATIENCE, Service, Setup},
    songs,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// As many as fit a test run; SIDEMAN_TEST_JOBS asks for more.
const JOBS: usize = 240;
/// An engine that works elsewhere takes longer.
const ENGINE_JOBS: usize = 120;
/// Every so many jobs one is cancelled, wherever it is by then.
const CANCEL_EVERY: usize = 9;
/// Every so many jobs the engine's server crashes; that costs seconds each time.
const CRASH_EVERY: usize = 100;
/// What a process may take more, typically, in the last fifth of the jobs than in the second, when
/// everything had been used once: an allocator's leftovers, connections to be reused.
const SLACK_MIB: u64 = 16;
const SLACK_FILES: u64 = 12;

/// A queue that errs, hangs, loses answers, shows web pages, calls twice or not at all, and restarts
/// with nothing in its head; other services in and out; clients that change their minds.
#[test]
fn hundreds_of_jobs_through_a_bad_queue_leak_nothing() {
    let queue = GpuQueue::start(POOL);
    let service = behind(&queue).start();
    let run = Run::begin(&queue, &service, "fx", JOBS);
    let ends = run.work_off(|_| {}, |failed| panic!("{failed:#}"));
    assert!(ends["succeeded"] > run.jobs.len() * 3 / 4, "{ends:?}");
    run.nothing_is_left();
}

/// The same, and behind the queue a server that refuses, fails, forgets, falls silent, sends broken
/// files and crashes.
#[test]
fn hundreds_of_jobs_through_a_bad_queue_to_a_bad_engine_leak_nothing() {
    let queue = GpuQueue::start(POOL);
    let mut engine = SimulatorSetup {
        job: Duration::from_millis(20),
        load: Duration::from_millis(20),
        ..SimulatorSetup::new(Flavour::Lego)
    }
    .start();
    let service = behind(&queue)
        .arg("--engine")
        .arg("acestep")
        .env("ACESTEP_URL", engine.url())
        .env("SIDEMAN_MODEL_UNLOAD", "after_each_job")
        .start();
    let run = Run::begin(&queue, &service, "drums", ENGINE_JOBS);
    let ends = run.work_off(|i| misbehave(&mut engine, i), blames_the_engine);
    assert!(ends["succeeded"] > run.jobs.len() / 2, "{ends:?}");
    engine.fault(|faults| *faults = Faults::default());
    run.nothing_is_left();
    engine.wait_until("no model in memory", |e| !e.is_loaded());
    assert!(
        engine.tasks().len() > ends["succeeded"],
        "no task was spoilt"
    );
}

fn behind(queue: &GpuQueue) -> Setup {
    service_behind(queue)
        .env("QUEUE_TOKENS", 3_000)
        .env("GPU_MAX_CONCURRENT_JOBS", 4)
        // On a busy machine an honest answer may take.
        .env("SIDEMAN_GPU_QUEUE_SERVICE_REQUEST_TIMEOUT_SECS", 2)
}

fn misbehave(engine: &mut Simulator, i: usize) {
    if i % CRASH_EVERY == CRASH_EVERY / 2 {
        engine.crash();
        engine.restart();
    }
    engine.fault(|faults| {
        *faults = Faults::default();
        match i % 40 {
            1 => faults.poll_errors = 3,
            3 => faults.queue_full = 2,
            5 => faults.cut_downloads = 2,
            7 => faults.fail = Some(Failure::NoReason),
            9 => faults.fail = Some(Failure::OutOfMemory),
            11 => faults.no_file = true,
            13 => faults.audio = AudioFault::Silent,
            15 => faults.audio = AudioFault::Garbage,
            17 => faults.mute = true,
            19 => faults.an_hour_later = true,
            _ => {}
        }
    });
}

fn blames_the_engine(failed: &Value) {
    let code = failed["error"]["code"].as_str().unwrap();
    assert!(code.starts_with("engine_"), "{failed:#}");
}

/// Many jobs behind one queue.
struct Run<'a> {
    queue: &'a GpuQueue,
    service: &'a Service,
    jobs: Vec<String>,
}

impl<'a> Run<'a> {
    fn begin(queue: &'a GpuQueue, service: &'a Service, track: &str, count: usize) -> Self {
        queue.announce_to(service.base());
        let source_id = service.upload(songs::song_wav(1.0, 120.0));
        let mut request = job(&source_id, &[track]);
        request["key_scale"] = "A minor".into();
        request["loop_assist"] = false.into();
        queue.fail_often(8, 2026);
        let asked = std::env::var("SIDEMAN_TEST_JOBS").ok();
        let count = asked.and_then(|n| n.parse().ok()).unwrap_or(count);
        Self {
            jobs: (0..count).map(|_| service.submit(&request)).collect(),
            queue,
            service,
        }
    }

    /// All jobs to their ends, which are counted. `disturb` is called once a job.
    fn work_off(
        &self,
        mut disturb: impl FnMut(usize),
        failed: impl Fn(&Value),
    ) -> BTreeMap<String, usize> {
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        let mut footprints = Vec::new();
        for (i, job_id) in self.jobs.iter().enumerate() {
            self.change_minds(i);
            disturb(i);
            let ended = self.service.finish(job_id);
            let state = ended["state"].as_str().unwrap().to_owned();
            if state == "failed" {
                failed(&ended);
            }
            *ends.entry(state).or_default() += 1;
            footprints.extend(Footprint::of(self.service));
        }
        eprintln!("{} jobs: {ends:?}", self.jobs.len());
        // Where the system does not tell, there is nothing to compare.
        if !footprints.is_empty() {
            stays_flat(&footprints);
        }
        ends
    }

    /// Clients cancel, other services come and go, the queue's process dies.
    fn change_minds(&self, i: usize) {
        if i.is_multiple_of(CANCEL_EVERY) {
            let ahead = self.jobs.get(i + 2).unwrap_or(&self.jobs[i]);
            let path = format!("/v1/jobs/{ahead}");
            self.service.send(self.service.delete(&path));
        }
        match i % 60 {
            10 => self.queue.foreign(&format!("foreign-{i}"), 8_000),
            20 => self.queue.foreign_ends(&format!("foreign-{}", i - 10)),
            40 => self.queue.restart(),
            _ => {}
        }
    }

    fn nothing_is_left(&self) {
        self.queue.heal();
        let ledger = self.queue.wait_for("settled", Ledger::is_settled);
        let twice: Vec<_> = ledger
            .accounts
            .iter()
            // A queue that has forgotten a session may grant it anew.
            .filter(|(_, a)| a.granted > 1 && !a.forgotten)
            .collect();
        assert!(twice.is_empty(), "granted twice: {twice:#?}");
        assert!(
            ledger.told_again() <= ledger.lost_answers,
            "released twice without need: {} of {}",
            ledger.told_again(),
            ledger.lost_answers
        );
        assert!(ledger.most_out <= POOL, "{}", ledger.most_out);
        assert!(
            ledger.lost_answers > 0,
            "the queue was not bad enough for this test"
        );
        self.gate_is_idle();
        self.no_temporary_files();
    }

    fn gate_is_idle(&self) {
        let begun = Instant::now();
        loop {
            let health = self.service.send(self.service.get("/health")).json();
            let gate = health["gate"]["detail"].as_str().unwrap_or_default();
            if gate.contains("0 of our jobs hold tokens, 0 wait") {
                assert_eq!(health["queue"], json!({"waiting": 0, "running": 0}));
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "still {health:#}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn no_temporary_files(&self) {
        let files = self.service.files();
        let known = ["lock", "acestep-history.json"];
        let strange: Vec<_> = files
            .iter()
            .filter(|path| !path.starts_with("artifacts/blobs"))
            .filter(|path| !known.iter().any(|name| path.as_os_str() == *name))
            .collect();
        assert!(strange.is_empty(), "left behind: {strange:?}");
    }
}

/// What a process takes of its machine.
#[derive(Debug, Clone, Copy)]
struct Footprint {
    mib: u64,
    /// Open files and connections.
    files: u64,
}

impl Footprint {
    /// `None` where the system does not tell.
    fn of(service: &Service) -> Option<Self> {
        let process = format!("/proc/{}", service.pid());
        let status = std::fs::read_to_string(format!("{process}/status")).ok()?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = resident.trim().strip_suffix("kB")?.trim().parse().ok()?;
        let files = std::fs::read_dir(format!("{process}/fd")).ok()?.count();
        Some(Self {
            mib: kib >> 10,
            files: files as u64,
        })
    }

    /// The middle of each figure: single jobs come and go in between.
    fn typical(of: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> u64| {
            let mut all: Vec<u64> = of.iter().map(figure).collect();
            all.sort_unstable();
            all[all.len() / 2]
        };
        Self {
            mib: middle(|f| f.mib),
            files: middle(|f| f.files),
        }
    }
}

fn stays_flat(footprints: &[Footprint]) {
    let fifth = footprints.len() / 5;
    let early = Footprint::typical(&footprints[fifth..2 * fifth]);
    let late = Footprint::typical(&footprints[4 * fifth..]);
    eprintln!("{early:?} → {late:?}");
    assert!(late.mib <= early.mib + SLACK_MIB, "{early:?} → {late:?}");
    assert!(
        late.files <= early.files + SLACK_FILES,
        "{early:?} → {late:?}"
    );
}
