//! Chord tones, scales and close voicings.

use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use sideman_shared::{
    analysis::{Analysis, Chord, ChordQuality},
    music::{KeyScale, Mode},
};

/// With neither key nor chord: no half-steps, so nothing can clash badly.
const PENTATONIC: [i32; 5] = [0, 2, 4, 7, 9];

/// What is safe to play in one bar. Pitch classes 0 = C … 11 = B.
#[derive(Debug, Clone, PartialEq)]
pub struct Harmony {
    pub root: i32,
    /// Root first, then up the chord: three or four pitch classes (two when only root and fifth are safe).
    pub chord: Vec<i32>,
    /// The scale's pitch classes, chord tones always among them.
    pub scale: Vec<i32>,
}

impl Harmony {
    /// Nothing known: C and its pentatonic, root and fifth.
    pub fn open() -> Self {
        Self {
            root: 0,
            chord: vec![0, 7],
            scale: PENTATONIC.to_vec(),
        }
    }

    fn new(chord: Chord, key: Option<KeyScale>) -> Self {
        let root = chord.root.index() as i32;
        let tones = quality_steps(chord.quality).iter().map(|s| (root + s) % 12);
        let tones: Vec<i32> = tones.collect();
        let own = || match chord.quality {
            ChordQuality::Major | ChordQuality::Dominant7 => (root, mode_steps(Mode::Major)),
            _ => (root, mode_steps(Mode::Minor)),
        };
        let (tonic, steps) = key.map_or_else(own, |k| (k.tonic.index() as i32, mode_steps(k.mode)));
        let in_scale = steps.iter().map(|s| (tonic + s) % 12);
        // A borrowed chord tone pushes its neighbours out, so that no step rubs against it.
        let mut scale: Vec<i32> = in_scale
            .filter(|pc| tones.contains(pc) || !tones.iter().any(|t| rubs(*t, *pc, tonic, &steps)))
            .collect();
        scale.extend(
            tones
                .iter()
                .filter(|t| !scale.contains(t))
                .copied()
                .collect::<Vec<_>>(),
        );
        scale.sort_unstable();
        Self {
            root,
            chord: tones,
            scale,
        }
    }

    pub fn is_chord_tone(&self, pitch: i32) -> bool {
        self.chord.contains(&pitch.rem_euclid(12))
    }

    /// The chord tone nearest to `target` within `low..=high` (at least an octave).
    pub fn nearest_chord_tone(&self, target: i32, (low, high): (i32, i32)) -> i32 {
        nearest(&self.chord, target, low, high)
    }

    pub fn nearest_scale_tone(&self, target: i32, (low, high): (i32, i32)) -> i32 {
        nearest(&self.scale, target, low, high)
    }

    /// `steps` scale steps above (or below) `pitch`.
    pub fn scale_step(&self, pitch: i32, steps: i32) -> i32 {
        let mut at = pitch;
        for _ in 0..steps.abs() {
            at += steps.signum();
            while !self.scale.contains(&at.rem_euclid(12)) {
                at += steps.signum();
            }
        }
        at
    }

    /// The next chord tone strictly below `pitch`.
    pub fn chord_tone_below(&self, pitch: i32) -> i32 {
        let below = (1..=12).map(|d| pitch - d);
        below
            .into_iter()
            .find(|p| self.is_chord_tone(*p))
            .unwrap_or(pitch - 12)
    }

    /// `count` chord tones in close position whose middle lies nearest to `previous` (or `centre`),
    /// so that voices move as little as they can. Lowest first.
    pub fn voicing(&self, previous: &[i32], centre: i32, count: usize) -> Vec<i32> {
        let middle = |v: &[i32]| v.iter().sum::<i32>() as f64 / v.len().max(1) as f64;
        let pull = |v: &[i32]| (middle(v) - f64::from(centre)).abs();
        let moved = |v: &[i32]| {
            let pairs = v.iter().zip(previous);
            pairs.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>()
        };
        let candidates = (centre - 12..=centre + 5).filter(|p| self.is_chord_tone(*p));
        let stacks = candidates.map(|lowest| {
            let mut stack = vec![lowest];
            while stack.len() < count {
                let top = stack[stack.len() - 1];
                let next = (top + 1..=top + 12).find(|p| self.is_chord_tone(*p));
                stack.push(next.unwrap_or(top + 12));
            }
            stack
        });
        let cost = |v: &[i32]| moved(v) + pull(v) * if previous.is_empty() { 1.0 } else { 0.6 };
        stacks
            .min_by(|a, b| cost(a).total_cmp(&cost(b)))
            .unwrap_or_else(|| vec![centre; count])
    }
}

