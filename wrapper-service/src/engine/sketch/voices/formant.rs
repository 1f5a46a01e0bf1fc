//! A singer: a glottal pulse through five formants, with breath, glides, drift and late vibrato.

use super::{
    dsp::{Filter, Noise, TICK, db, frames, midi_hz},
    vowels::{CLOSED, FORMANTS, Mouth, mouth},
};
use crate::engine::{
    EngineError,
    sketch::{
        score::{Note, Sound, Vowel},
        watch::Watch,
    },
};
use biquad::Type;
use std::f32::consts::{FRAC_PI_2, PI, TAU};

/// How long the voice rings on after a phrase.
const TAIL_SECS: f32 = 0.16;
/// The breath is taken this long before the first note, at most.
pub const BREATH_SECS: f32 = 0.34;
/// A syllable's lips are closed this long before they open.
const CLOSED_SECS: f32 = 0.035;

/// How one singer sounds.
#[derive(Debug, Clone, Copy)]
pub struct Throat {
    /// 0–1.
    pub vibrato: f32,
    /// 0–1: air in the tone.
    pub air: f32,
    /// Formants scaled: below 1 a larger head.
    pub size: f32,
    /// A second singer of the same line, slightly off; 0 for none.
    pub double: f32,
    pub breathes: bool,
}

/// One phrase in one breath: mono, beginning `lead_secs` before the first note.
pub struct Phrase {
    pub sound: Vec<f32>,
    pub lead_secs: f64,
}

/// Sings notes that follow each other without a gap worth a breath.
///
/// # Errors
/// `Cancelled` when the watch says so.
pub fn sing(
    notes: &[Note],
    throat: &Throat,
    seed: u32,
    rate_hz: f32,
    watch: &Watch,
) -> Result<Phrase, EngineError> {
    let (first, last) = (notes[0], notes[notes.len() - 1]);
    let lead_secs = f64::from(BREATH_SECS).min(first.at_secs);
    let start = first.at_secs - lead_secs;
    let length = (last.at_secs + last.length_secs - start) as f32 + TAIL_SECS;
    let mut singer = Singer::new(notes, start, *throat, seed, rate_hz);
    let total = frames(length, rate_hz);
    let mut sound = Vec::with_capacity(total + TICK);
    while sound.len() < total {
        if sound.len() % (TICK * 256) == 0 {
            watch.check()?;
        }
        singer.tick(sound.len() as f32 / rate_hz);
        for _ in 0..TICK {
            sound.push(singer.next());
        }
    }
    if throat.breathes && lead_secs > 0.2 {
        inhale(&mut sound, lead_secs as f32, first.velocity, seed, rate_hz);
    }
    Ok(Phrase { sound, lead_secs })
}

struct Singer<'a> {
    notes: &'a [Note],
    start_secs: f64,
    throat: Throat,
    rate_hz: f32,
    noise: Noise,
    at: usize,
    mouth: Mouth,
    filters: [Filter; FORMANTS],
    gains: [f32; FORMANTS],
    /// Semitones (MIDI), slewed.
    pitch: f32,
    drift: f32,
    vibrato_phase: f32,
    /// Level now and its change per frame.
    level: f32,
    slope: f32,
    steps: [f32; 2],
    phases: [f32; 2],
    flow: [f32; 2],
    /// Lifts what the microphone hears of lips and air.
    presence: Filter,
}

impl<'a> Singer<'a> {
    fn new(notes: &'a [Note], start_secs: f64, throat: Throat, seed: u32, rate_hz: f32) -> Self {
        let mouth = CLOSED;
        let filters = mouth.hz.map(|hz| Filter::band_pass(hz, 8.0, rate_hz));
        Self {
            notes,
            start_secs,
            throat,
            rate_hz,
            noise: Noise::new(seed),
            at: 0,
            mouth,
            filters,
            gains: [0.0; FORMANTS],
            // The first note is approached from a little below.
            pitch: notes[0].pitch as f32 - 1.4,
            drift: 0.0,
            vibrato_phase: 0.0,
            level: 0.0,
            slope: 0.0,
            steps: [0.0; 2],
            phases: [0.0, 0.37],
            flow: [0.0; 2],
            presence: Filter::new(Type::HighShelf(7.0), 2600.0, 0.7, rate_hz),
        }
    }

    /// Slow controls, once per `TICK` frames.
    fn tick(&mut self, now_secs: f32) {
        let now = self.start_secs + f64::from(now_secs);
        while self
            .notes
            .get(self.at + 1)
            .is_some_and(|n| n.at_secs <= now)
        {
            self.at += 1;
        }
        let note = &self.notes[self.at];
        let since = (now - note.at_secs) as f32;
        let left = note.length_secs as f32 - since;
        let tick_secs = TICK as f32 / self.rate_hz;
        self.bend(note, since, left, tick_secs);
        self.shape(note, since, left, tick_secs);
        let target = self.target_level(note, since, left);
        let slew = if target < self.level { 0.03 } else { 0.028 };
        let next = self.level + (target - self.level) * (1.0 - (-tick_secs / slew).exp());
        self.slope = (next - self.level) / TICK as f32;
    }

