//! The beats of a clip: from the given tempo, or from the one that is heard.

use super::{
    Hints,
    chroma::Chroma,
    downbeats::{Candidate, fit_bars, is_compound},
    grid::{Grid, likely_grids, place, straighten},
    onset::Onsets,
    tempo::{PulseMeter, likely_pulses},
    tracking::track_beats,
};
use crate::music::{Bpm, Meter};

/// A beat this close to the first frame is on it: less than the ear or the grid's fit can tell.
const START_REACH_SECS: f64 = 0.006;
/// A clip of whole bars is a loop and begins on its beat, unless the music says so more clearly.
const LOOP_START_REACH_SECS: f64 = 0.015;
/// How far a loop's length may be from whole bars.
const LOOP_SLACK_SECS: f64 = 0.004;
/// What a downbeat on the first frame is worth; see [`Candidate::start_bonus`].
const START_BONUS: f32 = 1.05;
const LOOP_START_BONUS: f32 = 2.29;
/// Tempi within this share of a half BPM were meant to be it.
const ROUND_SHARE: f64 = 2e-4;
/// Unless the clip is long enough to hear the difference.
const ROUND_DRIFT_SECS: f64 = 0.006;
/// Tracked beats are chosen for their onsets, so they must win by this much to be believed: where
/// the phase drifts, and where an even grid seems to fit.
const DRIFTING_GAIN: f32 = 1.15;
const UNEVEN_GAIN: f32 = 2.5;
/// In less than this nobody drifts.
const SHORTEST_TRACKED_SECS: f64 = 12.0;
/// What the fit of its bars is worth to a tempo; fitted with the weights of [`super::tempo`].
const BARS: f64 = 0.79;
/// Tempi within this share of each other are one.
const SAME_SHARE: f64 = 0.04;
/// What is heard is never as sure as what is given.
const SUREST: f64 = 0.99;
/// When nothing pulses.
const FALLBACK_BPM: f64 = 120.0;

/// The beats and bars of a clip.
#[derive(Debug, Clone)]
pub(super) struct Beats {
    pub bpm: Bpm,
    /// 0–1.
    pub confidence: f64,
    pub beats_secs: Vec<f64>,
    pub downbeats_secs: Vec<f64>,
}

pub(super) fn find_beats(
    onsets: &Onsets,
    chroma: &Chroma,
    hints: &Hints,
    duration_secs: f64,
) -> Beats {
    let ear = Ear {
        onsets,
        chroma,
        meter: hints.meter,
        duration_secs,
    };
    if let Some(bpm) = hints.bpm {
        let placed = ear.place_bars(bpm);
        return ear.on_grid(placed.grid, placed.first_downbeat, bpm, 1.0);
    }
    let (placed, confidence) = ear.find_tempo();
    let tracked = track_beats(onsets, placed.grid.unit_secs, duration_secs);
    let even = ear.strength_at(&placed.grid.beats(duration_secs));
    let gain = ear.strength_at(&tracked) / even.max(f32::MIN_POSITIVE);
    let straight = straighten(&onsets.fine, placed.grid, duration_secs);
    let needed = if straight.is_some() {
        UNEVEN_GAIN
    } else {
        DRIFTING_GAIN
    };
    if gain > needed && duration_secs > SHORTEST_TRACKED_SECS {
        return ear.on_tracked(tracked, &placed, confidence);
    }
    ear.on_straight_grid(&placed, straight.unwrap_or(placed.grid), confidence)
}

/// Bars on an even grid.
#[derive(Debug, Clone, Copy)]
struct PlacedBars {
    bpm: Bpm,
    grid: Grid,
    /// Which of the grid's beats begins the first whole bar.
    first_downbeat: usize,
    /// See [`super::downbeats::Fit::rating`].
    rating: f32,
}

/// Everything that is heard with.
struct Ear<'a> {
    onsets: &'a Onsets,
    chroma: &'a Chroma,
    meter: Meter,
    duration_secs: f64,
}

