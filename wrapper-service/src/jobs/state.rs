//! A job's life as a pure function: state and event in, new state out. Time comes in as an argument.
//!
//! *Queued → Running{attempt} → Succeeded | Failed | Cancelled*, back to Queued only by retry, by an
//! orderly shutdown or by a lost worker. Terminal is final.

use sideman_shared::protocol::{JobError, JobState};

/// The part of a job that the state machine owns.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    pub state: JobState,
    /// Tries begun; 0 until the first.
    pub attempt: u32,
    /// Tries that ended badly. A try given back at shutdown is not one.
    pub failures: u32,
    /// While queued: not to be begun earlier (Unix time).
    pub not_before_ms: i64,
    pub started_at_ms: Option<i64>,
    pub finished_at_ms: Option<i64>,
    pub error: Option<JobError>,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            state: JobState::Queued,
            attempt: 0,
            failures: 0,
            not_before_ms: 0,
            started_at_ms: None,
            finished_at_ms: None,
            error: None,
        }
    }
}

/// What can happen to a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A worker begins the next try.
    Claim,
    /// All stems are durably stored.
    Finish,
    /// The try ended badly and there will be no other.
    Fail(JobError),
    /// The try ended badly (or its worker died); there will be another.
    Retry { not_before_ms: i64 },
    /// The worker gives an unfinished try back, through no fault of the job.
    Return,
    /// The user said stop.
    Cancel,
    /// The engine let go after a cancel.
    Stopped,
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Finish => "finish",
            Self::Fail(_) => "fail",
            Self::Retry { .. } => "retry",
            Self::Return => "return",
            Self::Cancel => "cancel",
            Self::Stopped => "stopped",
        }
    }
}

/// An event that makes no sense in a state: a bug, or news from a worker that lost the job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {} job cannot take the event \"{event}\"", .state.as_str())]
pub struct Refused {
    pub state: JobState,
    pub event: &'static str,
}

/// The life after `event`, or `None` if the event changes nothing.
///
/// # Errors
/// The event makes no sense in this state.
pub fn step(life: &Life, event: &Event, now_ms: i64) -> Result<Option<Life>, Refused> {
    let refused = || Refused {
        state: life.state,
        event: event.name(),
    };
    match life.state {
        JobState::Queued => match event {
            Event::Claim => Ok(Some(begin(life, now_ms))),
            Event::Cancel => Ok(Some(end(life, JobState::Cancelled, None, now_ms))),
            _ => Err(refused()),
        },
        JobState::Running => match event {
            Event::Finish => Ok(Some(end(life, JobState::Succeeded, None, now_ms))),
            Event::Fail(error) => {
                let failed = end(life, JobState::Failed, Some(error.clone()), now_ms);
                Ok(Some(Life {
                    failures: life.failures + 1,
                    ..failed
                }))
            }
            Event::Retry { not_before_ms } => Ok(Some(Life {
                failures: life.failures + 1,
                ..requeue(life, *not_before_ms)
            })),
            Event::Return => Ok(Some(requeue(life, now_ms))),
            Event::Cancel => Ok(Some(Life {
                state: JobState::Cancelling,
                ..life.clone()
            })),
            Event::Claim | Event::Stopped => Err(refused()),
        },
        // However the try ends, the user's word stands.
        JobState::Cancelling => match event {
            Event::Finish
            | Event::Fail(_)
            | Event::Retry { .. }
            | Event::Return
            | Event::Stopped => Ok(Some(end(life, JobState::Cancelled, None, now_ms))),
            Event::Cancel => Ok(None),
            Event::Claim => Err(refused()),
        },
        JobState::Succeeded | JobState::Failed | JobState::Cancelled => match event {
            Event::Cancel => Ok(None),
            _ => Err(refused()),
        },
    }
}

fn begin(life: &Life, now_ms: i64) -> Life {
    Life {
        state: JobState::Running,
        attempt: life.attempt + 1,
        started_at_ms: life.started_at_ms.or(Some(now_ms)),
        ..life.clone()
    }
}

fn requeue(life: &Life, not_before_ms: i64) -> Life {
    Life {
        state: JobState::Queued,
        not_before_ms,
        ..life.clone()
    }
}

fn end(life: &Life, state: JobState, error: Option<JobError>, now_ms: i64) -> Life {
    Life {
        state,
        error,
        finished_at_ms: Some(now_ms),
        ..life.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::protocol::Code;

    const STATES: [JobState; 6] = [
        JobState::Queued,
        JobState::Running,
        JobState::Cancelling,
        JobState::Succeeded,
        JobState::Failed,
        JobState::Cancelled,
    ];

    fn error() -> JobError {
        JobError {
            code: Code::EngineFailed,
            title: "t".into(),
            detail: "d".into(),
            hint: None,
        }
    }

    fn events() -> [Event; 7] {
        [
            Event::Claim,
            Event::Finish,
            Event::Fail(error()),
            Event::Retry { not_before_ms: 90 },
            Event::Return,
            Event::Cancel,
            Event::Stopped,
        ]
    }

    fn life(state: JobState) -> Life {
        Life {
            state,
            attempt: 1,
            started_at_ms: Some(10),
            ..Life::default()
        }
    }

    /// Rows: states; columns: claim finish fail retry return cancel stopped. `-` refused, `=` nothing.
    const TABLE: [&str; 6] = [
        "R----X-", // queued
        "-SFQQC-", // running
        "-XXXX=X", // cancelling
        "-----=-", // succeeded
        "-----=-", // failed
        "-----=-", // cancelled
    ];

    #[test]
    fn every_event_in_every_state_does_what_the_table_says() {
        for (state, row) in STATES.into_iter().zip(TABLE) {
            for (event, expected) in events().iter().zip(row.chars()) {
                let found = match step(&life(state), event, 50) {
                    Err(refused) => {
                        assert_eq!(refused.state, state);
                        '-'
                    }
                    Ok(None) => '=',
                    Ok(Some(next)) => match next.state {
                        JobState::Queued => 'Q',
                        JobState::Running => 'R',
                        JobState::Cancelling => 'C',
                        JobState::Succeeded => 'S',
                        JobState::Failed => 'F',
                        JobState::Cancelled => 'X',
                    },
                };
                assert_eq!(found, expected, "{state:?} + {event:?}");
            }
        }
    }

    #[test]
    fn a_finish_time_is_set_exactly_in_terminal_states() {
        for state in STATES {
            for event in events() {
                if let Ok(Some(next)) = step(&life(state), &event, 50) {
                    let finished = next.state.is_terminal().then_some(50);
                    assert_eq!(next.finished_at_ms, finished, "{state:?} + {event:?}");
                    let failed = next.state == JobState::Failed;
                    assert_eq!(next.error.is_some(), failed, "{state:?} + {event:?}");
                }
            }
        }
    }

    #[test]
    fn only_a_bad_end_counts_as_a_failure() {
        let running = step(&Life::default(), &Event::Claim, 10).unwrap().unwrap();
        assert_eq!((running.attempt, running.started_at_ms), (1, Some(10)));
        let back = step(&running, &Event::Return, 20).unwrap().unwrap();
        assert_eq!((back.failures, back.not_before_ms), (0, 20));
        let again = step(&back, &Event::Claim, 30).unwrap().unwrap();
        assert_eq!((again.attempt, again.started_at_ms), (2, Some(10)));
        let retry = Event::Retry { not_before_ms: 99 };
        let later = step(&again, &retry, 40).unwrap().unwrap();
        assert_eq!((later.failures, later.not_before_ms), (1, 99));
    }
}
