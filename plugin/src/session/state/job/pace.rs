//! How long a job still takes, from how it went so far. Says nothing before there is evidence, and
//! says a range: the pace of the whole attempt and that of its newer half are two honest guesses.

use crate::session::TimeLeft;
use std::collections::VecDeque;

const MAX_REPORTS: usize = 64;
/// Less than this says nothing about the pace.
const MIN_REPORTS: usize = 3;
const MIN_GAINED: f64 = 0.05;
const MIN_TOOK_SECS: f64 = 2.0;
/// Around both guesses.
const MARGIN: f64 = 0.1;

/// Reports of one attempt's progress.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    attempt: u32,
    /// (when, 0–1), oldest first, rising.
    reports: VecDeque<(f64, f64)>,
}

impl Pace {
    pub fn hear(&mut self, attempt: u32, now_secs: f64, progress: f64) {
        let fell = self
            .reports
            .back()
            .is_some_and(|(_, last)| progress < *last);
        if attempt != self.attempt || fell {
            self.reports.clear();
            self.attempt = attempt;
        }
        match self.reports.back() {
            Some((_, last)) if *last == progress => return,
            _ => self.reports.push_back((now_secs, progress)),
        }
        if self.reports.len() > MAX_REPORTS {
            // The first stays: it is what the whole attempt is measured from.
            self.reports.remove(1);
        }
    }

    pub fn left(&self, now_secs: f64) -> Option<TimeLeft> {
        let (&first, &last) = (self.reports.front()?, self.reports.back()?);
        let (gained, took_secs) = (last.1 - first.1, last.0 - first.0);
        if self.reports.len() < MIN_REPORTS || gained < MIN_GAINED || took_secs < MIN_TOOK_SECS {
            return None;
        }
        let middle = self.reports[(self.reports.len() - 1) / 2];
        let whole = left_at(first, last);
        let newer = left_at(middle, last);
        let left = TimeLeft {
            low_secs: whole.min(newer) * (1.0 - MARGIN),
            high_secs: whole.max(newer) * (1.0 + MARGIN),
        };
        Some(left.after(now_secs - last.0))
    }
}

/// What is left after `last` at the pace since `from`. Seconds.
fn left_at(from: (f64, f64), last: (f64, f64)) -> f64 {
    let gained = (last.1 - from.1).max(f64::EPSILON);
    (1.0 - last.1) * (last.0 - from.0).max(0.0) / gained
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(reports: &[(f64, f64)]) -> Option<TimeLeft> {
        let mut pace = Pace::default();
        for (secs, progress) in reports {
            pace.hear(1, *secs, *progress);
        }
        pace.left(reports.last()?.0)
    }

    #[test]
    fn without_evidence_nothing_is_said() {
        assert_eq!(after(&[(0.0, 0.0)]), None);
        assert_eq!(
            after(&[(0.0, 0.0), (10.0, 0.5)]),
            None,
            "one step is no pace"
        );
        assert_eq!(
            after(&[(0.0, 0.0), (0.1, 0.3), (0.2, 0.5)]),
            None,
            "too fast to tell"
        );
        assert_eq!(after(&[(0.0, 0.0), (9.0, 0.01), (20.0, 0.02)]), None);
        let stands = [(0.0, 0.5), (5.0, 0.5), (10.0, 0.5), (15.0, 0.5)];
        assert_eq!(after(&stands), None);
    }

    #[test]
    fn a_steady_pace_is_a_narrow_range_and_an_unsteady_one_a_wide_one() {
        let steady: Vec<_> = (0..=10)
            .map(|i| (f64::from(i), f64::from(i) * 0.05))
            .collect();
        let left = after(&steady).unwrap();
        assert!((left.low_secs - 9.0).abs() < 1e-6, "{left:?}");
        assert!((left.high_secs - 11.0).abs() < 1e-6, "{left:?}");
        let slowing = [(0.0, 0.0), (1.0, 0.2), (2.0, 0.4), (6.0, 0.45), (10.0, 0.5)];
        let left = after(&slowing).unwrap();
        assert!(left.low_secs < 10.0 && left.high_secs > 30.0, "{left:?}");
    }

    #[test]
    fn another_attempt_begins_anew() {
        let mut pace = Pace::default();
        for i in 0..5 {
            pace.hear(1, f64::from(i), f64::from(i) * 0.1);
        }
        assert!(pace.left(4.0).is_some());
        pace.hear(2, 5.0, 0.0);
        assert_eq!(pace.left(5.0), None);
    }

    #[test]
    fn a_long_job_keeps_its_first_report_and_a_bound() {
        let mut pace = Pace::default();
        for i in 0..1000 {
            pace.hear(1, f64::from(i), f64::from(i) / 2000.0);
        }
        assert_eq!(pace.reports.len(), MAX_REPORTS);
        assert_eq!(pace.reports[0], (0.0, 0.0));
        let left = pace.left(999.0).unwrap();
        assert!(left.low_secs > 800.0 && left.high_secs < 1200.0, "{left:?}");
    }
}
