//! A part of a stem, marked on its waveform: from bar line to bar line where the tempo is known. Pure.

use crate::{
    capture::{GridUnit, TempoMap},
    editor::{text, waveform::Axis},
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
    /// Every bar touched between where a drag began and where it is now, whole, or `exactly` what was
    /// drawn; `None` while it is too short to be meant.
    pub fn dragged(
        from_x: f32,
        to_x: f32,
        axis: &Axis,
        map: &TempoMap,
        exactly: bool,
    ) -> Option<Self> {
        let frame = |x: f32| axis.frame_from_x(x).round() as u64;
        let mut part = frame(from_x.min(to_x))..frame(from_x.max(to_x));
        if !exactly {
            part = map.whole(part, GridUnit::Bars);
        }
        let secs = |frame: u64| frame as f64 / f64::from(map.sample_rate_hz.max(1));
        let (start_secs, end_secs) = (secs(part.start), secs(part.end));
        (end_secs - start_secs >= MIN_SECS).then_some(Self {
            start_secs,
            end_secs,
        })
    }

    /// `bars 5–6`, or the times where it is not made of bars.
    pub fn words(&self, map: &TempoMap) -> String {
        text::span(self.start_secs, self.end_secs, map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::TempoMark;
    use sideman_shared::music::Meter;

    const AXIS: Axis = Axis {
        left: 100.0,
        width: 400.0,
        shown: 0.0..40_000.0,
        sample_rate_hz: 1000,
    };

    fn mark(frame: u64, bpm: f64, meter: Meter, beats: f64) -> TempoMark {
        TempoMark {
            frame,
            bpm: Some(bpm),
            meter: Some(meter),
            beats: Some(beats),
            bar_beats: None,
        }
    }

    fn map(marks: Vec<TempoMark>) -> TempoMap {
        TempoMap {
            marks,
            frames: 40_000,
            sample_rate_hz: 1000,
        }
    }

    /// A bar lasts 2 s; the stem begins with bar 5.
    fn steady() -> TempoMap {
        map(vec![mark(0, 120.0, Meter::COMMON, 16.0)])
    }

    fn dragged(from_x: f32, to_x: f32, map: &TempoMap) -> Option<Part> {
        Part::dragged(from_x, to_x, &AXIS, map, false)
    }

    #[test]
    fn a_drag_takes_every_bar_it_touches() {
        let map = steady();
        let part = dragged(135.0, 105.0, &map).unwrap();
        assert_eq!((part.start_secs, part.end_secs), (0.0, 4.0));
        assert_eq!(part.words(&map), "bars 5–6");
        let one = dragged(121.0, 121.5, &map).unwrap();
        assert_eq!(one.words(&map), "bar 6");
        let exact = dragged(120.0, 140.0, &map).unwrap();
        assert_eq!(exact.words(&map), "bar 6", "not the one it only meets");
    }

    #[test]
    fn a_part_follows_the_tempo_and_the_meter_where_they_change() {
        // Two bars of 2 s, then 3/4 at 90 BPM: bars of 2 s, then at 60 BPM: bars of 3 s.
        let waltz = Meter::new(3, 4).unwrap();
        let on_a_bar_line = |mark: TempoMark| TempoMark {
            bar_beats: mark.beats,
            ..mark
        };
        let marks = [
            mark(0, 120.0, Meter::COMMON, 0.0),
            mark(4000, 90.0, waltz, 8.0),
            mark(8000, 60.0, waltz, 14.0),
        ];
        let map = map(marks.map(on_a_bar_line).into());
        let part = dragged(145.0, 195.0, &map).unwrap();
        assert_eq!((part.start_secs, part.end_secs), (4.0, 11.0));
        assert_eq!(part.words(&map), "bars 3–5");
        let slow = dragged(215.0, 235.0, &map).unwrap();
        assert_eq!((slow.start_secs, slow.end_secs), (11.0, 14.0));
        assert_eq!(slow.words(&map), "bar 6");
    }

    #[test]
    fn it_ends_with_the_stem() {
        let map = map(vec![mark(0, 120.0, Meter::COMMON, 17.0)]);
        let part = dragged(0.0, 900.0, &map).unwrap();
        assert_eq!((part.start_secs, part.end_secs), (0.0, 40.0));
        assert_eq!(part.words(&map), "bars 5–25");
    }

    #[test]
    fn without_a_tempo_or_on_demand_it_is_what_was_drawn() {
        let part = dragged(200.0, 220.0, &map(Vec::new())).unwrap();
        assert_eq!(part.words(&map(Vec::new())), "0:10.0–0:12.0");
        assert_eq!(dragged(200.0, 200.5, &map(Vec::new())), None, "a click");
        let free = Part::dragged(205.0, 217.0, &AXIS, &steady(), true).unwrap();
        assert_eq!((free.start_secs, free.end_secs), (10.5, 11.7));
        assert_eq!(free.words(&steady()), "0:10.5–0:11.7");
    }
}
