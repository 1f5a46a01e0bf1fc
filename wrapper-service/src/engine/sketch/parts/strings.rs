//! Strings: long voice-led chords that swell, or plucked ones.

use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
    style::Texture,
};

/// First violins left, basses right, as they sit.
const SEATS: [f64; 4] = [0.5, 0.2, -0.2, -0.55];

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    let plucked = pen.style.texture == Texture::Plucked;
    let centre = 62 + 7 * pen.style.register;
    let mut section: Vec<i32> = Vec::new();
    let mut i = 0;
    while i < song.bars.len() {
        let bar = &song.bars[i];
        if bar.rest {
            i += 1;
            continue;
        }
        section = bar.harmony.voicing(&section, centre, 4);
        if plucked {
            pluck(pen, bar, &section);
            i += 1;
            continue;
        }
        let bars = held_bars(pen, i);
        bow(pen, i, bars, &section);
        i += bars;
    }
}

/// A chord is held while it stays, up to two bars within a section.
fn held_bars(pen: &Pen, from: usize) -> usize {
    let bars = &pen.song.bars;
    let stays = bars.get(from + 1).is_some_and(|next| {
        next.harmony.chord == bars[from].harmony.chord && !next.rest && !next.opens_section()
    });
    if stays && pen.style.density < 0.6 {
        2
    } else {
        1
    }
}

fn bow(pen: &mut Pen, index: usize, bars: usize, chord: &[i32]) {
    let song = pen.song;
    let bar = &song.bars[index];
    let end = song.pulse.bar_quarters;
    let strength = 0.45 + 0.4 * bar.energy;
    // Loud sections get the violins an octave up as well.
    let octave = (bar.energy > 0.75).then(|| chord[chord.len() - 1] + 12);
    for (pitch, seat) in chord.iter().zip(SEATS) {
        pen.note(
            bar,
            (0.0, end * bars as f64),
            *pitch,
            strength,
            (seat, Sound::Strings),
        );
    }
    if let Some(pitch) = octave {
        pen.note(
            bar,
            (0.0, end * bars as f64),
            pitch,
            strength * 0.7,
            (-0.6, Sound::Strings),
        );
    }
}

fn pluck(pen: &mut Pen, bar: &SongBar, chord: &[i32]) {
    for (i, q) in pen.song.pulse.eighths().into_iter().enumerate() {
        let strong = pen.song.pulse.groups.contains(&q);
        if !strong && !pen.chance(0.4 + 0.3 * pen.style.density) {
            continue;
        }
        let which = i % chord.len();
        let weight = if strong { 0.7 } else { 0.5 };
        pen.note(
            bar,
            (q, 0.5),
            chord[which],
            weight,
            (SEATS[which], Sound::Pizzicato),
        );
    }
}
