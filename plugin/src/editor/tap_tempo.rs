//! A tempo from taps. Pure: time comes in as an argument.

use std::collections::VecDeque;

/// A longer pause begins anew.
const RESET_SECS: f64 = 2.0;
/// The tempo follows the last taps.
const MOST_INTERVALS: usize = 16;
/// Fewer say nothing.
const LEAST_INTERVALS: usize = 2;

#[derive(Debug, Default)]
pub(super) struct TapTempo {
    last_secs: Option<f64>,
    intervals_secs: VecDeque<f64>,
}

impl TapTempo {
    /// A tap; the tempo in BPM once there are enough: by the median, so that one bad tap costs nothing.
    pub fn tap(&mut self, now_secs: f64) -> Option<f64> {
        let since = self.last_secs.replace(now_secs).map(|last| now_secs - last);
        match since {
            // The same tap twice, as a bouncing key sends it.
            Some(secs) if secs < 0.05 => {}
            Some(secs) if secs <= RESET_SECS => {
                self.intervals_secs.push_back(secs);
                if self.intervals_secs.len() > MOST_INTERVALS {
                    self.intervals_secs.pop_front();
                }
            }
            _ => self.intervals_secs.clear(),
        }
        self.bpm()
    }

    fn bpm(&self) -> Option<f64> {
        if self.intervals_secs.len() < LEAST_INTERVALS {
            return None;
        }
        let mut sorted: Vec<f64> = self.intervals_secs.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            (sorted[middle - 1] + sorted[middle]) / 2.0
        } else {
            sorted[middle]
        };
        // Fingers are no better than this.
        Some((600.0 / median).round() / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap_all(times: &[f64]) -> Option<f64> {
        let mut taps = TapTempo::default();
        times.iter().map(|secs| taps.tap(*secs)).last().flatten()
    }

    #[test]
    fn the_median_forgives_a_bad_tap() {
        assert_eq!(tap_all(&[0.0, 0.5]), None, "two taps are one interval");
        assert_eq!(tap_all(&[0.0, 0.5, 1.0]), Some(120.0));
        assert_eq!(tap_all(&[0.0, 0.5, 1.0, 1.2, 1.7, 2.2]), Some(120.0));
        let steady: Vec<f64> = (0..12).map(|i| f64::from(i) * 60.0 / 92.5).collect();
        assert_eq!(tap_all(&steady), Some(92.5));
    }

    #[test]
    fn a_pause_begins_anew() {
        let mut taps = TapTempo::default();
        for secs in [0.0, 0.5, 1.0, 1.5] {
            taps.tap(secs);
        }
        assert_eq!(taps.tap(3.6), None);
        assert_eq!(taps.tap(4.6), None);
        assert_eq!(taps.tap(5.6), Some(60.0));
    }

    #[test]
    fn it_follows_a_change_and_ignores_a_bounce() {
        let mut taps = TapTempo::default();
        let mut now = 0.0;
        for _ in 0..20 {
            now += 0.5;
            taps.tap(now);
        }
        let mut bpm = None;
        for _ in 0..20 {
            now += 0.4;
            taps.tap(now);
            bpm = taps.tap(now + 0.01);
            now += 0.01;
        }
        let bpm = bpm.unwrap_or(0.0);
        assert!((bpm - 150.0).abs() < 5.0, "{bpm}");
    }
}
