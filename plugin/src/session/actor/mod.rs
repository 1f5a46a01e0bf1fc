//! The thread `sideman-session`: feeds events to the pure step and carries its effects out.

mod clips;
mod effects;
mod folder;
#[cfg(test)]
mod tests;

use super::{
    AudioSide, Effect, Event, FolderNews, Folders, HostNow, LoaderEvent, ProjectState,
    handle::{Input, Published, SessionConfig},
    library::Library,
    loader::{self, Loaded, Loader, Task},
    state::{State, step},
    user::UserFile,
};
use crate::{
    audition::ClipSet,
    capture::CaptureEvent,
    client::{self, ClientEvent, ClientHandle, KeyStore},
};
use clips::Clips;
use crossbeam_channel::{Receiver, select};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Countdowns in the view move this often.
const TICK: Duration = Duration::from_millis(250);
/// Every so many ticks the user's settings are looked at: another instance may have changed them.
const USER_EVERY_TICKS: u32 = 6;

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
    user: UserFile,
    ticks: u32,
    client: ClientHandle,
    client_events: Receiver<ClientEvent>,
    loader: Loader,
    loaded: Receiver<Loaded>,
    clips: Clips,
    disk_watch: folder::DiskWatch,
    /// Told apart from an instance that was never anything but looked at.
    first_effects: Vec<Effect>,
    restored: Option<Box<ProjectState>>,
}

impl Actor {
    /// Starts the client and the loader; the actor itself runs in [`Self::run`].
    ///
    /// # Errors
    /// The system refused a thread.
    pub fn new(config: SessionConfig, published: Arc<Published>) -> std::io::Result<Self> {
        let keys = KeyStore::of_user(config.folders.config.clone());
        let (client, client_events) = client::start(keys)?;
        let (loader, loaded) = loader::start()?;
        let user = UserFile::open(config.folders.config.clone());
        let (mut state, first_effects) = State::new(config.host, user.now().clone());
        state.set_home(home_folder());
        let saved_id = config.restored.as_ref().map(|p| p.instance_id.clone());
        let library = Library::new(config.folders.data.clone(), saved_id);
        let restored = config.restored.map(|project| {
            Box::new(ProjectState {
                instance_id: library.instance_id().to_owned(),
                ..project
            })
        });
        let actor = Self {
            audio: config.audio,
            capture_events: config.capture_events,
            on_change: config.on_change,
            library,
            user,
            ticks: 0,
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
            disk_watch: folder::DiskWatch::default(),
            first_effects,
            restored,
        };
        actor.publish_first();
        Ok(actor)
    }

    /// A host may save before the thread has its first turn: by then the project knows its instance.
    fn publish_first(&self) {
        match &self.restored {
            Some(project) => self.published.project.store(Arc::new((**project).clone())),
            None => self.publish_project(),
        }
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
        if let Some(folder) = self.library.unswept() {
            let root = self.library.root().to_owned();
            self.load(Task::Sweep { folder, root });
        }
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(USER_EVERY_TICKS)
            && let Some(user) = self.user.news().cloned()
        {
            self.handle(Event::User(Box::new(user)));
        }
        self.watch_disk();
        let now_secs = self.now_secs();
        let effects = step(&mut self.state, now_secs, Event::Tick);
        self.carry_out(effects);
        if self.state.has_moving_clock() {
            self.publish();
        }
    }

    fn publish(&self) {
        self.publish_project();
        let view = self.state.view(self.now_secs());
        // An idle window draws nothing: what changes nothing in it must not wake it.
        if **self.published.view.load() != view {
            self.published.view.store(Arc::new(view));
            (self.on_change)();
        }
    }

    fn publish_project(&self) {
        let ahead = self.published.restores_ahead.lock();
        if *ahead == 0 {
            self.published.project.store(Arc::new(ProjectState {
                instance_id: self.library.instance_id().to_owned(),
                ..self.state.project()
            }));
        }
    }

    fn host_changed(&mut self, host: HostNow) {
        if host != self.host {
            self.host = host;
            self.handle(Event::Host(host));
        }
    }

    fn restore(&mut self, project: Box<ProjectState>) {
        let place = self.place_of(project.settings.cache_folder.clone());
        self.library
            .reopen(place, Some(project.instance_id.clone()));
        // With files of its own, the folder is claimed before a duplicate can.
        if !project.stems.is_empty() || project.source.is_some() || !project.jobs.is_empty() {
            let claimed = self.library.folder().map(|_| ());
            self.report(claimed);
        }
        *self.published.restores_ahead.lock() -= 1;
        self.handle(Event::Restore(project));
        // It may hold what a crash has left.
        if self.library.is_on_disk() {
            self.name_folder();
        }
    }

    /// An error becomes a notice; effects of that event come after those at hand.
    fn report<E: std::fmt::Display>(&mut self, result: Result<(), E>) {
        if let Err(error) = result {
            self.handle(Event::Trouble(error.to_string()));
        }
    }

    fn take_in(&mut self, loaded: Loaded) {
        match loaded {
            Loaded::Event(LoaderEvent::Folder(FolderNews::Room { root, has_room })) => {
                self.disk_seen(&root, has_room);
            }
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
}

/// Empty when the system names none.
fn home_folder() -> String {
    let dirs = directories::BaseDirs::new();
    dirs.map(|dirs| dirs.home_dir().display().to_string())
        .unwrap_or_default()
}
