//! What the user asks for.

use super::{Effect, JobEntry, SavedJob, State, form, unsent};
use crate::{
    client::ApiKey,
    session::{CaptureView, Command, JobPhase, Settings},
};
use std::path::PathBuf;

/// Jobs in flight at once from one instance.
const MAX_JOBS_IN_FLIGHT: usize = 16;
/// Ended rows kept; the oldest goes first.
const MAX_ENDED_JOBS: usize = 50;

impl State {
    pub(super) fn command(
        &mut self,
        now_secs: f64,
        command: Command,
        fresh_id: String,
    ) -> Vec<Effect> {
        match command {
            Command::SetCapture(on) => self.set_capture(on),
            Command::OpenSource(path) => vec![Effect::Inspect(path)],
            Command::ClearSource => self.set_source(None),
            Command::Grab(cut) => self.grab(cut),
            Command::SetListening(on) => self.set_listening(on),
            Command::TrimSource { from, to } => self.trim_source(from, to),
            Command::WholeSource => self.whole_source(),
            Command::UseTake(id) => self.use_take(&id),
            Command::UseHeard(field) => {
                self.use_heard(field);
                Vec::new()
            }
            Command::AnswerRecovered { use_it } => self.answer_recovered(use_it),
            Command::EditForm(form) => {
                self.form = *form;
                Vec::new()
            }
            Command::Generate => self.generate(now_secs, fresh_id),
            Command::Cancel { job } => self.cancel(now_secs, &job),
            Command::Retry { job } => self.retry(now_secs, &job, fresh_id),
            Command::Dismiss { job } => self.dismiss(&job),
            Command::Audition { stem, on } => self.audition(&stem, on),
            Command::SetStemGain { stem, gain_db } => self.set_gain(&stem, gain_db),
            Command::AuditionSource(on) => self.audition_source(on),
            Command::SaveStemAs { stem, to } => self.save_stem_as(&stem, to),
            Command::RevealStem { stem } => self.reveal(&stem),
            Command::DeleteStem { stem } => self.delete_stem(&stem),
            Command::UndoDelete => self.undo_delete(),
            Command::ApplySettings(settings) => self.apply_settings(*settings),
            Command::SetApiKey(key) => vec![Effect::StoreKey {
                address: self.settings.service_address.clone(),
                key: ApiKey::from(key.trim()),
            }],
            Command::TestService => vec![Effect::Probe],
            Command::DismissNotice(id) => {
                self.notices.retain(|n| n.id != id);
                Vec::new()
            }
        }
    }

    fn set_capture(&mut self, on: bool) -> Vec<Effect> {
        if on == (self.capture != CaptureView::Off) {
            return Vec::new();
        }
        self.capture = if on {
            CaptureView::Armed
        } else {
            CaptureView::Off
        };
        vec![Effect::SetCapture(on)]
    }

    fn generate(&mut self, now_secs: f64, fresh_id: String) -> Vec<Effect> {
        let Some(source) = &self.source else {
            self.notice(
                true,
                "There is nothing to play along with yet. Capture a part of the song, or drop an \
                 audio file on the window.",
            );
            return Vec::new();
        };
        if source.missing {
            let text = format!(
                "The source {} is gone from the disk. Capture again or choose another file.",
                source.take.path.display()
            );
            self.notice(true, text);
            return Vec::new();
        }
        match form::request(&self.form, &source.take, &self.service.tracks) {
            Ok(request) => {
                let saved = SavedJob {
                    id: fresh_id,
                    job_id: None,
                    take: source.take.clone(),
                    request,
                };
                self.begin(now_secs, saved)
            }
            Err(text) => {
                self.notice(true, text);
                Vec::new()
            }
        }
    }

    fn begin(&mut self, now_secs: f64, saved: SavedJob) -> Vec<Effect> {
        if self.jobs.iter().any(|job| job.saved.id == saved.id) {
            return Vec::new();
        }
        if self.jobs.iter().filter(|job| !job.is_over()).count() >= MAX_JOBS_IN_FLIGHT {
            let text = format!(
                "{MAX_JOBS_IN_FLIGHT} stems are being made already. Wait for one to finish, or \
                 cancel one."
            );
            self.notice(true, text);
            return Vec::new();
        }
        let effect = Effect::StartJob {
            id: saved.id.clone(),
            take: Box::new(saved.take.clone()),
            request: Box::new(saved.request.clone()),
        };
        self.jobs.insert(0, JobEntry::new(now_secs, saved));
        self.forget_old_jobs();
        vec![effect]
    }

    pub(super) fn forget_old_jobs(&mut self) {
        while self.jobs.iter().filter(|job| job.is_over()).count() > MAX_ENDED_JOBS {
            if let Some(oldest) = self.jobs.iter().rposition(JobEntry::is_over) {
                self.jobs.remove(oldest);
            }
        }
    }

    fn cancel(&mut self, now_secs: f64, id: &str) -> Vec<Effect> {
        match self.jobs.iter_mut().find(|job| job.saved.id == id) {
            Some(job) if job.is_wanted() => {
                job.set_phase(now_secs, JobPhase::Cancelling);
                vec![Effect::CancelJob { id: id.to_owned() }]
            }
            _ => Vec::new(),
        }
    }

    /// The same take and settings under a new id: the old id would only bring the old failure back.
    fn retry(&mut self, now_secs: f64, id: &str, fresh_id: String) -> Vec<Effect> {
        let ended = |job: &JobEntry| job.saved.id == id && job.is_over();
        let Some(at) = self.jobs.iter().position(ended) else {
            return Vec::new();
        };
        let old = self.jobs.remove(at).saved;
        let saved = SavedJob {
            id: fresh_id,
            job_id: None,
            request: unsent(old.request),
            take: old.take,
        };
        self.begin(now_secs, saved)
    }

    fn dismiss(&mut self, id: &str) -> Vec<Effect> {
        let Some(at) = self.jobs.iter().position(|job| job.saved.id == id) else {
            return Vec::new();
        };
        if self.jobs.remove(at).is_wanted() {
            vec![Effect::CancelJob { id: id.to_owned() }]
        } else {
            Vec::new()
        }
    }

    fn save_stem_as(&self, id: &str, to: PathBuf) -> Vec<Effect> {
        let stem = self.stems.iter().find(|stem| stem.saved.id == id);
        stem.map(|stem| Effect::CopyFile {
            from: stem.saved.path.clone(),
            to,
        })
        .into_iter()
        .collect()
    }

    fn reveal(&self, id: &str) -> Vec<Effect> {
        let stem = self.stems.iter().find(|stem| stem.saved.id == id);
        stem.map(|stem| Effect::Reveal(stem.saved.path.clone()))
            .into_iter()
            .collect()
    }

    fn apply_settings(&mut self, mut new: Settings) -> Vec<Effect> {
        new.service_address = new.service_address.trim().to_owned();
        new.has_api_key = self.settings.has_api_key;
        let old = std::mem::replace(&mut self.settings, new);
        let mut effects = Vec::new();
        if old.cache_folder != self.settings.cache_folder {
            effects.push(Effect::SetCacheFolder(self.settings.cache_folder.clone()));
        }
        if old.service_address != self.settings.service_address {
            self.settings.has_api_key = false;
            self.service = Default::default();
            effects.push(self.connect());
        }
        effects
    }
}
