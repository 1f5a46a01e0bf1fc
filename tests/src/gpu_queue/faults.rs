use std::collections::{HashMap, VecDeque};

/// The calls that can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Enqueue,
    Look,
    /// The client says that it begins.
    Begin,
    /// The client says that it has ended.
    End,
    /// The queue's own webhook.
    Notify,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 500, and nothing is done.
    Error,
    /// No answer, and nothing is done.
    Hang,
    /// It is done, and the answer is lost.
    Lost,
    /// A proxy's page with status 200, and nothing is done.
    Page,
    /// 404, although there is such a session.
    Unknown,
    /// A webhook arrives twice.
    Twice,
}

/// Which call goes wrong next.
#[derive(Debug, Default)]
pub struct Faults {
    scripted: HashMap<Step, VecDeque<Fault>>,
    percent: u32,
    dice: u32,
}

impl Faults {
    pub fn script(&mut self, step: Step, fault: Fault, times: u32) {
        let script = self.scripted.entry(step).or_default();
        script.extend(std::iter::repeat_n(fault, times as usize));
    }

    pub fn is_out_of_script(&self, step: Step) -> bool {
        self.scripted.get(&step).is_none_or(VecDeque::is_empty)
    }

    pub fn often(&mut self, percent: u32, seed: u32) {
        (self.percent, self.dice) = (percent, seed | 1);
    }

    pub fn next(&mut self, step: Step) -> Option<Fault> {
        let scripted = self.scripted.get_mut(&step).and_then(VecDeque::pop_front);
        if scripted.is_some() {
            return scripted;
        }
        if self.percent == 0 || self.roll() % 100 >= self.percent {
            return None;
        }
        let all = match step {
            Step::Notify => [Fault::Twice, Fault::Lost, Fault::Twice, Fault::Twice],
            _ => [Fault::Error, Fault::Hang, Fault::Lost, Fault::Page],
        };
        Some(all[self.roll() as usize % all.len()])
    }

    /// Marsaglia's xorshift.
    fn roll(&mut self) -> u32 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 17;
        self.dice ^= self.dice << 5;
        self.dice >> 8
    }
}