    /// Pitch: glide to the note, drift, and vibrato once the note has settled.
    fn bend(&mut self, note: &Note, since: f32, left: f32, tick_secs: f32) {
        let joined = matches!(note.sound, Sound::Sung { joined: true, .. });
        let glide = if joined { 0.034 } else { 0.026 };
        if since > -CLOSED_SECS {
            let share = 1.0 - (-tick_secs / glide).exp();
            // The last note is let go of, not cut.
            let lets_go = self.at + 1 == self.notes.len() && left < 0.09;
            let aim = note.pitch as f32 - if lets_go { 1.2 } else { 0.0 };
            self.pitch += share * (aim - self.pitch);
        }
        self.drift += 0.02 * self.noise.next() - 0.006 * self.drift;
        let settled = ((since - 0.26) / 0.45).clamp(0.0, 1.0);
        let rate = 5.3 + 0.5 * self.drift;
        self.vibrato_phase = (self.vibrato_phase + rate * tick_secs).fract();
        let vibrato = (TAU * self.vibrato_phase).sin() * 0.42 * self.throat.vibrato * settled;
        let drift = 0.07 * self.drift;
        // No throat is steady: every few periods differ a little.
        let jitter = 0.035 * self.noise.next();
        let hz = midi_hz(self.pitch + vibrato + drift + jitter);
        self.steps = [hz, hz * (1.0 + 0.005 + 0.002 * self.drift)].map(|f| f / self.rate_hz);
    }

    /// The mouth: closed just before a new syllable, then open on its vowel.
    fn shape(&mut self, note: &Note, since: f32, left: f32, tick_secs: f32) {
        let next = self.notes.get(self.at + 1);
        let closes = next.is_some_and(|n| !matches!(n.sound, Sound::Sung { joined: true, .. }));
        let shut = since < 0.012 && self.level < 0.6 || (closes && left < CLOSED_SECS);
        let vowel = match note.sound {
            Sound::Sung { vowel, .. } => vowel,
            _ => Vowel::Ah,
        };
        let goal = if shut { CLOSED } else { mouth(vowel) };
        let speed = if shut { 0.016 } else { 0.032 };
        self.mouth.toward(&goal, 1.0 - (-tick_secs / speed).exp());
        let hz = self.steps[0] * self.rate_hz;
        for k in 0..FORMANTS {
            // Singers raise the first formant with the note, or it would lose its ground tone.
            let centre = self.mouth.hz[k] * self.throat.size;
            let centre = if k == 0 {
                centre.max(hz * 1.04)
            } else {
                centre
            };
            let width = self.mouth.width_hz[k].max(hz * 0.12);
            self.filters[k].tune(centre, centre / width);
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            self.gains[k] = sign * db(self.mouth.level_db[k]);
        }
    }

    fn target_level(&self, note: &Note, since: f32, left: f32) -> f32 {
        let next = self.notes.get(self.at + 1);
        let flows = |n: &Note| matches!(n.sound, Sound::Sung { joined: true, .. });
        if since < 0.0 || (next.is_none() && left < 0.05) {
            return 0.0;
        }
        if next.is_some_and(|n| !flows(n)) && left < CLOSED_SECS {
            return 0.3 * note.velocity;
        }
        // A held note swells a little, then eases off.
        let length = note.length_secs as f32;
        let swell = (since / length.max(0.1)).clamp(0.0, 1.0);
        let bow = 0.86 + 0.2 * (swell * PI).sin() - 0.1 * swell;
        note.velocity * bow
    }

    fn next(&mut self) -> f32 {
        self.level += self.slope;
        let mut source = self.pulse(0);
        if self.throat.double > 0.0 {
            source = (source + self.throat.double * self.pulse(1)) * 0.7;
        }
        let open = 0.25 + self.flow[0];
        let air = self.noise.next() * open * (0.02 + 0.09 * self.throat.air);
        let driven = (source + air) * self.level;
        let mut out = 0.0;
        for k in 0..FORMANTS {
            out += self.gains[k] * self.filters[k].run(driven);
        }
        self.presence.run(out)
    }

    /// The change of airflow through the glottis: opens slowly, closes fast.
    fn pulse(&mut self, which: usize) -> f32 {
        const OPENING: f32 = 0.42;
        const CLOSING: f32 = 0.17;
        let phase = &mut self.phases[which];
        *phase += self.steps[which];
        if *phase >= 1.0 {
            *phase -= 1.0;
        }
        let flow = if *phase < OPENING {
            0.5 - 0.5 * (PI * *phase / OPENING).cos()
        } else if *phase < OPENING + CLOSING {
            (FRAC_PI_2 * (*phase - OPENING) / CLOSING).cos()
        } else {
            0.0
        };
        let change = (flow - self.flow[which]) / self.steps[which].max(1e-5);
        self.flow[which] = flow;
        change * 0.12
    }
}

/// Air drawn in before the phrase, quietly, over before the voice begins.
fn inhale(sound: &mut [f32], lead_secs: f32, velocity: f32, seed: u32, rate_hz: f32) {
    let mut noise = Noise::new(seed ^ 0xB4EA);
    let mut bands = [
        Filter::band_pass(1500.0, 1.2, rate_hz),
        Filter::band_pass(3600.0, 1.5, rate_hz),
    ];
    let length = lead_secs - 0.07;
    for (i, s) in sound.iter_mut().take(frames(length, rate_hz)).enumerate() {
        let through = i as f32 / rate_hz / length;
        let swell = (PI * through.powf(1.6)).sin().max(0.0);
        let raw = noise.next();
        let air = bands[0].run(raw) + 0.7 * bands[1].run(raw);
        *s += air * swell * 0.011 * (0.5 + velocity);
    }
}
