//! A small synthesiser whose sounds begin exactly when told to.

use crate::audio::AudioBuffer;
use std::f64::consts::TAU;

/// A clip under construction.
pub struct Synth {
    pub rate_hz: u32,
    samples: Vec<f32>,
    seed: u32,
}

impl Synth {
    pub fn new(rate_hz: u32, duration_secs: f64) -> Self {
        let frames = (duration_secs * f64::from(rate_hz)).round() as usize;
        Self {
            rate_hz,
            samples: vec![0.0; frames],
            seed: 0x2545_f491,
        }
    }

    pub fn clip(&self) -> AudioBuffer {
        AudioBuffer::new(vec![self.samples.clone(); 2], self.rate_hz).unwrap()
    }

    /// −1..1, the same for every run.
    pub fn noise(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        f64::from(self.seed) / f64::from(u32::MAX) * 2.0 - 1.0
    }

    /// Adds `wave(seconds since start, noise)` from exactly `at_secs` on.
    fn add(&mut self, at_secs: f64, for_secs: f64, mut wave: impl FnMut(f64, f64) -> f64) {
        let rate = f64::from(self.rate_hz);
        let first = (at_secs * rate).ceil().max(0.0) as usize;
        let last = (((at_secs + for_secs) * rate) as usize).min(self.samples.len());
        for i in first..last {
            let noise = self.noise();
            self.samples[i] += wave(i as f64 / rate - at_secs, noise) as f32;
        }
    }

    /// A sine that falls from 210 to 50 Hz.
    pub fn kick(&mut self, at_secs: f64) {
        let mut phase = 0.0;
        let step = 1.0 / f64::from(self.rate_hz);
        self.add(at_secs, 0.3, move |t, _| {
            phase += TAU * (50.0 + 160.0 * (-t / 0.03).exp()) * step;
            0.6 * phase.sin() * (-t / 0.09).exp()
        });
    }

    pub fn snare(&mut self, at_secs: f64) {
        self.add(at_secs, 0.25, |t, noise| {
            0.3 * noise * (-t / 0.06).exp() + 0.25 * (TAU * 190.0 * t).sin() * (-t / 0.05).exp()
        });
    }

    pub fn hat(&mut self, at_secs: f64) {
        let mut before = 0.0;
        self.add(at_secs, 0.08, move |t, noise| {
            let bright = noise - before;
            before = noise;
            0.1 * bright * (-t / 0.02).exp()
        });
    }

    /// A tone with falling overtones; `note` is a MIDI number.
    pub fn tone(&mut self, at_secs: f64, for_secs: f64, note: i32, attack_secs: f64, gain: f64) {
        let hz = 440.0 * 2.0_f64.powf(f64::from(note - 69) / 12.0);
        self.add(at_secs, for_secs, |t, _| {
            let rise = if attack_secs > 0.0 {
                (t / attack_secs).min(1.0)
            } else {
                1.0
            };
            let fall = ((for_secs - t) / 0.02).clamp(0.0, 1.0);
            let wave: f64 = (1..=6)
                .map(|n| (TAU * hz * f64::from(n) * t).sin() / f64::from(n * n))
                .sum();
            gain * rise * fall * wave
        });
    }

    /// A string pulled and let go: all overtones at once, dying away.
    pub fn pluck(&mut self, at_secs: f64, note: i32, gain: f64) {
        let hz = 440.0 * 2.0_f64.powf(f64::from(note - 69) / 12.0);
        self.add(at_secs, 0.6, |t, _| {
            let wave: f64 = (1..=10)
                .map(|n| (TAU * hz * f64::from(n) * t).sin() / f64::from(n))
                .sum();
            gain * wave * (-t / 0.15).exp()
        });
    }

    /// White noise over everything.
    pub fn hiss(&mut self, gain: f64) {
        let duration_secs = self.samples.len() as f64 / f64::from(self.rate_hz);
        self.add(0.0, duration_secs, |_, noise| gain * noise);
    }
}

