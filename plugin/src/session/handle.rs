//! The session as the rest of the plugin sees it: commands in, views out, nothing that blocks.

use super::{Command, HostNow, Listening, ProjectState, SessionView, actor};
use crate::{
    audition::ClipSet,
    capture::{CaptureEvent, Cut},
};
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};
use parking_lot::Mutex;
use std::{
    path::PathBuf,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// More than a user can click while the session writes one file.
const INPUT_QUEUE: usize = 256;
/// How long [`SessionHandle::shutdown`] waits before it gives up.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// The audio side as the session steers it. Called from the session thread only.
pub trait AudioSide: Send + 'static {
    /// Takes roll while this is on and the host plays.
    fn set_capture_enabled(&self, on: bool);
    /// The memory takes in what the host plays while this is on.
    fn set_listening(&self, listening: Listening);
    /// Makes a take of something that was heard already.
    fn grab(&self, cut: Cut);
    /// Makes a take of what another instance's process has left in its folder.
    fn rescue(&self, instance: PathBuf);
    /// Empties the memory.
    fn forget_memory(&self);
    /// The folder of this instance: the next take is written to `takes/` below it.
    fn set_capture_folder(&self, folder: PathBuf);
    /// Replaces all that is auditioned.
    fn set_audition(&self, clips: ClipSet);
    /// Called about four times a second, for upkeep. What the host says of itself, if that is known
    /// here; else it comes by [`SessionHandle::host_changed`].
    fn tick(&self) -> Option<HostNow>;
}

/// The user's folders that the session may write to.
#[derive(Debug, Clone)]
pub struct Folders {
    /// API keys lie here, readable by the user alone.
    pub config: PathBuf,
    /// Takes and stems, unless the settings name another folder.
    pub data: PathBuf,
}

impl Folders {
    /// The platform's own places; the temporary folder for a user without a home.
    pub fn of_user() -> Self {
        match directories::ProjectDirs::from("", "", "Sideman") {
            Some(dirs) => Self {
                config: dirs.config_dir().to_owned(),
                data: dirs.data_local_dir().to_owned(),
            },
            None => Self {
                config: std::env::temp_dir().join("Sideman"),
                data: std::env::temp_dir().join("Sideman"),
            },
        }
    }
}

/// What a session is started with.
pub struct SessionConfig {
    pub audio: Box<dyn AudioSide>,
    pub capture_events: Receiver<CaptureEvent>,
    /// Called after each new view, from the session thread: asks the window to repaint. Must not block.
    pub on_change: Box<dyn Fn() + Send>,
    pub folders: Folders,
    pub host: HostNow,
    /// From the DAW project; `None` for a new instance.
    pub restored: Option<ProjectState>,
}

/// What reaches the actor through its handle.
pub(super) enum Input {
    Command(Command),
    Host(HostNow),
    Restore(Box<ProjectState>),
}

/// The two values others read at any time.
pub(super) struct Published {
    pub view: ArcSwap<SessionView>,
    pub project: ArcSwap<ProjectState>,
    /// Loaded states that the session has yet to take in. Until then the last of them is the project,
    /// and what the session still makes of the one before is not.
    pub restores_ahead: Mutex<usize>,
}

/// Cheap to clone; all clones speak to the same session.
#[derive(Clone)]
pub struct SessionHandle {
    inner: Arc<Inner>,
}

struct Inner {
    inputs: Sender<Input>,
    stop: Sender<()>,
    /// Disconnected when the thread has ended.
    ended: Receiver<()>,
    published: Arc<Published>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Starts the session with its client and loader threads.
///
/// # Errors
/// The system refused a new thread.
pub fn start(config: SessionConfig) -> std::io::Result<SessionHandle> {
    let (inputs, inputs_out) = bounded(INPUT_QUEUE);
    let (stop, stop_out) = bounded(1);
    let (end_guard, ended) = bounded::<()>(0);
    let published = Arc::new(Published {
        view: ArcSwap::default(),
        project: ArcSwap::default(),
        restores_ahead: Mutex::new(usize::from(config.restored.is_some())),
    });
    let actor = actor::Actor::new(config, Arc::clone(&published))?;
    let thread = std::thread::Builder::new()
        .name("sideman-session".into())
        .spawn(move || {
            // Dropped last, also when the actor panics.
            let _end_guard = end_guard;
            actor.run(&inputs_out, &stop_out);
        })?;
    Ok(SessionHandle {
        inner: Arc::new(Inner {
            inputs,
            stop,
            ended,
            published,
            thread: Mutex::new(Some(thread)),
        }),
    })
}

impl SessionHandle {
    /// Never blocks. `false` when the session is gone or its queue is full: the command is lost.
    pub fn send(&self, command: Command) -> bool {
        self.inner.inputs.try_send(Input::Command(command)).is_ok()
    }

    /// The host's rate, tempo or transport changed. Never blocks, but not for the audio thread.
    pub fn host_changed(&self, host: HostNow) -> bool {
        self.inner.inputs.try_send(Input::Host(host)).is_ok()
    }

    /// The newest view; cheap and never blocks.
    pub fn view(&self) -> Arc<SessionView> {
        self.inner.published.view.load_full()
    }

    /// What the DAW project should keep now; cheap and never blocks.
    pub fn project_state(&self) -> Arc<ProjectState> {
        self.inner.published.project.load_full()
    }

    /// Goes on where the project was saved. A host that saves straight after gets the same state back.
    pub fn restore(&self, state: ProjectState) -> bool {
        let mut ahead = self.inner.published.restores_ahead.lock();
        self.inner.published.project.store(Arc::new(state.clone()));
        let input = Input::Restore(Box::new(state));
        let is_queued = self.inner.inputs.try_send(input).is_ok();
        *ahead += usize::from(is_queued);
        is_queued
    }

    /// Ends all threads of the session; jobs go on at the service and are found again on reopening.
    /// `false` when they did not end within [`SHUTDOWN_LIMIT`]. Later calls do nothing.
    pub fn shutdown(&self) -> bool {
        // Full means that a stop is on its way already.
        let _ = self.inner.stop.try_send(());
        let deadline = Instant::now() + SHUTDOWN_LIMIT;
        // Nothing is ever sent: an error is either the end of the thread or the deadline.
        let waited = self.inner.ended.recv_deadline(deadline);
        if waited == Err(crossbeam_channel::RecvTimeoutError::Timeout) {
            tracing::warn!("the session did not end in time");
            return false;
        }
        match self.inner.thread.lock().take() {
            Some(thread) => thread.join().is_ok(),
            None => true,
        }
    }
}
