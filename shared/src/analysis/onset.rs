//! Where sounds begin: log-compressed spectral flux in bands.
//!
//! Flux of a compressed spectrum after Klapuri, "Sound onset detection by applying psychoacoustic
//! knowledge" (1999) and Dixon, "Onset detection revisited" (2006). Compression makes the beginning
//! of a rise count more than its top, which is what places soft attacks early enough.

use super::{
    curve::Curve,
    decimate::Mono,
    spectrum::{Spectrum, frame_size},
};
use std::ops::Range;

/// Long frames tell bass from drums; short frames tell the millisecond.
const LONG_FRAME_SECS: f64 = 0.046;
const SHORT_FRAME_SECS: f64 = 0.0116;
const LONG_EDGES_HZ: [f64; 19] = [
    30.0, 70.0, 110.0, 150.0, 210.0, 280.0, 360.0, 460.0, 580.0, 740.0, 950.0, 1_250.0, 1_650.0,
    2_200.0, 2_900.0, 3_800.0, 5_000.0, 6_500.0, 8_500.0,
];
const LOW_BANDS: Range<usize> = 0..3;
const MID_BANDS: Range<usize> = 3..12;
const HIGH_BANDS: Range<usize> = 12..18;
const SHORT_EDGES_HZ: [f64; 9] = [
    130.0, 260.0, 430.0, 690.0, 1_120.0, 1_810.0, 2_930.0, 4_740.0, 8_000.0,
];
/// Flux peaks this share of a frame before the sound begins; measured on clicks, kicks, snares,
/// plucks and steps at known times.
const LONG_LEAD_FRAMES: f64 = 0.25;
const SHORT_LEAD_FRAMES: f64 = 0.25;

/// Onset strength over time. Apart from `fine`, the curves share their times.
#[derive(Debug)]
pub(super) struct Onsets {
    /// Below 150 Hz: kick drums and bass.
    pub low: Curve,
    /// 150–1650 Hz: tones, and the body of snares.
    pub mid: Curve,
    /// Above: snares, cymbals, consonants.
    pub high: Curve,
    pub all: Curve,
    /// All bands above 130 Hz at about 1.5 ms, for placing what the others have found.
    pub fine: Curve,
}

impl Onsets {
    pub fn of(mono: &Mono) -> Self {
        let size = frame_size(LONG_FRAME_SECS, mono.rate_hz);
        let bands = BandPowers::of(mono, size, size / 8, &LONG_EDGES_HZ);
        let part = |range| {
            let flux = bands.flux(range, 2, 10.0, LONG_LEAD_FRAMES);
            flux.above_local_mean(0.4)
        };
        let (low, mid, high) = (part(LOW_BANDS), part(MID_BANDS), part(HIGH_BANDS));
        let all =
            Curve::sum(&[(&low, 1.0), (&mid, 1.0), (&high, 1.0)]).expect("three parts were given");
        Self {
            fine: Self::fine(mono),
            low,
            mid,
            high,
            all,
        }
    }

    fn fine(mono: &Mono) -> Curve {
        let size = frame_size(SHORT_FRAME_SECS, mono.rate_hz);
        let bands = BandPowers::of(mono, size, size / 8, &SHORT_EDGES_HZ);
        let all = 0..bands.bands.len();
        bands
            .flux(all, 4, 30.0, SHORT_LEAD_FRAMES)
            .above_local_mean(0.1)
    }
}

/// The power of each frame in each band.
struct BandPowers {
    bands: Vec<Vec<f32>>,
    hop_secs: f64,
    first_secs: f64,
    frame_secs: f64,
}

impl BandPowers {
    /// The first frame ends where the clip begins, so a sound on frame 0 is seen to rise.
    fn of(mono: &Mono, size: usize, hop: usize, edges_hz: &[f64]) -> Self {
        let mut spectrum = Spectrum::new(mono, size);
        let bins: Vec<usize> = edges_hz
            .iter()
            .map(|hz| (hz / spectrum.bin_hz()).round() as usize)
            .collect();
        let first = -(size as i64);
        let frames = (mono.samples.len() + size + size / 2) / hop;
        let mut bands = vec![Vec::with_capacity(frames); edges_hz.len() - 1];
        for frame in 0..frames {
            let power = spectrum.at(first + (frame * hop) as i64);
            for (band, edge) in bands.iter_mut().zip(bins.windows(2)) {
                let from = edge[0].min(power.len());
                let to = edge[1].max(edge[0] + 1).min(power.len());
                band.push(power[from..to].iter().sum());
            }
        }
        Self {
            bands,
            hop_secs: hop as f64 / mono.rate_hz,
            first_secs: first as f64 / mono.rate_hz,
            frame_secs: size as f64 / mono.rate_hz,
        }
    }

    /// The summed rise over `lag` frames of `ln(1 + gain * power / mean power)`.
    fn flux(&self, range: Range<usize>, lag: usize, gain: f32, lead_frames: f64) -> Curve {
        let mean = |band: &Vec<f32>| band.iter().sum::<f32>() / band.len().max(1) as f32;
        // A band that is nearly empty beside the others must not be blown up to their size.
        let loudest = self.bands.iter().map(mean).fold(0.0_f32, f32::max);
        let frames = self.bands.first().map_or(0, Vec::len);
        let mut values = vec![0.0_f32; frames];
        for band in &self.bands[range] {
            let scale = gain / (mean(band) + 1e-3 * loudest).max(1e-12);
            let level: Vec<f32> = band.iter().map(|p| (p * scale).ln_1p()).collect();
            for (v, pair) in values[lag.min(frames)..]
                .iter_mut()
                .zip(level.windows(lag + 1))
            {
                *v += (pair[lag] - pair[0]).max(0.0);
            }
        }
        // A rise between two frames lies midway between their centres.
        let midway_secs = 0.5 * lag as f64 * self.hop_secs;
        Curve {
            values,
            hop_secs: self.hop_secs,
            first_secs: self.first_secs - midway_secs + lead_frames * self.frame_secs,
        }
    }
}
