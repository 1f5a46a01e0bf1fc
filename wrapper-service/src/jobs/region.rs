//! Playing a part again: the new sound inside the region, the base stem everywhere else.

use sideman_shared::{audio::AudioBuffer, protocol::Region};
use std::ops::Range;

/// The cross-fade at each edge of a region, inside it.
const FADE_SECS: f64 = 0.02;
/// Below this (−80 dBFS) the new part counts as silence.
const SILENCE: f32 = 1e-4;

/// The region in frames of a stem with `frames` frames.
pub fn frames_of(region: &Region, sample_rate_hz: u32, frames: usize) -> Range<usize> {
    let frame = |secs: f64| ((secs * f64::from(sample_rate_hz)).round() as usize).min(frames);
    let start = frame(region.start_secs);
    start..frame(region.end_secs).max(start)
}

/// Whether there is nothing to hear in a part of `audio`.
pub fn is_silent(audio: &AudioBuffer, range: Range<usize>) -> bool {
    let mut parts = audio.channels().iter().filter_map(|c| c.get(range.clone()));
    parts.all(|part| part.iter().all(|s| s.abs() < SILENCE))
}

/// `fresh` inside `range`, `base` bit for bit outside; cross-fades just inside the edges, but none at
/// the stem's own ends. The fades are linear: whatever the two sound like, the sum cannot clip. `None`
/// unless rate and length agree.
pub fn splice(base: &AudioBuffer, fresh: &AudioBuffer, range: Range<usize>) -> Option<AudioBuffer> {
    let agree = base.sample_rate_hz() == fresh.sample_rate_hz()
        && base.frames() == fresh.frames()
        && range.end <= base.frames();
    if !agree {
        return None;
    }
    let fade = (FADE_SECS * f64::from(base.sample_rate_hz())) as usize;
    let fade = fade.min(range.len() / 2);
    let channels = base.channel_count().max(fresh.channel_count());
    let spliced = (0..channels).map(|c| {
        let (old, new) = (channel(base, c), channel(fresh, c));
        let mut out = old.to_vec();
        for frame in range.clone() {
            let gain = fade_in(frame - range.start, fade, range.start == 0).min(fade_in(
                range.end - 1 - frame,
                fade,
                range.end == old.len(),
            ));
            out[frame] = match gain {
                g if g >= 1.0 => new[frame],
                g => old[frame] * (1.0 - g) + new[frame] * g,
            };
        }
        out
    });
    AudioBuffer::new(spliced.collect(), base.sample_rate_hz())
}

/// 0–1: how far the fade is, `distance` frames from an edge.
fn fade_in(distance: usize, fade: usize, at_stem_end: bool) -> f32 {
    if at_stem_end || distance >= fade {
        1.0
    } else {
        (distance as f32 + 0.5) / fade as f32
    }
}

/// A mono stem sounds on both sides.
fn channel(audio: &AudioBuffer, index: usize) -> &[f32] {
    let channels = audio.channels();
    &channels[index.min(channels.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(level: f32, frames: usize) -> AudioBuffer {
        let wave = (0..frames).map(|i| level * (i as f32 * 0.1).sin());
        AudioBuffer::new(vec![wave.collect()], 1_000).unwrap()
    }

    #[test]
    fn outside_the_region_every_bit_is_the_bases() {
        let (base, fresh) = (tone(0.5, 1_000), tone(-0.25, 1_000));
        let range = frames_of(
            &Region {
                start_secs: 0.25,
                end_secs: 0.75,
            },
            1_000,
            1_000,
        );
        assert_eq!(range, 250..750);
        let out = splice(&base, &fresh, range).unwrap();
        let (out, base, fresh) = (
            &out.channels()[0],
            &base.channels()[0],
            &fresh.channels()[0],
        );
        assert_eq!(out[..250], base[..250]);
        assert_eq!(out[750..], base[750..]);
        assert_eq!(out[270..730], fresh[270..730]);
        assert!(
            out[250..270]
                .iter()
                .zip(&base[250..270])
                .any(|(a, b)| a != b)
        );
    }

    #[test]
    fn the_stems_own_ends_are_not_faded() {
        let (base, fresh) = (tone(0.5, 100), tone(0.1, 100));
        let out = splice(&base, &fresh, 0..100).unwrap();
        assert_eq!(out, fresh);
    }

    #[test]
    fn a_mono_base_joins_a_stereo_part() {
        let base = tone(0.5, 100);
        let stereo = AudioBuffer::new(vec![vec![0.1; 100], vec![0.2; 100]], 1_000).unwrap();
        let out = splice(&base, &stereo, 20..80).unwrap();
        assert_eq!(out.channel_count(), 2);
        assert_eq!(out.channels()[1][..20], base.channels()[0][..20]);
        assert!((out.channels()[1][50] - 0.2).abs() < 1e-6);
    }

    #[test]
    fn stems_of_another_length_do_not_fit() {
        assert_eq!(splice(&tone(0.5, 100), &tone(0.5, 99), 0..50), None);
    }

    #[test]
    fn silence_in_the_part_is_found_though_the_rest_sounds() {
        let mut wave = vec![0.5; 100];
        wave[40..60].fill(0.0);
        let audio = AudioBuffer::new(vec![wave], 1_000).unwrap();
        assert!(is_silent(&audio, 40..60));
        assert!(!is_silent(&audio, 39..60));
    }
}
