//! How alike the onsets are after each delay.

use super::{
    autocorrelation::autocorrelation,
    curve::{Curve, parabola_top, smooth},
    onset::Onsets,
    tempo::{FAVOURITE_BPM, LONGEST_LAG_SECS, LONGEST_SECS, PulseMeter, SHORTEST_SECS, favour},
};

/// The onset autocorrelation over delay.
pub(super) struct Lags {
    /// Of all bands.
    pub curve: Curve,
    /// Of kick and bass alone.
    pub low: Curve,
    levels: Vec<(f64, f64)>,
}

impl Lags {
    /// `None` where the clip is shorter than two of the shortest periods.
    pub fn of(onsets: &Onsets, meter: PulseMeter) -> Option<Self> {
        let hop_secs = onsets.all.hop_secs;
        let heard_secs = onsets.all.end_secs();
        let max_lag = (LONGEST_LAG_SECS.min(0.75 * heard_secs) / hop_secs) as usize;
        if (max_lag as f64) * hop_secs <= SHORTEST_SECS {
            return None;
        }
        let of = |part: &Curve| autocorrelation(&part.values, max_lag);
        let low = of(&onsets.low);
        let mut all = low.clone();
        for part in [&onsets.mid, &onsets.high, &onsets.all] {
            for (sum, v) in all.iter_mut().zip(of(part)) {
                *sum += v;
            }
        }
        all.iter_mut().for_each(|v| *v *= 0.25);
        let [curve, low] = [all, low].map(|mut values| {
            smooth(&mut values, 1.5, false);
            Curve {
                values,
                hop_secs,
                first_secs: 0.0,
            }
        });
        Some(Self {
            curve,
            low,
            levels: meter.levels(),
        })
    }

    /// The weighted mean over the levels of the meter that the clip is long enough to show.
    fn comb(&self, period_secs: f64) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (multiple, weight) in &self.levels {
            let lag = multiple * period_secs;
            if lag + self.curve.hop_secs < self.curve.end_secs() {
                sum += weight * f64::from(self.curve.at(lag));
                weights += weight;
            }
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }

    /// Periods at which the comb peaks, best first, weighed by how comfortable they are to tap.
    pub fn comb_peaks(&self) -> Vec<f64> {
        let steps = ((LONGEST_SECS / SHORTEST_SECS).ln() / 0.004).ceil() as usize;
        let period = |i: usize| SHORTEST_SECS * (0.004 * i as f64).exp();
        let combs: Vec<f64> = (0..=steps).map(|i| self.comb(period(i))).collect();
        let weight = |i: usize| combs[i].max(0.0) * favour(60.0 / period(i));
        let mut peaks: Vec<usize> = (1..steps)
            .filter(|&i| combs[i] > 0.0 && combs[i] >= combs[i - 1] && combs[i] > combs[i + 1])
            .collect();
        peaks.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
        let mut periods: Vec<f64> = peaks.into_iter().map(period).collect();
        if periods.is_empty() {
            periods.push(60.0 / FAVOURITE_BPM);
        }
        periods
    }

    /// Follows the peak to ever longer multiples of the period: an error of half a step of delay
    /// there is that much smaller in one period.
    pub fn sharpen(&self, period_secs: f64) -> f64 {
        let hop_secs = self.curve.hop_secs;
        let mut period = period_secs;
        let mut reach = 2 + (0.012 * period / hop_secs).ceil() as usize;
        let mut multiple = 1;
        while let Some((lag, height)) = self.peak_near(f64::from(multiple) * period, reach) {
            if multiple > 1 && height < 0.25 * self.curve.at(period) {
                break;
            }
            period = lag / f64::from(multiple);
            multiple *= 2;
            reach = 3;
        }
        period
    }

    /// The top nearest to a delay, if one lies within `reach` steps.
    fn peak_near(&self, lag_secs: f64, reach: usize) -> Option<(f64, f32)> {
        let values = &self.curve.values;
        let centre = (lag_secs / self.curve.hop_secs).round() as usize;
        let range = centre.checked_sub(reach)?..=centre + reach;
        let top = range.max_by(|a, b| {
            let value = |i: &usize| values.get(*i).copied().unwrap_or(f32::MIN);
            value(a).total_cmp(&value(b))
        })?;
        let (before, middle, after) = (
            *values.get(top - 1)?,
            *values.get(top)?,
            *values.get(top + 1)?,
        );
        if middle <= before || middle < after || middle <= 0.0 {
            return None;
        }
        let offset = parabola_top(before, middle, after);
        Some(((top as f64 + offset) * self.curve.hop_secs, middle))
    }
}
