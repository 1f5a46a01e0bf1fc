//! The thread `sideman-session`: feeds events to the pure step and carries its effects out.

use super::{
    AudioSide, ClipKey, Effect, Event, Folders, HostNow, LoaderEvent, Playing, ProjectState,
    handle::{Input, Published, SessionConfig},
    library::Library,
    loader::{self, Loaded, Loader, Task},
    state::{State, step},
};
use crate::{
    audition::{Clip, ClipSet},
    capture::{CaptureEvent, Take, TakeOrigin},
    client::{self, ClientEvent, ClientHandle, ClientRequest, JobSpec, KeyStore},
};
use crossbeam_channel::{Receiver, select};
use sideman_shared::protocol::JobRequest;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

/// Countdowns in the view move this often.
const TICK: Duration = Duration::from_millis(250);

pub struct Actor {
    audio: Box<dyn AudioSide>,
    capture_events: Receiver<CaptureEvent>,
    on_change: Box<dyn Fn() + Send>,
    folders: Folders,
    published: Arc<Published>,
    started: Instant,
    state: State,
    host: HostNow,
    library: Library,
    keys: KeyStore,
    client: ClientHandle,
    client_events: Receiver<ClientEvent>,
    loader: Loader,
    loaded: Receiver<Loaded>,
    clips: Clips,
    /// Told apart from an instance that was never anything but looked at.
    first_effects: Vec<Effect>,
    restored: Option<Box<ProjectState>>,
}

/// Decoded audio of what is auditioned, and what was asked to sound last.
#[derive(Default)]
struct Clips {
    decoded: HashMap<ClipKey, Arc<Clip>>,
    wanted: Vec<Playing>,
    mute_input: bool,
}

impl Actor {
    /// Starts the client and the loader; the actor itself runs in [`Self::run`].
    ///
    /// # Errors
    /// The system refused a thread.
    pub fn new(config: SessionConfig, published: Arc<Published>) -> std::io::Result<Self> {
        let (client, client_events) = client::start()?;
        let (loader, loaded) = loader::start()?;
        let (state, first_effects) = State::new(config.host);
        let saved_id = config.restored.as_ref().map(|p| p.instance_id.clone());
        Ok(Self {
            audio: config.audio,
            capture_events: config.capture_events,
            on_change: config.on_change,
            library: Library::new(config.folders.data.clone(), saved_id),
            keys: KeyStore::new(config.folders.config.clone()),
            folders: config.folders,
            published,
            started: Instant::now(),
            state,
            host: config.host,
            client,
            client_events,
            loader,
            loaded,
            clips: Clips::default(),
            first_effects,
            restored: config.restored.map(Box::new),
        })
    }

    /// Until `stop` speaks or all handles are gone.
    pub fn run(mut self, inputs: &Receiver<Input>, stop: &Receiver<()>) {
        match self.restored.take() {
            // The restored address is the first one that is asked.
            Some(project) => self.restore(project),
            None => {
                let effects = std::mem::take(&mut self.first_effects);
                self.carry_out(effects);
                self.publish();
            }
        }
        let mut capture_events = self.capture_events.clone();
        let ticks = crossbeam_channel::tick(TICK);
        loop {
            select! {
                recv(stop) -> _ => break,
                recv(inputs) -> input => match input {
                    Ok(Input::Command(command)) => self.handle(Event::Command {
                        command,
                        fresh_id: uuid::Uuid::now_v7().simple().to_string(),
                    }),
                    Ok(Input::Host(host)) => self.host_changed(host),
                    Ok(Input::Restore(project)) => self.restore(project),
                    Err(_) => break,
                },
                recv(capture_events) -> event => match event {
                    Ok(event) => self.handle(Event::Capture(event)),
                    // A closed channel is ready for ever: listen to it no more.
                    Err(_) => capture_events = crossbeam_channel::never(),
                },
                recv(self.client_events) -> event => match event {
                    Ok(event) => self.handle(Event::Client(event)),
                    Err(_) => self.client_events = crossbeam_channel::never(),
                },
                recv(self.loaded) -> loaded => match loaded {
                    Ok(loaded) => self.take_in(loaded),
                    Err(_) => self.loaded = crossbeam_channel::never(),
                },
                recv(ticks) -> _ => self.tick(),
            }
        }
        self.end();
    }

