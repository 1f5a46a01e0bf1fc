//! The system's file dialogs, each on a thread of its own so that the window goes on drawing.

use super::{
    backend::{Answer, Ask, FileDialogs},
    text::dialogs as words,
};
use crossbeam_channel::{Receiver, TryRecvError, bounded};
use rfd::{AsyncFileDialog, FileHandle};
use std::{
    future::Future,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

/// A dialog that nobody could have answered so soon was never shown: no portal and no zenity.
const FASTER_THAN_A_HAND: Duration = Duration::from_millis(120);

const SOURCE_EXTENSIONS: [&str; 9] = [
    "wav", "wave", "aif", "aiff", "mp3", "flac", "ogg", "m4a", "w64",
];

type Picking = Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>>;

/// Dialogs of the operating system, through `rfd`.
///
/// A dialog that is still open when the window closes is left to the user; its answer goes nowhere.
pub struct SystemDialogs {
    open: Option<Receiver<Answer>>,
    /// Wakes the window when a dialog has closed.
    notify: Arc<dyn Fn() + Send + Sync>,
}

impl SystemDialogs {
    pub fn new(notify: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { open: None, notify }
    }
}

impl FileDialogs for SystemDialogs {
    fn ask(&mut self, ask: Ask) -> bool {
        if self.open.is_some() {
            return false;
        }
        let (sender, receiver) = bounded(1);
        self.open = Some(receiver);
        // Made here: macOS wants its panel made on the thread of the window.
        let picking = picking(&ask);
        let notify = self.notify.clone();
        let failed = sender.clone();
        let started = std::thread::Builder::new()
            .name("sideman-dialog".into())
            .spawn(move || {
                // The window may be gone by now; then nobody wants the answer.
                let _ = sender.send(wait(ask, picking));
                notify();
            });
        if started.is_err() {
            // Room for one answer, and this is the only one.
            let _ = failed.send(Answer::Failed(words::THREAD_FAILED.into()));
        }
        true
    }

    fn poll(&mut self) -> Option<Answer> {
        let answer = match self.open.as_ref()?.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Answer::Failed(words::FAILED.into()),
        };
        self.open = None;
        Some(answer)
    }
}

fn picking(ask: &Ask) -> Picking {
    let dialog = AsyncFileDialog::new();
    match ask {
        Ask::OpenSource | Ask::OpenDeskSong => Box::pin(
            dialog
                .set_title(words::OPEN_TITLE)
                .add_filter(words::OPEN_FILTER, &SOURCE_EXTENSIONS)
                .pick_file(),
        ),
        Ask::SaveStem { file_name, .. } => Box::pin(
            dialog
                .set_title(words::SAVE_TITLE)
                .set_file_name(file_name)
                .save_file(),
        ),
        Ask::SaveStems { .. } => Box::pin(dialog.set_title(words::SAVE_ALL_TITLE).pick_folder()),
        Ask::CacheFolder => Box::pin(dialog.set_title(words::FOLDER_TITLE).pick_folder()),
    }
}

/// Waits for the user on the dialog's own thread.
fn wait(ask: Ask, picking: Picking) -> Answer {
    let shown = Instant::now();
    let picked = block_on(picking).map(|file| file.path().to_owned());
    answer(ask, picked, shown.elapsed())
}

fn answer(ask: Ask, picked: Option<PathBuf>, open_for: Duration) -> Answer {
    match (ask, picked) {
        (Ask::OpenSource, Some(path)) => Answer::Source(path),
        (Ask::OpenDeskSong, Some(path)) => Answer::DeskSong(path),
        (Ask::SaveStem { stem, .. }, Some(to)) => Answer::SaveStem { stem, to },
        (Ask::SaveStems { stems }, Some(folder)) => Answer::SaveStems { stems, folder },
        (Ask::CacheFolder, Some(path)) => Answer::CacheFolder(path),
        (_, None) if open_for < FASTER_THAN_A_HAND => Answer::Failed(words::FAILED.into()),
        (_, None) => Answer::Cancelled,
    }
}

/// Drives one future on this thread; parked while it waits.
fn block_on<T>(mut future: Pin<Box<dyn Future<Output = T> + Send>>) -> T {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(value) => return value,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_carries_what_was_asked_for() {
        let ask = Ask::SaveStem {
            stem: "s1".into(),
            file_name: "Drums.wav".into(),
        };
        let to = PathBuf::from("/home/me/Drums.wav");
        let minute = Duration::from_secs(60);
        assert_eq!(
            answer(ask, Some(to.clone()), minute),
            Answer::SaveStem {
                stem: "s1".into(),
                to
            }
        );
        assert_eq!(answer(Ask::OpenSource, None, minute), Answer::Cancelled);
    }

    #[test]
    fn a_dialog_that_never_showed_is_told_from_one_that_was_cancelled() {
        let answer = answer(Ask::OpenSource, None, Duration::from_millis(3));
        assert_eq!(answer, Answer::Failed(words::FAILED.into()));
    }

    #[test]
    fn a_future_woken_from_another_thread_is_waited_for() {
        let (sender, receiver) = std::sync::mpsc::channel::<std::task::Waker>();
        let waker_thread = std::thread::spawn(move || receiver.recv().unwrap().wake());
        let mut asked = false;
        let future = std::future::poll_fn(move |context| {
            if std::mem::replace(&mut asked, true) {
                std::task::Poll::Ready(7)
            } else {
                sender.send(context.waker().clone()).unwrap();
                std::task::Poll::Pending
            }
        });
        assert_eq!(block_on(Box::pin(future)), 7);
        waker_thread.join().unwrap();
    }
}