/// A song for the tests: a rock beat, bass and chords.
#[derive(Debug, Clone, Copy)]
pub struct Song {
    pub rate_hz: u32,
    pub duration_secs: f64,
    pub bpm: f64,
    /// Where the first downbeat lies; what would come before it is cut off.
    pub first_downbeat_secs: f64,
    pub beats_per_bar: usize,
    /// Quarter notes, or eighths in compound meters.
    pub beat_quarters: f64,
    /// 0.5 is straight, 0.67 a full shuffle.
    pub swing: f64,
    pub drums: bool,
    pub pad_attack_secs: f64,
    /// Root note and whether it is minor, one per bar, over and over.
    pub chords: &'static [(i32, bool)],
}

/// C, G, A minor, F.
pub const IN_C: [(i32, bool); 4] = [(48, false), (43, false), (45, true), (41, false)];

impl Default for Song {
    fn default() -> Self {
        Self {
            rate_hz: 44_100,
            duration_secs: 16.0,
            bpm: 120.0,
            first_downbeat_secs: 0.0,
            beats_per_bar: 4,
            beat_quarters: 1.0,
            swing: 0.5,
            drums: true,
            pad_attack_secs: 0.02,
            chords: &IN_C,
        }
    }
}

impl Song {
    pub fn beat_secs(&self) -> f64 {
        60.0 / self.bpm * self.beat_quarters
    }

    pub fn beats_secs(&self) -> Vec<f64> {
        self.numbered_beats().map(|(_, at)| at).collect()
    }

    pub fn downbeats_secs(&self) -> Vec<f64> {
        let per_bar = self.beats_per_bar as i64;
        self.numbered_beats()
            .filter(|(n, _)| n % per_bar == 0)
            .map(|(_, at)| at)
            .collect()
    }

    fn numbered_beats(&self) -> impl Iterator<Item = (i64, f64)> {
        let (first, beat, end) = (
            self.first_downbeat_secs,
            self.beat_secs(),
            self.duration_secs,
        );
        (-64..4_096)
            .map(move |n| (n, first + n as f64 * beat))
            .filter(move |(_, at)| *at >= 0.0 && *at < end - 0.001)
    }

    pub fn play(&self) -> Synth {
        let mut synth = Synth::new(self.rate_hz, self.duration_secs);
        let beat = self.beat_secs();
        let per_bar = self.beats_per_bar as i64;
        let bar_secs = beat * per_bar as f64;
        let first_bar = -(self.first_downbeat_secs / bar_secs).ceil() as i64;
        let last_bar = (self.duration_secs / bar_secs).ceil() as i64;
        for bar in first_bar..=last_bar {
            let start = self.first_downbeat_secs + bar as f64 * bar_secs;
            let (root, minor) = self.chords[bar.rem_euclid(self.chords.len() as i64) as usize];
            let third = if minor { 3 } else { 4 };
            for note in [root + 12, root + 12 + third, root + 19] {
                synth.tone(start, bar_secs, note, self.pad_attack_secs, 0.08);
            }
            synth.tone(start, 0.9 * beat, root - 12, 0.005, 0.2);
            synth.tone(start + 2.5 * beat, 0.4 * beat, root - 12, 0.005, 0.15);
            if self.drums {
                self.play_drums(&mut synth, start);
            }
        }
        synth
    }

    fn play_drums(&self, synth: &mut Synth, start: f64) {
        let beat = self.beat_secs();
        let compound = self.beat_quarters < 1.0;
        for place in 0..self.beats_per_bar {
            let at = start + place as f64 * beat;
            let pulse = if compound { 3 } else { 1 };
            if place % pulse == 0 {
                match (place / pulse, self.beats_per_bar / pulse) {
                    (n, pulses) if pulses % 2 == 0 && n % 2 == 0 => synth.kick(at),
                    (0, _) => synth.kick(at),
                    _ => synth.snare(at),
                }
            }
            synth.hat(at);
            if !compound {
                synth.hat(at + self.swing * beat);
            }
        }
    }
}
