use super::CaptureEvent;
use crossbeam_channel::{Sender, TrySendError};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Beyond this the session has hung for minutes; then only whole takes and failures are kept.
const MANY: usize = 64;

/// Keeps events while the session is busy, so that the capture thread never waits for it.
#[derive(Debug)]
pub(super) struct Outbox {
    to: Sender<CaptureEvent>,
    pending: VecDeque<CaptureEvent>,
}

impl Outbox {
    pub(super) fn new(to: Sender<CaptureEvent>) -> Self {
        Self {
            to,
            pending: VecDeque::new(),
        }
    }

    pub(super) fn send(&mut self, event: CaptureEvent) {
        if matches!(event, CaptureEvent::Memory(_)) {
            // Only the newest counts.
            self.pending
                .retain(|old| !matches!(old, CaptureEvent::Memory(_)));
        }
        match (self.pending.back_mut(), event) {
            (
                Some(CaptureEvent::Progress {
                    frames,
                    lost_frames,
                    peaks,
                }),
                CaptureEvent::Progress {
                    frames: newer,
                    lost_frames: newer_lost,
                    peaks: more,
                },
            ) => {
                (*frames, *lost_frames) = (newer, newer_lost);
                peaks.extend(more);
            }
            (_, event) => self.pending.push_back(event),
        }
        if self.pending.len() > MANY {
            self.pending.retain(CaptureEvent::is_worth_keeping);
        }
        self.flush();
    }

    /// Delivers what the session has room for.
    pub(super) fn flush(&mut self) {
        while let Some(event) = self.pending.pop_front() {
            match self.to.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.pending.push_front(event);
                    return;
                }
                Err(TrySendError::Disconnected(_)) => return self.pending.clear(),
            }
        }
    }

    /// The last words before the thread ends.
    pub(super) fn flush_within(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        while let Some(event) = self.pending.pop_front() {
            if self.to.send_deadline(event, deadline).is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(frames: u64) -> CaptureEvent {
        CaptureEvent::Progress {
            frames,
            lost_frames: 0,
            peaks: vec![(0.0, frames as f32)],
        }
    }

    #[test]
    fn joins_progress_while_the_session_is_busy_and_loses_no_peak() {
        let (to, from) = crossbeam_channel::bounded(1);
        let mut outbox = Outbox::new(to);
        outbox.send(CaptureEvent::TooShort);
        for frames in 1..=3 {
            outbox.send(progress(frames));
        }
        assert_eq!(from.recv().unwrap(), CaptureEvent::TooShort);
        outbox.flush();
        let CaptureEvent::Progress { frames, peaks, .. } = from.recv().unwrap() else {
            panic!("not a progress")
        };
        assert_eq!((frames, peaks.len()), (3, 3));
    }

    #[test]
    fn stays_bounded_but_keeps_failures() {
        let (to, from) = crossbeam_channel::bounded(1);
        let mut outbox = Outbox::new(to);
        outbox.send(CaptureEvent::Failed {
            what: "full disk".into(),
            path: None,
        });
        outbox.send(CaptureEvent::Failed {
            what: "again".into(),
            path: None,
        });
        for _ in 0..1000 {
            outbox.send(CaptureEvent::TooShort);
        }
        assert!(outbox.pending.len() <= MANY);
        from.recv().unwrap();
        outbox.flush();
        assert_eq!(
            from.recv().unwrap(),
            CaptureEvent::Failed {
                what: "again".into(),
                path: None
            }
        );
    }
}
