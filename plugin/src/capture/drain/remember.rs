//! The capture thread's work for the memory: growing it, cutting from it, telling of it.

use super::Drain;
use crate::capture::{
    CaptureEvent, Cut,
    memory::{Memory, Progress},
    tap::BlockRecord,
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const NEWS_EVERY: Duration = Duration::from_millis(250);
/// A crash costs no more of the memory than this.
const SAVE_EVERY: Duration = Duration::from_secs(1);

impl Drain {
    pub(super) fn remember(&mut self, record: &BlockRecord) {
        if self.memory_failed && !record.is_stop {
            return;
        }
        self.memory_failed = false;
        let is_cutting = self.cutter.is_some();
        if let Err(error) = self.memory.take_in(record, &self.planar, is_cutting) {
            self.memory_failed = true;
            tracing::warn!(%error, "the memory cannot be kept");
            self.memory.forget();
            self.outbox.send(CaptureEvent::NotGrabbed(format!(
                "What your host plays cannot be remembered: {error}."
            )));
        }
    }

    /// Says so while another take is being cut.
    fn is_cutting(&mut self) -> bool {
        let is_cutting = self.cutter.is_some();
        if is_cutting {
            self.outbox.send(CaptureEvent::NotGrabbed(
                "The last take is still being cut. Try again in a moment.".into(),
            ));
        }
        is_cutting
    }

    /// Begins a take of what another instance's process has left.
    pub(super) fn rescue(&mut self, from: &Path) {
        if self.is_cutting() {
            return;
        }
        match Memory::begin_rescue(self.folder.as_deref(), from) {
            Ok((left, cutter)) => {
                self.left = Some(left);
                self.cutter = Some(Box::new(cutter));
            }
            Err(why) => self.outbox.send(CaptureEvent::NotGrabbed(why)),
        }
    }

    pub(super) fn grab(&mut self, cut: Cut) {
        if self.is_cutting() {
            return;
        }
        match self.memory.begin_cut(self.folder.as_deref(), cut) {
            Ok(cutter) => self.cutter = Some(Box::new(cutter)),
            Err(why) => self.outbox.send(CaptureEvent::NotGrabbed(why)),
        }
    }

    pub(super) fn cut_a_bite(&mut self) {
        let Some(cutter) = self.cutter.take() else {
            return;
        };
        let left = self.left.take();
        match cutter.go_on(left.as_ref().unwrap_or(&self.memory).store()) {
            Ok(Progress::More(cutter)) => (self.cutter, self.left) = (Some(cutter), left),
            Ok(Progress::Done { take, missing_bars }) => {
                if let Some(left) = left {
                    left.note_taken();
                }
                self.outbox.send(CaptureEvent::Grabbed {
                    take: *take,
                    missing_bars,
                });
            }
            Err(error) => self.outbox.send(CaptureEvent::NotGrabbed(format!(
                "The take failed: {error}."
            ))),
        }
    }

    pub(super) fn keep_memory(&mut self) {
        if self.memory.needs_folder() && !std::mem::replace(&mut self.asked_for_folder, true) {
            self.outbox.send(CaptureEvent::NeedsFolder);
        }
        if self.news_at.elapsed() >= NEWS_EVERY
            && let Some(news) = self.memory.news()
        {
            self.news_at = Instant::now();
            self.outbox.send(CaptureEvent::Memory(Box::new(news)));
        }
        if self.folder.is_some() && self.saved_at.elapsed() >= SAVE_EVERY {
            self.saved_at = Instant::now();
            if let Err(error) = self.memory.save() {
                tracing::warn!(%error, "the memory would not outlive a crash");
            }
        }
    }
}
