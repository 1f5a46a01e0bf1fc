//! A part of a stem, marked on its waveform: from bar line to bar line where the tempo is known. Pure.

use crate::{
    editor::{
        text,
        waveform::{Axis, BarGrid},
    },
    session::StemRow,
};

/// Shorter parts are refused by the service.
const MIN_SECS: f64 = 0.1;

/// Seconds from the stem's first frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub start_secs: f64,
    pub end_secs: f64,
}

impl Part {
    /// Between where a drag began and where it is now; `None` while it is too short to be meant.
    pub fn dragged(from_x: f32, to_x: f32, axis: &Axis, grid: Option<&BarGrid>) -> Option<Self> {
        let secs = |x: f32| axis.secs_from_x(x);
        let (low, high) = (secs(from_x.min(to_x)), secs(from_x.max(to_x)));
        let part = match grid {
            // Every bar that is touched, whole.
            Some(grid) => Self {
                start_secs: grid.secs_of_bar(grid.bar_at(low)).max(0.0),
                end_secs: grid
                    .secs_of_bar(grid.last_bar_before(high) + 1)
                    .min(axis.span_secs),
            },
            None => Self {
                start_secs: low,
                end_secs: high,
            },
        };
        (part.end_secs - part.start_secs >= MIN_SECS).then_some(part)
    }

    /// `bars 5–6`, or the times without a grid.
    pub fn words(&self, grid: Option<&BarGrid>) -> String {
        text::span(self.start_secs, self.end_secs, grid)
    }
}

/// Where this stem's bars lie, if its tempo and place are known.
pub(super) fn grid(row: &StemRow) -> Option<BarGrid> {
    Some(BarGrid {
        bpm: row.bpm.filter(|bpm| *bpm > 0.0)?,
        start_beats: row.start_beats?,
        quarters_per_bar: row.meter.unwrap_or_default().quarters_per_bar(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIS: Axis = Axis {
        left: 100.0,
        width: 400.0,
        span_secs: 40.0,
    };
    /// A bar lasts 2 s; the stem begins with bar 5.
    const GRID: BarGrid = BarGrid {
        bpm: 120.0,
        start_beats: 16.0,
        quarters_per_bar: 4.0,
    };

    #[test]
    fn a_drag_takes_every_bar_it_touches() {
        let part = Part::dragged(135.0, 105.0, &AXIS, Some(&GRID)).unwrap();
        assert_eq!((part.start_secs, part.end_secs), (0.0, 4.0));
        assert_eq!(part.words(Some(&GRID)), "bars 5–6");
        let one = Part::dragged(121.0, 121.5, &AXIS, Some(&GRID)).unwrap();
        assert_eq!(one.words(Some(&GRID)), "bar 6");
        let exact = Part::dragged(120.0, 140.0, &AXIS, Some(&GRID)).unwrap();
        assert_eq!(
            exact.words(Some(&GRID)),
            "bar 6",
            "not the one it only meets"
        );
    }

    #[test]
    fn it_ends_with_the_stem() {
        let grid = BarGrid {
            start_beats: 17.0,
            ..GRID
        };
        let part = Part::dragged(0.0, 900.0, &AXIS, Some(&grid)).unwrap();
        assert_eq!((part.start_secs, part.end_secs), (0.0, 40.0));
    }

    #[test]
    fn without_a_tempo_it_is_what_was_drawn() {
        let part = Part::dragged(200.0, 220.0, &AXIS, None).unwrap();
        assert_eq!(part.words(None), "0:10.0–0:12.0");
        assert_eq!(Part::dragged(200.0, 200.5, &AXIS, None), None, "a click");
    }
}
