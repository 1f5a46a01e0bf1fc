//! The take that rolls: begun, written, told, finished.

use super::Drain;
use crate::capture::{
    CaptureEvent,
    peaks::PeakFold,
    spool::{Spool, SpoolError},
    timeline::Action,
};
use std::time::{Duration, Instant};

const PROGRESS_EVERY: Duration = Duration::from_millis(100);

impl Drain {
    pub(super) fn carry_out(&mut self, action: Action) {
        let outcome = match (action, &mut self.spool) {
            (Action::Begin(start), _) => {
                let (start_beats, tempo_bpm) = (start.start_beats, start.tempo_bpm);
                self.peaks = PeakFold::default();
                self.status.set_rolling(true);
                Spool::create(self.folder.as_deref(), start).map(|spool| {
                    self.spool = Some(spool);
                    self.outbox.send(CaptureEvent::Rolling {
                        start_beats,
                        tempo_bpm,
                    });
                })
            }
            (Action::Finish(_), _) => {
                self.status.set_rolling(false);
                self.finish()
            }
            (_, None) => Ok(()),
            (Action::Fill { frames }, Some(spool)) => {
                self.peaks.add_silence(frames);
                spool.fill(frames)
            }
            (Action::CountLost { frames }, Some(spool)) => {
                spool.count_lost(frames);
                Ok(())
            }
            (Action::Mark(mark), Some(spool)) => {
                spool.mark(mark);
                Ok(())
            }
            (Action::Write { from, to }, Some(spool)) => {
                self.peaks.add(&self.planar, spool.channels(), from..to);
                spool.write(&self.planar, from..to)
            }
        };
        if let Err(error) = outcome {
            self.fail(&error);
        }
    }

    fn finish(&mut self) -> Result<(), SpoolError> {
        self.tell_progress_now();
        let Some(spool) = self.spool.take() else {
            return Ok(());
        };
        if spool.is_too_short() {
            spool.discard();
            self.outbox.send(CaptureEvent::TooShort);
            return Ok(());
        }
        let take = spool.finish()?;
        self.outbox.send(CaptureEvent::Finished(take));
        Ok(())
    }

    /// The rest of this take goes unheard; the next one tries again. The sound goes on.
    fn fail(&mut self, error: &SpoolError) {
        let path = self.spool.take().map(|s| s.path().to_owned());
        tracing::warn!(%error, "a take could not be kept");
        self.outbox.send(CaptureEvent::Failed {
            what: error.to_string(),
            path,
        });
    }

    pub(super) fn tell_progress(&mut self) {
        if self.told_at.elapsed() >= PROGRESS_EVERY {
            self.tell_progress_now();
        }
    }

    fn tell_progress_now(&mut self) {
        let Some(spool) = &self.spool else { return };
        self.told_at = Instant::now();
        self.outbox.send(CaptureEvent::Progress {
            frames: spool.frames(),
            lost_frames: spool.lost_frames(),
            peaks: self.peaks.take_ready(),
        });
    }
}
