//! Beats of music that does not keep an even grid: the best path through the onsets.

use super::{curve::Curve, grid::place, onset::Onsets};

/// How much a beat that comes early or late costs against its onset.
const TIGHTNESS: f32 = 60.0;

/// Follows a pulse of roughly `unit_secs` by dynamic programming (Ellis, "Beat tracking by dynamic
/// programming", 2007): each beat is worth its onset strength plus the best chain behind it, less
/// the squared logarithm of how far the step is off. Linear in the clip's length.
pub(super) fn track_beats(onsets: &Onsets, unit_secs: f64, duration_secs: f64) -> Vec<f64> {
    let curve = &onsets.all;
    let unit = unit_secs / curve.hop_secs;
    if unit < 4.0 || curve.values.is_empty() {
        return Vec::new();
    }
    let (chain, from) = best_chains(curve, unit);
    let Some(mut at) = last_beat(&chain, unit) else {
        return Vec::new();
    };
    let mut beats = vec![curve.secs(at)];
    while let Some(before) = from[at] {
        at = before;
        beats.push(curve.secs(at));
    }
    beats.reverse();
    for beat in &mut beats {
        *beat += place(&onsets.fine, &[*beat], 0.02).offset_secs;
    }
    extend(&mut beats, unit_secs, duration_secs);
    beats
}

fn best_chains(curve: &Curve, unit: f64) -> (Vec<f32>, Vec<Option<usize>>) {
    let (nearest, furthest) = ((unit * 0.6) as usize, (unit * 1.6).ceil() as usize);
    let costs: Vec<f32> = (nearest..=furthest)
        .map(|step| {
            let off = (step.max(1) as f64 / unit).ln() as f32;
            TIGHTNESS * off * off
        })
        .collect();
    let mut chain = curve.values.clone();
    let mut from = vec![None; chain.len()];
    for i in 0..chain.len() {
        let mut best = (0.0_f32, None);
        for (step, cost) in (nearest..=furthest).zip(&costs) {
            let Some(before) = i.checked_sub(step) else {
                break;
            };
            let worth = chain[before] - cost;
            if worth > best.0 {
                best = (worth, Some(before));
            }
        }
        chain[i] += best.0;
        from[i] = best.1;
    }
    (chain, from)
}

/// The best chain's end within the last period.
fn last_beat(chain: &[f32], unit: f64) -> Option<usize> {
    let tail = chain.len().saturating_sub(unit.ceil() as usize);
    (tail..chain.len()).max_by(|a, b| chain[*a].total_cmp(&chain[*b]))
}

/// Carries the pulse on to both ends of the clip, and keeps what is inside and rising.
fn extend(beats: &mut Vec<f64>, unit_secs: f64, duration_secs: f64) {
    beats.retain(|beat| *beat > -0.006 && *beat < duration_secs - 0.001);
    for beat in beats.iter_mut() {
        *beat = beat.max(0.0);
    }
    beats.dedup_by(|late, early| *late - *early < 0.25 * unit_secs);
    while let Some(first) = beats
        .first()
        .copied()
        .filter(|first| *first >= 0.9 * unit_secs)
    {
        beats.insert(0, (first - unit_secs).max(0.0));
    }
    while let Some(next) = beats.last().map(|last| last + unit_secs) {
        if next >= duration_secs - 0.001 {
            break;
        }
        beats.push(next);
    }
}
