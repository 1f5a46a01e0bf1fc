//! What is known of the queue's health, from the last call of any kind.

use super::client::Trouble;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

#[derive(Debug, Default)]
pub struct Contact(Mutex<Known>);

#[derive(Debug, Default, Clone)]
struct Known {
    heard: Option<Instant>,
    /// The first of the failures since the last good answer, and the cause of the last.
    trouble: Option<(Instant, Instant, String)>,
}

/// How the queue was when last asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    Well,
    Silent { since: Duration, cause: String },
}

impl Contact {
    /// Notes how a call went and hands it on.
    pub fn note<T>(&self, result: Result<T, Trouble>) -> Result<T, Trouble> {
        let now = Instant::now();
        let mut known = self.lock();
        match &result {
            Ok(_) => {
                *known = Known {
                    heard: Some(now),
                    trouble: None,
                }
            }
            Err(trouble) => {
                let first = known.trouble.as_ref().map_or(now, |(first, ..)| *first);
                known.trouble = Some((first, now, trouble.cause.clone()));
            }
        }
        result
    }

    /// What was learnt within the last `age`.
    pub fn health(&self, age: Duration) -> Option<Health> {
        let known = self.lock().clone();
        match known.trouble {
            Some((first, last, cause)) if last.elapsed() <= age => Some(Health::Silent {
                since: first.elapsed(),
                cause,
            }),
            None if known.heard.is_some_and(|heard| heard.elapsed() <= age) => Some(Health::Well),
            _ => None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_and_old_words_do_not() {
        let contact = Contact::default();
        let age = Duration::from_secs(60);
        assert_eq!(contact.health(age), None);
        let _ = contact.note(Ok(()));
        assert_eq!(contact.health(age), Some(Health::Well));
        let trouble = Trouble {
            cause: "refused".into(),
            may_have_heard: false,
        };
        let _ = contact.note::<()>(Err(trouble));
        let health = contact.health(age);
        assert!(matches!(health, Some(Health::Silent { cause, .. }) if cause == "refused"));
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(contact.health(Duration::ZERO), None);
    }
}
