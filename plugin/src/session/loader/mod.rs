//! The thread `sideman-loader`: decoding, resampling and moving files, away from the session.

mod captions;
mod clip;
mod decode;
mod files;
mod folder;
mod hear;
mod left;
mod mover;
mod sweep;
mod trim;

pub use folder::FolderTask;

#[cfg(feature = "standalone")]
pub(crate) use clip::load as load_clip;

use super::{CaptionBook, CaptionEdit, ClipKey, ExportSettings, ExportTo, LoaderEvent, SavedStem};
use crate::{audition::Clip, capture::Take};
use crossbeam_channel::{Receiver, Sender, bounded, select_biased};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, SystemTime},
};

/// A project with more stems than this has some drawn later, by the regular file check.
const QUEUE: usize = 1024;
/// How long a result waits before the thread looks whether it should end.
const RESULT_WAIT: Duration = Duration::from_millis(50);

pub enum Task {
    Inspect {
        path: PathBuf,
    },
    /// Listens to a take.
    Hear(Box<Take>),
    /// Writes frames `from..to` of a take below an instance's folder.
    Trim {
        take: Box<Take>,
        from: u64,
        to: u64,
        folder: PathBuf,
    },
    DropTake(PathBuf),
    Peaks {
        key: ClipKey,
        path: PathBuf,
    },
    Clip {
        key: ClipKey,
        path: PathBuf,
        sample_rate_hz: u32,
    },
    Sidecar(Box<SavedStem>),
    /// Reads the user's captions, after this edit if there is one.
    Captions {
        folder: PathBuf,
        edit: Option<CaptionEdit>,
    },
    Check(Vec<(ClipKey, PathBuf)>),
    Export {
        stem: Box<SavedStem>,
        to: ExportTo,
        settings: ExportSettings,
        take_title: String,
        /// Below it lies what is made to be dragged.
        exports: PathBuf,
    },
    Folder(FolderTask),
    Trash {
        stem: String,
        path: PathBuf,
        trash: PathBuf,
    },
    Untrash {
        path: PathBuf,
        trash: PathBuf,
    },
    Reveal(PathBuf),
    /// Takes out of an instance's folder what nobody will come back for, and below the root what
    /// processes that died have left too long ago.
    Sweep {
        folder: PathBuf,
        root: PathBuf,
    },
    /// What another instance's process has left when it died.
    FindLeftMemory {
        root: PathBuf,
        /// The instance that asks.
        own: String,
    },
    /// As [`Self::Sweep`], for takes: the newest stay, and those in `keep`.
    PruneTakes {
        folder: PathBuf,
        keep: Vec<PathBuf>,
    },
}

impl Task {
    /// The user does not wait for these.
    fn is_background(&self) -> bool {
        matches!(
            self,
            Self::Peaks { .. }
                | Self::Hear(_)
                | Self::Check(_)
                | Self::Sweep { .. }
                | Self::FindLeftMemory { .. }
                | Self::PruneTakes { .. }
                | Self::Folder(_)
                | Self::Export {
                    to: ExportTo::Dragging,
                    ..
                }
        )
    }
}

pub enum Loaded {
    Event(LoaderEvent),
    Clip {
        key: ClipKey,
        clip: Arc<Clip>,
        sample_rate_hz: u32,
    },
}

pub struct Loader {
    urgent: Sender<Task>,
    background: Sender<Task>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
    results: Sender<Loaded>,
    mover: Option<mover::Mover>,
}

/// # Errors
/// The system refused a new thread.
pub fn start() -> std::io::Result<(Loader, Receiver<Loaded>)> {
    let (urgent, urgent_out) = bounded(QUEUE);
    let (background, background_out) = bounded(QUEUE);
    let (results, results_out) = bounded(QUEUE);
    let stop = Arc::new(AtomicBool::new(false));
    let worker = Worker {
        results: results.clone(),
        stop: Arc::clone(&stop),
    };
    let thread = std::thread::Builder::new()
        .name("sideman-loader".into())
        .spawn(move || worker.run(&urgent_out, &background_out))?;
    let loader = Loader {
        urgent,
        background,
        stop,
        thread,
        results,
        mover: None,
    };
    Ok((loader, results_out))
}

impl Loader {
    /// `false` when too much waits already; background work is then silently left for later.
    pub fn send(&self, task: Task) -> bool {
        if task.is_background() {
            // Lost only when a thousand wait; the window then draws no waveform there.
            let _ = self.background.try_send(task);
            true
        } else {
            self.urgent.try_send(task).is_ok()
        }
    }

