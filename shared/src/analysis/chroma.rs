//! How strongly each pitch class sounds over time.
//!
//! Harmonic pitch class profiles after Gómez, "Tonal description of music audio signals" (2006):
//! spectral peaks with interpolated frequencies, each also counted, more weakly, for the tones it
//! may be an overtone of. The tuning is the mean deviation from the semitone, taken on the circle.

use super::{
    curve::parabola_top,
    decimate::Mono,
    spectrum::{Spectrum, frame_size},
};

const FRAME_SECS: f64 = 0.37;
const LOWEST_HZ: f64 = 45.0;
const HIGHEST_HZ: f64 = 3_500.0;
/// Below this a peak also counts as bass.
const BASS_TOP_HZ: f64 = 230.0;
/// Peaks weaker than this share of the frame's strongest power are left out.
const FLOOR: f32 = 1e-5;
const MOST_PEAKS: usize = 60;
const C0_HZ: f64 = 16.351_597_831_287_414;
/// Semitones down from an overtone to the tone it may belong to, and how much that counts.
const OVERTONES: [(f64, f32); 4] = [
    (0.0, 1.0),
    (19.019_55, 0.3),
    (27.863_14, 0.15),
    (33.688_26, 0.06),
];

pub(super) type PitchClasses = [f32; 12];

/// Pitch class strengths per frame; frame `i` is centred at `i * hop_secs`.
#[derive(Debug)]
pub(super) struct Chroma {
    all: Vec<PitchClasses>,
    bass: Vec<PitchClasses>,
    hop_secs: f64,
}

struct Peak {
    /// Semitones above C0 at standard tuning, with fraction.
    semitone: f64,
    strength: f32,
    bass: bool,
}

impl Chroma {
    pub fn of(mono: &Mono) -> Self {
        let size = frame_size(FRAME_SECS, mono.rate_hz);
        let hop = size / 4;
        let mut spectrum = Spectrum::new(mono, size);
        let frames = mono.samples.len().div_ceil(hop);
        let peaks: Vec<Vec<Peak>> = (0..frames)
            .map(|i| {
                let bin_hz = spectrum.bin_hz();
                peaks_of(spectrum.at((i * hop) as i64), bin_hz)
            })
            .collect();
        let tuning = tuning_semitones(peaks.iter().flatten());
        let profile = |bass_only: bool| {
            let frame = |frame: &Vec<Peak>| {
                let heard = frame.iter().filter(|peak| peak.bass || !bass_only);
                pitch_classes(heard, tuning, if bass_only { 1 } else { OVERTONES.len() })
            };
            peaks.iter().map(frame).collect()
        };
        Self {
            all: profile(false),
            bass: profile(true),
            hop_secs: hop as f64 / mono.rate_hz,
        }
    }

    /// The sum over frames centred in a stretch of time; a stretch without one takes the nearest.
    pub fn all_between(&self, from_secs: f64, to_secs: f64) -> PitchClasses {
        self.sum(&self.all, from_secs, to_secs)
    }

    /// The same for the bass alone.
    pub fn bass_between(&self, from_secs: f64, to_secs: f64) -> PitchClasses {
        self.sum(&self.bass, from_secs, to_secs)
    }

    fn sum(&self, frames: &[PitchClasses], from_secs: f64, to_secs: f64) -> PitchClasses {
        let index = |secs: f64| ((secs / self.hop_secs).ceil().max(0.0) as usize).min(frames.len());
        let (from, to) = (index(from_secs), index(to_secs));
        let range = if from < to {
            from..to
        } else {
            from.min(frames.len().saturating_sub(1))..(from + 1).min(frames.len())
        };
        let mut sum = [0.0; 12];
        for frame in &frames[range] {
            for (s, v) in sum.iter_mut().zip(frame) {
                *s += v;
            }
        }
        sum
    }
}

