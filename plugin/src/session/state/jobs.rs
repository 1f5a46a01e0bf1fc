//! What the client says of the service and of each job.

use super::{
    Effect, SavedJob, State,
    job::{JobEntry, Surroundings},
};
use crate::{
    client::ClientEvent,
    session::{Health, JobPhase},
};
use sideman_shared::{
    music::Track,
    protocol::{EngineFeatures, EngineList, Job},
};

impl State {
    pub(super) fn client(&mut self, now_secs: f64, event: ClientEvent) -> Vec<Effect> {
        match event {
            ClientEvent::Healthy { words, engines } => {
                self.service.tracks = tracks(&engines);
                self.service.features = features(&engines);
                self.light(Health::Good, words, Some(engines))
            }
            ClientEvent::Degraded { words, engines } => {
                self.light(Health::Degraded, words, engines)
            }
            ClientEvent::Away { words } => self.light(Health::Away, words, None),
            ClientEvent::Tested { address, answer } => self.tested(address, *answer),
            ClientEvent::KeyKnown { address, place } => self.key_known(address, place),
            ClientEvent::Desktop(theme) => {
                self.desktop_theme = theme;
                Vec::new()
            }
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
            ClientEvent::Posting {
                local_id,
                source_id,
            } => self.posting(&local_id, source_id),
            ClientEvent::Submitted { local_id, job_id } => self.submitted(&local_id, job_id),
            ClientEvent::Progress { local_id, job } => self.progress(now_secs, &local_id, &job),
            ClientEvent::Alive { local_id } => self.alive(now_secs, &local_id),
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
                code,
                request_id,
            } => self.end(
                now_secs,
                &local_id,
                JobPhase::Failed {
                    title,
                    detail,
                    hint,
                    can_retry,
                    code,
                    request_id,
                },
            ),
            ClientEvent::Cancelled { local_id } => {
                self.end(now_secs, &local_id, JobPhase::Cancelled)
            }
            ClientEvent::CancelTold { local_id } => {
                self.cancel_told(&local_id);
                Vec::new()
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
        let at = |job: &JobEntry| job.saved.id == id && !job.is_over();
        if let Some(at) = self.jobs.iter().position(at) {
            let job = &mut self.jobs[at];
            // A failure of what the user has stopped anyway is a cancellation.
            if job.phase == JobPhase::Cancelling || phase == JobPhase::Cancelled {
                job.set_phase(now_secs, JobPhase::Cancelled);
            } else {
                let in_use = job.saved.service.address == self.settings.service_address;
                let around = Surroundings {
                    service_words: if in_use { &self.service.words } else { "" },
                    home: &self.home,
                };
                job.fail(now_secs, phase, &around);
            }
        }
        self.forget_old_jobs();
        Vec::new()
    }

    /// The request is about to go out; whatever comes of it, it can be found by its source from now on.
    fn posting(&mut self, id: &str, source_id: String) -> Vec<Effect> {
        self.learn(id, |saved| saved.request.source_id = source_id);
        Vec::new()
    }

    fn submitted(&mut self, id: &str, job_id: String) -> Vec<Effect> {
        self.learn(id, |saved| saved.job_id = Some(job_id));
        Vec::new()
    }

    /// Where the job is at the service; if it was cancelled meanwhile, the cancellation knows it too.
    fn learn(&mut self, id: &str, learn: impl FnOnce(&mut SavedJob)) {
        let Some(job) = self.jobs.iter_mut().find(|job| job.saved.id == id) else {
            return;
        };
        learn(&mut job.saved);
        if job.phase == JobPhase::Cancelling {
            let saved = job.saved.clone();
            self.remember_cancel(&saved);
        }
    }

    fn done(&mut self, id: &str) -> Vec<Effect> {
        self.jobs.retain(|job| job.saved.id != id || job.is_over());
        Vec::new()
    }

    fn progress(&mut self, now_secs: f64, id: &str, news: &Job) -> Vec<Effect> {
        let offline = self.user.offline;
        let job = self.running_job(id).filter(|job| job.is_wanted());
        if let Some(job) = job.filter(|_| !offline) {
            job.hear(now_secs, news);
        }
        Vec::new()
    }

    fn alive(&mut self, now_secs: f64, id: &str) -> Vec<Effect> {
        if let Some(job) = self.running_job(id) {
            job.alive(now_secs);
        }
        Vec::new()
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

/// What some healthy engine can do.
fn features(engines: &EngineList) -> EngineFeatures {
    let healthy = engines.engines.iter().filter(|e| e.healthy);
    healthy.fold(EngineFeatures::default(), |mut all, engine| {
        let can = &engine.features;
        all.region |= can.region;
        all.lyrics |= can.lyrics;
        all.seed |= can.seed;
        all.cancel |= can.cancel;
        all.progress |= can.progress;
        all.variations |= can.variations;
        all.steps |= can.steps;
        all.guidance |= can.guidance;
        all.loop_assist |= can.loop_assist;
        for lora in &can.loras {
            if !all.loras.contains(lora) {
                all.loras.push(lora.clone());
            }
        }
        for format in &can.formats {
            if !all.formats.contains(format) {
                all.formats.push(*format);
            }
        }
        all
    })
}
