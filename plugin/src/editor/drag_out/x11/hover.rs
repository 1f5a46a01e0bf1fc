use super::target::Target;
use std::time::{Duration, Instant};

/// A target that has not answered for this long is asked again.
const STATUS_PATIENCE: Duration = Duration::from_secs(1);
/// In a status: the drop will be accepted. In the last message: it was.
pub(super) const YES: u32 = 1;
/// In a status: the rectangle means nothing.
const WANTS_EVERY_POSITION: u32 = 2;

/// The target under the pointer and what has been said to it.
pub(super) struct Hover {
    pub(super) target: Target,
    pub(super) accepted: bool,
    /// When a position was sent that has no answer yet.
    pub(super) unanswered: Option<Instant>,
    pub(super) sent: Option<(i16, i16)>,
    /// The target's answer holds within this rectangle of the screen: (x, y, width, height).
    quiet: Option<(i16, i16, u16, u16)>,
}

impl Hover {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            accepted: false,
            unanswered: None,
            sent: None,
            quiet: None,
        }
    }

    /// Takes the words of an `XdndStatus` message.
    pub(super) fn take_status(&mut self, words: [u32; 5]) {
        self.unanswered = None;
        self.accepted = words[1] & YES != 0;
        let quiet = words[1] & WANTS_EVERY_POSITION == 0 && words[3] != 0;
        let halves = |word: u32| ((word >> 16) as u16, word as u16);
        let ((x, y), (width, height)) = (halves(words[2]), halves(words[3]));
        self.quiet = quiet.then_some((x as i16, y as i16, width, height));
    }

    /// Whether the target should be told this place: not while it owes an answer, not twice, and not
    /// where it asked to be left in peace.
    pub(super) fn wants(&self, place: (i16, i16)) -> bool {
        let busy = self
            .unanswered
            .is_some_and(|since| since.elapsed() < STATUS_PATIENCE);
        !busy && self.sent != Some(place) && !self.is_quiet_at(place)
    }

    fn is_quiet_at(&self, (x, y): (i16, i16)) -> bool {
        let within = |at: i16, from: i16, size: u16| {
            let offset = i32::from(at) - i32::from(from);
            (0..i32::from(size)).contains(&offset)
        };
        self.quiet.is_some_and(|(left, top, width, height)| {
            within(x, left, width) && within(y, top, height)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_told_no_more_than_it_wants() {
        let mut hover = Hover::new(Target {
            window: 1,
            proxy: 1,
            version: 5,
        });
        assert!(hover.wants((-3, 7)));
        (hover.sent, hover.unanswered) = (Some((-3, 7)), Some(Instant::now()));
        assert!(!hover.wants((0, 0)), "it owes an answer");
        // Accepted; quiet from (−10, 5), 20 wide and 10 high.
        let corner = u32::from((-10_i16) as u16) << 16 | 5;
        hover.take_status([1, YES, corner, 20 << 16 | 10, 0]);
        assert!(
            hover.accepted && !hover.wants((-3, 7)),
            "it knows that place"
        );
        for (place, wanted) in [
            ((-10, 5), false),
            ((9, 14), false),
            ((10, 14), true),
            ((9, 15), true),
            ((-11, 5), true),
        ] {
            assert_eq!(hover.wants(place), wanted, "{place:?}");
        }
        hover.take_status([1, WANTS_EVERY_POSITION, corner, 20 << 16 | 10, 0]);
        assert!(!hover.accepted && hover.wants((9, 14)));
    }
}
