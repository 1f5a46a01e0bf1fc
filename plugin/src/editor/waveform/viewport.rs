//! Which part of the audio is on screen. Pure; frames as `f64`, so that zooming keeps its middle.

use std::ops::Range;

/// Closer than this shows nothing new: one pair of peaks is wider than a hand.
const SHORTEST_SECS: f64 = 0.25;

/// `None` shows all there is, also while that grows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Viewport(Option<Range<f64>>);

impl Viewport {
    pub fn is_whole(&self) -> bool {
        self.0.is_none()
    }

    pub fn fit(&mut self) {
        self.0 = None;
    }

    /// What is shown of `frames` (> 0).
    pub fn shown(&self, frames: f64) -> Range<f64> {
        let Some(wanted) = &self.0 else {
            return 0.0..frames.max(1.0);
        };
        let span = (wanted.end - wanted.start).min(frames);
        let from = wanted.start.clamp(0.0, frames - span);
        from..from + span
    }

    /// Shows `1 / factor` as much; `at` stays where it is.
    pub fn zoom(&mut self, factor: f64, at: f64, frames: f64, sample_rate_hz: u32) {
        let shown = self.shown(frames);
        let span = shown.end - shown.start;
        let shortest = (SHORTEST_SECS * f64::from(sample_rate_hz)).min(frames);
        let wanted = (span / factor.max(1e-3)).clamp(shortest, frames);
        let from = at - (at - shown.start) * wanted / span;
        self.set(from, wanted, frames);
    }

    /// Moves by `by` frames.
    pub fn scroll(&mut self, by: f64, frames: f64) {
        if !self.is_whole() {
            let shown = self.shown(frames);
            self.set(shown.start + by, shown.end - shown.start, frames);
        }
    }

    /// Moves just so far that `frame` is on screen.
    pub fn reveal(&mut self, frame: f64, frames: f64) {
        let shown = self.shown(frames);
        let margin = (shown.end - shown.start) / 20.0;
        if frame < shown.start {
            self.scroll(frame - shown.start - margin, frames);
        } else if frame > shown.end {
            self.scroll(frame - shown.end + margin, frames);
        }
    }

    fn set(&mut self, from: f64, span: f64, frames: f64) {
        let from = from.clamp(0.0, (frames - span).max(0.0));
        self.0 = (span < frames).then_some(from..from + span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HZ: u32 = 48_000;

    proptest! {
        #[test]
        fn it_never_leaves_the_audio_and_zooming_keeps_its_place(
            frames in 10_000.0f64..3e7,
            moves in proptest::collection::vec((0.2f64..5.0, 0.0f64..1.0, -1e6f64..1e6), 1..30),
        ) {
            let mut view = Viewport::default();
            for (factor, place, by) in moves {
                let before = view.shown(frames);
                let at = before.start + place * (before.end - before.start);
                view.zoom(factor, at, frames, HZ);
                let after = view.shown(frames);
                // Held back by an edge, rounding included, it cannot keep the place.
                let inside = after.start > 1.0 && after.end < frames - 1.0;
                if inside {
                    let now = (at - after.start) / (after.end - after.start);
                    prop_assert!((now - place).abs() < 1e-6, "{now} {place}");
                }
                view.scroll(by, frames);
                let shown = view.shown(frames);
                prop_assert!(shown.start >= 0.0 && shown.end <= frames + 1e-6, "{shown:?}");
                prop_assert!(shown.end - shown.start >= 12_000.0f64.min(frames) - 1e-6);
            }
        }
    }

    #[test]
    fn what_grows_stays_whole_until_it_is_zoomed() {
        let mut view = Viewport::default();
        assert_eq!(view.shown(1000.0), 0.0..1000.0);
        assert_eq!(view.shown(96_000.0), 0.0..96_000.0);
        view.zoom(2.0, 0.0, 96_000.0, HZ);
        assert_eq!(view.shown(200_000.0), 0.0..48_000.0);
        view.reveal(100_000.0, 200_000.0);
        assert!(view.shown(200_000.0).contains(&100_000.0));
        view.zoom(0.01, 0.0, 200_000.0, HZ);
        assert!(view.is_whole());
    }
}
