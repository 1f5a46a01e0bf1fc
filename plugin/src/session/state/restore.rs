//! A project opened again, or an older state put back by the host's undo.

use super::{Effect, ProjectState, Source, State, StemEntry};
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
        // Whatever it finds, it is connected to below.
        self.adopt_service();
        self.form = project.form;
        // Before the jobs, so that they meet the right service.
        effects.extend([self.connect(), self.find_keys()]);
        self.take_over_cancels(project.cancels);
        effects.extend(self.tell_cancels());
        if project.capture_on != (self.capture != CaptureView::Off) {
            self.capture = if project.capture_on {
                CaptureView::Armed
            } else {
                CaptureView::Off
            };
            effects.push(Effect::SetCapture(project.capture_on));
        }
        effects.extend(self.set_listening(project.listening));
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
        self.switching = None;
        self.monitoring = project.monitoring;
        // What was heard when the project was saved is heard again.
        effects.extend(self.reload_playing());
        effects.extend(self.prepare_drags());
        effects.extend(self.resume_move(project.moving));
        self.resume(now_secs, project.jobs, &mut effects);
        self.next_file_check_secs = now_secs;
        effects
    }

    fn resume(&mut self, now_secs: f64, jobs: Vec<super::SavedJob>, effects: &mut Vec<Effect>) {
        for saved in jobs {
            if self.jobs.iter().any(|job| job.saved.id == saved.id) {
                continue;
            }
            let (job, effect) = self.enter(now_secs, saved);
            effects.extend(effect);
            self.jobs.push(job);
        }
    }
}
