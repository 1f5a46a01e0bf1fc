//! Melodies in phrases: a rhythm that comes back, a contour, chord tones where it is strong, steps
//! in between, and room to breathe.

use crate::engine::sketch::song::{Song, SongBar};
use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// Who carries the melody.
#[derive(Debug, Clone, Copy)]
pub struct Carrier {
    /// MIDI note around which the line lies.
    pub centre: i32,
    /// −1 few notes … 1 many.
    pub density: f64,
}

impl Carrier {
    fn range(self) -> (i32, i32) {
        (self.centre - 8, self.centre + 10)
    }
}

/// One note of a line; `bar` indexes the song's bars, places are quarters into it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineNote {
    pub bar: usize,
    pub from: f64,
    pub length: f64,
    pub pitch: i32,
    /// On a strong place, hence a chord tone.
    pub strong: bool,
    /// Flows from the note before.
    pub joined: bool,
}

/// A line as phrases, each sung in one breath.
pub fn phrases(song: &Song, carrier: Carrier, rng: &mut ChaCha8Rng) -> Vec<Vec<LineNote>> {
    let span = phrase_bars(song);
    let mut out = Vec::new();
    let mut at = 0;
    let mut previous = carrier.centre;
    let mut motifs = [
        Motif::invent(song, span, carrier, rng),
        Motif::invent(song, span, carrier, rng),
    ];
    while at < song.bars.len() {
        let bar = &song.bars[at];
        if bar.opens_section() && bar.section > 1 && bar.section.is_multiple_of(2) {
            // The song moves on: keep one idea, find one new.
            motifs[1] = Motif::invent(song, span, carrier, rng);
        }
        let left = bar.bars_in_section - bar.index_in_section;
        let bars = at..at + span.min(left);
        let nth = bar.index_in_section / span;
        let motif = &motifs[(usize::from(nth % 4 == 2) + bar.section) % 2];
        let phrase = motif.sing(song, bars.clone(), carrier, &mut previous, rng);
        if !phrase.is_empty() {
            out.push(phrase);
        }
        at = bars.end;
    }
    out
}

/// A breath lasts about five seconds.
fn phrase_bars(song: &Song) -> usize {
    let bar_secs = song.pulse.bar_quarters * 60.0 / song.bpm;
    match bar_secs {
        s if s > 3.6 => 1,
        s if s > 1.3 => 2,
        _ => 4,
    }
}

/// A rhythm over a phrase and the shape of its line.
struct Motif {
    /// Per bar of the phrase: where notes begin, and where the last one ends.
    rhythm: Vec<(Vec<f64>, f64)>,
    shape: fn(f64) -> f64,
}

const SHAPES: [fn(f64) -> f64; 4] = [
    |t| (t * std::f64::consts::PI).sin() * 1.3 - 0.4,
    |t| 0.8 - 1.5 * t,
    |t| {
        if t < 0.7 {
            t * 1.4 - 0.4
        } else {
            0.6 - (t - 0.7) * 3.0
        }
    },
    |t| (t * 7.0).sin() * 0.6,
];

impl Motif {
    fn invent(song: &Song, bars: usize, carrier: Carrier, rng: &mut ChaCha8Rng) -> Self {
        let entry = *[0.0, 0.0, 0.0, 0.5, 1.0].choose(rng).unwrap_or(&0.0);
        let rhythm = (0..bars)
            .map(|i| {
                let from = if i == 0 { entry } else { 0.0 };
                bar_rhythm(song, from, i + 1 == bars, carrier.density, rng)
            })
            .collect();
        let shape = *SHAPES.choose(rng).unwrap_or(&SHAPES[0]);
        Self { rhythm, shape }
    }

    fn sing(
        &self,
        song: &Song,
        bars: std::ops::Range<usize>,
        carrier: Carrier,
        previous: &mut i32,
        rng: &mut ChaCha8Rng,
    ) -> Vec<LineNote> {
        let count = bars.len();
        // A phrase cut short by its section still ends with the motif's last, breathing bar.
        let skipped = self.rhythm.len() - count;
        let mut phrase = Vec::new();
        for (k, index) in bars.enumerate() {
            let bar = &song.bars[index];
            let (starts, end) = &self.rhythm[k + skipped];
            if bar.rest {
                continue;
            }
            for (i, from) in starts.iter().enumerate() {
                let until = starts.get(i + 1).copied().unwrap_or(*end);
                let through = (k as f64 + from / song.pulse.bar_quarters) / count as f64;
                let lift = (bar.energy - 0.6) * 6.0;
                let target = f64::from(carrier.centre) + (self.shape)(through) * 5.0 + lift;
                let last = k + 1 == count && i + 1 == starts.len();
                let strong = last || is_strong(song, *from, until - from);
                let pitch = next_pitch(bar, carrier, target, *previous, strong, rng);
                let joined = i > 0 && rng.random_bool(0.55);
                *previous = pitch;
                phrase.push(LineNote {
                    bar: index,
                    from: *from,
                    length: until - from,
                    pitch,
                    strong,
                    joined,
                });
            }
        }
        phrase
    }
}

/// The bar's start, every second group, and whatever is held long.
fn is_strong(song: &Song, from: f64, length: f64) -> bool {
    let groups = &song.pulse.groups;
    let even = groups.iter().step_by(2).any(|g| (g - from).abs() < 1e-9);
    even || from == 0.0 || length >= 1.0
}

fn next_pitch(
    bar: &SongBar,
    carrier: Carrier,
    target: f64,
    previous: i32,
    strong: bool,
    rng: &mut ChaCha8Rng,
) -> i32 {
    let (low, high) = carrier.range();
    let toward = (target - f64::from(previous)).clamp(-7.0, 7.0);
    let wander: f64 = rng.random_range(-2.0..2.0);
    if strong {
        let wish = (f64::from(previous) + toward + wander).round() as i32;
        return bar.harmony.nearest_chord_tone(wish, (low, high));
    }
    let direction = if toward + wander >= 0.0 { 1 } else { -1 };
    let stepped = bar.harmony.scale_step(previous, direction);
    if (low..=high).contains(&stepped) {
        stepped
    } else {
        bar.harmony
            .nearest_scale_tone(previous - direction, (low, high))
    }
}

/// Note beginnings in one bar, likelier on stronger places; the phrase's last bar leaves room.
fn bar_rhythm(
    song: &Song,
    from: f64,
    closes: bool,
    density: f64,
    rng: &mut ChaCha8Rng,
) -> (Vec<f64>, f64) {
    let pulse = &song.pulse;
    let bar = pulse.bar_quarters;
    let until = if closes { bar * 0.55 } else { bar };
    let end = if closes { (bar * 0.8).max(until) } else { bar };
    let quick = if song.bpm > 135.0 { 0.5 } else { 1.0 };
    let mut starts = Vec::new();
    for q in pulse
        .eighths()
        .into_iter()
        .filter(|q| *q >= from && *q < until)
    {
        let weight = if q == from {
            1.0
        } else if pulse.groups.contains(&q) {
            0.62 + 0.25 * density
        } else {
            (0.34 + 0.25 * density) * quick
        };
        if rng.random::<f64>() < weight {
            starts.push(q);
        }
    }
    if starts.is_empty() {
        starts.push(from.min(bar * 0.5));
    }
    (starts, end)
}
