//! What a drummer settles on for a section: where the kick, the ghost notes and the time lie.

use crate::engine::sketch::{meter::Feel, song::Song, style::Style};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// A section's groove; places are quarters into the bar.
#[derive(Debug, Clone, Default)]
pub struct Groove {
    pub kicks: Vec<f64>,
    /// Played in every second bar instead.
    pub answer_kicks: Vec<f64>,
    pub snares: Vec<f64>,
    pub ghosts: Vec<f64>,
    /// Timekeeping: place and weight 0–1.
    pub time: Vec<(f64, f64)>,
}

/// Kick figures for 4/4 beside beats 1 and 3, from plain to lively.
const FIGURES: [&[f64]; 9] = [
    &[],
    &[2.5],
    &[0.5],
    &[1.5],
    &[1.5, 2.5],
    &[3.5],
    &[0.75, 2.5],
    &[1.75, 2.5],
    &[0.5, 1.75, 3.75],
];

/// Streams of dice for grooves lie above those of the tracks.
const GROOVE_STREAM: u64 = 1000;

/// The groove of a section depends on seed and section alone, so that the bass can find the kick.
/// Two sections in a row never share their dice, every other one does: verse, chorus, verse.
pub fn settle(song: &Song, style: &Style, seed: u32, section: usize) -> Groove {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed));
    rng.set_stream(GROOVE_STREAM + (section % 2) as u64);
    let energy = song.section_energy(section);
    let liveliness = (energy + 0.45 * style.density).clamp(0.0, 1.0);
    let mut strong = song.pulse.strong(style.feel);
    if style.four_on_the_floor {
        strong.clone_from(&song.pulse.groups);
    }
    let snares = song.pulse.backbeats(style.feel);
    Groove {
        kicks: kicks(song, style, &strong, liveliness, &mut rng),
        answer_kicks: kicks(song, style, &strong, liveliness, &mut rng),
        ghosts: ghosts(song, style, &snares, liveliness, &mut rng),
        snares,
        time: timekeeping(song, style, liveliness),
    }
}

fn kicks(
    song: &Song,
    style: &Style,
    strong: &[f64],
    liveliness: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<f64> {
    let mut kicks = strong.to_vec();
    if style.four_on_the_floor || style.feel == Feel::DoubleTime {
        return kicks;
    }
    let pulse = &song.pulse;
    if pulse.groups.len() == 4 && !pulse.compound {
        let reach = (liveliness * FIGURES.len() as f64).ceil().max(1.0) as usize;
        let figures = &FIGURES[..reach.min(FIGURES.len())];
        kicks.extend(figures.choose(rng).copied().unwrap_or_default());
    } else {
        // Other meters: lean into the next strong place from an eighth before it.
        for group in pulse.groups.iter().skip(1) {
            if rng.random::<f64>() < 0.4 * liveliness {
                kicks.push(group - 0.5);
            }
        }
    }
    let backbeats = pulse.backbeats(style.feel);
    kicks.retain(|q| !backbeats.contains(q));
    kicks.sort_by(f64::total_cmp);
    kicks.dedup();
    kicks
}

/// Quiet sixteenths around the backbeat.
fn ghosts(
    song: &Song,
    style: &Style,
    snares: &[f64],
    liveliness: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<f64> {
    let bar = song.pulse.bar_quarters;
    let room = song.bpm < 150.0 && style.feel != Feel::DoubleTime;
    let likely = if room {
        (liveliness - 0.35).max(0.0)
    } else {
        0.0
    };
    let around = snares.iter().flat_map(|q| [q - 0.25, q + 0.25, q + 0.75]);
    let places = around.filter(|q| *q > 0.0 && *q < bar && !snares.contains(q));
    places.filter(|_| rng.random::<f64>() < likely).collect()
}

fn timekeeping(song: &Song, style: &Style, liveliness: f64) -> Vec<(f64, f64)> {
    let pulse = &song.pulse;
    if style.swing > 0.8 && pulse.beat_quarters >= 1.0 {
        return ride_swing(pulse.bar_quarters);
    }
    let step = time_step(song, style, liveliness);
    let count = (pulse.bar_quarters / step).round().max(1.0) as u32;
    let places = (0..count).map(|i| f64::from(i) * step);
    let weight = |q: f64| {
        if pulse.groups.contains(&q) {
            0.8
        } else if (q * 2.0).fract() == 0.0 {
            0.52
        } else {
            0.36
        }
    };
    places.map(|q| (q, weight(q))).collect()
}

/// Quarters between two strokes of the time.
fn time_step(song: &Song, style: &Style, liveliness: f64) -> f64 {
    let short_beats = song.pulse.beat_quarters < 1.0;
    let fast = song.bpm > 165.0 && style.density < 0.6;
    if !short_beats && (style.density <= -0.6 || fast) {
        1.0
    } else if (style.density >= 0.6 || liveliness > 0.95) && song.bpm < 125.0 {
        0.25
    } else {
        0.5
    }
}

/// Ding, ding-a ding: every beat, and the swung offbeat of every second one.
fn ride_swing(bar_quarters: f64) -> Vec<(f64, f64)> {
    let beats = bar_quarters.floor() as u32;
    let beat = |i: u32| {
        let q = f64::from(i);
        let skip = (i % 2 == 1).then_some((q + 0.5, 0.45));
        [Some((q, if i % 2 == 1 { 0.8 } else { 0.65 })), skip]
    };
    (0..beats).flat_map(beat).flatten().collect()
}
