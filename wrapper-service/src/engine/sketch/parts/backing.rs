//! Backing vocals: two or three voices in close harmony under the lead of the same seed. Where the
//! song is quiet they hold chords, where it lifts they move with the lead.

use super::{
    dice,
    melody::{self, LineNote},
    sung, vocals,
};
use crate::engine::sketch::{
    harmony::Harmony,
    score::{Pen, Vowel},
};
use sideman_shared::music::Track;

/// Lowest note a backing voice takes before it moves up an octave.
const FLOOR: i32 = 50;
/// Where the voices stand, from the highest down.
const PLACES: [f64; 3] = [-0.55, 0.55, 0.08];

pub fn write(pen: &mut Pen) {
    let voices = if pen.style.density <= -0.6 { 2 } else { 3 };
    // The lead as the vocals track sings it by default: same dice, so both stems fit together.
    let lead = vocals::lead(0, 0.0);
    let phrases = melody::phrases(pen.song, lead, &mut dice(pen.seed, Track::Vocals));
    let mut held: Vec<i32> = Vec::new();
    for phrase in &phrases {
        let song = pen.song;
        let energy = song.bars[phrase[0].bar].energy;
        if energy >= 0.55 || pen.style.density >= 0.6 {
            move_along(pen, phrase, voices);
        } else {
            hold(pen, phrase, voices, &mut held);
        }
    }
}

/// The pitches under `melody`: chord tones if it is strong, else parallel thirds of the scale.
fn under(harmony: &Harmony, melody: i32, strong: bool, voices: usize) -> Vec<i32> {
    let mut pitch = melody;
    let below = (0..voices).map(|_| {
        pitch = if strong {
            harmony.chord_tone_below(pitch)
        } else {
            harmony.scale_step(pitch, -2)
        };
        pitch
    });
    below.map(|p| if p < FLOOR { p + 12 } else { p }).collect()
}

fn move_along(pen: &mut Pen, phrase: &[LineNote], voices: usize) {
    let song = pen.song;
    for (i, note) in phrase.iter().enumerate() {
        let bar = &song.bars[note.bar];
        let vowel = if bar.energy > 0.7 {
            Vowel::Ah
        } else {
            Vowel::Oh
        };
        let velocity = 0.38 + 0.25 * bar.energy;
        let pitches = under(&bar.harmony, note.pitch, note.strong, voices);
        for (voice, pitch) in pitches.into_iter().enumerate() {
            let sound = sung(voice as u8, vowel, note.joined && i > 0);
            pen.note(
                bar,
                (note.from, note.length),
                pitch,
                velocity,
                (PLACES[voice], sound),
            );
        }
    }
}

/// One long chord per bar of the phrase, voices moving as little as they can.
fn hold(pen: &mut Pen, phrase: &[LineNote], voices: usize, held: &mut Vec<i32>) {
    let song = pen.song;
    let mut bars: Vec<usize> = phrase.iter().map(|n| n.bar).collect();
    bars.dedup();
    for (i, index) in bars.iter().enumerate() {
        let bar = &song.bars[*index];
        let mut chord = bar.harmony.voicing(held, 59, voices);
        held.clone_from(&chord);
        chord.reverse();
        let breath = if i + 1 == bars.len() { 0.86 } else { 1.0 };
        let length = song.pulse.bar_quarters * breath;
        for (voice, pitch) in chord.into_iter().enumerate() {
            let sound = sung(voice as u8, Vowel::Oo, i > 0);
            pen.note(
                bar,
                (0.0, length),
                pitch,
                0.4 + 0.2 * bar.energy,
                (PLACES[voice], sound),
            );
        }
    }
}