/// Whether `pc` is the scale's spelling of the degree that a foreign chord tone `t` has altered.
fn rubs(t: i32, pc: i32, tonic: i32, steps: &[i32; 7]) -> bool {
    let foreign = !steps.iter().any(|s| (tonic + s) % 12 == t);
    let apart = (t - pc).rem_euclid(12);
    foreign && (apart == 1 || apart == 11)
}

fn nearest(classes: &[i32], target: i32, low: i32, high: i32) -> i32 {
    let inside = (low..=high).filter(|p| classes.contains(&p.rem_euclid(12)));
    inside
        .min_by_key(|p| ((p - target).abs(), -p))
        .unwrap_or(target)
}

fn quality_steps(quality: ChordQuality) -> &'static [i32] {
    match quality {
        ChordQuality::Major => &[0, 4, 7],
        ChordQuality::Minor => &[0, 3, 7],
        ChordQuality::Dominant7 => &[0, 4, 7, 10],
        ChordQuality::Minor7 => &[0, 3, 7, 10],
        ChordQuality::Diminished => &[0, 3, 6],
    }
}

fn mode_steps(mode: Mode) -> [i32; 7] {
    mode.scale().map(|step| step as i32)
}

/// The harmony of each of `bars` bars: the heard chord; where none was heard the one before holds on;
/// with no chord at all, a plain progression in the key; with no key either, what cannot clash.
pub fn per_bar(analysis: &Analysis, bars: usize, rng: &mut ChaCha8Rng) -> Vec<Harmony> {
    let key = analysis.key;
    let mut heard: Vec<Option<Chord>> = analysis.bars.iter().map(|b| b.chord).collect();
    heard.resize(bars, None);
    let Some(first) = heard.iter().flatten().next().copied() else {
        return match key {
            Some(key) => progression(key, bars, rng),
            None => vec![Harmony::open(); bars],
        };
    };
    let mut current = first;
    let filled = heard.into_iter().map(|chord| {
        current = chord.unwrap_or(current);
        Harmony::new(current, key)
    });
    filled.collect()
}

/// Degrees 0–6, four bars each; all begin at home.
const MAJOR_LOOPS: [[usize; 4]; 4] = [[0, 4, 5, 3], [0, 5, 3, 4], [0, 3, 0, 4], [0, 2, 3, 4]];
const MINOR_LOOPS: [[usize; 4]; 4] = [[0, 5, 2, 6], [0, 3, 5, 6], [0, 6, 5, 6], [0, 2, 6, 3]];

fn progression(key: KeyScale, bars: usize, rng: &mut ChaCha8Rng) -> Vec<Harmony> {
    let loops = match key.mode {
        Mode::Major => &MAJOR_LOOPS,
        Mode::Minor => &MINOR_LOOPS,
    };
    let degrees = loops.choose(rng).copied().unwrap_or(loops[0]);
    let slow = rng.random_bool(0.3);
    let steps = mode_steps(key.mode);
    let scale: Vec<i32> = steps
        .iter()
        .map(|s| (key.tonic.index() as i32 + s) % 12)
        .collect();
    let triad = |degree: usize| Harmony {
        root: scale[degree],
        chord: [0, 2, 4]
            .iter()
            .map(|third| scale[(degree + third) % 7])
            .collect(),
        scale: scale.clone(),
    };
    (0..bars)
        .map(|bar| triad(degrees[if slow { bar / 2 } else { bar } % 4]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::music::PitchClass;

    fn chord(root: i32, quality: ChordQuality, key: &str) -> Harmony {
        let root = PitchClass::wrapping(root);
        Harmony::new(Chord { root, quality }, Some(key.parse().unwrap()))
    }

    #[test]
    fn a_diatonic_chord_keeps_the_keys_scale() {
        let f = chord(5, ChordQuality::Major, "C major");
        assert_eq!(f.chord, [5, 9, 0]);
        assert_eq!(f.scale, [0, 2, 4, 5, 7, 9, 11]);
    }

    #[test]
    fn a_borrowed_chord_bends_the_scale() {
        let e = chord(4, ChordQuality::Dominant7, "A minor");
        assert!(
            e.scale.contains(&8) && !e.scale.contains(&7),
            "{:?}",
            e.scale
        );
    }

    #[test]
    fn voices_move_little() {
        let c = chord(0, ChordQuality::Major, "C major").voicing(&[], 60, 3);
        let f = chord(5, ChordQuality::Major, "C major").voicing(&c, 60, 3);
        let moved: i32 = c.iter().zip(&f).map(|(a, b)| (a - b).abs()).sum();
        assert!(moved <= 4, "{c:?} -> {f:?}");
        assert!(f.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn steps_follow_the_scale() {
        let c = chord(0, ChordQuality::Major, "C major");
        assert_eq!(c.scale_step(60, 2), 64);
        assert_eq!(c.scale_step(60, -1), 59);
        assert_eq!(c.chord_tone_below(64), 60);
    }
}
