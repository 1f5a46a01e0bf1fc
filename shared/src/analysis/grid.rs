//! An exactly even grid of beats: its phase, and whether the music keeps to one at all.

use super::{
    curve::{Curve, parabola_top, smooth},
    onset::Onsets,
    tempo::fold,
};

/// Stretches over which the phase is heard separately, to see whether it drifts.
const STRETCH_SECS: f64 = 6.0;
const STRETCH_BEATS: f64 = 8.0;
/// Stretches may stray this far (root mean square) from a straight line.
const STEADY_SECS: f64 = 0.012;
/// One loud onset counts no more than this, in units of the curve's root mean square.
const LOUDEST: f32 = 6.0;

/// Beats at `phase_secs + n * unit_secs`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    pub unit_secs: f64,
    /// 0 ≤ phase < unit.
    pub phase_secs: f64,
}

impl Grid {
    pub fn new(unit_secs: f64, phase_secs: f64) -> Self {
        Self {
            unit_secs,
            phase_secs: phase_secs.rem_euclid(unit_secs),
        }
    }

    /// The beats inside the clip. One in its last millisecond belongs to what follows.
    pub fn beats(&self, duration_secs: f64) -> Vec<f64> {
        let count = ((duration_secs - 0.001 - self.phase_secs) / self.unit_secs)
            .ceil()
            .max(0.0);
        let count = if duration_secs > 0.0 && self.phase_secs == 0.0 {
            count.max(1.0)
        } else {
            count
        };
        (0..count as usize)
            .map(|n| self.phase_secs + n as f64 * self.unit_secs)
            .collect()
    }

    /// A beat this close to the clip's first frame is taken to be on it.
    pub fn snapped_to_start(self, reach_secs: f64) -> Self {
        let before = self.unit_secs - self.phase_secs;
        let near = self.phase_secs.min(before) <= reach_secs;
        Self {
            phase_secs: if near { 0.0 } else { self.phase_secs },
            ..self
        }
    }
}

/// The likeliest grids of this unit, strongest first, at most four; never empty.
pub(super) fn likely_grids(onsets: &Onsets, unit_secs: f64, duration_secs: f64) -> Vec<Grid> {
    let bins = (unit_secs / onsets.all.hop_secs)
        .round()
        .clamp(8.0, 2_000.0) as usize;
    let mut strength = fold(&onsets.all, unit_secs, bins);
    for (s, low) in strength.iter_mut().zip(fold(&onsets.low, unit_secs, bins)) {
        *s += low;
    }
    let at = |i: usize| strength[i % bins];
    let mut tops: Vec<usize> = (0..bins)
        .filter(|&i| at(i) > at(i + bins - 1) && at(i) >= at(i + 1) && at(i) > 0.0)
        .collect();
    tops.sort_by(|a, b| at(*b).total_cmp(&at(*a)));
    tops.truncate(4);
    let mut grids: Vec<Grid> = tops
        .into_iter()
        .map(|top| {
            let offset = parabola_top(at(top + bins - 1), at(top), at(top + 1));
            let coarse = (top as f64 + 0.5 + offset) / bins as f64 * unit_secs;
            let beats = Grid::new(unit_secs, coarse).beats(duration_secs);
            let reach_secs = 0.025_f64.min(unit_secs / 6.0);
            let heard = place(&onsets.fine, &beats, reach_secs);
            Grid::new(unit_secs, coarse + heard.offset_secs)
        })
        .collect();
    if grids.is_empty() {
        grids.push(Grid::new(unit_secs, 0.0));
    }
    grids
}

/// Where the onsets around expected beats really lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    /// Add this to the expected times.
    pub offset_secs: f64,
    /// How far the best offset stands out from all others; 0 when nothing is heard.
    pub prominence: f32,
}

