//! What the standalone program tells the plugin inside it. A DAW's plugin has none of this.

mod args;
mod audio;
mod desk;
mod devices;
mod keeper;
mod memory;

pub use args::{ArgsError, Options, USAGE};
pub use devices::list as list_devices;

use crate::{
    editor::{desk::Desk, repaint::Repaint},
    params::SidemanParams,
    player::PlayerHandle,
    session::{Folders, ProjectState, SessionHandle, Settings},
    wiring::Wiring,
};
use desk::StandaloneDesk;
use keeper::{Keeper, Watched};
use memory::{Memory, Remembered};
use parking_lot::Mutex;
use std::sync::{
    Arc, OnceLock, Weak,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

static PROGRAM: OnceLock<Program> = OnceLock::new();
static INSTANCE: OnceLock<Instance> = OnceLock::new();
static KEEPER: Mutex<Option<Keeper>> = Mutex::new(None);
static STOP: AtomicBool = AtomicBool::new(false);

/// What must end before the program does.
struct Instance {
    wiring: Weak<Wiring>,
    repaint: Repaint,
    window_open: Arc<AtomicBool>,
}

/// What is left to do for a program that was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The window closes, and the program ends with it.
    ByWindow,
    /// Nothing is left but to exit: there is no window, and the last take is on disk.
    Now,
    /// Asked twice: somebody is in a hurry.
    AtOnce,
}

/// The program around the plugin's only instance.
struct Program {
    options: Options,
    player: PlayerHandle,
    folders: Folders,
    /// Left by the run before.
    remembered: Option<Remembered>,
    memory: Memory,
}

/// Begins the program with the options of this process's only instance, before it is made. Returns the
/// audio backend's arguments.
pub fn configure(mut options: Options) -> Vec<String> {
    let folders = Folders::of_user();
    let memory = Memory::of_user();
    let remembered = (!options.fresh).then(|| memory.load()).flatten();
    if !options.fresh {
        audio::add_kept(&mut options.backend_args, &audio::load(&folders.config));
    }
    let player = PlayerHandle::new(options.bpm, options.meter);
    if let Some(left) = &remembered {
        player.restore(&left.player);
        if options.bpm.is_some() {
            player.set_bpm(options.bpm.map(|bpm| bpm.get()));
        }
    }
    if let Some(song) = &options.song {
        player.open(song.clone());
        player.set_bpm(options.bpm.map(|bpm| bpm.get()));
        player.set_looping(true);
        player.play(true);
    }
    let args = options.backend_args.clone();
    // The program calls this once.
    let _ = PROGRAM.set(Program {
        options,
        player,
        folders,
        remembered,
        memory,
    });
    args
}

/// Whether this process is the standalone program and not a DAW.
pub fn is_running() -> bool {
    PROGRAM.get().is_some()
}

/// The transport; `None` inside a DAW.
pub fn player() -> Option<PlayerHandle> {
    Some(PROGRAM.get()?.player.clone())
}

/// What the window shows beside the plugin; `None` inside a DAW.
pub fn desk() -> Option<Box<dyn Desk>> {
    let program = PROGRAM.get()?;
    Some(Box::new(StandaloneDesk::new(
        program.player.clone(),
        program.folders.config.clone(),
        &program.options.backend_args,
    )))
}

/// A new session's state: as the last run left it, with the service that the command line names.
pub fn initial_project() -> Option<ProjectState> {
    let program = PROGRAM.get()?;
    let left = program.remembered.as_ref().map(|left| left.project.clone());
    let Some(service_address) = program.options.service.clone() else {
        return left;
    };
    let left = left.unwrap_or_default();
    Some(ProjectState {
        settings: Settings {
            service_name: String::new(),
            service_address,
            ..left.settings
        },
        ..left
    })
}

/// The window's size in the last run, points.
pub fn window_size() -> Option<(f32, f32)> {
    PROGRAM.get()?.remembered.as_ref()?.window
}

/// From now on what changes is remembered for the next run.
pub fn remember(session: &SessionHandle, params: &Arc<SidemanParams>) {
    let Some(program) = PROGRAM.get() else {
        return;
    };
    let watched = Watched {
        session: session.clone(),
        player: program.player.clone(),
        params: Arc::clone(params),
    };
    match Keeper::start(program.memory.clone(), watched) {
        Ok(keeper) => *KEEPER.lock() = Some(keeper),
        Err(error) => tracing::error!("this run is not remembered: {error}"),
    }
}

/// Tells [`request_stop`] what this process's only instance is made of.
pub fn watch(wiring: &Arc<Wiring>, repaint: Repaint, window_open: Arc<AtomicBool>) {
    let wiring = Arc::downgrade(wiring);
    // The program has one instance.
    let _ = INSTANCE.set(Instance {
        wiring,
        repaint,
        window_open,
    });
}

/// Asks the window to close; without one, ends the session's and the capture thread here.
pub fn request_stop() -> Stop {
    if STOP.swap(true, Relaxed) {
        return Stop::AtOnce;
    }
    let Some(instance) = INSTANCE.get() else {
        return Stop::Now;
    };
    if instance.window_open.load(Relaxed) {
        instance.repaint.request();
        return Stop::ByWindow;
    }
    finish();
    Stop::Now
}

/// Finishes the take that rolls, joins the threads and remembers this run, if that has not happened yet.
pub fn finish() {
    if let Some(wiring) = INSTANCE.get().and_then(|i| i.wiring.upgrade()) {
        wiring.shut_down();
    }
    // Last: what the session left is what is remembered.
    drop(KEEPER.lock().take());
}

/// Warnings and news to standard error. The framework's complaint that Ctrl-C is taken is left out: it
/// is taken by this program.
pub fn log_to_stderr() -> bool {
    let filter = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("nice_plug::wrapper::standalone::wrapper", LevelFilter::OFF);
    let to_stderr = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(to_stderr)
        .with(filter)
        .try_init()
        .is_ok()
}

/// The window looks here once per frame.
pub fn stop_requested() -> bool {
    STOP.load(Relaxed)
}
