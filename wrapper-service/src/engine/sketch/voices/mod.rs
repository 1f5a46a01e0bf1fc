//! Voices turn notes into sound.

mod dsp;
mod effects;
mod flute;
mod formant;
mod keys;
mod kit;
mod kit_drums;
mod kit_metal;
mod pluck;
mod saws;
mod vowels;

pub use dsp::{Filter, db};

use super::{
    canvas::Canvas,
    score::{Note, Sound},
    style::Style,
    watch::Watch,
};
use crate::engine::EngineError;
use formant::Throat;

/// Plays a part onto `canvas`.
///
/// # Errors
/// `Cancelled` when the watch says so.
pub fn play(
    notes: &[Note],
    style: &Style,
    seed: u32,
    watch: &Watch,
    canvas: &mut Canvas,
) -> Result<(), EngineError> {
    kit::play(notes, style, seed, watch, canvas)?;
    sing(notes, style, seed, watch, canvas)?;
    let is_played = |n: &&Note| !matches!(n.sound, Sound::Kit(_) | Sound::Sung { .. });
    for (i, note) in notes.iter().filter(is_played).enumerate() {
        watch.at(progress(i as f64 / notes.len() as f64))?;
        let own = seed ^ (i as u32).wrapping_mul(0x85EB_CA6B);
        play_note(note, style, own, canvas);
    }
    Ok(())
}

/// The candidate's progress when `share` (0–1) of a part has been played.
pub fn progress(share: f64) -> f64 {
    0.05 + 0.65 * share.clamp(0.0, 1.0)
}

fn play_note(note: &Note, style: &Style, seed: u32, canvas: &mut Canvas) {
    let rate_hz = canvas.rate_hz;
    let tone = style.tone as f32;
    let frame = canvas.frame_at(note.at_secs);
    let mono = match note.sound {
        Sound::Kit(_) | Sound::Sung { .. } => return,
        Sound::Bass => pluck::pluck(&pluck::BASS, note, tone, seed, rate_hz),
        Sound::Guitar => pluck::pluck(&pluck::GUITAR, note, tone, seed, rate_hz),
        Sound::Pizzicato => pluck::pluck(&pluck::VIOLIN, note, tone, seed, rate_hz),
        Sound::ElectricPiano => keys::electric_piano(note, tone, rate_hz),
        Sound::Strings => saws::play(&saws::STRINGS, note, tone, seed, rate_hz),
        Sound::SynthPluck => saws::play(&saws::SYNTH_PLUCK, note, tone, seed, rate_hz),
        Sound::SynthPad => saws::play(&saws::SYNTH_PAD, note, tone, seed, rate_hz),
        Sound::Horn => saws::play(&saws::HORN, note, tone, seed, rate_hz),
        Sound::Flute => flute::play(note, tone, seed, rate_hz),
        Sound::Riser | Sound::Impact | Sound::Fall => {
            let stereo = match note.sound {
                Sound::Riser => effects::riser(note, seed, rate_hz),
                Sound::Impact => effects::impact(note, seed, rate_hz),
                _ => effects::fall(note, seed, rate_hz),
            };
            canvas.add_stereo(frame, &stereo, [1.0, 1.0]);
            return;
        }
    };
    canvas.add_mono(frame, &mono, 1.0, note.pan);
}

/// Gaps shorter than this do not end a phrase.
const PHRASE_GAP_SECS: f64 = 0.12;

fn sing(
    notes: &[Note],
    style: &Style,
    seed: u32,
    watch: &Watch,
    canvas: &mut Canvas,
) -> Result<(), EngineError> {
    let singer_of = |n: &Note| match n.sound {
        Sound::Sung { singer, .. } => Some(singer),
        _ => None,
    };
    let choir = notes.iter().filter_map(singer_of).max().unwrap_or(0);
    for singer in 0..=choir {
        let own: Vec<Note> = notes
            .iter()
            .filter(|n| singer_of(n) == Some(singer))
            .copied()
            .collect();
        let throat = throat(style, singer, choir > 0);
        let breaks = |a: &Note, b: &Note| b.at_secs - (a.at_secs + a.length_secs) < PHRASE_GAP_SECS;
        for (i, phrase) in own.chunk_by(breaks).enumerate() {
            let through =
                phrase[0].at_secs * f64::from(canvas.rate_hz) / canvas.frames().max(1) as f64;
            watch.at(progress(
                (f64::from(singer) + through) / f64::from(choir + 1),
            ))?;
            let own_seed = seed ^ (i as u32 * 7919 + u32::from(singer) * 104_729 + 3);
            let sung = formant::sing(phrase, &throat, own_seed, canvas.rate_hz, watch)?;
            let frame = canvas.frame_at(phrase[0].at_secs - sung.lead_secs);
            canvas.add_mono(frame, &sung.sound, 1.0, phrase[0].pan);
        }
    }
    Ok(())
}

/// A lead stands alone and breathes; a choir's singers differ in size and are doubled.
fn throat(style: &Style, singer: u8, choir: bool) -> Throat {
    let airy = if style.dynamics < 0.0 { 0.7 } else { 0.3 };
    let size = 1.02 + 0.06 * style.register as f32;
    if !choir {
        return Throat {
            vibrato: style.vibrato as f32,
            air: airy,
            size,
            double: 0.0,
            breathes: true,
        };
    }
    Throat {
        vibrato: style.vibrato as f32 * 0.55,
        air: airy + 0.15,
        size: size * [1.06, 0.97, 1.01][usize::from(singer) % 3],
        double: 0.9,
        breathes: false,
    }
}
