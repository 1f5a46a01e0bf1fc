//! One job as the session knows it.

mod pace;
mod report;

use super::SavedJob;
use crate::session::{JobPhase, JobView, Part, Quiet, TimeLeft};
use pace::Pace;
use sideman_shared::{
    music::Track,
    protocol::{Job, JobState, Stage},
};
use std::sync::Arc;

pub(super) use report::Surroundings;

/// Nothing new for so long is worth a word.
const QUIET_AFTER_SECS: f64 = 30.0;
/// The service sends a comment every 15 s at least.
const ALIVE_FOR_SECS: f64 = 25.0;

#[derive(Debug, Clone)]
pub(super) struct JobEntry {
    pub saved: SavedJob,
    /// Countdowns in it count from `phase_at_secs`.
    pub phase: JobPhase,
    phase_at_secs: f64,
    pace: Pace,
    /// The stem being played.
    part: Option<Part>,
    /// What the service said last, to tell news from repetition.
    said: Option<Said>,
    news_at_secs: f64,
    alive_at_secs: f64,
    report: Option<Arc<str>>,
}

/// As much of a job's answer as the user can notice.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    state: JobState,
    stage: Stage,
    progress: f64,
    position: Option<u32>,
    stems: usize,
}

impl Said {
    fn of(job: &Job) -> Self {
        Self {
            state: job.state,
            stage: job.stage,
            progress: finite_fraction(job.progress),
            position: job.queue.map(|q| q.position),
            stems: job.stems.len(),
        }
    }
}

impl JobEntry {
    pub fn new(now_secs: f64, saved: SavedJob) -> Self {
        Self {
            saved,
            phase: JobPhase::Submitting { fraction: 0.0 },
            phase_at_secs: now_secs,
            pace: Pace::default(),
            part: None,
            said: None,
            news_at_secs: now_secs,
            alive_at_secs: now_secs,
            report: None,
        }
    }

    /// Terminal is final.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, JobPhase::Failed { .. } | JobPhase::Cancelled)
    }

    /// Still to be finished after the project is opened again.
    pub fn is_wanted(&self) -> bool {
        !self.is_over() && self.phase != JobPhase::Cancelling
    }

    pub fn set_phase(&mut self, now_secs: f64, phase: JobPhase) {
        self.phase = phase;
        self.phase_at_secs = now_secs;
        self.news_at_secs = now_secs;
        self.alive_at_secs = now_secs;
    }

    /// The line to the service lives, whatever it says.
    pub fn alive(&mut self, now_secs: f64) {
        self.alive_at_secs = now_secs;
    }

    /// What the service says of the job. Its ends come from the client, once everything is fetched.
    pub fn hear(&mut self, now_secs: f64, job: &Job) {
        let said = Said::of(job);
        let is_news = self.said.as_ref() != Some(&said);
        let was_quiet_since = self.news_at_secs;
        let phase = match job.state {
            JobState::Queued => JobPhase::Queued {
                position: said.position,
                left: told(job),
            },
            JobState::Running => {
                if is_news {
                    self.pace.hear(job.attempt, now_secs, said.progress);
                }
                self.part = part_now(&self.saved, job);
                JobPhase::Running {
                    stage: job.stage,
                    progress: said.progress,
                    left: told(job).or(self.pace.left(now_secs)),
                }
            }
            JobState::Cancelling => JobPhase::Cancelling,
            JobState::Succeeded | JobState::Failed | JobState::Cancelled => return,
        };
        self.set_phase(now_secs, phase);
        if !is_news {
            self.news_at_secs = was_quiet_since;
        }
        self.said = Some(said);
    }

    /// Ends the job in failure, with a report for whoever is asked for help.
    pub fn fail(&mut self, now_secs: f64, phase: JobPhase, around: &Surroundings<'_>) {
        self.set_phase(now_secs, phase);
        self.report = Some(report::write(&self.saved, &self.phase, around).into());
    }

    pub fn view(&self, now_secs: f64) -> JobView {
        let request = &self.saved.request;
        JobView {
            id: self.saved.id.clone(),
            tracks: request.tracks.clone(),
            wanted: request.tracks.len() * usize::from(request.variations),
            arrived: self.saved.delivered.len(),
            part: self.part,
            phase: self.phase_at(now_secs),
            quiet: self.quiet(now_secs),
            seeded: request.seed.is_some(),
            report: self.report.clone(),
        }
    }

    /// Countdowns are what is left of them.
    fn phase_at(&self, now_secs: f64) -> JobPhase {
        let since_secs = (now_secs - self.phase_at_secs).max(0.0);
        let mut phase = self.phase.clone();
        match &mut phase {
            JobPhase::WaitingForService { retry_in_secs, .. } => {
                *retry_in_secs = (*retry_in_secs - since_secs).max(0.0);
            }
            JobPhase::Queued { left, .. } | JobPhase::Running { left, .. } => {
                *left = left.map(|left| left.after(since_secs));
            }
            _ => {}
        }
        phase
    }

    fn quiet(&self, now_secs: f64) -> Option<Quiet> {
        let follows = matches!(
            self.phase,
            JobPhase::Queued { .. } | JobPhase::Running { .. }
        );
        let secs = now_secs - self.news_at_secs;
        (follows && secs >= QUIET_AFTER_SECS).then_some(Quiet {
            secs,
            connected: now_secs - self.alive_at_secs <= ALIVE_FOR_SECS,
        })
    }
}

/// The service's own estimate.
fn told(job: &Job) -> Option<TimeLeft> {
    let secs = job.queue?.eta_secs?;
    (secs.is_finite() && secs >= 0.0).then(|| TimeLeft::exactly(secs))
}

/// Services play the tracks in the order they were asked for, all candidates of one before the next.
fn part_now(saved: &SavedJob, job: &Job) -> Option<Part> {
    let request = &saved.request;
    let is_here = |track: Track, variation: u8| {
        let mut stems = job.stems.iter();
        stems.any(|s| s.track == track && s.variation == variation)
    };
    let variations = request.variations;
    let all = request
        .tracks
        .iter()
        .flat_map(|&track| (1..=variations).map(move |variation| (track, variation)));
    let (track, variation) = all
        .into_iter()
        .find(|&(track, variation)| !is_here(track, variation))?;
    Some(Part {
        track,
        variation,
        variations,
    })
}

/// 0–1 whatever was sent.
fn finite_fraction(fraction: f64) -> f64 {
    if fraction.is_finite() {
        fraction.clamp(0.0, 1.0)
    } else {
        0.0
    }
}