/// The strongest local tops of a power spectrum within the musical range.
fn peaks_of(power: &[f32], bin_hz: f64) -> Vec<Peak> {
    let from = ((LOWEST_HZ / bin_hz).ceil() as usize).max(1);
    let to = ((HIGHEST_HZ / bin_hz) as usize).min(power.len().saturating_sub(1));
    let Some(heard) = power.get(from..to) else {
        return Vec::new();
    };
    let strongest = heard.iter().fold(0.0_f32, |max, p| max.max(*p));
    let floor = (strongest * FLOOR).max(1e-11);
    let mut tops: Vec<usize> = (from..to)
        .filter(|&i| power[i] > floor && power[i] > power[i - 1] && power[i] >= power[i + 1])
        .collect();
    if tops.len() > MOST_PEAKS {
        tops.select_nth_unstable_by(MOST_PEAKS, |a, b| power[*b].total_cmp(&power[*a]));
        tops.truncate(MOST_PEAKS);
    }
    let peak = |i: usize| {
        let level = |j: usize| power[j].max(1e-20).ln();
        let hz = (i as f64 + parabola_top(level(i - 1), level(i), level(i + 1))) * bin_hz;
        Peak {
            semitone: 12.0 * (hz / C0_HZ).log2(),
            // The root of the amplitude: quiet voices count, loud ones do not drown them.
            strength: power[i].sqrt().sqrt(),
            bass: hz < BASS_TOP_HZ,
        }
    };
    tops.into_iter().map(peak).collect()
}

/// −0.5..0.5: how far the music is tuned above standard pitch.
fn tuning_semitones<'a>(peaks: impl Iterator<Item = &'a Peak>) -> f64 {
    let (mut x, mut y) = (0.0, 0.0);
    for peak in peaks {
        let angle = std::f64::consts::TAU * peak.semitone;
        x += f64::from(peak.strength) * angle.cos();
        y += f64::from(peak.strength) * angle.sin();
    }
    if x == 0.0 && y == 0.0 {
        0.0
    } else {
        y.atan2(x) / std::f64::consts::TAU
    }
}

fn pitch_classes<'a>(
    peaks: impl Iterator<Item = &'a Peak>,
    tuning: f64,
    overtones: usize,
) -> PitchClasses {
    let mut classes = [0.0_f32; 12];
    for peak in peaks {
        for (down, weight) in &OVERTONES[..overtones] {
            let semitone = peak.semitone - tuning - down;
            let nearest = semitone.round();
            let off = semitone - nearest;
            // A tone between two semitones belongs to neither.
            let fit = (std::f64::consts::PI * off).cos().powi(2) as f32;
            classes[(nearest as i64).rem_euclid(12) as usize] += peak.strength * weight * fit;
        }
    }
    classes
}

/// 0–1: one minus the cosine of the angle between two profiles; 0 where either is empty.
pub(super) fn distance(a: &PitchClasses, b: &PitchClasses) -> f32 {
    let dot = |a: &PitchClasses, b: &PitchClasses| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    let norm = (dot(a, a) * dot(b, b)).sqrt();
    if norm > 0.0 {
        (1.0 - dot(a, b) / norm).max(0.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tones(hz: &[f64]) -> Mono {
        let rate_hz = 22_050.0;
        let wave = |i: usize| {
            let sine = |hz: &f64| (std::f64::consts::TAU * hz * i as f64 / rate_hz).sin();
            hz.iter().map(sine).sum::<f64>() as f32 * 0.2
        };
        Mono {
            samples: (0..44_100).map(wave).collect(),
            rate_hz,
        }
    }

    fn loudest(classes: &PitchClasses) -> usize {
        (0..12)
            .max_by(|a, b| classes[*a].total_cmp(&classes[*b]))
            .unwrap()
    }

    #[test]
    fn an_a_is_an_a_in_any_tuning() {
        for cents in [-40.0, 0.0, 35.0] {
            let hz = 440.0 * 2.0_f64.powf(cents / 1_200.0);
            let chroma = Chroma::of(&tones(&[hz, 1.5 * hz]));
            assert_eq!(loudest(&chroma.all_between(0.5, 1.5)), 9, "{cents}");
        }
    }

    #[test]
    fn the_bass_is_heard_apart() {
        let chroma = Chroma::of(&tones(&[65.41, 659.26, 783.99]));
        assert_eq!(loudest(&chroma.bass_between(0.5, 1.5)), 0);
        assert_eq!(distance(&[0.0; 12], &chroma.all_between(0.5, 1.5)), 0.0);
    }

    #[test]
    fn silence_has_no_pitch() {
        let mono = Mono {
            samples: vec![0.0; 9_000],
            rate_hz: 22_050.0,
        };
        assert_eq!(Chroma::of(&mono).all_between(0.0, 1.0), [0.0; 12]);
    }
}
