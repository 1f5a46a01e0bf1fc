//! A job told as it happens. Events are made by comparing what a follower has seen with what the store
//! holds, so none can be lost, a slow follower gets fewer, and resuming is the same as following.

use super::{
    record::{JobRecord, StemRecord},
    service::JobService,
};
use futures_util::{Stream, stream};
use sideman_shared::protocol::{Job, JobEventName, JobState, QueuePlace, Stem};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::sync::watch;

/// Queue places change without a change of the job; so a follower also looks by itself.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// One event of a job's stream.
#[derive(Debug, Clone, PartialEq)]
pub struct JobEvent {
    /// The job's version it tells about; a client that has seen it need not see it again.
    pub id: u64,
    pub told: Told,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    State(Box<Job>),
    Progress(Box<Job>),
    Stem(Box<Stem>),
    End(Box<Job>),
}

impl JobEvent {
    pub fn name(&self) -> JobEventName {
        match self.told {
            Told::State(_) => JobEventName::State,
            Told::Progress(_) => JobEventName::Progress,
            Told::Stem(_) => JobEventName::Stem,
            Told::End(_) => JobEventName::End,
        }
    }

    /// The `data:` of the event.
    ///
    /// # Errors
    /// Never in practice: all numbers of a job are finite.
    pub fn to_json(&self) -> serde_json::Result<String> {
        match &self.told {
            Told::State(job) | Told::Progress(job) | Told::End(job) => serde_json::to_string(job),
            Told::Stem(stem) => serde_json::to_string(stem),
        }
    }
}

/// A job as the store holds it at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub record: JobRecord,
    pub stems: Vec<StemRecord>,
    pub queue: Option<QueuePlace>,
    /// Why a wait does not go on.
    pub trouble: Option<String>,
}

impl Snapshot {
    pub fn show(&self) -> Job {
        self.record
            .show(&self.stems, self.queue, self.trouble.as_deref())
    }
}

/// What a follower knows already.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    version: u64,
    state: Option<(JobState, u32)>,
    queue: Option<QueuePlace>,
    trouble: Option<String>,
}

/// The events between what was seen and what is.
fn news(seen: &Seen, now: &Snapshot) -> Vec<JobEvent> {
    let record = &now.record;
    let event = |id, told| JobEvent { id, told };
    let mut events: Vec<_> = now
        .stems
        .iter()
        .filter(|s| s.version > seen.version)
        .map(|s| event(s.version, Told::Stem(Box::new(s.stem.clone()))))
        .collect();
    let job = || Box::new(now.show());
    let turned = seen.state != Some((record.life.state, record.life.attempt));
    let known = seen.state.is_none() && seen.version >= record.version;
    let waits_otherwise = seen.queue != now.queue || seen.trouble != now.trouble;
    if (turned && !known) || waits_otherwise {
        events.push(event(record.version, Told::State(job())));
    } else if record.version > seen.version && !record.life.state.is_terminal() {
        events.push(event(record.version, Told::Progress(job())));
    }
    if record.life.state.is_terminal() {
        events.push(event(record.version, Told::End(job())));
    }
    events
}

struct Follower {
    service: Arc<JobService>,
    owner: String,
    job_id: String,
    changed: watch::Receiver<()>,
    seen: Seen,
    pending: VecDeque<JobEvent>,
    first: bool,
    ended: bool,
}

impl Follower {
    async fn next(mut self) -> Option<(JobEvent, Self)> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some((event, self));
            }
            if self.ended || (!self.first && !self.wait().await) {
                return None;
            }
            self.first = false;
            // A store that does not answer ends the stream; the client comes back with Last-Event-ID.
            let now = self
                .service
                .snapshot(&self.owner, &self.job_id)
                .await
                .ok()?;
            self.pending.extend(news(&self.seen, &now));
            self.ended = now.record.life.state.is_terminal();
            self.seen = Seen {
                version: self.seen.version.max(now.record.version),
                state: Some((now.record.life.state, now.record.life.attempt)),
                queue: now.queue,
                trouble: now.trouble,
            };
        }
    }

    /// False once the service closes.
    async fn wait(&mut self) -> bool {
        tokio::select! {
            () = self.service.closing() => false,
            () = tokio::time::sleep(LOOK_EVERY) => true,
            changed = self.changed.changed() => {
                if changed.is_err() {
                    self.changed = self.service.changes().follow(&self.job_id);
                }
                true
            }
        }
    }
}

