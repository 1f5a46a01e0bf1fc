//! When to try again. Pure: chance comes in as an argument.

use super::error::{Failure, Later};
use std::time::Duration;

/// Tries of a service that is there but fails, in a row.
const MAX_COUNTED: u32 = 6;
/// A service that asks for more patience than this is asked again sooner.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Exponential, with jitter, from `first` to `longest`; begins anew after each success.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    tries: u32,
    counted: u32,
}

impl Backoff {
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            tries: 0,
            counted: 0,
        }
    }

    /// How long to wait now. `chance` is 0–1: instances that failed together do not come back together.
    ///
    /// # Errors
    /// The budget is used up.
    pub fn next(&mut self, later: &Later, chance: f64) -> Result<Duration, Failure> {
        if later.counted {
            self.counted += 1;
            if self.counted >= MAX_COUNTED {
                return Err(later.at_last.clone());
            }
        }
        Ok(match later.retry_after {
            Some(told) => {
                self.tries = 0;
                told.clamp(self.first, MAX_RETRY_AFTER)
            }
            None => self.pause(chance),
        })
    }

    /// The pause alone, without a budget: for the regular look at the service.
    pub fn pause(&mut self, chance: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.tries.min(16));
        self.tries = self.tries.saturating_add(1);
        let jitter = 0.75 + 0.25 * chance.clamp(0.0, 1.0);
        doubled.min(self.longest).mul_f64(jitter)
    }
}

/// 0–1, from the system's randomness.
pub fn chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(counted: bool, retry_after_secs: Option<u64>) -> Later {
        Later {
            reason: "away".into(),
            retry_after: retry_after_secs.map(Duration::from_secs),
            counted,
            at_last: Failure::new("t", "d", "h"),
        }
    }

    fn backoff() -> Backoff {
        Backoff::new(Duration::from_secs(1), Duration::from_secs(30))
    }

    #[test]
    fn waiting_for_a_service_that_is_away_grows_to_a_bound_and_never_ends() {
        let mut backoff = backoff();
        let waits: Vec<_> = (0..100)
            .map(|_| backoff.next(&later(false, None), 1.0).unwrap().as_secs())
            .collect();
        assert_eq!(waits[..6], [1, 2, 4, 8, 16, 30]);
        assert!(waits[6..].iter().all(|w| *w == 30));
        let jittered = backoff.next(&later(false, None), 0.0).unwrap();
        assert_eq!(jittered, Duration::from_millis(22_500));
    }

    #[test]
    fn a_service_that_fails_is_tried_a_few_times() {
        let mut backoff = backoff();
        let tries = (0..100).take_while(|_| backoff.next(&later(true, None), 0.5).is_ok());
        assert_eq!(tries.count() as u32, MAX_COUNTED - 1);
    }

    #[test]
    fn the_service_s_own_word_goes_first_within_bounds() {
        let mut backoff = backoff();
        for (told, waited) in [(7, 7), (0, 1), (86_400, 300)] {
            let wait = backoff.next(&later(false, Some(told)), 0.5).unwrap();
            assert_eq!(wait.as_secs(), waited);
        }
    }
}
