//! What a step decided, done.

use super::Actor;
use crate::{
    capture::{Take, TakeOrigin},
    client::{ClientEvent, ClientRequest, JobSpec},
    session::{
        ClipKey, Command, Effect, Event, LoaderEvent, Playing, UserChange, library::LibraryError,
        loader::Task,
    },
};
use sideman_shared::protocol::JobRequest;
use std::path::PathBuf;

impl Actor {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::SetCapture(on) => self.set_capture(on),
                Effect::SetListening(listening) => self.audio.set_listening(listening),
                Effect::Grab(cut) => self.audio.grab(cut),
                Effect::ForgetMemory => self.audio.forget_memory(),
                Effect::NameFolder => self.name_folder(),
                Effect::Trim { take, from, to } => self.trim(take, from, to),
                Effect::Hear(take) => self.load(Task::Hear(take)),
                Effect::DropTake { id, path } => {
                    // Nothing but a take of this instance's own.
                    if self.library.trash_for(&path).is_some()
                        && path.parent().is_some_and(|folder| folder.ends_with(&id.0))
                    {
                        self.load(Task::DropTake(path));
                    }
                }
                Effect::Connect { address } => self.ask(ClientRequest::Connect { address }),
                Effect::Disconnect => self.ask(ClientRequest::Disconnect),
                Effect::TestService { address } => self.ask(ClientRequest::Test { address }),
                Effect::StoreKey { address, key } => {
                    self.ask(ClientRequest::StoreKey { address, key });
                }
                Effect::FindKeys(addresses) => self.ask(ClientRequest::FindKeys(addresses)),
                Effect::FindLeftMemory => self.load(Task::FindLeftMemory {
                    root: self.library.root().to_owned(),
                    own: self.library.instance_id().to_owned(),
                }),
                Effect::Rescue(instance) => self.audio.rescue(instance),
                Effect::AskDesktopTheme => self.ask(ClientRequest::AskDesktopTheme),
                Effect::ChangeUser(change) => self.change_user(*change),
                Effect::Probe => self.ask(ClientRequest::Probe),
                Effect::StartJob {
                    id,
                    address,
                    take,
                    request,
                } => self.start_job(id, address, &take, request),
                Effect::ResumeJob {
                    id,
                    address,
                    job_id,
                    delivered,
                } => {
                    let have = delivered.into_iter().map(|d| d.stem_id).collect();
                    self.resume_job(id, address, job_id, have);
                }
                Effect::TellCancel(cancel) => self.ask(ClientRequest::TellCancel {
                    local_id: cancel.id,
                    address: cancel.address,
                    job_id: cancel.job_id,
                    request: Box::new(cancel.request),
                }),
                Effect::Captions(edit) => self.load(Task::Captions {
                    folder: self.folders.config.clone(),
                    edit,
                }),
                Effect::CancelJob { id } => self.ask(ClientRequest::Cancel { local_id: id }),
                Effect::SetCacheFolder(folder) => self.set_cache_folder(folder),
                Effect::ForgetClips => self.clips.forget(),
                Effect::Play { clips, mute_input } => self.play(clips, mute_input),
                Effect::LoadClip { key, path } => self.load_clip(key, path),
                Effect::Trash { stem, path } => {
                    // Another instance's or the user's own file stays: only the row goes.
                    if let Some(trash) = self.library.trash_for(&path) {
                        self.load(Task::Trash { stem, path, trash });
                    }
                }
                Effect::Untrash { path, .. } => {
                    if let Some(trash) = self.library.trash_for(&path) {
                        self.load(Task::Untrash { path, trash });
                    }
                }
                Effect::PruneTakes { keep } => {
                    // Without a folder there are no takes.
                    if let Some(folder) = self.library.opened() {
                        self.load(Task::PruneTakes { folder, keep });
                    }
                }
                Effect::Inspect(path) => self.load(Task::Inspect { path }),
                Effect::LoadPeaks { key, path } => self.load(Task::Peaks { key, path }),
                Effect::WriteSidecar(stem) => self.load(Task::Sidecar(stem)),
                Effect::CheckFiles(files) => self.load(Task::Check(files)),
                Effect::Export {
                    stem,
                    to,
                    settings,
                    take_title,
                } => {
                    let kind = to.clone();
                    let task = |exports| Task::Export {
                        stem,
                        to,
                        settings,
                        take_title,
                        exports,
                    };
                    self.export(task, &kind);
                }
                Effect::Folder(work) => self.folder_work(work),
                Effect::Reveal(path) => self.load(Task::Reveal(path)),
            }
        }
    }

    fn set_capture(&mut self, on: bool) {
        if on {
            match self.library.folder() {
                Ok(folder) => self.audio.set_capture_folder(folder.to_owned()),
                Err(error) => {
                    self.report(Err(error));
                    // Without a folder nothing can be kept: back to off, in the view too.
                    return self.handle(Event::Command {
                        command: Command::SetCapture(false),
                        fresh_id: String::new(),
                    });
                }
            }
        }
        self.audio.set_capture_enabled(on);
    }

    pub(super) fn name_folder(&mut self) {
        match self.library.folder() {
            Ok(folder) => self.audio.set_capture_folder(folder.to_owned()),
            Err(error) => self.report(Err(error)),
        }
    }

    fn trim(&mut self, take: Box<Take>, from: u64, to: u64) {
        match self.library.folder().map(ToOwned::to_owned) {
            Ok(folder) => self.load(Task::Trim {
                take,
                from,
                to,
                folder,
            }),
            Err(error) => self.report(Err(error)),
        }
    }

    fn change_user(&mut self, change: UserChange) {
        let kept = self.user.change(change);
        self.report(kept);
        let user = Box::new(self.user.now().clone());
        self.handle(Event::User(user));
    }

    fn ask(&mut self, request: ClientRequest) {
        if !self.client.send(request) {
            self.handle(Event::Trouble(
                "The network part of Sideman does not keep up. Try again in a moment.".into(),
            ));
        }
    }

    pub(super) fn load(&mut self, task: Task) {
        if !self.loader.send(task) {
            self.handle(Event::Trouble(
                "The disk does not keep up; something was not loaded. Try again in a moment."
                    .into(),
            ));
        }
    }

    fn start_job(&mut self, id: String, address: String, take: &Take, request: Box<JobRequest>) {
        if !take.path.is_file() {
            return self.give_up(id, take_is_gone(take));
        }
        let folders = self
            .library
            .stems()
            .and_then(|stems| Ok((stems, self.library.downloads()?)));
        match folders {
            Ok((download_to, scratch)) => self.ask(ClientRequest::Start {
                local_id: id,
                address,
                spec: Box::new(JobSpec {
                    source_path: take.path.clone(),
                    recode: take.origin == TakeOrigin::Captured,
                    request: *request,
                    scratch,
                    download_to,
                }),
            }),
            Err(error) => self.give_up(id, no_place(&error)),
        }
    }

    fn resume_job(&mut self, id: String, address: String, job_id: String, have: Vec<String>) {
        match self.library.stems() {
            Ok(download_to) => self.ask(ClientRequest::Resume {
                local_id: id,
                address,
                job_id,
                have,
                download_to,
            }),
            Err(error) => self.give_up(id, no_place(&error)),
        }
    }

    /// Ends a job before anything of it was sent.
    fn give_up(&mut self, local_id: String, why: Refusal) {
        self.handle(Event::Client(ClientEvent::Failed {
            local_id,
            title: why.title.into(),
            detail: why.detail,
            hint: Some(why.hint.into()),
            can_retry: true,
            code: None,
            request_id: None,
        }));
    }

    fn load_clip(&mut self, key: ClipKey, path: PathBuf) {
        if self.clips.decoded.contains_key(&key) {
            return self.handle(Event::Loader(LoaderEvent::ClipReady { key }));
        }
        self.load(Task::Clip {
            key,
            path,
            sample_rate_hz: self.host.sample_rate_hz,
        });
    }

    fn play(&mut self, wanted: Vec<Playing>, mute_input: bool) {
        self.clips.wanted = wanted;
        self.clips.mute_input = mute_input;
        let set = self.clips.sounding(self.host.sample_rate_hz);
        self.audio.set_audition(set);
    }
}

/// Why a job cannot begin.
struct Refusal {
    title: &'static str,
    detail: String,
    hint: &'static str,
}

fn no_place(error: &LibraryError) -> Refusal {
    Refusal {
        title: "The stem has no place to go.",
        detail: error.to_string(),
        hint: "Choose another folder in Settings, then try again.",
    }
}

fn take_is_gone(take: &Take) -> Refusal {
    let hint = match take.origin {
        TakeOrigin::Captured => {
            "Bring the file back to where it was and try again, or capture that part of the song once \
             more and generate."
        }
        TakeOrigin::File(_) => {
            "Bring the file back to where it was and try again, or drop it on the window from its new \
             place and generate."
        }
    };
    Refusal {
        title: "The song to play along with is gone from the disk.",
        detail: format!("Nothing was sent: {} is missing.", take.path.display()),
        hint,
    }
}
