//! Asking: one question for all tasks at growing intervals, and what its answers mean for each.

use super::{Entry, State, Tasks};
use crate::engine::acestep::{
    http::CallError,
    outcome::{Verdict, judge},
    patience::End,
    settings::Waits,
    wire::TaskState,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Polling may cost a job this share of its time.
const POLL_SHARE: u32 = 20;

impl Tasks {
    /// Asks about all tasks until there is none.
    pub(super) async fn poll(self: Arc<Self>) {
        let mut silent_since: Option<Instant> = None;
        while let Some(ids) = self.asked_about() {
            match self.server.query(&ids).await {
                Ok(states) => {
                    silent_since = None;
                    self.hear(&states);
                    self.count().await;
                }
                Err(error) => {
                    let since = *silent_since.get_or_insert_with(Instant::now);
                    self.bear(&error, since.elapsed());
                }
            }
            let changed = self.changed.notified();
            let _ = tokio::time::timeout(self.pause(), changed).await;
        }
    }

    /// The names to ask for; `None`, and polling is over, when there are none.
    fn asked_about(&self) -> Option<Vec<String>> {
        let mut live = self.live();
        let ids: Vec<String> = live.entries.values().filter_map(|e| e.id.clone()).collect();
        live.polling = !ids.is_empty();
        live.polling.then_some(ids)
    }

    /// Often for young tasks, seldom for old ones and for those nobody waits for.
    fn pause(&self) -> Duration {
        let waits = &self.server.waits;
        let live = self.live();
        let waited_for = live
            .entries
            .values()
            .filter(|e| e.news.receiver_count() > 0);
        let youngest = waited_for.map(|e| e.born.elapsed()).min();
        youngest.map_or(waits.longest_poll, |age| pause(age, waits))
    }

    fn hear(&self, states: &[TaskState]) {
        let now = Instant::now();
        let mut ended = Vec::new();
        for (key, entry) in &mut self.live().entries {
            let Some(id) = &entry.id else { continue };
            let verdict = states
                .iter()
                .find(|s| s.task_id == *id)
                .map_or(Verdict::Unknown, judge);
            match entry.patience.hear(&verdict, now, &self.server.waits) {
                Some(end) => ended.push((*key, end)),
                None => entry.tell(State::Going(verdict)),
            }
        }
        self.end_all(ended);
    }

    /// Looks at the server's counts if a task gives reason to.
    async fn count(&self) {
        let waits = &self.server.waits;
        let wonders = |e: &Entry| e.patience.wonders(Instant::now(), waits);
        if !self.live().entries.values().any(wonders) {
            return;
        }
        // Without the counts the task is waited for as long as any.
        let Ok(stats) = self.server.stats(waits.call).await else {
            return;
        };
        let now = Instant::now();
        let mut ended = Vec::new();
        for (key, entry) in &mut self.live().entries {
            if entry.patience.wonders(now, waits)
                && let Some(end) = entry.patience.weigh(&stats, now, waits)
            {
                ended.push((*key, end));
            }
        }
        self.end_all(ended);
    }

    /// The server could not be asked, for so long already.
    fn bear(&self, error: &CallError, silent: Duration) {
        let hopeless = match error {
            // It may be loading a model.
            CallError::Frozen(_) => silent >= self.load_limit,
            CallError::Status {
                status: 401 | 403, ..
            } => true,
            _ => silent >= self.server.waits.down,
        };
        let mut live = self.live();
        if !matches!(error, CallError::Frozen(_)) {
            for entry in live.entries.values_mut() {
                entry.patience.miss();
            }
        }
        if !hopeless {
            return;
        }
        let asked = live.entries.iter().filter(|(_, e)| e.id.is_some());
        let ended = asked.map(|(key, _)| (*key, End::Away(error.clone().into())));
        let ended = ended.collect();
        drop(live);
        self.end_all(ended);
    }
}

/// Never more than a small share of what the task has taken already.
fn pause(age: Duration, waits: &Waits) -> Duration {
    (age / POLL_SHARE).clamp(waits.first_poll, waits.longest_poll)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn young_tasks_are_asked_about_often_and_old_ones_seldom() {
        let waits = Waits::default();
        let after = |secs| pause(Duration::from_secs(secs), &waits).as_millis();
        assert_eq!(
            [0, 4, 10, 20, 40, 3_000].map(after),
            [250, 250, 500, 1_000, 2_000, 2_000]
        );
    }
}
