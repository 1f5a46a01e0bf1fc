use std::time::Duration;
use tokio::{sync::watch, time::Instant};

/// Measures how long a try has worked. Waiting for the GPU is no work.
#[derive(Debug)]
pub struct WorkClock(watch::Sender<Reading>);

#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Up to the last start.
    worked: Duration,
    /// `None` while paused.
    since: Option<Instant>,
}

/// The clock stands still until this is dropped.
pub struct Paused<'a>(&'a WorkClock);

impl WorkClock {
    pub fn start() -> Self {
        Self(watch::Sender::new(Reading {
            worked: Duration::ZERO,
            since: Some(Instant::now()),
        }))
    }

    pub fn pause(&self) -> Paused<'_> {
        self.0.send_modify(|reading| {
            if let Some(since) = reading.since.take() {
                reading.worked += since.elapsed();
            }
        });
        Paused(self)
    }

    /// Returns once the work has taken `limit`.
    pub async fn has_worked(&self, limit: Duration) {
        let mut readings = self.0.subscribe();
        loop {
            let reading = *readings.borrow_and_update();
            let Some(since) = reading.since else {
                // The sender lives in `self`: this cannot fail.
                let _ = readings.changed().await;
                continue;
            };
            let left = limit.saturating_sub(reading.worked);
            tokio::select! {
                () = tokio::time::sleep_until(since + left) => return,
                _ = readings.changed() => {}
            }
        }
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        self.0
            .0
            .send_modify(|reading| reading.since = Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pause_does_not_count() {
        let clock = WorkClock::start();
        let limit = Duration::from_millis(50);
        let paused = clock.pause();
        let early = tokio::time::timeout(limit * 4, clock.has_worked(limit)).await;
        assert!(early.is_err(), "the pause counted as work");
        drop(paused);
        crate::testing::within(clock.has_worked(limit)).await;
    }
}
