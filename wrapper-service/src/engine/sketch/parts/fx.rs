//! Effects: risers into new sections, impacts on them, a wash that falls away.

use crate::engine::sketch::{
    score::{Pen, Sound},
    song::SongBar,
};

pub fn write(pen: &mut Pen) {
    let song = pen.song;
    for (i, bar) in song.bars.iter().enumerate() {
        if bar.rest {
            continue;
        }
        let turns = marks_a_turn(bar);
        if turns {
            let hard = 0.5 + 0.4 * bar.energy;
            let root = 36 + (bar.harmony.root - 36).rem_euclid(12);
            pen.note(bar, (0.0, 8.0), root, hard, (0.0, Sound::Impact));
            pen.note(
                bar,
                (0.0, song.pulse.bar_quarters * 2.0),
                root + 24,
                hard * 0.7,
                (0.0, Sound::Fall),
            );
        }
        let next = song.bars.get(i + 1);
        let rises = next.is_none() || next.is_some_and(|n| marks_a_turn(n) && !n.rest);
        if rises {
            let root = 48 + (song.harmony_after(i).root - 48).rem_euclid(12);
            let velocity = 0.45 + 0.35 * bar.energy;
            pen.note(
                bar,
                (0.0, song.pulse.bar_quarters),
                root,
                velocity,
                (0.0, Sound::Riser),
            );
        }
    }
}

/// A section's start; in a long one, every eighth bar as well.
fn marks_a_turn(bar: &SongBar) -> bool {
    let left = bar.bars_in_section - bar.index_in_section;
    bar.opens_section() || (bar.index_in_section.is_multiple_of(8) && left >= 4)
}
