//! The thread `sideman-mover`: lives as long as one move of the folder.

use super::Loaded;
use crate::session::{FolderNews, LoaderEvent, storage};
use crossbeam_channel::Sender;
use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Progress is told this often.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// The end of a move must arrive; while the queue is full it is tried again.
const END_WAIT: Duration = Duration::from_millis(50);

pub struct Mover {
    cancel: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Mover {
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    pub fn join(self) {
        if self.thread.join().is_err() {
            tracing::error!("the mover thread panicked");
        }
    }
}

/// `stop` ends it with what is copied kept for the next run; cancelling takes the copies away.
///
/// # Errors
/// The system refused a new thread.
pub fn start(
    from: PathBuf,
    to: PathBuf,
    results: Sender<Loaded>,
    stop: Arc<AtomicBool>,
) -> io::Result<Mover> {
    let cancel = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&cancel);
    let thread = std::thread::Builder::new()
        .name("sideman-mover".into())
        .spawn(move || {
            let news = run(&from, &to, &results, &stop, &told);
            let mut loaded = Loaded::Event(LoaderEvent::Folder(news));
            while !stop.load(Ordering::Relaxed) {
                match results.send_timeout(loaded, END_WAIT) {
                    Err(crossbeam_channel::SendTimeoutError::Timeout(back)) => loaded = back,
                    _ => return,
                }
            }
        })?;
    Ok(Mover { cancel, thread })
}

fn run(
    from: &std::path::Path,
    to: &std::path::Path,
    results: &Sender<Loaded>,
    stop: &AtomicBool,
    cancel: &AtomicBool,
) -> FolderNews {
    let mut told_at = None::<Instant>;
    let mut go_on = |done_bytes, total_bytes| {
        if told_at.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            told_at = Some(Instant::now());
            let news = FolderNews::Progress {
                done_bytes,
                total_bytes,
            };
            // A full queue has newer things to say.
            let _ = results.try_send(Loaded::Event(LoaderEvent::Folder(news)));
        }
        !stop.load(Ordering::Relaxed) && !cancel.load(Ordering::Relaxed)
    };
    match storage::copy_all(from, to, &mut go_on) {
        Ok(Some(done)) => FolderNews::Moved(Some(done)),
        Ok(None) => {
            if !stop.load(Ordering::Relaxed)
                && let Err(error) = storage::discard(from, to)
            {
                tracing::warn!(%error, "copies of a cancelled move stay");
            }
            FolderNews::Stopped { error: None }
        }
        Err(error) => FolderNews::Stopped {
            error: Some(error.to_string()),
        },
    }
}
