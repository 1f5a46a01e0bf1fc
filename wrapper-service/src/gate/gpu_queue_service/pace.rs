use std::time::Duration;

const GROWTH: f64 = 1.5;

/// Waits that grow while nothing happens.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    min: Duration,
    max: Duration,
    next: Duration,
}

impl Pace {
    pub fn new(min: Duration, max: Duration) -> Self {
        Self {
            min,
            max: max.max(min),
            next: min,
        }
    }

    pub fn next(&mut self) -> Duration {
        let wait = self.next;
        self.next = wait.mul_f64(GROWTH).min(self.max);
        wait
    }

    /// Something happened.
    pub fn quicken(&mut self) {
        self.next = self.min;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_between_their_bounds() {
        let secs = Duration::from_secs_f64;
        let mut pace = Pace::new(secs(1.0), secs(2.0));
        let waits = [pace.next(), pace.next(), pace.next(), pace.next()];
        assert_eq!(waits, [secs(1.0), secs(1.5), secs(2.0), secs(2.0)]);
        pace.quicken();
        assert_eq!(pace.next(), secs(1.0));
    }
}