/// Follows a job from what `seen_version` already told. The stream ends after `End`, or when the
/// service closes.
pub(super) fn follow(
    service: Arc<JobService>,
    owner: String,
    job_id: String,
    seen_version: u64,
) -> impl Stream<Item = JobEvent> + Send + 'static {
    let follower = Follower {
        changed: service.changes().follow(&job_id),
        service,
        owner,
        job_id,
        seen: Seen {
            version: seen_version,
            ..Seen::default()
        },
        pending: VecDeque::new(),
        first: true,
        ended: false,
    };
    stream::unfold(follower, Follower::next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::store::conformance::samples;

    fn snapshot(state: JobState, version: u64, stem_versions: &[u64]) -> Snapshot {
        let mut record = samples::job_record();
        record.life.state = state;
        record.life.attempt = 1;
        record.version = version;
        let stems = stem_versions.iter().map(|&version| StemRecord {
            version,
            ..samples::stem_record(&record.job_id, &format!("stem-{version:08}"), 1)
        });
        Snapshot {
            stems: stems.collect(),
            record,
            queue: None,
            trouble: None,
        }
    }

    fn seen(snapshot: &Snapshot) -> Seen {
        Seen {
            version: snapshot.record.version,
            state: Some((snapshot.record.life.state, snapshot.record.life.attempt)),
            queue: snapshot.queue,
            trouble: snapshot.trouble.clone(),
        }
    }

    fn names(events: &[JobEvent]) -> Vec<(&'static str, u64)> {
        events.iter().map(|e| (e.name().as_str(), e.id)).collect()
    }

    #[test]
    fn a_new_follower_hears_all_there_is_in_order() {
        let now = snapshot(JobState::Succeeded, 9, &[4, 7]);
        assert_eq!(
            names(&news(&Seen::default(), &now)),
            [("stem", 4), ("stem", 7), ("state", 9), ("end", 9)]
        );
    }

    #[test]
    fn a_follower_hears_each_change_once() {
        let queued = snapshot(JobState::Queued, 1, &[]);
        let running = snapshot(JobState::Running, 2, &[]);
        let further = snapshot(JobState::Running, 5, &[5]);
        assert_eq!(names(&news(&seen(&queued), &running)), [("state", 2)]);
        assert_eq!(
            names(&news(&seen(&running), &further)),
            [("stem", 5), ("progress", 5)]
        );
        assert!(news(&seen(&further), &further).is_empty());
    }

    #[test]
    fn resuming_skips_what_was_seen_but_never_the_end() {
        let resumed = |version| Seen {
            version,
            ..Seen::default()
        };
        let running = snapshot(JobState::Running, 6, &[4, 6]);
        assert_eq!(
            names(&news(&resumed(4), &running)),
            [("stem", 6), ("state", 6)]
        );
        assert!(news(&resumed(6), &running).is_empty());
        let done = snapshot(JobState::Failed, 9, &[]);
        assert_eq!(names(&news(&resumed(9), &done)), [("end", 9)]);
    }

    #[test]
    fn a_changed_queue_place_is_told() {
        let mut waiting = snapshot(JobState::Queued, 1, &[]);
        let before = seen(&waiting);
        waiting.queue = Some(QueuePlace {
            position: 2,
            eta_secs: None,
        });
        assert_eq!(names(&news(&before, &waiting)), [("state", 1)]);
    }
}
