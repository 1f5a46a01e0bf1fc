//! What the client says of the service and of each job.

use super::{Effect, JobEntry, Pace, State};
use crate::{
    client::ClientEvent,
    session::{Health, JobPhase},
};
use sideman_shared::{
    music::Track,
    protocol::{EngineList, Job, JobState},
};

/// Less progress than this says nothing about the pace.
const MIN_PACE_PROGRESS: f64 = 0.02;

impl State {
    pub(super) fn client(&mut self, now_secs: f64, event: ClientEvent) -> Vec<Effect> {
        match event {
            ClientEvent::Healthy { words, engines } => {
                self.service.tracks = tracks(&engines);
                self.light(Health::Good, words, Some(engines))
            }
            ClientEvent::Degraded { words, engines } => {
                self.light(Health::Degraded, words, engines)
            }
            ClientEvent::Away { words } => self.light(Health::Away, words, None),
            ClientEvent::Tested { address, answer } => self.tested(address, *answer),
            ClientEvent::KeyKnown { address, place } => self.key_known(address, place),
            ClientEvent::KeyRefused { words } => {
                self.notice(true, words);
                Vec::new()
            }
            ClientEvent::Waiting {
                local_id,
                reason,
                retry_in_secs,
            } => self.phase(
                now_secs,
                &local_id,
                JobPhase::WaitingForService {
                    reason,
                    retry_in_secs,
                },
            ),
            ClientEvent::Uploading { local_id, fraction } => {
                self.phase(now_secs, &local_id, JobPhase::Submitting { fraction })
            }
            ClientEvent::Submitted { local_id, job_id } => self.submitted(&local_id, job_id),
            ClientEvent::Progress { local_id, job } => self.progress(now_secs, &local_id, &job),
            ClientEvent::Downloading { local_id, fraction } => {
                self.phase(now_secs, &local_id, JobPhase::Downloading { fraction })
            }
            ClientEvent::StemReady {
                local_id,
                stem,
                path,
            } => self.stem_ready(&local_id, &stem, path),
            ClientEvent::Done { local_id } => self.done(&local_id),
            ClientEvent::Failed {
                local_id,
                title,
                detail,
                hint,
                can_retry,
            } => self.end(
                now_secs,
                &local_id,
                JobPhase::Failed {
                    title,
                    detail,
                    hint,
                    can_retry,
                },
            ),
            ClientEvent::Cancelled { local_id } => {
                self.end(now_secs, &local_id, JobPhase::Cancelled)
            }
        }
    }

    fn light(&mut self, health: Health, words: String, list: Option<EngineList>) -> Vec<Effect> {
        self.service.health = health;
        self.service.words = words;
        self.service.engines = list.map(|list| list.engines).unwrap_or_default();
        Vec::new()
    }

    /// The job, unless it is unknown (dismissed) or over: late news of those changes nothing.
    pub(super) fn running_job(&mut self, id: &str) -> Option<&mut JobEntry> {
        self.jobs
            .iter_mut()
            .find(|job| job.saved.id == id && !job.is_over())
    }

    /// A step on the way; a job being cancelled shows nothing else any more.
    fn phase(&mut self, now_secs: f64, id: &str, phase: JobPhase) -> Vec<Effect> {
        // Late news of a client that has been told to be silent.
        let offline = self.user.offline;
        let job = self.running_job(id).filter(|job| job.is_wanted());
        if let Some(job) = job.filter(|_| !offline) {
            job.set_phase(now_secs, phase);
        }
        Vec::new()
    }

    fn end(&mut self, now_secs: f64, id: &str, phase: JobPhase) -> Vec<Effect> {
        if let Some(job) = self.running_job(id) {
            // A failure of what the user has stopped anyway is a cancellation.
            let cancelling = job.phase == JobPhase::Cancelling;
            job.set_phase(
                now_secs,
                if cancelling {
                    JobPhase::Cancelled
                } else {
                    phase
                },
            );
        }
        self.forget_old_jobs();
        Vec::new()
    }

    fn submitted(&mut self, id: &str, job_id: String) -> Vec<Effect> {
        if let Some(job) = self.running_job(id) {
            job.saved.job_id = Some(job_id);
        }
        Vec::new()
    }

    fn done(&mut self, id: &str) -> Vec<Effect> {
        self.jobs.retain(|job| job.saved.id != id || job.is_over());
        Vec::new()
    }

    fn progress(&mut self, now_secs: f64, id: &str, news: &Job) -> Vec<Effect> {
        let offline = self.user.offline;
        let job = self.running_job(id).filter(|job| job.is_wanted());
        let Some(job) = job.filter(|_| !offline) else {
            return Vec::new();
        };
        let phase = match news.state {
            JobState::Queued => JobPhase::Queued {
                position: news.queue.map(|q| q.position),
                eta_secs: news.queue.and_then(|q| q.eta_secs).filter(|e| *e >= 0.0),
            },
            JobState::Running => JobPhase::Running {
                stage: news.stage,
                progress: finite_fraction(news.progress),
                eta_secs: job.time_left(now_secs, news),
            },
            JobState::Cancelling => JobPhase::Cancelling,
            // The ends come as Done, Failed or Cancelled, once everything is fetched.
            JobState::Succeeded | JobState::Failed | JobState::Cancelled => return Vec::new(),
        };
        job.set_phase(now_secs, phase);
        Vec::new()
    }
}

impl JobEntry {
    /// The service's estimate while it gives one, else by the pace so far. Seconds.
    fn time_left(&mut self, now_secs: f64, news: &Job) -> Option<f64> {
        let progress = finite_fraction(news.progress);
        let fresh = Pace {
            attempt: news.attempt,
            from_secs: now_secs,
            from_progress: progress,
        };
        let pace = *self.pace.insert(match self.pace {
            Some(pace) if pace.attempt == news.attempt && pace.from_progress <= progress => pace,
            _ => fresh,
        });
        if let Some(told) = news.queue.and_then(|q| q.eta_secs) {
            return (told >= 0.0).then_some(told);
        }
        let (gained, took) = (progress - pace.from_progress, now_secs - pace.from_secs);
        (gained >= MIN_PACE_PROGRESS && took > 0.0).then(|| (1.0 - progress) * took / gained)
    }
}

/// 0–1 whatever was sent.
fn finite_fraction(fraction: f64) -> f64 {
    if fraction.is_finite() {
        fraction.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Every track that some healthy engine plays, in the order of the menu.
fn tracks(engines: &EngineList) -> Vec<Track> {
    let plays = |track: &Track| {
        let mut healthy = engines.engines.iter().filter(|e| e.healthy);
        healthy.any(|e| e.tracks.contains(track))
    };
    Track::ALL.into_iter().filter(plays).collect()
}
