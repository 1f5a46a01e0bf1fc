use std::collections::VecDeque;

/// Edits that may be on their way to the session at once; older ones are forgotten.
const MAX_IN_FLIGHT: usize = 64;

/// A value that the user edits here and the session owns.
///
/// The session's echo of an older edit must not undo newer typing, but a change that was not made
/// here (the host restored a project, a stem's settings were taken over) must show at once. So the
/// draft remembers what it sent and takes over only values that it did not send itself.
#[derive(Debug, Clone)]
pub(super) struct Draft<T> {
    value: T,
    seen: T,
    in_flight: VecDeque<T>,
}

impl<T: Clone + PartialEq> Draft<T> {
    pub fn new(value: T) -> Self {
        Self {
            seen: value.clone(),
            value,
            in_flight: VecDeque::new(),
        }
    }

    pub fn get(&self) -> &T {
        &self.value
    }

    /// Takes the user's edit. The caller sends it to the session.
    pub fn edit(&mut self, value: T) {
        if self.in_flight.len() == MAX_IN_FLIGHT {
            self.in_flight.pop_front();
        }
        self.in_flight.push_back(value.clone());
        self.value = value;
    }

    /// Takes the session's value, once per view.
    pub fn sync(&mut self, theirs: &T) {
        if *theirs == self.seen {
            return;
        }
        self.seen = theirs.clone();
        match self.in_flight.iter().position(|sent| sent == theirs) {
            Some(index) => drop(self.in_flight.drain(..=index)),
            None => {
                self.in_flight.clear();
                self.value = theirs.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_of_an_older_edit_does_not_undo_typing() {
        let mut draft = Draft::new("".to_owned());
        draft.edit("a".into());
        draft.edit("ab".into());
        draft.sync(&"a".into());
        assert_eq!(draft.get(), "ab");
        draft.sync(&"ab".into());
        assert_eq!(draft.get(), "ab");
    }

    #[test]
    fn a_change_made_elsewhere_shows_even_while_edits_are_on_their_way() {
        let mut draft = Draft::new(1);
        draft.edit(2);
        draft.sync(&7);
        assert_eq!(*draft.get(), 7);
        draft.sync(&2);
        assert_eq!(*draft.get(), 2, "no longer ours: taken as theirs");
    }

    #[test]
    fn an_unchanged_view_leaves_the_draft_alone() {
        let mut draft = Draft::new(1);
        draft.edit(2);
        draft.sync(&1);
        assert_eq!(*draft.get(), 2);
    }
}
