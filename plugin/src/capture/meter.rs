//! The level of what comes in, from the audio thread to the window: atomics only.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// Left and right; more channels are folded onto them in turn.
const SIDES: usize = 2;
/// How fast the RMS follows.
const RMS_SECS: f32 = 0.3;

/// A host that stops may call no more: after this many looks without a block there is no level any more.
/// Half a second to a second, longer than the longest block.
const LOOKS_WITHOUT_BLOCK: u32 = 30;

/// What is shown. Linear, 1.0 is full scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    /// Highest sample since the last look, per channel.
    pub peak: [f32; SIDES],
    pub rms: [f32; SIDES],
    /// 1 or 2; 0 before the first block.
    pub channels: u32,
    /// A sample was at full scale or beyond since the light was last put out.
    pub clipped: bool,
    /// The host has long called no more.
    pub is_still: bool,
}

impl Levels {
    pub fn is_silent(&self) -> bool {
        self.peak.iter().chain(&self.rms).all(|level| *level < 1e-5)
    }
}

/// Written by the audio thread, read by one window.
#[derive(Debug, Default)]
pub struct Meter {
    /// Bits of non-negative floats, which sort like the floats.
    peak_bits: [AtomicU32; SIDES],
    rms_bits: [AtomicU32; SIDES],
    channels: AtomicU32,
    clipped: AtomicBool,
    /// Blocks folded, wrapping.
    blocks: AtomicU32,
    /// `blocks` at the last look, and how many looks ago it last moved: the window's own.
    seen_blocks: AtomicU32,
    looks_without_block: AtomicU32,
}

impl Meter {
    /// The levels since the last look.
    pub fn look(&self) -> Levels {
        let is_still = self.is_still();
        let rms = match is_still {
            true => [0.0; SIDES],
            false => self
                .rms_bits
                .each_ref()
                .map(|bits| f32::from_bits(bits.load(Relaxed))),
        };
        Levels {
            peak: self
                .peak_bits
                .each_ref()
                .map(|bits| f32::from_bits(bits.swap(0, Relaxed))),
            rms,
            channels: self.channels.load(Relaxed),
            clipped: self.clipped.load(Relaxed),
            is_still,
        }
    }

    /// Whether the host has long called no more.
    fn is_still(&self) -> bool {
        let blocks = self.blocks.load(Relaxed);
        if self.seen_blocks.swap(blocks, Relaxed) != blocks {
            self.looks_without_block.store(0, Relaxed);
            return false;
        }
        let looks = self.looks_without_block.load(Relaxed).saturating_add(1);
        self.looks_without_block.store(looks, Relaxed);
        looks >= LOOKS_WITHOUT_BLOCK
    }

    /// Puts the clip light out.
    pub fn clear_clip(&self) {
        self.clipped.store(false, Relaxed);
    }
}

/// The audio thread's side: real-time safe.
#[derive(Debug, Default)]
pub(super) struct MeterFold {
    mean_square: [f32; SIDES],
    decay: Decay,
}

/// How much of the mean a block leaves; the same as long as blocks are equally long.
#[derive(Debug, Default)]
struct Decay {
    block_secs: f32,
    keep: f32,
}

impl Decay {
    fn over(&mut self, block_secs: f32) -> f32 {
        if self.block_secs != block_secs {
            *self = Self {
                block_secs,
                keep: (-block_secs / RMS_SECS).exp(),
            };
        }
        self.keep
    }
}

impl MeterFold {
    /// Folds one block into `meter`.
    pub fn fold(&mut self, meter: &Meter, channels: &[&mut [f32]], sample_rate_hz: u32) {
        let sides = channels.len().min(SIDES);
        meter.channels.store(sides as u32, Relaxed);
        // Plain stores where only this side writes: a locked operation costs as much as all else in a short block.
        let blocks = meter.blocks.load(Relaxed).wrapping_add(1);
        meter.blocks.store(blocks, Relaxed);
        let frames = channels.first().map_or(0, |channel| channel.len());
        if frames == 0 {
            return;
        }
        let keep = self
            .decay
            .over(frames as f32 / sample_rate_hz.max(1) as f32);
        for side in 0..sides {
            let (mut peak, mut sum) = (0.0f32, 0.0f32);
            for channel in channels.iter().skip(side).step_by(SIDES) {
                let (channel_peak, channel_sum) = measure(channel);
                peak = peak.max(channel_peak);
                sum += channel_sum;
            }
            let mean = &mut self.mean_square[side];
            *mean = *mean * keep + sum / frames as f32 * (1.0 - keep);
            if peak.to_bits() > meter.peak_bits[side].load(Relaxed) {
                meter.peak_bits[side].fetch_max(peak.to_bits(), Relaxed);
            }
            meter.rms_bits[side].store(mean.sqrt().to_bits(), Relaxed);
            if peak >= 1.0 {
                meter.clipped.store(true, Relaxed);
            }
        }
    }
}