/// Sums the fine onset curve around all expected beats and takes the top: what falls on the beat
/// adds up, what swings or pushes spreads out.
pub(super) fn place(fine: &Curve, beats: &[f64], reach_secs: f64) -> Placed {
    let reach = (reach_secs / fine.hop_secs).ceil().max(2.0) as i64;
    let mut sums: Vec<f32> = vec![0.0; 2 * reach as usize + 1];
    for beat in beats {
        for (sum, step) in sums.iter_mut().zip(-reach..=reach) {
            *sum += fine.at(beat + step as f64 * fine.hop_secs).min(LOUDEST);
        }
    }
    smooth(&mut sums, 1.5, false);
    let inner = 1..sums.len() - 1;
    let top = inner
        .max_by(|a, b| sums[*a].total_cmp(&sums[*b]))
        .unwrap_or(reach as usize);
    let mean = sums.iter().sum::<f32>() / sums.len() as f32;
    let offset = parabola_top(sums[top - 1], sums[top], sums[top + 1]);
    if sums[top] <= 0.0 {
        return Placed {
            offset_secs: 0.0,
            prominence: 0.0,
        };
    }
    Placed {
        offset_secs: (top as f64 - reach as f64 + offset) * fine.hop_secs,
        prominence: (sums[top] - mean) / beats.len().max(1) as f32,
    }
}

/// Fits a straight line through the phases of successive stretches. Returns the corrected grid, or
/// `None` where the music does not keep to any even grid near this one.
pub(super) fn straighten(fine: &Curve, grid: Grid, duration_secs: f64) -> Option<Grid> {
    let stretch_secs = STRETCH_SECS.max(STRETCH_BEATS * grid.unit_secs);
    let beats = grid.beats(duration_secs);
    let reach_secs = 0.06_f64.min(grid.unit_secs / 4.0);
    let per_stretch = (stretch_secs / grid.unit_secs).round().max(1.0) as usize;
    let points: Vec<(f64, f64, f64)> = beats
        .chunks(per_stretch)
        .filter(|stretch| 2 * stretch.len() > per_stretch)
        .map(|stretch| {
            let heard = place(fine, stretch, reach_secs);
            let middle = 0.5 * (stretch[0] + stretch[stretch.len() - 1]);
            (
                middle,
                heard.offset_secs,
                f64::from(heard.prominence.max(0.0)),
            )
        })
        .collect();
    let strongest = points.iter().fold(0.0, |max: f64, p| max.max(p.2));
    let clear: Vec<_> = points
        .into_iter()
        .filter(|p| p.2 > 0.35 * strongest)
        .collect();
    if clear.len() < 3 || strongest < 0.5 {
        return Some(grid);
    }
    let line = Line::through(&clear);
    (line.stray < STEADY_SECS).then(|| {
        let unit_secs = grid.unit_secs * (1.0 + line.slope);
        Grid::new(unit_secs, grid.phase_secs + line.at_zero)
    })
}

/// A weighted least-squares line.
struct Line {
    at_zero: f64,
    slope: f64,
    /// Weighted root mean square of what is left.
    stray: f64,
}

impl Line {
    /// Points are `(x, y, weight)`; weights above 0.
    fn through(points: &[(f64, f64, f64)]) -> Self {
        let total: f64 = points.iter().map(|p| p.2).sum();
        let mean = |f: &dyn Fn(&(f64, f64, f64)) -> f64| {
            points.iter().map(|p| p.2 * f(p)).sum::<f64>() / total
        };
        let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
        let spread = mean(&|p| (p.0 - x).powi(2));
        let slope = if spread > 0.0 {
            mean(&|p| (p.0 - x) * (p.1 - y)) / spread
        } else {
            0.0
        };
        let at_zero = y - slope * x;
        let stray = mean(&|p| (p.1 - at_zero - slope * p.0).powi(2)).sqrt();
        Self {
            at_zero,
            slope,
            stray,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_lie_inside_the_clip() {
        assert_eq!(Grid::new(0.5, -0.5).beats(1.0), [0.0, 0.5]);
        assert_eq!(Grid::new(0.5, 0.3).beats(1.0), [0.3, 0.8]);
        assert!(Grid::new(0.5, 0.3).beats(0.2).is_empty());
        assert!(Grid::new(0.5, 0.0).beats(0.0).is_empty());
    }

    #[test]
    fn a_beat_just_before_the_clip_is_its_first() {
        let late = Grid::new(0.5, -0.001);
        assert_eq!(late.snapped_to_start(0.006).phase_secs, 0.0);
        assert_eq!(Grid::new(0.5, 0.1).snapped_to_start(0.006).phase_secs, 0.1);
    }

    #[test]
    fn a_line_is_fitted_and_what_strays_is_measured() {
        let line = Line::through(&[(0.0, 1.0, 1.0), (1.0, 3.0, 2.0), (2.0, 5.0, 1.0)]);
        assert!((line.at_zero - 1.0).abs() < 1e-9 && (line.slope - 2.0).abs() < 1e-9);
        assert!(line.stray < 1e-9);
    }
}