impl Ear<'_> {
    fn units_per_quarter(&self) -> f64 {
        f64::from(self.meter.beat_unit()) / 4.0
    }

    fn unit_secs(&self, bpm: Bpm) -> f64 {
        bpm.beat_secs() / self.units_per_quarter()
    }

    fn pulse_meter(&self) -> PulseMeter {
        let compound = is_compound(self.meter);
        let pulses = if compound {
            u32::from(self.meter.beats_per_bar()) / 3
        } else {
            self.meter.quarters_per_bar().round() as u32
        };
        PulseMeter {
            pulses_per_bar: pulses.max(1),
            compound,
        }
    }

    /// The felt pulse is a quarter note, or three units of a compound meter.
    fn bpm_of(&self, pulse_secs: f64) -> Bpm {
        let compound = is_compound(self.meter);
        let quarters = if compound {
            3.0 / self.units_per_quarter()
        } else {
            1.0
        };
        valid_bpm(60.0 * quarters / pulse_secs)
    }

    /// A tempo a hair off a half BPM becomes it.
    fn rounded(&self, bpm: Bpm) -> Bpm {
        let round = (bpm.get() * 2.0).round() / 2.0;
        let share = (bpm.get() / round - 1.0).abs();
        let near = share < ROUND_SHARE && share * self.duration_secs < ROUND_DRIFT_SECS;
        if near { valid_bpm(round) } else { bpm }
    }

    /// The mean onset strength of beats.
    fn strength_at(&self, beats_secs: &[f64]) -> f32 {
        let strengths = beats_secs
            .iter()
            .map(|beat| self.onsets.all.max_near(*beat, 0.03));
        strengths.sum::<f32>() / beats_secs.len().max(1) as f32
    }

    fn is_loop(&self, unit_secs: f64) -> bool {
        let bar_secs = unit_secs * f64::from(self.meter.beats_per_bar());
        let bars = (self.duration_secs / bar_secs).round();
        bars >= 1.0 && (self.duration_secs - bars * bar_secs).abs() <= LOOP_SLACK_SECS
    }

    fn snapped(&self, grid: Grid) -> Grid {
        let reach_secs = if self.is_loop(grid.unit_secs) {
            LOOP_START_REACH_SECS
        } else {
            START_REACH_SECS
        };
        grid.snapped_to_start(reach_secs.min(grid.unit_secs / 8.0))
    }

    /// The tempo whose pulse and bars together are the likeliest, and how likely (0–1) it is beside
    /// the others.
    fn find_tempo(&self) -> (PlacedBars, f64) {
        let rated: Vec<(PlacedBars, f64)> = likely_pulses(self.onsets, self.pulse_meter())
            .into_iter()
            .map(|pulse| {
                let placed = self.place_bars(self.bpm_of(pulse.period_secs));
                (placed, pulse.rating + BARS * f64::from(placed.rating))
            })
            .collect();
        let Some((best, rating)) = rated.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else {
            return (self.place_bars(valid_bpm(FALLBACK_BPM)), 0.0);
        };
        // The ratings are logarithms of odds, so their exponentials are shares of certainty.
        let odds = |rivals: bool| -> f64 {
            let share = |bpm: Bpm| (bpm.get() / best.bpm.get() - 1.0).abs();
            rated
                .iter()
                .filter(|(placed, _)| (share(placed.bpm) > SAME_SHARE) == rivals)
                .map(|(_, other)| (other - rating).exp())
                .sum()
        };
        let likely = odds(false) / (odds(false) + odds(true));
        (*best, likely.min(SUREST))
    }

    /// The best even grid of this tempo, and which of its beats is the first downbeat.
    fn place_bars(&self, bpm: Bpm) -> PlacedBars {
        let unit_secs = self.unit_secs(bpm);
        let is_loop = self.is_loop(unit_secs);
        let mut grids: Vec<Grid> = likely_grids(self.onsets, unit_secs, self.duration_secs)
            .into_iter()
            .map(|grid| self.snapped(grid))
            .collect();
        if is_loop && grids.iter().all(|grid| grid.phase_secs != 0.0) {
            grids.push(Grid::new(unit_secs, 0.0));
        }
        let candidate = |grid: &Grid| Candidate {
            beats: grid.beats(self.duration_secs),
            start_bonus: if is_loop {
                LOOP_START_BONUS
            } else {
                START_BONUS
            },
        };
        let candidates: Vec<Candidate> = grids.iter().map(candidate).collect();
        let fit = fit_bars(&candidates, self.meter, self.onsets, self.chroma);
        PlacedBars {
            bpm,
            grid: grids[fit.candidate],
            first_downbeat: fit.first_downbeat,
            rating: fit.rating,
        }
    }

    fn on_grid(&self, grid: Grid, first: usize, bpm: Bpm, confidence: f64) -> Beats {
        let beats_secs = grid.beats(self.duration_secs);
        let per_bar = usize::from(self.meter.beats_per_bar());
        let downbeats_secs = beats_secs
            .iter()
            .skip(first)
            .step_by(per_bar)
            .copied()
            .collect();
        Beats {
            bpm,
            confidence,
            beats_secs,
            downbeats_secs,
        }
    }

    /// Puts the bars onto the grid that was fitted to the whole clip.
    fn on_straight_grid(&self, rough: &PlacedBars, straight: Grid, confidence: f64) -> Beats {
        let heard_bpm = valid_bpm(60.0 / (straight.unit_secs * self.units_per_quarter()));
        let bpm = self.rounded(heard_bpm);
        let unit_secs = self.unit_secs(bpm);
        // Rounding turns the grid about the clip's middle, where it moves the beats least.
        let middle_beat = (0.5 * self.duration_secs / unit_secs).round();
        let middle_secs = straight.phase_secs + middle_beat * straight.unit_secs;
        let turned = Grid::new(unit_secs, middle_secs - middle_beat * unit_secs);
        let heard = place(&self.onsets.fine, &turned.beats(self.duration_secs), 0.015);
        let grid = self.snapped(Grid::new(unit_secs, turned.phase_secs + heard.offset_secs));
        let downbeat_secs =
            rough.grid.phase_secs + rough.first_downbeat as f64 * rough.grid.unit_secs;
        let beats_before = ((downbeat_secs - grid.phase_secs) / grid.unit_secs).round() as i64;
        let per_bar = i64::from(self.meter.beats_per_bar());
        self.on_grid(
            grid,
            beats_before.rem_euclid(per_bar) as usize,
            bpm,
            confidence,
        )
    }

    /// Beats that follow the players where no even grid does.
    fn on_tracked(&self, beats_secs: Vec<f64>, rough: &PlacedBars, confidence: f64) -> Beats {
        let start_bonus = START_BONUS;
        let candidates = [Candidate {
            beats: beats_secs,
            start_bonus,
        }];
        let fit = fit_bars(&candidates, self.meter, self.onsets, self.chroma);
        let [
            Candidate {
                beats: beats_secs, ..
            },
        ] = candidates;
        let per_bar = usize::from(self.meter.beats_per_bar());
        let downbeats = beats_secs.iter().skip(fit.first_downbeat).step_by(per_bar);
        let bpm = match beats_secs.as_slice() {
            [first, .., last] => {
                let unit_secs = (last - first) / (beats_secs.len() - 1) as f64;
                valid_bpm(60.0 / (unit_secs * self.units_per_quarter()))
            }
            _ => rough.bpm,
        };
        Beats {
            bpm,
            confidence: 0.7 * confidence,
            downbeats_secs: downbeats.copied().collect(),
            beats_secs,
        }
    }
}

/// The tempo, moved by octaves into the range a [`Bpm`] can have.
fn valid_bpm(mut bpm: f64) -> Bpm {
    if !bpm.is_finite() || bpm <= 0.0 {
        bpm = FALLBACK_BPM;
    }
    while bpm < Bpm::MIN {
        bpm *= 2.0;
    }
    while bpm > Bpm::MAX {
        bpm /= 2.0;
    }
    Bpm::new(bpm).expect("the loops above leave 20–400")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_becomes_a_tempo() {
        for bpm in [
            1.0,
            19.9,
            120.0,
            401.0,
            1e9,
            0.0,
            -3.0,
            f64::NAN,
            f64::INFINITY,
        ] {
            assert!((20.0..=400.0).contains(&valid_bpm(bpm).get()), "{bpm}");
        }
    }
}
