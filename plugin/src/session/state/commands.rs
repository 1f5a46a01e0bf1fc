//! What the user asks for.

use super::{Effect, JobEntry, SavedJob, State, form, reroll};
use crate::session::{CaptionEdit, CaptureView, Command, JobPhase, Reseed, Words};
use sideman_shared::protocol::Region;
use std::sync::Arc;

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
            Command::SetListening(listening) => self.set_listening(listening),
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
            Command::ChooseTrack(track) => {
                if self.form.track != track {
                    self.form.choose_only(track);
                }
                Vec::new()
            }
            Command::Generate => self.generate(now_secs, fresh_id),
            Command::EditCaptions(edit) => {
                // Shown at once; the file's word follows.
                Arc::make_mut(&mut self.captions).apply(edit.clone());
                vec![Effect::Captions(Some(edit))]
            }
            Command::ReadCaptions => vec![Effect::Captions(None)],
            Command::Cancel { job } => self.cancel(now_secs, &job),
            Command::Retry { job, seed } => self.retry(now_secs, &job, seed, fresh_id),
            Command::Reroll { stem, seed } => self.reroll(now_secs, &stem, seed, fresh_id),
            Command::RegenerateRegion {
                stem,
                start_secs,
                end_secs,
                seed,
            } => {
                let part = Region {
                    start_secs,
                    end_secs,
                };
                self.regenerate(now_secs, &stem, part, seed, fresh_id)
            }
            Command::Dismiss { job } => self.dismiss(&job),
            Command::Audition { stem, on } => self.audition(&stem, on),
            Command::SetStemGain { stem, gain_db } => self.set_gain(&stem, gain_db),
            Command::AuditionSource(on) => self.audition_source(on),
            Command::SaveStemAs { stem, to } => self.save_stem_as(&stem, to),
            Command::SaveStemsTo { stems, folder } => self.save_stems_to(&stems, &folder),
            Command::Folder(wish) => self.folder_wish(wish),
            Command::RevealStem { stem } => self.reveal(&stem),
            Command::DeleteStems { stems } => self.delete_stems(&stems),
            Command::SetStemFades { stem, fades } => self.set_fades(&stem, fades),
            Command::SwitchTo { stem } => self.switch_to(&stem),
            Command::Solo(stem) => self.solo(stem),
            Command::MuteSource(on) => self.mute_source(on),
            Command::MarkStem { stem, marks } => self.mark(&stem, *marks),
            Command::UndoDelete => self.undo_delete(),
            Command::ApplySettings(settings) => self.apply_settings(*settings),
            Command::ChooseService(name) => self.choose_service(&name),
            Command::ChangeUser(change) => self.change_user(*change),
            Command::SetApiKey { address, key } => self.set_key(address, &key),
            Command::TestService { address } => self.test_service(address),
            Command::WindowOpened => vec![Effect::AskDesktopTheme, Effect::FindLeftMemory],
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
        match form::request(&self.form, &source.take, &self.service) {
            Ok(request) => {
                let saved = SavedJob::new(fresh_id, source.take_as_heard(), request);
                let mut effects = self.begin(now_secs, saved);
                if !effects.is_empty() {
                    effects.extend(self.used_captions());
                }
                effects
            }
            Err(text) => {
                self.notice(true, text);
                Vec::new()
            }
        }
    }

    pub(super) fn begin(&mut self, now_secs: f64, saved: SavedJob) -> Vec<Effect> {
        if self.jobs.iter().any(|job| job.saved.id == saved.id) {
            return Vec::new();
        }
        if !self.has_room_for(1) {
            return Vec::new();
        }
        let (job, effect) = self.enter(now_secs, saved);
        self.jobs.insert(0, job);
        self.forget_old_jobs();
        effect.into_iter().collect()
    }

    /// Says so where there is none.
    fn has_room_for(&mut self, more: usize) -> bool {
        let under_way = self.jobs.iter().filter(|job| !job.is_over()).count();
        if under_way + more <= MAX_JOBS_IN_FLIGHT {
            return true;
        }
        let text = format!(
            "{under_way} jobs are under way already, and {MAX_JOBS_IN_FLIGHT} can be. Wait for one to \
             finish, or cancel one."
        );
        self.notice(true, text);
        false
    }

    pub(super) fn forget_old_jobs(&mut self) {
        while self.jobs.iter().filter(|job| job.is_over()).count() > MAX_ENDED_JOBS {
            if let Some(oldest) = self.jobs.iter().rposition(JobEntry::is_over) {
                self.jobs.remove(oldest);
            }
        }
    }

    fn cancel(&mut self, now_secs: f64, id: &str) -> Vec<Effect> {
        let wanted = |job: &&mut JobEntry| job.saved.id == id && job.is_wanted();
        let Some(job) = self.jobs.iter_mut().find(wanted) else {
            return Vec::new();
        };
        job.set_phase(now_secs, JobPhase::Cancelling);
        let saved = job.saved.clone();
        self.remember_cancel(&saved);
        vec![Effect::CancelJob { id: id.to_owned() }]
    }

    /// The same take and settings under new ids: the old one would only bring the old failure back.
    fn retry(&mut self, now_secs: f64, id: &str, seed: Reseed, fresh_id: String) -> Vec<Effect> {
        let ended = |job: &JobEntry| job.saved.id == id && job.is_over();
        let Some(at) = self.jobs.iter().position(ended) else {
            return Vec::new();
        };
        let requests = reroll::missing(&self.jobs[at].saved, seed);
        if !self.has_room_for(requests.len()) {
            return Vec::new();
        }
        let take = self.jobs.remove(at).saved.take;
        let mut effects = Vec::new();
        for (number, request) in (1..).zip(requests) {
            let id = match number {
                1 => fresh_id.clone(),
                _ => format!("{fresh_id}-{number}"),
            };
            effects.extend(self.begin(now_secs, SavedJob::new(id, take.clone(), request)));
        }
        effects
    }

    fn dismiss(&mut self, id: &str) -> Vec<Effect> {
        let Some(at) = self.jobs.iter().position(|job| job.saved.id == id) else {
            return Vec::new();
        };
        let job = self.jobs.remove(at);
        if !job.is_wanted() {
            return Vec::new();
        }
        self.remember_cancel(&job.saved);
        vec![Effect::CancelJob { id: id.to_owned() }]
    }

    /// The words of this job become recent ones.
    fn used_captions(&mut self) -> Option<Effect> {
        let form = &self.form;
        let used = form.tracks().into_iter().map(|track| Words {
            track,
            words: form.caption_of(track).trim().to_owned(),
        });
        let used: Vec<_> = used.filter(|w| !w.words.is_empty()).collect();
        if used.is_empty() {
            return None;
        }
        let edit = CaptionEdit::Used(used);
        Arc::make_mut(&mut self.captions).apply(edit.clone());
        Some(Effect::Captions(Some(edit)))
    }

    fn reveal(&self, id: &str) -> Vec<Effect> {
        let stem = self.stems.iter().find(|stem| stem.saved.id == id);
        stem.map(|stem| Effect::Reveal(stem.saved.path.clone()))
            .into_iter()
            .collect()
    }
}
