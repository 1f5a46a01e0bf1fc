//! How fast the music's pulse is, from how well its onsets agree with their own delays.

use super::{
    curve::{Curve, smooth},
    lags::Lags,
    onset::Onsets,
};

/// Periods of the felt pulse that are considered.
pub(super) const SHORTEST_SECS: f64 = 60.0 / 230.0;
pub(super) const LONGEST_SECS: f64 = 60.0 / 42.0;
/// People tap nearest to this (van Noorden & Moelants, "Resonance in the perception of musical
/// pulse", 1999), with this spread in octaves.
pub(super) const FAVOURITE_BPM: f64 = 116.0;
const FAVOURITE_COMPOUND_BPM: f64 = 84.0;
const SPREAD_OCTAVES: f64 = 0.62;
/// Delays beyond this no longer sharpen the period.
pub(super) const LONGEST_LAG_SECS: f64 = 20.0;
/// So many of the best combs are tried as bars; the relatives of so many of them as well.
const CANDIDATES: usize = 8;
const WITH_RELATIVES: usize = 3;
/// Tempi that are mistaken for each other.
const RELATIVES: [f64; 4] = [2.0, 0.5, 1.5, 2.0 / 3.0];
/// Periods closer than this are one.
const SAME_SHARE: f64 = 0.025;
/// An onset that counts as an event reaches this, in units of the curve's root mean square.
const EVENT: f32 = 0.7;

/// What speaks for a pulse. A conditional logit (McFadden, 1974) over the candidates, fitted to
/// songs whose tempo is known: `docs/decisions/034`.
///
/// How alike the onsets are after multiples of the period: `(multiple, weight)`.
const ALIKE: [(f64, f64); 4] = [(0.25, -6.05), (1.0, 3.72), (2.0, 3.18), (4.0, 3.62)];
/// Kick and bass alone, after four periods.
const LOW_ALIKE: (f64, f64) = (4.0, 3.31);
/// The distance from the comfortable tempo in octaves, and its square.
const COMFORT: (f64, f64) = (0.0, -2.20);
const COMFORT_COMPOUND: (f64, f64) = (1.16, -2.38);
/// The logarithm (base two) of events in a pulse, and its square: two or so are usual.
const EVENTS: (f64, f64) = (0.29, -0.20);

/// A meter as the felt pulse has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PulseMeter {
    pub pulses_per_bar: u32,
    /// Each pulse is thought of in three parts, as in 6/8.
    pub compound: bool,
}

impl PulseMeter {
    /// Multiples of the pulse at which music in this meter repeats, and how telling each is.
    pub(super) fn levels(self) -> Vec<(f64, f64)> {
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
    /// The logarithm of how likely it is, but for what all pulses of the clip have in common.
    pub rating: f64,
}

/// The pulses worth trying as bars; empty where the clip is too short to repeat.
///
/// They are the best combs of the onset autocorrelation over the levels of the meter (after Davies &
/// Plumbley, "Context-dependent beat tracking", 2007), and the tempi these are mistaken for.
pub(super) fn likely_pulses(onsets: &Onsets, meter: PulseMeter) -> Vec<Pulse> {
    let Some(lags) = Lags::of(onsets, meter) else {
        return Vec::new();
    };
    let combs = lags.comb_peaks();
    let own = combs.iter().take(CANDIDATES).copied();
    let relatives = combs
        .iter()
        .take(WITH_RELATIVES)
        .flat_map(|comb| RELATIVES.map(|ratio| comb * ratio));
    let mut periods: Vec<f64> = Vec::new();
    for period in own.chain(relatives) {
        let period = lags.sharpen(period);
        let known = periods
            .iter()
            .any(|p| (p / period - 1.0).abs() < SAME_SHARE);
        if !known && (SHORTEST_SECS..=LONGEST_SECS).contains(&period) {
            periods.push(period);
        }
    }
    let event_rate = event_rate(onsets);
    periods
        .into_iter()
        .map(|period_secs| Pulse {
            period_secs,
            rating: rate(&lags, period_secs, event_rate, meter.compound),
        })
        .collect()
}

fn rate(lags: &Lags, period_secs: f64, event_rate: f64, compound: bool) -> f64 {
    let parabola = |x: f64, (linear, square): (f64, f64)| linear * x + square * x * x;
    let alike: f64 = ALIKE
        .iter()
        .map(|(multiple, weight)| weight * f64::from(lags.curve.at(multiple * period_secs)))
        .sum();
    let low_alike = LOW_ALIKE.1 * f64::from(lags.low.at(LOW_ALIKE.0 * period_secs));
    let comfort = if compound { COMFORT_COMPOUND } else { COMFORT };
    let events = (event_rate * period_secs).max(0.1).log2();
    alike
        + low_alike
        + parabola(
            octaves_from_favourite(60.0 / period_secs, compound),
            comfort,
        )
        + parabola(events, EVENTS)
}

/// Onsets in a second.
fn event_rate(onsets: &Onsets) -> f64 {
    let is_top = |w: &&[f32]| w[1] > EVENT && w[1] > w[0] && w[1] >= w[2];
    let tops = onsets.all.values.windows(3).filter(is_top).count();
    tops as f64 / onsets.all.end_secs()
}

/// A bell over the logarithm of the tempo.
pub(super) fn favour(bpm: f64) -> f64 {
    let spread = octaves_from_favourite(bpm, false) / SPREAD_OCTAVES;
    (-0.5 * spread * spread).exp()
}

fn octaves_from_favourite(bpm: f64, compound: bool) -> f64 {
    let favourite = if compound {
        FAVOURITE_COMPOUND_BPM
    } else {
        FAVOURITE_BPM
    };
    (bpm / favourite).log2()
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
