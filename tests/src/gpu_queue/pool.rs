use super::ledger::{Account, Ledger};
use std::collections::VecDeque;

/// Tokens and who waits for them, first come first served.
pub struct Pool {
    tokens: u32,
    line: VecDeque<Task>,
    granted: Vec<Task>,
    pub ledger: Ledger,
}

#[derive(Debug, Clone)]
struct Task {
    session_id: String,
    tokens: u32,
    foreign: bool,
}

/// A session whose turn has come.
#[derive(Debug, Clone)]
pub struct Grant {
    pub session_id: String,
    pub foreign: bool,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// 1 is next.
    Queued(usize),
    Granted,
    Ended,
    Unknown,
}

impl Pool {
    pub fn new(tokens: u32) -> Self {
        Self {
            tokens,
            line: VecDeque::new(),
            granted: Vec::new(),
            ledger: Ledger::default(),
        }
    }

    /// A second time for the same session changes nothing.
    pub fn enqueue(&mut self, session_id: &str, tokens: u32, foreign: bool) -> (Place, Vec<Grant>) {
        if !foreign {
            let account = self.account(session_id);
            account.enqueued += 1;
            account.tokens = tokens;
        }
        let mut granted = Vec::new();
        if self.place(session_id) == Place::Unknown {
            self.line.push_back(Task {
                session_id: session_id.to_owned(),
                tokens,
                foreign,
            });
            granted = self.grant();
        }
        (self.place(session_id), granted)
    }

    pub fn place(&self, session_id: &str) -> Place {
        if self.granted.iter().any(|t| t.session_id == session_id) {
            return Place::Granted;
        }
        if let Some(at) = self.line.iter().position(|t| t.session_id == session_id) {
            return Place::Queued(at + 1);
        }
        match self.ledger.accounts.get(session_id) {
            Some(account) if account.ended.is_some() && !account.forgotten => Place::Ended,
            _ => Place::Unknown,
        }
    }

    pub fn begin(&mut self, session_id: &str) {
        if self.place(session_id) == Place::Granted {
            self.account(session_id).begun += 1;
        }
    }

    pub fn end(&mut self, session_id: &str, word: &str) -> Vec<Grant> {
        let known = matches!(self.place(session_id), Place::Queued(_) | Place::Granted);
        let account = self.account(session_id);
        match (known, &account.ended) {
            (true, None) => account.ended = Some(word.to_owned()),
            (_, Some(_)) => account.told_again += 1,
            // Told about a session that never arrived, or was forgotten.
            (false, None) => account.ended = Some("unknown".into()),
        }
        self.remove(session_id)
    }

    /// Who is removed makes room for others.
    pub fn remove(&mut self, session_id: &str) -> Vec<Grant> {
        self.line.retain(|t| t.session_id != session_id);
        self.granted.retain(|t| t.session_id != session_id);
        self.grant()
    }

    pub fn forget_everything(&mut self) {
        self.line.clear();
        self.granted.clear();
        for account in self.ledger.accounts.values_mut() {
            account.forgotten |= account.ended.is_none();
        }
    }

    pub fn queued(&self) -> usize {
        self.line.len()
    }

    pub fn active(&self) -> usize {
        self.granted.len()
    }

    fn grant(&mut self) -> Vec<Grant> {
        let mut grants = Vec::new();
        while let Some(first) = self.line.front() {
            let out: u32 = self.granted.iter().map(|t| t.tokens).sum();
            if out + first.tokens > self.tokens {
                break;
            }
            self.ledger.most_out = self.ledger.most_out.max(out + first.tokens);
            let Some(first) = self.line.pop_front() else {
                break;
            };
            if !first.foreign {
                self.account(&first.session_id).granted += 1;
            }
            grants.push(Grant {
                session_id: first.session_id.clone(),
                foreign: first.foreign,
            });
            self.granted.push(first);
        }
        grants
    }

    fn account(&mut self, session_id: &str) -> &mut Account {
        let accounts = &mut self.ledger.accounts;
        accounts.entry(session_id.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_given_in_turn_and_come_back() {
        let mut pool = Pool::new(1000);
        assert_eq!(pool.enqueue("a", 600, false).0, Place::Granted);
        assert_eq!(pool.enqueue("b", 600, false).0, Place::Queued(1));
        assert_eq!(
            pool.enqueue("c", 100, false).0,
            Place::Queued(2),
            "nobody overtakes"
        );
        assert_eq!(
            pool.enqueue("b", 600, false).0,
            Place::Queued(1),
            "not twice in line"
        );
        let granted = pool.end("a", "completed");
        let granted: Vec<_> = granted.iter().map(|g| g.session_id.as_str()).collect();
        assert_eq!(granted, ["b", "c"]);
        pool.end("a", "failed");
        assert_eq!(
            pool.ledger.accounts["a"].ended.as_deref(),
            Some("completed")
        );
        assert_eq!(pool.ledger.told_again(), 1);
        assert_eq!(pool.ledger.held(), 2);
        pool.forget_everything();
        assert_eq!(pool.place("b"), Place::Unknown);
        assert!(pool.ledger.is_settled());
    }
}
