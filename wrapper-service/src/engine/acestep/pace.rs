//! How long work takes here, learned from work done: the server itself only guesses.

use serde::{Deserialize, Serialize};
use sideman_shared::music::Track;
use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Records kept, and looked at for one estimate.
const KEPT: usize = 200;
const NEAREST: usize = 7;
/// An estimate that has run out creeps on from here.
const CREEP_FROM: f64 = 0.9;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    track: Track,
    steps: u16,
    audio_secs: f64,
    took_secs: f64,
}

impl Record {
    fn size(&self) -> f64 {
        f64::from(self.steps.max(1)) * self.audio_secs.max(1.0)
    }
}

/// The work that an estimate is for.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub track: Track,
    pub steps: u16,
    pub audio_secs: f64,
}

pub struct Pace {
    records: Mutex<Vec<Record>>,
    path: Option<PathBuf>,
}

impl Pace {
    /// A history that cannot be read is none.
    pub fn open(path: Option<PathBuf>) -> Self {
        let text = path.as_ref().and_then(|p| std::fs::read(p).ok());
        let records = text.and_then(|t| serde_json::from_slice(&t).ok());
        Self {
            records: Mutex::new(records.unwrap_or_default()),
            path,
        }
    }

    /// What such work took before: the same track and steps first, then whatever is nearest in size.
    pub fn expect(&self, load: &Load) -> Option<Duration> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = of(load, 0.0);
        let strange = |r: &Record| {
            let other_track = f64::from(u8::from(r.track != load.track));
            let other_steps = f64::from(u8::from(r.steps != load.steps));
            (r.size() / wanted.size()).ln().abs() + other_track * 0.5 + other_steps
        };
        // Of records equally near, the later ones.
        let mut near: Vec<&Record> = records.iter().rev().collect();
        near.sort_by(|a, b| strange(a).total_cmp(&strange(b)));
        near.truncate(NEAREST);
        let mut rates: Vec<f64> = near.iter().map(|r| r.took_secs / r.size()).collect();
        rates.sort_by(f64::total_cmp);
        let median = *rates.get(rates.len() / 2)?;
        Duration::try_from_secs_f64(median * wanted.size()).ok()
    }

    /// Blocks for a moment when the history is kept in a file.
    pub fn learn(&self, load: &Load, took: Duration) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.push(of(load, took.as_secs_f64()));
        let surplus = records.len().saturating_sub(KEPT);
        records.drain(..surplus);
        if let Some(path) = &self.path
            && let Err(error) = save(path, &records)
        {
            tracing::warn!(%error, "the running times of ACE-Step could not be kept");
        }
    }
}

fn of(load: &Load, took_secs: f64) -> Record {
    Record {
        track: load.track,
        steps: load.steps,
        audio_secs: load.audio_secs,
        took_secs,
    }
}

fn save(path: &std::path::Path, records: &[Record]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(std::path::Path::new("."));
    std::fs::create_dir_all(dir)?;
    let file = tempfile::NamedTempFile::new_in(dir)?;
    serde_json::to_writer(&file, records)?;
    file.persist(path)?;
    Ok(())
}

/// How far work is that has taken so long: by the expectation, and slower and slower once that is over.
pub fn estimate(elapsed: Duration, expected: Duration) -> f64 {
    let share = elapsed.as_secs_f64() / expected.as_secs_f64().max(0.001);
    if share < CREEP_FROM {
        return share;
    }
    let over = share - CREEP_FROM;
    CREEP_FROM + (1.0 - CREEP_FROM) * (1.0 - (-over).exp()) * 0.9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(track: Track, steps: u16, audio_secs: f64) -> Load {
        Load {
            track,
            steps,
            audio_secs,
        }
    }

    #[test]
    fn expects_what_was_and_scales_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.json");
        let pace = Pace::open(Some(path.clone()));
        assert_eq!(pace.expect(&load(Track::Drums, 50, 30.0)), None);
        for secs in [9, 10, 30] {
            pace.learn(&load(Track::Drums, 50, 30.0), Duration::from_secs(secs));
        }
        let expected = |pace: &Pace, steps, secs| {
            let expected = pace.expect(&load(Track::Drums, steps, secs)).unwrap();
            expected.as_secs_f64().round()
        };
        assert_eq!(expected(&pace, 50, 30.0), 10.0);
        assert_eq!(expected(&pace, 50, 60.0), 20.0);
        assert_eq!(expected(&pace, 100, 30.0), 20.0);
        // Another life remembers.
        assert_eq!(expected(&Pace::open(Some(path)), 50, 30.0), 10.0);
    }

    #[test]
    fn an_estimate_rises_and_never_says_done() {
        let expected = Duration::from_secs(10);
        let mut last = 0.0;
        for tenths in 1..1_000 {
            let now = estimate(Duration::from_millis(tenths * 100), expected);
            assert!(now > last && now < 0.999, "{tenths}: {now}");
            last = now;
        }
    }
}
