//! A range of frames under the pointer and the arrow keys. Pure.

use crate::{capture::GridUnit, session::Passage};
use std::ops::Range;

/// Where the edges of a selection fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Snap {
    #[default]
    Bars,
    Beats,
    Off,
}

impl Snap {
    pub fn next(self) -> Self {
        match self {
            Self::Bars => Self::Beats,
            Self::Beats => Self::Off,
            Self::Off => Self::Bars,
        }
    }

    fn unit(self) -> Option<GridUnit> {
        match self {
            Self::Bars => Some(GridUnit::Bars),
            Self::Beats => Some(GridUnit::Beats),
            Self::Off => None,
        }
    }
}

/// Without bars or beats an arrow key moves by this.
const KEY_STEP_SECS: f64 = 0.1;

/// The passage that holds a frame, or the last one before it.
pub fn passage_at(passages: &[Passage], frame: u64) -> Option<&Passage> {
    let after = passages.partition_point(|p| p.from_frame <= frame);
    passages.get(after.saturating_sub(1))
}

/// `frame` moved to where `snap` lets edges fall.
pub fn snapped(passages: &[Passage], frame: u64, snap: Snap) -> u64 {
    let Some((unit, passage)) = snap.unit().zip(passage_at(passages, frame)) else {
        return frame;
    };
    let inside = frame
        .saturating_sub(passage.from_frame)
        .min(passage.map.frames);
    passage.from_frame + passage.map.snapped(inside, unit)
}

/// What dragging from one frame to another selects: within one passage, at least one unit wide.
pub fn dragged(passages: &[Passage], from: u64, to: u64, snap: Snap) -> Range<u64> {
    let Some(passage) = passage_at(passages, from) else {
        return from.min(to)..from.max(to);
    };
    let range = passage.from_frame..passage.from_frame + passage.map.frames;
    let to = to.clamp(range.start, range.end);
    let (low, high) = (from.min(to), from.max(to));
    let mut selected = snapped(passages, low, snap)..snapped(passages, high, snap);
    if selected.is_empty() && high > low {
        // Inside one bar: that bar.
        let mid = low + (high - low) / 2;
        selected = around(passage, mid, snap);
    }
    selected.start.max(range.start)..selected.end.min(range.end)
}

/// The unit that `frame` lies in.
fn around(passage: &Passage, frame: u64, snap: Snap) -> Range<u64> {
    let Some(unit) = snap.unit() else {
        return frame..frame;
    };
    let inside = frame - passage.from_frame;
    let whole = passage.map.whole(inside..inside + 1, unit);
    passage.from_frame + whole.start..passage.from_frame + whole.end
}

/// `frame` one unit further (or back).
pub fn stepped(passages: &[Passage], frame: u64, snap: Snap, forward: bool) -> u64 {
    let Some(passage) = passage_at(passages, frame) else {
        return frame;
    };
    let rate = f64::from(passage.map.sample_rate_hz);
    let (first, last) = (passage.from_frame, passage.from_frame + passage.map.frames);
    let lines = snap
        .unit()
        .map(|unit| passage.map.lines(unit))
        .unwrap_or_default();
    let inside = frame - first;
    let next = match forward {
        _ if lines.is_empty() => {
            let by = (KEY_STEP_SECS * rate) as u64;
            Some(if forward {
                inside + by
            } else {
                inside.saturating_sub(by)
            })
        }
        true => lines
            .iter()
            .map(|line| line.frame)
            .find(|line| *line > inside),
        false => lines
            .iter()
            .map(|line| line.frame)
            .rfind(|line| *line < inside),
    };
    let end = if forward { last - first } else { 0 };
    (first + next.unwrap_or(end)).clamp(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{TempoMap, TempoMark};
    use sideman_shared::music::Meter;
    use std::sync::Arc;

    /// Eight bars of two seconds, then after a jump another eight.
    fn passages() -> Vec<Passage> {
        let passage = |from_frame: u64| Passage {
            from_frame,
            map: Arc::new(TempoMap {
                marks: vec![TempoMark {
                    frame: 0,
                    bpm: Some(120.0),
                    meter: Some(Meter::COMMON),
                    beats: Some(0.0),
                    bar_beats: None,
                }],
                frames: 8 * 96_000,
                sample_rate_hz: 48_000,
            }),
        };
        vec![passage(0), passage(8 * 96_000)]
    }

    #[test]
    fn a_drag_snaps_in_both_directions_and_stays_in_its_passage() {
        let p = passages();
        assert_eq!(dragged(&p, 90_000, 300_000, Snap::Bars), 96_000..288_000);
        assert_eq!(dragged(&p, 300_000, 90_000, Snap::Bars), 96_000..288_000);
        assert_eq!(dragged(&p, 90_000, 310_000, Snap::Beats), 96_000..312_000);
        assert_eq!(dragged(&p, 90_000, 300_000, Snap::Off), 90_000..300_000);
        assert_eq!(
            dragged(&p, 100_000, 120_000, Snap::Bars),
            96_000..192_000,
            "one bar at least"
        );
        assert_eq!(
            dragged(&p, 700_000, 2_000_000, Snap::Bars),
            672_000..768_000
        );
    }

    #[test]
    fn arrow_keys_go_from_line_to_line() {
        let p = passages();
        assert_eq!(stepped(&p, 100_000, Snap::Bars, true), 192_000);
        assert_eq!(stepped(&p, 96_000, Snap::Bars, false), 0);
        assert_eq!(stepped(&p, 96_000, Snap::Beats, true), 120_000);
        assert_eq!(stepped(&p, 96_000, Snap::Off, true), 100_800);
        assert_eq!(stepped(&p, 0, Snap::Bars, false), 0);
    }

    #[test]
    fn without_a_tempo_a_selection_is_as_it_was_drawn() {
        assert_eq!(dragged(&[], 500, 100, Snap::Bars), 100..500);
        assert_eq!(snapped(&[], 500, Snap::Bars), 500);
    }
}
