//! A look-ahead limiter: nothing passes the ceiling, and what is turned down is turned down smoothly.

use super::{canvas::Canvas, watch::Watch};
use crate::engine::EngineError;
use std::collections::VecDeque;

const LOOK_AHEAD_SECS: f32 = 0.002;
const RELEASE_SECS: f32 = 0.09;
/// Frames between two looks at the watch.
const BLOCK: usize = 16384;

/// Keeps every sample within ±`ceiling`. The sound is not delayed.
///
/// # Errors
/// `Cancelled` when the watch says so.
pub fn limit(canvas: &mut Canvas, ceiling: f32, watch: &Watch) -> Result<(), EngineError> {
    let window = ((LOOK_AHEAD_SECS * canvas.rate_hz) as usize).max(1);
    let release = (-1.0 / (RELEASE_SECS * canvas.rate_hz)).exp();
    let peaks = canvas.left.iter().zip(&canvas.right);
    let wanted: Vec<f32> = peaks
        .map(|(l, r)| (ceiling / l.abs().max(r.abs()).max(ceiling)).min(1.0))
        .collect();
    watch.check()?;
    // Gain at a frame: the mean, over the window around it, of the least gain any frame there needs
    // (held over the window as well, so that the mean never lies above that need).
    let mut released = sliding_least(&wanted, window, watch)?;
    drop(wanted);
    let mut held = 1.0f32;
    for gain in &mut released {
        held = gain.min(1.0 - (1.0 - held) * release);
        *gain = held;
    }
    watch.check()?;
    let span = 2 * window + 1;
    let at = |i: isize| released[i.clamp(0, released.len() as isize - 1) as usize];
    let mut sum: f64 = (-(window as isize)..=window as isize)
        .map(|i| f64::from(at(i)))
        .sum();
    for i in 0..released.len() {
        if i % BLOCK == 0 {
            watch.check()?;
        }
        let gain = (sum / span as f64) as f32;
        canvas.left[i] = (canvas.left[i] * gain).clamp(-ceiling, ceiling);
        canvas.right[i] = (canvas.right[i] * gain).clamp(-ceiling, ceiling);
        let (i, w) = (i as isize, window as isize);
        sum += f64::from(at(i + w + 1)) - f64::from(at(i - w));
    }
    Ok(())
}

/// The least value within `window` frames before and after each frame.
fn sliding_least(values: &[f32], window: usize, watch: &Watch) -> Result<Vec<f32>, EngineError> {
    let mut rising: VecDeque<usize> = VecDeque::new();
    let mut out = Vec::with_capacity(values.len());
    let mut taken = 0;
    for i in 0..values.len() {
        if i % BLOCK == 0 {
            watch.check()?;
        }
        while taken < (i + window + 1).min(values.len()) {
            while rising.back().is_some_and(|k| values[*k] >= values[taken]) {
                rising.pop_back();
            }
            rising.push_back(taken);
            taken += 1;
        }
        while rising.front().is_some_and(|k| k + window < i) {
            rising.pop_front();
        }
        out.push(rising.front().map_or(1.0, |k| values[*k]));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ProgressSink;
    use tokio_util::sync::CancellationToken;

    #[test]
    fn nothing_passes_the_ceiling_and_what_is_below_it_is_left_alone() {
        let watch = Watch {
            progress: ProgressSink::ignore(),
            cancel: CancellationToken::new(),
        };
        let mut canvas = Canvas::new(48_000, 48_000.0);
        for i in 0..48_000 {
            let loud = if (24_000..24_100).contains(&i) {
                3.0
            } else {
                0.3
            };
            canvas.left[i] = loud * (i as f32 * 0.05).sin();
        }
        let before = canvas.left.clone();
        limit(&mut canvas, 0.8, &watch).unwrap();
        assert!(canvas.peak() <= 0.8);
        assert_eq!(canvas.left[..23_000], before[..23_000]);
        // The gain moves smoothly: no step between neighbours beyond what the sound itself has.
        let gains: Vec<f32> = (23_700..24_400)
            .filter(|i| before[*i].abs() > 0.05)
            .map(|i| canvas.left[i] / before[i])
            .collect();
        assert!(
            gains.windows(2).all(|w| (w[0] - w[1]).abs() < 0.06),
            "{gains:?}"
        );
    }
}
