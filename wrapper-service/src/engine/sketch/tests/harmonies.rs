//! What is written: pitches over chords.

use super::Plan;
use sideman_shared::music::Track;

/// The bar of the plan in which a note lies, and its place in quarters.
fn chord_of(plan: &Plan, at_secs: f64) -> (Vec<i32>, f64) {
    let song = plan.song(0);
    let bar = song
        .bars
        .iter()
        .find(|b| at_secs >= b.start_secs - 1e-6 && at_secs < b.end_secs - 1e-6)
        .unwrap();
    let quarters = (at_secs - bar.start_secs) * plan.bpm / 60.0;
    (bar.harmony.chord.clone(), quarters)
}

#[test]
fn voices_are_on_chord_tones_where_the_bar_is_strong() {
    for (track, centre) in [(Track::Vocals, 64), (Track::Woodwinds, 76)] {
        for meter in ["4/4", "6/8"] {
            let plan = Plan {
                meter,
                ..Plan::default()
            };
            for seed in 0..8 {
                let notes = plan.notes(track, "", seed);
                assert!(notes.len() > 10);
                for note in &notes {
                    assert!((centre - 8..=centre + 10).contains(&note.pitch), "{note:?}");
                    let (chord, quarters) = chord_of(&plan, note.at_secs);
                    let strong =
                        quarters < 1e-6 || (meter == "4/4" && (quarters - 2.0).abs() < 1e-6);
                    assert!(
                        !strong || chord.contains(&(note.pitch % 12)),
                        "{track} {seed}: {note:?} over {chord:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn melodies_move_mostly_by_step_and_stay_in_the_key() {
    let c_major = [0, 2, 4, 5, 7, 9, 11];
    let (mut steps, mut leaps) = (0, 0);
    for seed in 0..8 {
        let notes = Plan::default().notes(Track::Vocals, "", seed);
        assert!(notes.iter().all(|n| c_major.contains(&(n.pitch % 12))));
        for pair in notes.windows(2) {
            let apart = (pair[1].pitch - pair[0].pitch).abs();
            assert!(apart <= 12, "a leap of {apart}");
            if apart <= 4 { steps += 1 } else { leaps += 1 }
        }
    }
    assert!(steps > 3 * leaps, "{steps} steps, {leaps} leaps");
}

#[test]
fn backing_voices_are_close_under_each_other_and_in_the_key() {
    let plan = Plan {
        loudness_db: |b| if b < 8 { -34.0 } else { -10.0 },
        ..Plan::default()
    };
    let notes = plan.notes(Track::BackingVocals, "", 11);
    let c_major = [0, 2, 4, 5, 7, 9, 11];
    assert!(
        notes
            .iter()
            .all(|n| c_major.contains(&(n.pitch % 12)) && (48..72).contains(&n.pitch))
    );
    for chord in notes.chunk_by(|a, b| (a.at_secs - b.at_secs).abs() < 1e-9) {
        assert_eq!(chord.len(), 3);
        let pitches: Vec<i32> = chord.iter().map(|n| n.pitch).collect();
        let spread = pitches.iter().max().unwrap() - pitches.iter().min().unwrap();
        assert!((3..=14).contains(&spread), "{pitches:?}");
    }
}

#[test]
fn the_bass_begins_every_bar_on_its_root() {
    let plan = Plan::default();
    let notes = plan.notes(Track::Bass, "", 3);
    for (bar, root) in plan.song(3).bars.iter().zip([9, 5, 0, 7].iter().cycle()) {
        let first = notes
            .iter()
            .find(|n| (n.at_secs - bar.start_secs).abs() < 1e-9)
            .unwrap();
        assert_eq!(first.pitch % 12, *root);
    }
}

#[test]
fn without_any_chord_the_key_gives_them_and_without_a_key_nothing_can_clash() {
    let keyed = Plan {
        chords: false,
        ..Plan::default()
    };
    let roots: Vec<i32> = keyed.song(2).bars.iter().map(|b| b.harmony.root).collect();
    assert_eq!(roots[0], 9, "home first");
    assert!(roots.iter().any(|r| *r != 9), "a progression moves");
    let bare = Plan {
        chords: false,
        key: None,
        ..Plan::default()
    };
    for track in [Track::Vocals, Track::Keyboard, Track::Bass, Track::Strings] {
        let notes = bare.notes(track, "", 2);
        let safe = [0, 2, 4, 7, 9];
        assert!(
            notes.iter().all(|n| safe.contains(&(n.pitch % 12))),
            "{track}"
        );
    }
}