/// Highest sample and sum of squares; this runs over every block, whether anybody looks or not.
fn measure(samples: &[f32]) -> (f32, f32) {
    // The square of what is fainter would be denormal, and cost a hundred times as much.
    let (peak, sum) = fold_lanes(samples, |level| if level < 1e-15 { 0.0 } else { level });
    if sum.is_finite() {
        return (peak, sum);
    }
    // Neither NaN, nor infinity, nor what is infinite when squared may stay in the mean.
    fold_lanes(samples, |level| if level < 1e9 { level } else { 1.0 })
}

/// In lanes that do not wait for each other, so that the compiler can work on several samples at once. `tame` is given
/// a sample without its sign.
fn fold_lanes(samples: &[f32], tame: impl Fn(f32) -> f32) -> (f32, f32) {
    const LANES: usize = 16;
    let (mut peaks, mut sums) = ([0.0f32; LANES], [0.0f32; LANES]);
    let mut take = |chunk: &[f32; LANES]| {
        for lane in 0..LANES {
            let level = tame(chunk[lane].abs());
            peaks[lane] = larger(peaks[lane], level);
            sums[lane] += level * level;
        }
    };
    let (whole, rest) = samples.as_chunks::<LANES>();
    whole.iter().for_each(&mut take);
    if !rest.is_empty() {
        let mut last = [0.0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        take(&last);
    }
    (halve(peaks, larger), halve(sums, |a, b| a + b))
}

/// One instruction, unlike `f32::max`, which looks for NaN on both sides.
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// All lanes as one: the upper half onto the lower, again and again, so that few steps wait for each other.
fn halve<const LANES: usize>(mut lanes: [f32; LANES], both: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = both(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_counts_whatever_the_length() {
        for frames in [1, 15, 16, 17, 100] {
            for loud in [0, frames / 2, frames - 1] {
                let mut samples = vec![0.25f32; frames];
                samples[loud] = -0.75;
                let (peak, sum) = measure(&samples);
                let wanted = (frames - 1) as f32 * 0.0625 + 0.5625;
                assert_eq!(peak, 0.75, "{loud} of {frames}");
                assert!((sum - wanted).abs() < 1e-4, "{sum}, not {wanted}");
            }
        }
    }

    #[test]
    fn the_level_falls_when_the_host_calls_no_more() {
        let (meter, mut fold) = (Meter::default(), MeterFold::default());
        fold.fold(&meter, &[&mut [0.5; 64]], 48_000);
        assert!(!meter.look().is_silent());
        assert!(!meter.look().is_silent(), "a long block may be on its way");
        for _ in 0..LOOKS_WITHOUT_BLOCK {
            meter.look();
        }
        assert!(meter.look().is_silent());
        fold.fold(&meter, &[&mut [0.5; 64]], 48_000);
        assert!(!meter.look().is_silent());
    }

    #[test]
    fn the_peak_waits_for_a_look_and_the_clip_light_for_a_click() {
        let (meter, mut fold) = (Meter::default(), MeterFold::default());
        fold.fold(&meter, &[&mut [0.5, -0.75], &mut [0.1, 0.0]], 48_000);
        fold.fold(&meter, &[&mut [0.0; 2], &mut [0.2, 0.0]], 48_000);
        let levels = meter.look();
        assert_eq!(
            (levels.peak, levels.channels, levels.clipped),
            ([0.75, 0.2], 2, false)
        );
        assert_eq!(meter.look().peak, [0.0, 0.0]);
        fold.fold(&meter, &[&mut [f32::NAN, 0.0]], 48_000);
        assert!(meter.look().clipped && meter.look().clipped, "it latches");
        for wild in [f32::NAN, f32::INFINITY, f32::MIN, 1e30] {
            fold.fold(&meter, &[&mut [wild, 0.0]], 48_000);
            let levels = meter.look();
            assert!(
                levels.peak[0] == 1.0 && levels.rms[0] < 1.0,
                "{wild}: {levels:?}"
            );
        }
        meter.clear_clip();
        assert!(!meter.look().clipped);
    }

    #[test]
    fn the_rms_of_a_steady_tone_is_its_own_after_a_while() {
        let (meter, mut fold) = (Meter::default(), MeterFold::default());
        for _ in 0..200 {
            fold.fold(&meter, &[&mut [0.5; 512], &mut [0.0; 512]], 48_000);
        }
        let levels = meter.look();
        assert!((levels.rms[0] - 0.5).abs() < 1e-3 && levels.rms[1] == 0.0);
        assert!(!levels.is_silent());
    }
}
