//! One player per file: each writes a part to the song.

mod backing;
mod bass;
mod brass;
mod drum_fill;
mod drum_groove;
mod drums;
mod fx;
mod guitar;
mod keyboard;
mod melody;
mod percussion;
mod strings;
mod synth;
mod vocals;
mod woodwinds;

use super::{
    score::{Note, Pen, Piece, Sound, Vowel},
    song::Song,
    style::Style,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sideman_shared::music::Track;

/// The dice of one track: independent of every other track's, the same for the same seed.
pub fn dice(seed: u32, track: Track) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed));
    rng.set_stream(track as u64 + 1);
    rng
}

/// Writes `track`'s part. Never empty: a clip too short for a phrase gets at least one note.
pub fn compose(track: Track, song: &Song, style: &Style, seed: u32) -> Vec<Note> {
    let mut pen = Pen::new(song, style, dice(seed, track), seed);
    match track {
        Track::Vocals => vocals::write(&mut pen),
        Track::BackingVocals => backing::write(&mut pen),
        Track::Drums => drums::write(&mut pen),
        Track::Bass => bass::write(&mut pen),
        Track::Guitar => guitar::write(&mut pen),
        Track::Keyboard => keyboard::write(&mut pen),
        Track::Strings => strings::write(&mut pen),
        Track::Synth => synth::write(&mut pen),
        Track::Percussion => percussion::write(&mut pen),
        Track::Brass => brass::write(&mut pen),
        Track::Woodwinds => woodwinds::write(&mut pen),
        Track::Fx => fx::write(&mut pen),
    }
    if pen.is_empty() {
        return vec![lone_note(track, song)];
    }
    pen.finish()
}

/// The one note of a clip in which nothing else found room: home, at the first bar that sounds.
fn lone_note(track: Track, song: &Song) -> Note {
    let bar = song.bars.iter().find(|b| !b.rest).or(song.bars.first());
    let at_secs = bar.map_or(0.0, |b| b.start_secs.max(0.0));
    let root = bar.map_or(0, |b| b.harmony.root);
    let (octave, sound) = match track {
        Track::Vocals | Track::BackingVocals => (60, sung(0, Vowel::Ah, false)),
        Track::Drums => (0, Sound::Kit(Piece::Kick)),
        Track::Bass => (36, Sound::Bass),
        Track::Guitar => (48, Sound::Guitar),
        Track::Keyboard => (60, Sound::ElectricPiano),
        Track::Strings => (60, Sound::Strings),
        Track::Synth => (60, Sound::SynthPluck),
        Track::Percussion => (0, Sound::Kit(Piece::CongaOpen)),
        Track::Brass => (60, Sound::Horn),
        Track::Woodwinds => (72, Sound::Flute),
        Track::Fx => (36, Sound::Impact),
    };
    Note {
        at_secs,
        length_secs: (song.duration_secs - at_secs).clamp(0.05, 2.0),
        pitch: octave + root,
        velocity: 0.7,
        pan: 0.0,
        sound,
    }
}

fn sung(singer: u8, vowel: Vowel, joined: bool) -> Sound {
    Sound::Sung {
        singer,
        vowel,
        joined,
    }
}
