//! How long one task is waited for, and when it is given up as dead. Pure: time comes in.

use super::{
    outcome::{Played, Verdict, failure},
    settings::Waits,
    wire::Stats,
};
use crate::engine::EngineError;
use std::time::Instant;

/// Counts that say "nothing runs" twice in a row are believed: once may be the moment of finishing.
const STRIKES: u32 = 2;
/// The stage of a task that waits.
const QUEUED: &str = "queued";

/// How a task is over.
#[derive(Debug, Clone)]
pub enum End {
    Done(Played),
    Failed(EngineError),
    /// The server has forgotten it, or it died with the server. Nothing is left of it.
    Lost(&'static str),
    /// The server cannot be asked any more; the task may still be there.
    Away(EngineError),
}

impl End {
    pub fn into_result(self) -> Result<Played, EngineError> {
        match self {
            Self::Done(played) => Ok(played),
            Self::Failed(error) | Self::Away(error) => Err(error),
            Self::Lost(how) => Err(EngineError::Failed(format!(
                "the ACE-Step server lost the task: {how}"
            ))),
        }
    }
}

/// What is remembered about one task between two answers.
#[derive(Debug)]
pub struct Patience {
    born: Instant,
    unknown_since: Option<Instant>,
    last: Option<(f64, String)>,
    moved: Instant,
    asked: Instant,
    strikes: u32,
    /// Jobs the server had counted, when they were last asked for.
    counted: Option<u64>,
    /// The server could not be reached since then.
    away: bool,
}

impl Patience {
    pub fn new(now: Instant) -> Self {
        Self {
            born: now,
            unknown_since: None,
            last: None,
            moved: now,
            asked: now,
            strikes: 0,
            counted: None,
            away: false,
        }
    }

    /// One answer about the task; the end, if it is one.
    pub fn hear(&mut self, verdict: &Verdict, now: Instant, waits: &Waits) -> Option<End> {
        if now.duration_since(self.born) > waits.task {
            let secs = waits.task.as_secs();
            let error = EngineError::Timeout(format!("the task did not end within {secs} s"));
            return Some(End::Failed(error));
        }
        match verdict {
            Verdict::Unknown => {
                let since = *self.unknown_since.get_or_insert(now);
                let over = now.duration_since(since) >= waits.unknown_grace;
                return over.then_some(End::Lost("it does not know it (was it restarted?)"));
            }
            Verdict::Done(played) => return Some(End::Done(played.clone())),
            Verdict::Failed(reason) => return Some(End::Failed(failure(reason))),
            Verdict::Queued => self.move_to(0.0, QUEUED, now),
            Verdict::Running {
                progress, stage, ..
            } => self.move_to(*progress, stage, now),
        }
        self.unknown_since = None;
        None
    }

    fn move_to(&mut self, progress: f64, stage: &str, now: Instant) {
        let here = Some((progress, stage.to_owned()));
        if self.last != here {
            self.last = here;
            self.moved = now;
            self.strikes = 0;
        }
    }

    /// The server could not be reached just now, for another reason than that it is busy.
    pub fn miss(&mut self) {
        self.away = true;
    }

    /// Whether the server's counts are worth a question: at the beginning, when it is back, and when nothing
    /// moves.
    pub fn wonders(&self, now: Instant, waits: &Waits) -> bool {
        let stalled = now.duration_since(self.moved) >= waits.stall
            && now.duration_since(self.asked) >= waits.stall / 2;
        self.last.is_some() && (self.counted.is_none() || self.away || stalled)
    }

    /// A running task that the counts have no room for is dead: it keeps its last progress for ever.
    ///
    /// A waiting one lives in the memory of the process that answers, and may be counted nowhere while the
    /// model is loaded for it. The total alone proves nothing either: old jobs are cleared away.
    pub fn weigh(&mut self, stats: &Stats, now: Instant, waits: &Waits) -> Option<End> {
        self.asked = now;
        let before = self.counted.replace(stats.jobs.total);
        let away = std::mem::take(&mut self.away);
        if self.waiting() {
            return None;
        }
        if away && before.is_some_and(|before| stats.jobs.total < before) {
            return Some(End::Lost("it was restarted while playing"));
        }
        let idle = stats.jobs.running == 0 && stats.queue_size == 0;
        let stalled = now.duration_since(self.moved) >= waits.stall;
        self.strikes = if idle && stalled { self.strikes + 1 } else { 0 };
        let dead = self.strikes >= STRIKES;
        dead.then_some(End::Lost("nothing runs there any more"))
    }

    fn waiting(&self) -> bool {
        let last = self.last.as_ref();
        last.is_some_and(|(_, stage)| stage == QUEUED)
    }
}

#[cfg(test)]
#[path = "patience_tests.rs"]
mod tests;
