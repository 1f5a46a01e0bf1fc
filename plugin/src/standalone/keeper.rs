//! The thread that keeps what changes, so that a crash or a power cut loses seconds.

use super::memory::{Memory, Remembered};
use crate::{
    params::SidemanParams,
    player::PlayerHandle,
    session::{ProjectState, SessionHandle},
    threads::Worker,
};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::{io, sync::Arc, time::Duration};

const LOOK_EVERY: Duration = Duration::from_secs(2);
const JOIN_LIMIT: Duration = Duration::from_secs(2);

/// Dropped, it writes once more.
pub struct Keeper {
    stop: Option<Sender<()>>,
    worker: Worker,
}

/// What is looked at.
pub struct Watched {
    pub session: SessionHandle,
    pub player: PlayerHandle,
    pub params: Arc<SidemanParams>,
}

impl Watched {
    fn now(&self) -> Remembered {
        Remembered {
            project: ProjectState {
                // A program that starts does not listen before it is told to.
                capture_on: false,
                ..(*self.session.project_state()).clone()
            },
            player: self.player.saved(),
            window: Some(*self.params.window_size.lock()),
        }
    }
}

impl Keeper {
    /// # Errors
    /// The system refuses another thread.
    pub fn start(memory: Memory, watched: Watched) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let worker = Worker::spawn("sideman-keeper", move || keep(&memory, &watched, &stopped))?;
        Ok(Self {
            stop: Some(stop),
            worker,
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop = None;
        self.worker.join_within(JOIN_LIMIT);
    }
}

fn keep(memory: &Memory, watched: &Watched, stopped: &Receiver<()>) {
    let mut kept = None;
    let mut was_told = false;
    loop {
        // Nothing is ever sent: an answer other than the time-out is the end.
        let goes_on =
            stopped.recv_timeout(LOOK_EVERY) == Err(crossbeam_channel::RecvTimeoutError::Timeout);
        let now = watched.now();
        if kept.as_ref() != Some(&now) {
            match memory.save(&now) {
                Ok(()) => kept = Some(now),
                Err(error) if !was_told => {
                    was_told = true;
                    let path = memory.path().display();
                    tracing::error!(
                        "{path} cannot be written, so this run is not remembered: {error}"
                    );
                }
                Err(_) => {}
            }
        }
        if !goes_on {
            return;
        }
    }
}
