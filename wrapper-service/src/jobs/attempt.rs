//! What to do after a try ended badly: pure decisions with a budget.

use crate::{engine::EngineError, gate::GateError};
use sideman_shared::protocol::{Code, JobError};

/// Why a try gave nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub code: Code,
    pub detail: String,
    /// Whether the same request may succeed if tried again.
    pub transient: bool,
}

impl Failure {
    /// A failure that no further try can mend.
    pub fn lasting(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            transient: false,
        }
    }

    pub fn transient(code: Code, detail: impl Into<String>) -> Self {
        Self {
            transient: true,
            ..Self::lasting(code, detail)
        }
    }

    /// In the words the user reads.
    pub fn job_error(&self) -> JobError {
        JobError {
            code: self.code,
            title: self.code.title().into(),
            detail: self.detail.clone(),
            hint: Some(self.code.hint().into()),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(e: EngineError) -> Self {
        Self {
            code: e.code(),
            transient: e.is_transient(),
            detail: e.to_string(),
        }
    }
}

impl From<GateError> for Failure {
    fn from(e: GateError) -> Self {
        match e {
            // The gate has been as patient as it was told to be.
            GateError::Unreachable(_) => Self::lasting(Code::GateUnreachable, e.to_string()),
            GateError::Book(_) => Self::transient(Code::Internal, e.to_string()),
            GateError::Cancelled => Self::transient(Code::Cancelled, e.to_string()),
        }
    }
}

/// How often and how patiently a job is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries that may end badly before the job fails, ≥ 1.
    pub max_failures: u32,
    /// The wait after the first bad end; doubled after each further one.
    pub first_wait_ms: i64,
    pub max_wait_ms: i64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_failures: 3,
            first_wait_ms: 2_000,
            max_wait_ms: 60_000,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Again { wait_ms: i64 },
    GiveUp,
}

/// `failures_before`: tries of this job that had ended badly before this one.
pub fn decide(failure: &Failure, failures_before: u32, policy: &RetryPolicy) -> Verdict {
    if !failure.transient || failures_before + 1 >= policy.max_failures {
        return Verdict::GiveUp;
    }
    let doubled = policy
        .first_wait_ms
        .saturating_mul(1_i64 << failures_before.min(30));
    Verdict::Again {
        wait_ms: doubled.min(policy.max_wait_ms),
    }
}

/// A different seed for the second try of a silent candidate; the same for the same seed.
pub fn another_seed(seed: u32) -> u32 {
    // Odd and far from 1, so it never lands on a neighbouring variation's seed.
    seed.wrapping_add(0x9E37_79B9)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_failures: 4,
        first_wait_ms: 1_000,
        max_wait_ms: 3_000,
    };

    #[test]
    fn waits_double_up_to_a_limit_and_the_budget_ends() {
        let failure = Failure::transient(Code::EngineUnreachable, "no route");
        let verdicts: Vec<_> = (0..4).map(|n| decide(&failure, n, &POLICY)).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Again { wait_ms: 1_000 },
                Verdict::Again { wait_ms: 2_000 },
                Verdict::Again { wait_ms: 3_000 },
                Verdict::GiveUp,
            ]
        );
        assert_eq!(decide(&failure, u32::MAX - 1, &POLICY), Verdict::GiveUp);
    }

    #[test]
    fn what_cannot_be_mended_is_not_tried_again() {
        for e in [
            EngineError::Rejected("no".into()),
            EngineError::OutOfMemory("24 GB".into()),
            EngineError::QuotaExhausted("0 s left".into()),
        ] {
            assert_eq!(decide(&e.into(), 0, &POLICY), Verdict::GiveUp);
        }
        let flaky = EngineError::Failed("worker died".into());
        assert!(matches!(
            decide(&flaky.into(), 0, &POLICY),
            Verdict::Again { .. }
        ));
    }

    #[test]
    fn another_seed_differs_from_every_variation() {
        for seed in [0, 1, 41, u32::MAX] {
            let other = another_seed(seed);
            assert!((0..4).all(|v| seed.wrapping_add(v) != other));
        }
    }
}
