//! How a meter is felt: where its groups begin, where the backbeat falls.

use sideman_shared::music::Meter;

/// A bar in quarter notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulse {
    /// One beat of the meter's unit, in quarters.
    pub beat_quarters: f64,
    pub bar_quarters: f64,
    /// Where the felt groups begin, in quarters; the first is 0.
    pub groups: Vec<f64>,
    /// Groups are three units long (6/8, 9/8, 12/8).
    pub compound: bool,
}

/// How fast the drummer feels the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feel {
    Straight,
    HalfTime,
    DoubleTime,
}

impl Pulse {
    pub fn of(meter: Meter) -> Self {
        let unit = 4.0 / f64::from(meter.beat_unit());
        let count = u32::from(meter.beats_per_bar());
        let bar_quarters = meter.quarters_per_bar();
        let compound = unit < 1.0 && count.is_multiple_of(3);
        let groups = if compound {
            steps(bar_quarters, unit * 3.0, 0.0)
        } else if unit >= 1.0 {
            steps(bar_quarters, 1.0, 0.0)
        } else if count > 3 {
            // An odd bar ends in its long group: 7/8 is 2 + 2 + 3.
            steps(
                bar_quarters,
                unit * 2.0,
                if count % 2 == 1 { unit } else { 0.0 },
            )
        } else {
            vec![0.0]
        };
        Self {
            beat_quarters: unit,
            bar_quarters,
            groups,
            compound,
        }
    }

    /// The shortest even step of timekeeping, in quarters: eighths, also in compound meters.
    pub fn eighths(&self) -> Vec<f64> {
        steps(self.bar_quarters, 0.5f64.min(self.bar_quarters), 0.0)
    }

    /// Where the group after the one at `index` begins, or the bar ends.
    pub fn group_end(&self, index: usize) -> f64 {
        let next = self.groups.get(index + 1);
        next.copied().unwrap_or(self.bar_quarters)
    }

    /// Where the snare falls.
    pub fn backbeats(&self, feel: Feel) -> Vec<f64> {
        let g = &self.groups;
        let pick = |indices: &[usize]| indices.iter().map(|i| g[*i]).collect();
        match (feel, g.len()) {
            (_, 0 | 1) => vec![self.bar_quarters * 2.0 / 3.0],
            (Feel::DoubleTime, n) => (0..n).map(|i| (g[i] + self.group_end(i)) / 2.0).collect(),
            (Feel::HalfTime, n) => pick(&[n.div_ceil(2).min(n - 1)]),
            (Feel::Straight, 2) => pick(&[1]),
            (Feel::Straight, 3) if self.compound || self.beat_quarters >= 1.0 => pick(&[2]),
            (Feel::Straight, 3) => pick(&[1]),
            (Feel::Straight, 5) => pick(&[2, 4]),
            (Feel::Straight, n) => (0..n).filter(|i| i % 2 == 1).map(|i| g[i]).collect(),
        }
    }

    /// The groups that carry the kick: all that are no backbeat, the first always.
    pub fn strong(&self, feel: Feel) -> Vec<f64> {
        if feel == Feel::DoubleTime {
            return self.groups.clone();
        }
        let back = self.backbeats(Feel::Straight);
        let half = feel == Feel::HalfTime;
        let groups = self.groups.iter().copied();
        groups
            .filter(|q| *q == 0.0 || (!half && !back.contains(q) && self.carries_kick(*q)))
            .collect()
    }

    /// 3/4 and 5/4 breathe on their second beat.
    fn carries_kick(&self, quarters: f64) -> bool {
        self.groups.len().is_multiple_of(2) || quarters != self.groups[1]
    }
}

/// 0, step, 2 step … while there is room for a step, `tail` being part of the last one.
fn steps(bar: f64, step: f64, tail: f64) -> Vec<f64> {
    let count = ((bar - tail) / step + 1e-9).floor().max(1.0) as u32;
    (0..count).map(|i| f64::from(i) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(text: &str) -> Pulse {
        Pulse::of(text.parse().unwrap())
    }

    #[test]
    fn meters_are_felt_in_their_groups() {
        assert_eq!(pulse("4/4").groups, [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(pulse("6/8").groups, [0.0, 1.5]);
        assert_eq!(pulse("7/8").groups, [0.0, 1.0, 2.0]);
        assert_eq!(pulse("7/8").group_end(2), 3.5);
        assert_eq!(pulse("5/4").groups.len(), 5);
        assert_eq!(pulse("2/2").groups.len(), 4);
    }

    #[test]
    fn the_backbeat_moves_with_the_feel() {
        let four = pulse("4/4");
        assert_eq!(four.backbeats(Feel::Straight), [1.0, 3.0]);
        assert_eq!(four.backbeats(Feel::HalfTime), [2.0]);
        assert_eq!(four.backbeats(Feel::DoubleTime), [0.5, 1.5, 2.5, 3.5]);
        assert_eq!(pulse("6/8").backbeats(Feel::Straight), [1.5]);
        assert_eq!(pulse("5/4").strong(Feel::Straight), [0.0, 3.0]);
        assert_eq!(pulse("7/8").strong(Feel::Straight), [0.0, 2.0]);
    }

    #[test]
    fn every_meter_has_a_kick_and_a_backbeat_inside_the_bar() {
        for beats in 1..=32 {
            for unit in [1, 2, 4, 8, 16, 32] {
                let pulse = Pulse::of(Meter::new(beats, unit).unwrap());
                for feel in [Feel::Straight, Feel::HalfTime, Feel::DoubleTime] {
                    assert_eq!(pulse.strong(feel)[0], 0.0);
                    let back = pulse.backbeats(feel);
                    assert!(!back.is_empty());
                    assert!(back.iter().all(|q| *q > 0.0 && *q < pulse.bar_quarters));
                }
            }
        }
    }
}
