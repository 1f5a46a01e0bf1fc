//! A song that the project makes itself: the same samples every time, with chords, bass, a groove to
//! play against, two sections and an awkward tempo.

use sideman_shared::audio::AudioBuffer;
use std::f64::consts::TAU;

pub const BPM: f64 = 92.5;
pub const KEY: &str = "A minor";
pub const BEATS_PER_BAR: usize = 4;
/// Verse (8), chorus (8), verse (8).
pub const BARS: usize = 24;

/// Chord roots and thirds as MIDI notes: (root, is minor) per bar, repeating.
const VERSE: [(u8, bool); 4] = [(57, true), (53, false), (60, false), (55, false)];
const CHORUS: [(u8, bool); 4] = [(53, false), (55, false), (57, true), (52, true)];

/// A little answering tune in scale steps above A4, one value per eighth; −1 rests.
const TUNE: [i8; 16] = [0, -1, 3, -1, 2, 0, -1, -1, 5, -1, 3, 2, -1, 0, -1, -1];
const MINOR_SCALE: [u8; 7] = [0, 2, 3, 5, 7, 8, 10];

pub fn frames(sample_rate_hz: u32) -> usize {
    (BARS as f64 * bar_secs() * f64::from(sample_rate_hz)).round() as usize
}

fn beat_secs() -> f64 {
    60.0 / BPM
}

fn bar_secs() -> f64 {
    BEATS_PER_BAR as f64 * beat_secs()
}

/// Renders the song, stereo, its first frame on the first downbeat.
pub fn render(sample_rate_hz: u32) -> AudioBuffer {
    let mut desk = Desk {
        out: AudioBuffer::silent(2, frames(sample_rate_hz), sample_rate_hz).into_channels(),
        rate_hz: f64::from(sample_rate_hz),
        noise: 0x2545_f491,
    };
    for bar in 0..BARS {
        let is_chorus = (8..16).contains(&bar);
        let (root, is_minor) = if is_chorus {
            CHORUS[bar % 4]
        } else {
            VERSE[bar % 4]
        };
        let start_secs = bar as f64 * bar_secs();
        let energy = if is_chorus { 1.0 } else { 0.7 };
        desk.chords(start_secs, root, is_minor, energy);
        desk.bass(start_secs, root, energy);
        desk.groove(start_secs, energy);
        if is_chorus || bar >= 16 {
            desk.tune(start_secs, energy, bar % 2 * 8);
        }
    }
    let peak = desk
        .out
        .iter()
        .flatten()
        .fold(0.0f32, |p, s| p.max(s.abs()));
    let gain = 0.7 / peak.max(1e-9);
    desk.out.iter_mut().flatten().for_each(|s| *s *= gain);
    AudioBuffer::new(desk.out, sample_rate_hz).expect("two channels of one length")
}

fn hz(midi: u8) -> f64 {
    440.0 * ((f64::from(midi) - 69.0) / 12.0).exp2()
}

struct Desk {
    out: Vec<Vec<f32>>,
    rate_hz: f64,
    noise: u32,
}

impl Desk {
    /// Adds `voice(secs since the note began)` at `start_secs`, `pan` −1 left … 1 right.
    fn play(
        &mut self,
        start_secs: f64,
        length_secs: f64,
        pan: f64,
        mut voice: impl FnMut(f64) -> f64,
    ) {
        let first = (start_secs * self.rate_hz).round() as usize;
        let count = (length_secs * self.rate_hz) as usize;
        let end = (first + count).min(self.out[0].len());
        let (left, right) = ((1.0 - pan).min(1.0), (1.0 + pan).min(1.0));
        for frame in first..end {
            let t = (frame - first) as f64 / self.rate_hz;
            // The last 10 ms fade, so that no note ends in a click.
            let fade = ((length_secs - t) / 0.01).clamp(0.0, 1.0);
            let s = voice(t) * fade;
            self.out[0][frame] += (s * left) as f32;
            self.out[1][frame] += (s * right) as f32;
        }
    }

