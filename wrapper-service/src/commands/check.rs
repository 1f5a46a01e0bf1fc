use super::{Failure, engine, runtime};
use crate::{
    app,
    config::{Config, GateKind, StoreKind},
    gate::MemoryBook,
    gpu,
};
use std::{
    io::{Write as _, stdout},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// An engine that has not said how it is by then is not well.
const ENGINE_TIMEOUT: Duration = Duration::from_secs(10);
/// With less than this a ten-minute job of several stems may not fit.
const SPARE_BYTES: u64 = 2 << 30;

/// One line of the doctor's table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// Worth knowing; jobs run all the same.
    Note,
    Bad,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Bad => "FAIL",
        }
    }
}

/// Prints the table. Looks only: nothing is created.
///
/// # Errors
/// When a job could not run now.
pub fn check(config: &Config) -> Result<(), Failure> {
    let mut findings = vec![check_engine(config)?, check_gate(config)?];
    findings.extend(check_store(config));
    findings.push(check_disk(config));
    findings.push(check_gpu());
    let mut out = stdout().lock();
    for finding in &findings {
        let (what, word) = (finding.what, finding.verdict.word());
        writeln!(out, "{what:8} {word:5} {}", finding.detail).map_err(Failure::unwritten)?;
    }
    let bad = findings
        .iter()
        .filter(|f| f.verdict == Verdict::Bad)
        .count();
    let verdict = match bad {
        0 => "A job could run now.".to_owned(),
        n => format!(
            "No job could run now: {n} of {} checks failed.",
            findings.len()
        ),
    };
    writeln!(out, "{verdict}").map_err(Failure::unwritten)?;
    if bad == 0 { Ok(()) } else { Err(Failure::Said) }
}

fn check_engine(config: &Config) -> Result<Finding, Failure> {
    let (_, engine) = engine(config)?;
    let info =
        runtime()?.block_on(async { tokio::time::timeout(ENGINE_TIMEOUT, engine.info()).await });
    let (verdict, detail) = match info {
        Ok(info) if info.healthy => (Verdict::Good, info.detail),
        Ok(info) => (Verdict::Bad, format!("{}: {}", info.name, info.detail)),
        Err(_) => {
            let secs = ENGINE_TIMEOUT.as_secs();
            (Verdict::Bad, format!("no answer within {secs} s"))
        }
    };
    Ok(Finding {
        what: "engine",
        verdict,
        detail,
    })
}

fn check_gate(config: &Config) -> Result<Finding, Failure> {
    let gate = app::open_gate(config, Arc::new(MemoryBook::default())).map_err(Failure::usage)?;
    let status = runtime()?.block_on(gate.status());
    Ok(Finding {
        what: "gate",
        verdict: match status.healthy {
            true => Verdict::Good,
            false => Verdict::Bad,
        },
        detail: match config.gate {
            GateKind::Local => format!("local: {} at a time", config.jobs.max_concurrent),
            _ => format!("{}: {}", status.name, status.detail),
        },
    })
}

fn check_store(config: &Config) -> Option<Finding> {
    let StoreKind::Sqlite = config.store else {
        return None;
    };
    let dir = &config.data_dir;
    let existing = nearest_existing(dir);
    let (verdict, detail) = match tempfile::tempfile_in(&existing) {
        Ok(_) if existing == *dir => (Verdict::Good, format!("sqlite in {}", dir.display())),
        Ok(_) => (
            Verdict::Good,
            format!("sqlite in {}, which will be created", dir.display()),
        ),
        Err(cause) => (
            Verdict::Bad,
            format!(
                "{} cannot be written: {cause}; choose another folder with --data-dir",
                existing.display()
            ),
        ),
    };
    Some(Finding {
        what: "store",
        verdict,
        detail,
    })
}

fn check_disk(config: &Config) -> Finding {
    let (verdict, detail) = match fs4::available_space(nearest_existing(&config.data_dir)) {
        Ok(bytes) if bytes < config.limits.max_upload_bytes => (
            Verdict::Bad,
            format!("{} free, less than one upload may need", gib(bytes)),
        ),
        Ok(bytes) if bytes < SPARE_BYTES => (Verdict::Note, format!("only {} free", gib(bytes))),
        Ok(bytes) => (
            Verdict::Good,
            format!(
                "{} free, {} allowed for audio",
                gib(bytes),
                gib(config.retention.max_bytes)
            ),
        ),
        Err(cause) => (Verdict::Note, format!("free space unknown: {cause}")),
    };
    Finding {
        what: "disk",
        verdict,
        detail,
    }
}

fn check_gpu() -> Finding {
    let (verdict, detail) = match gpu::read_stats() {
        Ok(stats) => {
            let names: Vec<String> = stats
                .gpus
                .iter()
                .map(|gpu| {
                    format!(
                        "{}, {} of {} MB in use",
                        gpu.name, gpu.vram_allocated, gpu.vram_total
                    )
                })
                .collect();
            (Verdict::Good, names.join("; "))
        }
        Err(cause) => (Verdict::Note, format!("none ({cause}); sketch needs none")),
    };
    Finding {
        what: "gpu",
        verdict,
        detail,
    }
}

/// The folder itself, or the closest one above it that is there already.
fn nearest_existing(dir: &Path) -> PathBuf {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let found = absolute.ancestors().find(|path| path.exists());
    found.unwrap_or(&absolute).to_owned()
}

fn gib(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}
