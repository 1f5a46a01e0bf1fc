//! The take that Generate would send: captured, picked or dropped.

use super::{Effect, Recovered, Source, State};
use crate::{
    audition::PEAK_BUCKET_FRAMES,
    capture::{CaptureEvent, Take},
    session::{CaptureView, Peaks},
};
use std::{path::PathBuf, sync::Arc};

/// Faster than anyone stops a host and starts it again.
const ROLL_ON_SECS: f64 = 0.25;

impl State {
    pub(super) fn captured(&mut self, now_secs: f64, event: CaptureEvent) -> Vec<Effect> {
        // News of a take that was still being written when capture was switched off.
        let on = self.capture != CaptureView::Off;
        let idle = if on {
            CaptureView::Armed
        } else {
            CaptureView::Off
        };
        match event {
            CaptureEvent::Rolling { .. } if on => {
                let since_secs = self.take_ended_secs.map(|ended| now_secs - ended);
                self.rolled_on = since_secs.is_some_and(|secs| secs < ROLL_ON_SECS);
                self.capture = CaptureView::Rolling {
                    secs: 0.0,
                    lost_frames: 0,
                    peaks: self.no_peaks(),
                };
                Vec::new()
            }
            CaptureEvent::Progress {
                frames,
                lost_frames,
                peaks,
            } if on => {
                self.roll_on(frames, lost_frames, &peaks);
                Vec::new()
            }
            CaptureEvent::Rolling { .. } | CaptureEvent::Progress { .. } => Vec::new(),
            CaptureEvent::Finished(take) => {
                let peaks = self.rolled_peaks();
                self.capture = idle;
                self.take_ended_secs = Some(now_secs);
                if self.is_cut_short_pass(&take) {
                    return Vec::new();
                }
                self.finished(take, peaks)
            }
            CaptureEvent::Failed { what, path } => {
                self.capture = idle;
                let kept = path.map_or_else(String::new, |path| {
                    format!(" What was captured so far lies at {}.", path.display())
                });
                self.notice(true, format!("{what}{kept}"));
                Vec::new()
            }
            CaptureEvent::TooShort => {
                self.capture = idle;
                Vec::new()
            }
            CaptureEvent::NeedsFolder => vec![Effect::NameFolder],
            CaptureEvent::Memory(news) => {
                self.remember(*news);
                Vec::new()
            }
            CaptureEvent::Grabbed { take, missing_bars } => self.grabbed(take, missing_bars),
            CaptureEvent::NotGrabbed(why) => {
                self.notice(true, why);
                Vec::new()
            }
            CaptureEvent::Recovered(take) => {
                self.found_after_crash(Recovered::Take(Box::new(take)));
                Vec::new()
            }
            CaptureEvent::RecoveredMemory { secs } => {
                self.found_after_crash(Recovered::Memory { secs });
                Vec::new()
            }
        }
    }

    fn no_peaks(&self) -> Peaks {
        Peaks {
            pairs: Arc::default(),
            bucket_frames: PEAK_BUCKET_FRAMES,
            sample_rate_hz: self.host.sample_rate_hz,
        }
    }

    fn roll_on(&mut self, frames: u64, lost: u64, new_pairs: &[(f32, f32)]) {
        let rate_hz = self.host.sample_rate_hz.max(1);
        if !matches!(self.capture, CaptureView::Rolling { .. }) {
            self.capture = CaptureView::Rolling {
                secs: 0.0,
                lost_frames: 0,
                peaks: self.no_peaks(),
            };
        }
        if let CaptureView::Rolling {
            secs,
            lost_frames,
            peaks,
        } = &mut self.capture
        {
            *secs = frames as f64 / f64::from(rate_hz);
            *lost_frames = lost;
            Arc::make_mut(&mut peaks.pairs).extend_from_slice(new_pairs);
        }
    }

    /// Shown until the exact ones are made from the file.
    fn rolled_peaks(&self) -> Peaks {
        match &self.capture {
            CaptureView::Rolling { peaks, .. } => peaks.clone(),
            _ => self.no_peaks(),
        }
    }

    fn finished(&mut self, take: Take, peaks: Peaks) -> Vec<Effect> {
        if take.lost_frames > 0 {
            let text = format!(
                "The disk fell behind and {} frames of this take are missing. Capture again for a \
                 clean one.",
                take.lost_frames
            );
            self.notice(true, text);
        }
        self.adopt(take, peaks)
    }

    /// The last pass of a loop, cut short by the stop: the whole pass before it stays the source.
    fn is_cut_short_pass(&self, take: &Take) -> bool {
        let same_start = |whole: &Take| {
            let starts = whole.start_beats.zip(take.start_beats);
            starts.is_some_and(|(a, b)| (a - b).abs() < 0.01)
        };
        self.rolled_on
            && self
                .source
                .as_ref()
                .is_some_and(|source| same_start(&source.take) && source.take.frames > take.frames)
    }

    pub(super) fn takes_in_use(&self) -> Vec<PathBuf> {
        let whole = self.source.iter().filter_map(|s| s.whole.as_deref());
        let source = self.source.iter().map(|s| &s.take);
        let source = source.chain(whole).chain(&self.recent);
        // Played to again when a stem is rolled anew.
        let stems = self.stems.iter().filter_map(|s| s.saved.take.as_ref());
        // Failed jobs too: they can be tried again.
        let jobs = self.jobs.iter().map(|job| &job.saved.take);
        let takes = source.chain(stems).chain(jobs);
        takes.map(|take| take.path.clone()).collect()
    }

    /// Replaces the source and stops the old one if it was heard.
    pub(super) fn set_source(&mut self, source: Option<Source>) -> Vec<Effect> {
        let was_playing = self.source.as_ref().is_some_and(|s| s.playing);
        let goes = std::mem::replace(&mut self.source, source);
        self.note_recent(goes);
        if was_playing {
            vec![self.play()]
        } else {
            Vec::new()
        }
    }
}

impl Source {
    pub(super) fn new(take: Take, peaks: Peaks) -> Self {
        Self {
            take,
            peaks,
            playing: false,
            missing: false,
            whole: None,
            hearing: None,
        }
    }
}