    /// Moves a folder on a thread of its own, beside the loading. One at a time.
    ///
    /// # Errors
    /// The system refused a new thread.
    pub fn start_move(&mut self, from: PathBuf, to: PathBuf) -> std::io::Result<()> {
        if let Some(old) = self.mover.take() {
            old.cancel();
            old.join();
        }
        let (results, stop) = (self.results.clone(), Arc::clone(&self.stop));
        self.mover = Some(mover::start(from, to, results, stop)?);
        Ok(())
    }

    /// The copies made so far are taken away again.
    pub fn cancel_move(&self) {
        if let Some(mover) = &self.mover {
            mover.cancel();
        }
    }

    /// Asks it to end, also in the middle of a file.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub fn join(self) {
        self.stop();
        drop((self.urgent, self.background));
        if let Some(mover) = self.mover {
            mover.join();
        }
        if self.thread.join().is_err() {
            tracing::error!("the loader thread panicked");
        }
    }
}

struct Worker {
    results: Sender<Loaded>,
    stop: Arc<AtomicBool>,
}

impl Worker {
    fn run(&self, urgent: &Receiver<Task>, background: &Receiver<Task>) {
        loop {
            let task = select_biased! {
                recv(urgent) -> task => task,
                recv(background) -> task => task,
            };
            let Ok(task) = task else { return };
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            // A damaged file may trip a decoder; that is this file's failure, not the thread's.
            match catch_unwind(AssertUnwindSafe(|| self.work(task))) {
                Ok(Some(loaded)) => self.tell(loaded),
                Ok(None) => {}
                Err(_) => self.tell(Loaded::Event(LoaderEvent::Failed {
                    text:
                        "A file could not be read: it confused its decoder. Convert it to WAV and \
                           try again."
                            .into(),
                })),
            }
        }
    }

    fn tell(&self, mut loaded: Loaded) {
        while !self.stop.load(Ordering::Relaxed) {
            match self.results.send_timeout(loaded, RESULT_WAIT) {
                Err(crossbeam_channel::SendTimeoutError::Timeout(back)) => loaded = back,
                Ok(()) | Err(crossbeam_channel::SendTimeoutError::Disconnected(_)) => return,
            }
        }
    }

    fn work(&self, task: Task) -> Option<Loaded> {
        let event = match task {
            Task::Clip {
                key,
                path,
                sample_rate_hz,
            } => match clip::load(&path, sample_rate_hz, &self.stop) {
                Ok(clip) => {
                    return Some(Loaded::Clip {
                        key,
                        clip: Arc::new(clip),
                        sample_rate_hz,
                    });
                }
                Err(why) => LoaderEvent::Unreadable { key, why },
            },
            Task::Inspect { path } => match clip::inspect(&path, &self.stop) {
                Ok((take, peaks)) => LoaderEvent::Opened {
                    take: Box::new(take),
                    peaks,
                },
                Err(why) => LoaderEvent::OpenFailed { path, why },
            },
            Task::Hear(take) => LoaderEvent::Heard {
                hearing: hear::hear(&take, &self.stop),
                take: take.id,
            },
            Task::Trim {
                take,
                from,
                to,
                folder,
            } => match trim::trim(&take, from, to, &folder, &self.stop) {
                Ok(part) => LoaderEvent::Trimmed {
                    whole: take.id,
                    take: Box::new(part),
                },
                Err(text) => LoaderEvent::Failed { text },
            },
            Task::DropTake(path) => {
                trim::drop_take(&path);
                return None;
            }
            // A file that is gone is shown as missing, not complained about.
            Task::Peaks { key, path } if !path.is_file() => folder::missing(key, &path),
            Task::Peaks { key, path } => match clip::peaks(&path, &self.stop) {
                Ok((peaks, _)) => LoaderEvent::PeaksReady { key, peaks },
                Err(why) => LoaderEvent::Unreadable { key, why },
            },
            Task::Check(files) => LoaderEvent::Present(
                files
                    .into_iter()
                    .map(|(key, path)| (key, path.is_file()))
                    .collect(),
            ),
            Task::Folder(task) => LoaderEvent::Folder(task.carry_out()?),
            Task::Captions { folder, edit } => captions::work(&folder, edit),
            Task::Sweep { folder, root } => {
                sweep::leftovers(&folder);
                left::sweep(&root, SystemTime::now());
                return None;
            }
            Task::FindLeftMemory { root, own } => {
                let (instance, secs) = left::newest(&root, &own, SystemTime::now())?;
                LoaderEvent::LeftMemory { instance, secs }
            }
            Task::PruneTakes { folder, keep } => {
                sweep::old_takes(&folder, &keep);
                return None;
            }
            other => files::work(other)?,
        };
        Some(Loaded::Event(event))
    }
}
