use std::collections::BTreeMap;

/// What the queue knows of one session over all its life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    pub tokens: u32,
    pub enqueued: u32,
    pub granted: u32,
    pub begun: u32,
    /// How it was released or withdrawn: `completed` or `failed`.
    pub ended: Option<String>,
    /// Ends told again after the first: the queue may have lost its own answer.
    pub told_again: u32,
    /// The queue itself forgot it.
    pub forgotten: bool,
}

impl Account {
    pub fn holds(&self) -> bool {
        self.granted > 0 && self.ended.is_none() && !self.forgotten
    }
}

/// All sessions but those of other services.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub accounts: BTreeMap<String, Account>,
    /// Calls whose answer was withheld on purpose after they were done.
    pub lost_answers: u32,
    /// The most tokens that were out at once, other services included.
    pub most_out: u32,
    pub looks: u32,
}

impl Ledger {
    pub fn held(&self) -> usize {
        self.accounts.values().filter(|a| a.holds()).count()
    }

    /// Sessions that still stand in the queue.
    pub fn queued(&self) -> usize {
        let waits = |a: &&Account| a.granted == 0 && a.ended.is_none() && !a.forgotten;
        self.accounts.values().filter(waits).count()
    }

    pub fn ended(&self, word: &str) -> usize {
        let ended = |a: &&Account| a.granted > 0 && a.ended.as_deref() == Some(word);
        self.accounts.values().filter(ended).count()
    }

    pub fn told_again(&self) -> u32 {
        self.accounts.values().map(|a| a.told_again).sum()
    }

    /// Nothing is held and nobody stands in the queue.
    pub fn is_settled(&self) -> bool {
        self.held() == 0 && self.queued() == 0
    }
}
