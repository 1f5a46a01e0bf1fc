//! What is played: notes with a time, a pitch and a sound. No audio here.

use super::{
    song::{Song, SongBar},
    style::Style,
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// One event of a part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// Seconds from the clip's first frame.
    pub at_secs: f64,
    pub length_secs: f64,
    /// MIDI note number, 69 = A4; unused for drums.
    pub pitch: i32,
    /// 0–1.
    pub velocity: f32,
    /// −1 left … 1 right.
    pub pan: f32,
    pub sound: Sound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    Kit(Piece),
    /// A sung note: `joined` when it flows from the same singer's note before.
    Sung {
        singer: u8,
        vowel: Vowel,
        joined: bool,
    },
    Bass,
    Guitar,
    ElectricPiano,
    Strings,
    Pizzicato,
    SynthPluck,
    SynthPad,
    Horn,
    Flute,
    /// Noise and tone that rise to the note's end.
    Riser,
    Impact,
    /// A falling wash.
    Fall,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vowel {
    Ah,
    Eh,
    Ee,
    Oh,
    Oo,
}

/// Everything that is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    Kick,
    Snare,
    SideStick,
    BrushSnare,
    HatClosed,
    HatOpen,
    HatBrush,
    Ride,
    Crash,
    TomHigh,
    TomMid,
    TomLow,
    Clap,
    Shaker,
    CongaOpen,
    CongaLow,
    CongaSlap,
    Tambourine,
}

/// Writes a part: knows the song, the style and the dice, and keeps events inside bars and clip.
pub struct Pen<'a> {
    pub song: &'a Song,
    pub style: &'a Style,
    pub rng: ChaCha8Rng,
    /// The request's, for what several tracks must agree on.
    pub seed: u32,
    notes: Vec<Note>,
}

impl<'a> Pen<'a> {
    pub fn new(song: &'a Song, style: &'a Style, rng: ChaCha8Rng, seed: u32) -> Self {
        Self {
            song,
            style,
            rng,
            seed,
            notes: Vec::new(),
        }
    }

    /// The part in order of time. Equal times keep the order they were written in.
    pub fn finish(mut self) -> Vec<Note> {
        self.notes.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
        self.notes
    }

    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// True with probability `p`, always drawing once so that later choices do not shift.
    pub fn chance(&mut self, p: f64) -> bool {
        self.rng.random::<f64>() < p
    }

    /// A struck piece. Exactly on the grid; only its strength is human.
    pub fn hit(&mut self, bar: &SongBar, quarters: f64, piece: Piece, velocity: f64) {
        self.note(bar, (quarters, 0.25), 0, velocity, (0.0, Sound::Kit(piece)));
    }

    /// A note at `from` quarters into the full bar for `length` quarters.
    pub fn note(
        &mut self,
        bar: &SongBar,
        (from, length): (f64, f64),
        pitch: i32,
        velocity: f64,
        (pan, sound): (f64, Sound),
    ) {
        let human: f64 = self.rng.random_range(-1.0..1.0);
        let Some(at_secs) = self.song.time_secs(bar, self.swung(from)) else {
            return;
        };
        let strength = velocity * (1.0 + 0.06 * human) * (1.0 + 0.25 * self.style.dynamics);
        self.notes.push(Note {
            at_secs,
            length_secs: self.song.length_secs(bar, from, length).max(0.02),
            pitch,
            velocity: strength.clamp(0.02, 1.0) as f32,
            pan: (pan * self.style.width / 0.6).clamp(-1.0, 1.0) as f32,
            sound,
        });
    }

    /// Offbeat eighths (and the sixteenths around them) move late when swinging; beats never do.
    fn swung(&self, quarters: f64) -> f64 {
        if self.style.swing == 0.0 || self.song.pulse.beat_quarters < 1.0 {
            return quarters;
        }
        let (beat, within) = (quarters.floor(), quarters.fract());
        let middle = 0.5 + self.style.swing / 6.0;
        beat + if within <= 0.5 {
            within * middle / 0.5
        } else {
            middle + (within - 0.5) * (1.0 - middle) / 0.5
        }
    }
}