    /// Lets the two other threads end side by side.
    fn end(self) {
        self.audio.set_audition(ClipSet::default());
        self.loader.stop();
        self.client.shutdown();
        self.loader.join();
    }

    fn now_secs(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn handle(&mut self, event: Event) {
        let now_secs = self.now_secs();
        let effects = step(&mut self.state, now_secs, event);
        self.carry_out(effects);
        self.publish();
    }

    fn tick(&mut self) {
        if let Some(host) = self.audio.tick() {
            self.host_changed(host);
        }
        let now_secs = self.now_secs();
        let effects = step(&mut self.state, now_secs, Event::Tick);
        self.carry_out(effects);
        if self.state.has_moving_clock() {
            self.publish();
        }
    }

    fn publish(&self) {
        self.published.project.store(Arc::new(ProjectState {
            instance_id: self.library.instance_id().to_owned(),
            ..self.state.project()
        }));
        let view = self.state.view(self.now_secs());
        self.published.view.store(Arc::new(view));
        (self.on_change)();
    }

    fn host_changed(&mut self, host: HostNow) {
        if host != self.host {
            self.host = host;
            self.handle(Event::Host(host));
        }
    }

    fn restore(&mut self, project: Box<ProjectState>) {
        let root = self.root_of(project.settings.cache_folder.clone());
        self.library.reopen(root, Some(project.instance_id.clone()));
        // With files of its own, the folder is claimed before a duplicate can.
        if !project.stems.is_empty() || project.source.is_some() || !project.jobs.is_empty() {
            let claimed = self.library.folder().map(|_| ());
            self.report(claimed);
        }
        self.handle(Event::Restore(project));
    }

    fn root_of(&self, chosen: Option<PathBuf>) -> PathBuf {
        chosen.unwrap_or_else(|| self.folders.data.clone())
    }

    /// An error becomes a notice; effects of that event come after those at hand.
    fn report<E: std::fmt::Display>(&mut self, result: Result<(), E>) {
        if let Err(error) = result {
            self.handle(Event::Trouble(error.to_string()));
        }
    }

    fn take_in(&mut self, loaded: Loaded) {
        match loaded {
            Loaded::Event(event) => self.handle(Event::Loader(event)),
            Loaded::Clip {
                key,
                clip,
                sample_rate_hz,
            } => {
                // Made for a rate the host has left since: the right one is on its way.
                if sample_rate_hz == self.host.sample_rate_hz {
                    self.clips.decoded.insert(key.clone(), clip);
                    self.handle(Event::Loader(LoaderEvent::ClipReady { key }));
                }
            }
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::SetCapture(on) => self.set_capture(on),
                Effect::Connect { address } => self.connect(address),
                Effect::StoreKey { address, key } => {
                    let stored = self.keys.store(&address, &key);
                    self.report(stored);
                    self.connect(address);
                }
                Effect::Probe => self.ask(ClientRequest::Probe),
                Effect::StartJob { id, take, request } => self.start_job(id, &take, request),
                Effect::ResumeJob { id, job_id } => self.resume_job(id, job_id),
                Effect::CancelJob { id } => self.ask(ClientRequest::Cancel { local_id: id }),
                Effect::SetCacheFolder(folder) => self.set_cache_folder(folder),
                Effect::ForgetClips => self.clips.decoded.clear(),
                Effect::Play { clips, mute_input } => self.play(clips, mute_input),
                Effect::LoadClip { key, path } => self.load_clip(key, path),
                Effect::Trash { stem, path } => match self.library.trash_for(&path) {
                    Some(trash) => self.load(Task::Trash { stem, path, trash }),
                    // Another instance's or the user's file: only the row goes.
                    None => {}
                },
                Effect::Untrash { path, .. } => {
                    if let Some(trash) = self.library.trash_for(&path) {
                        self.load(Task::Untrash { path, trash });
                    }
                }
                Effect::Inspect(path) => self.load(Task::Inspect { path }),
                Effect::LoadPeaks { key, path } => self.load(Task::Peaks { key, path }),
                Effect::WriteSidecar(stem) => self.load(Task::Sidecar(stem)),
                Effect::CheckFiles(files) => self.load(Task::Check(files)),
                Effect::CopyFile { from, to } => self.load(Task::Copy { from, to }),
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
                        command: super::Command::SetCapture(false),
                        fresh_id: String::new(),
                    });
                }
            }
        }
        self.audio.set_capture_enabled(on);
    }

    fn set_cache_folder(&mut self, chosen: Option<PathBuf>) {
        let root = self.root_of(chosen);
        self.library.reopen(root, None);
        match self.library.folder() {
            Ok(folder) => self.audio.set_capture_folder(folder.to_owned()),
            Err(error) => self.report(Err(error)),
        }
    }

    fn connect(&mut self, address: String) {
        let key = self.keys.load(&address);
        self.handle(Event::KeyPresence(key.is_some()));
        self.ask(ClientRequest::Connect {
            address,
            api_key: key,
        });
    }

    fn ask(&mut self, request: ClientRequest) {
        if !self.client.send(request) {
            self.handle(Event::Trouble(
                "The network part of Sideman does not keep up. Try again in a moment.".into(),
            ));
        }
    }

    fn load(&mut self, task: Task) {
        if !self.loader.send(task) {
            self.handle(Event::Trouble(
                "The disk does not keep up; something was not loaded. Try again in a moment."
                    .into(),
            ));
        }
    }

    fn start_job(&mut self, id: String, take: &Take, request: Box<JobRequest>) {
        let folders = self
            .library
            .stems()
            .and_then(|stems| Ok((stems, self.library.downloads()?)));
        match folders {
            Ok((download_to, scratch)) => self.ask(ClientRequest::Start {
                local_id: id,
                spec: Box::new(JobSpec {
                    source_path: take.path.clone(),
                    recode: take.origin == TakeOrigin::Captured,
                    request: *request,
                    scratch,
                    download_to,
                }),
            }),
            Err(error) => self.give_up(id, &error.to_string()),
        }
    }

    fn resume_job(&mut self, id: String, job_id: String) {
        match self.library.stems() {
            Ok(download_to) => self.ask(ClientRequest::Resume {
                local_id: id,
                job_id,
                download_to,
            }),
            Err(error) => self.give_up(id, &error.to_string()),
        }
    }

    fn give_up(&mut self, local_id: String, detail: &str) {
        self.handle(Event::Client(ClientEvent::Failed {
            local_id,
            title: "The stem has no place to go.".into(),
            detail: detail.to_owned(),
            hint: Some("Choose another folder in Settings, then try again.".into()),
            can_retry: true,
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

impl Clips {
    /// What is wanted and decoded, placed in the song at the host's rate. The rest is let go.
    fn sounding(&mut self, sample_rate_hz: u32) -> ClipSet {
        let wanted = &self.wanted;
        self.decoded
            .retain(|key, _| wanted.iter().any(|w| w.key == *key));
        let mut clips = Vec::with_capacity(wanted.len());
        for playing in wanted {
            if let Some(clip) = self.decoded.get_mut(&playing.key) {
                let start_samples = playing.start_secs * f64::from(sample_rate_hz);
                let placed = clip.placed(start_samples.round() as i64, playing.gain);
                *clip = Arc::new(placed);
                clips.push(Arc::clone(clip));
            }
        }
        ClipSet {
            mute_input: self.mute_input && !clips.is_empty(),
            clips,
        }
    }
}