    /// An electric piano: two-operator FM, on one and on the "and" of two.
    fn chords(&mut self, start_secs: f64, root: u8, is_minor: bool, energy: f64) {
        let third = if is_minor { 3 } else { 4 };
        for (beat, length_beats) in [(0.0, 1.4), (1.5, 2.3)] {
            for (i, note) in [root, root + third, root + 7, root + 12]
                .into_iter()
                .enumerate()
            {
                let f = hz(note);
                let pan = i as f64 * 0.3 - 0.45;
                self.play(
                    start_secs + beat * beat_secs(),
                    length_beats * beat_secs(),
                    pan,
                    |t| {
                        let attack = (t / 0.004).min(1.0);
                        let index = 1.6 * (-t * 5.0).exp() * energy;
                        0.12 * energy
                            * attack
                            * (-t * 1.6).exp()
                            * (TAU * f * t + index * (TAU * f * 2.0 * t).sin()).sin()
                    },
                );
            }
        }
    }

    fn bass(&mut self, start_secs: f64, root: u8, energy: f64) {
        let low = root - 24;
        for (beat, note, length_beats) in [
            (0.0, low, 0.9),
            (1.5, low, 0.4),
            (2.0, low + 7, 0.9),
            (3.0, low + 12, 0.45),
            (3.5, low + 7, 0.45),
        ] {
            let f = hz(note);
            self.play(
                start_secs + beat * beat_secs(),
                length_beats * beat_secs(),
                0.0,
                |t| {
                    let attack = (t / 0.003).min(1.0);
                    let tone = (TAU * f * t).sin()
                        + 0.4 * (TAU * 2.0 * f * t).sin()
                        + 0.15 * (TAU * 3.0 * f * t).sin();
                    0.32 * energy * attack * (-t * 1.2).exp() * tone
                },
            );
        }
    }

    /// Shaker in eighths, a stick on two and four, a soft foot on one and three.
    fn groove(&mut self, start_secs: f64, energy: f64) {
        for eighth in 0..8 {
            let at = start_secs + f64::from(eighth) * 0.5 * beat_secs();
            let accent = if eighth % 2 == 0 { 1.0 } else { 0.55 };
            let mut noise = self.noise;
            let mut last = 0.0;
            self.play(at, 0.07, 0.35, |t| {
                let white = next_noise(&mut noise);
                let bright = white - last;
                last = white;
                0.05 * energy * accent * (-t * 60.0).exp() * bright
            });
            self.noise = noise;
            if eighth % 4 == 2 {
                self.play(at, 0.06, -0.25, |t| {
                    0.16 * energy * (-t * 90.0).exp() * (TAU * 1700.0 * t).sin()
                });
            }
            if eighth % 4 == 0 {
                self.play(at, 0.16, 0.0, |t| {
                    let sweep = 55.0 * t + 3.0 * (1.0 - (-t * 40.0).exp());
                    0.4 * energy * (-t * 22.0).exp() * (TAU * sweep).sin()
                });
            }
        }
    }

    fn tune(&mut self, start_secs: f64, energy: f64, offset: usize) {
        for eighth in 0..8 {
            let step = TUNE[offset + eighth];
            if step < 0 {
                continue;
            }
            let f = hz(69 + MINOR_SCALE[step as usize % 7]);
            self.play(
                start_secs + eighth as f64 * 0.5 * beat_secs(),
                0.9 * beat_secs(),
                0.2,
                |t| {
                    let attack = (t / 0.008).min(1.0);
                    0.09 * energy
                        * attack
                        * (-t * 3.5).exp()
                        * ((TAU * f * t).sin() + 0.3 * (TAU * 3.0 * f * t).sin())
                },
            );
        }
    }
}

/// White noise, −1..1 (Marsaglia's xorshift): the same on every machine.
fn next_noise(state: &mut u32) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    f64::from(*state) / f64::from(u32::MAX) * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_same_every_time_and_neither_silent_nor_clipped() {
        let (a, b) = (render(22_050), render(22_050));
        assert_eq!(a, b);
        assert!((a.peak() - 0.7).abs() < 1e-3);
        assert_eq!(a.frames(), frames(22_050));
    }
}
