//! How fast the music's pulse is, from how well its onsets agree with their own delays.

use super::{
    autocorrelation::autocorrelation,
    curve::{Curve, parabola_top, smooth},
    onset::Onsets,
};

/// Periods of the felt pulse that are considered.
const SHORTEST_SECS: f64 = 60.0 / 230.0;
const LONGEST_SECS: f64 = 60.0 / 42.0;
/// People tap nearest to this (van Noorden & Moelants, "Resonance in the perception of musical
/// pulse", 1999), with this spread in octaves.
const FAVOURITE_BPM: f64 = 116.0;
const FAVOURITE_COMPOUND_BPM: f64 = 84.0;
const SPREAD_OCTAVES: f64 = 0.62;
/// Delays beyond this no longer sharpen the period.
const LONGEST_LAG_SECS: f64 = 20.0;
/// Candidates that are examined more closely.
const CANDIDATES: usize = 10;
/// Of these, as many are tried as bars.
const EXAMINED: usize = 5;

/// How much kick and snare taking turns is worth against not.
const ALTERNATION: f64 = 1.0;

/// A meter as the felt pulse has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PulseMeter {
    pub pulses_per_bar: u32,
    /// Each pulse is thought of in three parts, as in 6/8.
    pub compound: bool,
}

impl PulseMeter {
    /// Multiples of the pulse at which music in this meter repeats, and how telling each is.
    fn levels(self) -> Vec<(f64, f64)> {
        let per_bar = f64::from(self.pulses_per_bar.max(1));
        let mut levels = vec![(1.0, 1.0)];
        if self.pulses_per_bar.is_multiple_of(2) && self.pulses_per_bar > 2 {
            levels.push((2.0, 0.8));
        }
        if self.pulses_per_bar > 1 {
            levels.push((per_bar, 1.2));
        }
        levels.push((2.0 * per_bar, 0.8));
        levels
    }
}

/// A period that may be the felt pulse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pulse {
    pub period_secs: f64,
    /// Above 0; comparable between the pulses of one clip.
    pub rating: f64,
    /// 0–1: how alike the onsets are from one period to the next.
    pub regularity: f64,
}

/// The likeliest pulses, best first; empty where the clip is too short to repeat.
///
/// They are the best combs of the onset autocorrelation over the levels of the meter (after Davies &
/// Plumbley, "Context-dependent beat tracking", 2007), favouring those that are comfortable to tap
/// and those that let kick and snare alternate.
pub(super) fn likely_pulses(onsets: &Onsets, meter: PulseMeter) -> Vec<Pulse> {
    let Some(lags) = Lags::of(onsets, meter) else {
        return Vec::new();
    };
    let mut periods = lags.comb_peaks();
    periods.truncate(CANDIDATES);
    let rate = |period: f64| {
        let parts = if meter.compound {
            lags.thirds(period)
        } else {
            1.0
        };
        let turns = 1.0 + ALTERNATION * alternation(onsets, period);
        // A pulse that nothing repeats at is one only of longer levels.
        let heard = if lags.curve.at(period) < 0.02 {
            0.5
        } else {
            1.0
        };
        let comfort = favour(60.0 / period, meter.compound);
        let regularity = lags.comb(period);
        Pulse {
            period_secs: lags.sharpen(period),
            rating: regularity.max(1e-3) * comfort * parts * turns * heard,
            regularity: (2.0 * regularity).clamp(0.0, 1.0),
        }
    };
    let mut pulses: Vec<Pulse> = periods.into_iter().map(rate).collect();
    pulses.sort_by(|a, b| b.rating.total_cmp(&a.rating));
    pulses.truncate(EXAMINED);
    pulses
}

/// A bell over the logarithm of the tempo.
fn favour(bpm: f64, compound: bool) -> f64 {
    let centre = if compound {
        FAVOURITE_COMPOUND_BPM
    } else {
        FAVOURITE_BPM
    };
    let octaves = (bpm / centre).log2() / SPREAD_OCTAVES;
    (-0.5 * octaves * octaves).exp()
}

/// 0–1: how much low and high onsets take turns from one pulse to the next, as kick and snare do.
/// It tells the pulse from its half and its double, where they sound together or not at all.
fn alternation(onsets: &Onsets, period_secs: f64) -> f64 {
    let hop_secs = onsets.low.hop_secs;
    let half = (period_secs / hop_secs).round().max(1.0) as usize;
    let low = fold(&onsets.low, 2.0 * period_secs, 2 * half);
    let high = fold(&onsets.high, 2.0 * period_secs, 2 * half);
    let turns_at = |i: usize| {
        let j = (i + half) % (2 * half);
        let turns = (low[i] - low[j]).min(high[j] - high[i]);
        let whole = low[i] + low[j] + high[i] + high[j];
        f64::from(turns) / f64::from(whole).max(0.5)
    };
    (0..2 * half).map(turns_at).fold(0.0, f64::max).min(0.5) * 2.0
}

/// The mean of a curve at each place of a period, lightly smoothed.
pub(super) fn fold(curve: &Curve, period_secs: f64, bins: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f32; bins];
    let mut counts = vec![0_u32; bins];
    for (i, v) in curve.values.iter().enumerate() {
        let turns = curve.secs(i) / period_secs;
        let bin = ((turns - turns.floor()) * bins as f64) as usize;
        sums[bin.min(bins - 1)] += v;
        counts[bin.min(bins - 1)] += 1;
    }
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum /= count.max(1) as f32;
    }
    smooth(&mut sums, 2.0, true);
    sums
}

/// The onset autocorrelation over delay.
struct Lags {
    curve: Curve,
    levels: Vec<(f64, f64)>,
}

impl Lags {
    /// `None` where the clip is shorter than two of the shortest periods.
    fn of(onsets: &Onsets, meter: PulseMeter) -> Option<Self> {
        let hop_secs = onsets.all.hop_secs;
        let heard_secs = onsets.all.end_secs();
        let max_lag = (LONGEST_LAG_SECS.min(0.75 * heard_secs) / hop_secs) as usize;
        if (max_lag as f64) * hop_secs <= SHORTEST_SECS {
            return None;
        }
        let mut values = vec![0.0_f32; max_lag + 1];
        for part in [&onsets.low, &onsets.mid, &onsets.high, &onsets.all] {
            for (sum, v) in values
                .iter_mut()
                .zip(autocorrelation(&part.values, max_lag))
            {
                *sum += 0.25 * v;
            }
        }
        smooth(&mut values, 1.5, false);
        let curve = Curve {
            values,
            hop_secs,
            first_secs: 0.0,
        };
        Some(Self {
            curve,
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

    /// How much better the pulse divides into three than into two, about 0.5–1.5.
    fn thirds(&self, period_secs: f64) -> f64 {
        let third = self.curve.at(period_secs / 3.0) + self.curve.at(2.0 * period_secs / 3.0);
        let half = self.curve.at(period_secs / 2.0);
        1.0 + f64::from(0.5 * third - half).clamp(-0.5, 0.5)
    }

    /// Periods at which the comb peaks, best first, weighed by how comfortable they are to tap.
    fn comb_peaks(&self) -> Vec<f64> {
        let steps = ((LONGEST_SECS / SHORTEST_SECS).ln() / 0.004).ceil() as usize;
        let period = |i: usize| SHORTEST_SECS * (0.004 * i as f64).exp();
        let combs: Vec<f64> = (0..=steps).map(|i| self.comb(period(i))).collect();
        let weight = |i: usize| combs[i].max(0.0) * favour(60.0 / period(i), false);
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
    fn sharpen(&self, period_secs: f64) -> f64 {
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
