//! A project opened again, or an older state put back by the host's undo.

use super::{Effect, JobEntry, ProjectState, Source, State, StemEntry};
use crate::session::{CaptureView, ClipKey, Peaks};

impl State {
    /// Takes the saved state over. Jobs in flight stay: a host's undo must not lose what the GPU is
    /// at work on.
    pub(super) fn restore(&mut self, now_secs: f64, project: ProjectState) -> Vec<Effect> {
        let mut effects = Vec::new();
        if project.settings.cache_folder != self.settings.cache_folder {
            effects.push(Effect::SetCacheFolder(
                project.settings.cache_folder.clone(),
            ));
        }
        if project.settings.service_address != self.settings.service_address {
            self.service = Default::default();
        }
        self.settings = project.settings;
        self.form = project.form;
        // Before the jobs, so that they meet the right service.
        effects.push(self.connect());
        if project.capture_on != (self.capture != CaptureView::Off) {
            self.capture = if project.capture_on {
                CaptureView::Armed
            } else {
                CaptureView::Off
            };
            effects.push(Effect::SetCapture(project.capture_on));
        }
        effects.extend(self.set_listening(project.listening.on));
        self.recent = project.recent;
        if let Some(take) = &project.source {
            effects.push(Effect::LoadPeaks {
                key: ClipKey::Source(take.id.clone()),
                path: take.path.clone(),
            });
        }
        self.source = project
            .source
            .map(|take| Source::new(take, Peaks::default()));
        if let Some(source) = &mut self.source {
            source.whole = project.whole_source.map(Box::new);
        }
        effects.extend(project.stems.iter().map(|stem| stem.load_peaks()));
        self.stems = project.stems.into_iter().map(StemEntry::new).collect();
        self.deleted.clear();
        effects.push(self.play());
        self.resume(now_secs, project.jobs, &mut effects);
        self.next_file_check_secs = now_secs;
        effects
    }

    fn resume(&mut self, now_secs: f64, jobs: Vec<super::SavedJob>, effects: &mut Vec<Effect>) {
        for saved in jobs {
            if self.jobs.iter().any(|job| job.saved.id == saved.id) {
                continue;
            }
            effects.push(match &saved.job_id {
                Some(job_id) => Effect::ResumeJob {
                    id: saved.id.clone(),
                    job_id: job_id.clone(),
                },
                // Never accepted, or accepted unheard: the same id makes it the same job.
                None => Effect::StartJob {
                    id: saved.id.clone(),
                    take: Box::new(saved.take.clone()),
                    request: Box::new(saved.request.clone()),
                },
            });
            self.jobs.push(JobEntry::new(now_secs, saved));
        }
    }
}
