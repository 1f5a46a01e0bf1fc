//! Stacks of candidates: switched by keys, marked, and played again in part.

use super::{Window, fixtures};
use crate::session::{Command, Reseed, StemColour};
use egui::{Key, vec2};
use egui_kittest::kittest::Queryable;

const KEPT: &str = "Drums · 92.5 BPM · seed 1";

fn open() -> Window {
    Window::open_at(fixtures::stacked(), vec2(720.0, 1100.0), 1.0)
}

#[test]
fn number_and_arrow_keys_switch_between_candidates() {
    let mut window = open();
    let switched = |window: &Window| match &window.sent()[..] {
        [Command::SwitchTo { stem }] => stem.clone(),
        other => panic!("{other:?}"),
    };
    for (key, stem) in [
        (Key::Num1, "d4"),
        (Key::Num2, "d1"),
        // Below the one that is heard, round and round.
        (Key::ArrowDown, "d2"),
        (Key::ArrowUp, "d1"),
    ] {
        window.harness.key_press(key);
        window.harness.run();
        assert_eq!(switched(&window), stem, "{key:?}");
    }
    window.click("Waveform of Vocals · 92.5 BPM · seed 3");
    window.harness.key_press(Key::Num1);
    window.harness.run();
    assert_eq!(switched(&window), "v1", "the stack that was clicked");
}

#[test]
fn a_candidate_takes_over_from_the_one_that_is_heard_and_with_shift_joins_it() {
    let mut window = open();
    window.click("Play Drums · 92.5 BPM · seed 4");
    let stem = "d4".to_owned();
    assert_eq!(window.sent(), [Command::SwitchTo { stem: stem.clone() }]);
    window
        .harness
        .get_by_label("Play Drums · 92.5 BPM · seed 4")
        .click_modifiers(egui::Modifiers::SHIFT);
    window.harness.run();
    assert_eq!(window.sent(), [Command::Audition { stem, on: true }]);
}

#[test]
fn digits_in_a_text_field_are_text() {
    let mut window = open();
    window.harness.get_by_label("Seed").focus();
    window.harness.run();
    window.harness.key_press(Key::Num1);
    window.harness.run();
    let sent = window.sent();
    assert!(
        !sent.iter().any(|c| matches!(c, Command::SwitchTo { .. })),
        "{sent:?}"
    );
}

#[test]
fn only_favourites_are_shown_when_asked() {
    let mut window = open();
    assert!(window.has("Play Drums · 92.5 BPM · seed 4"));
    window.click("Favourites");
    assert!(!window.has("Play Drums · 92.5 BPM · seed 4"));
    assert!(window.has(&format!("Play {KEPT}")));
    window.click("Fold Drums Captured 0:41, bars 17–32");
    assert!(!window.has(&format!("Play {KEPT}")));
}

#[test]
fn a_stem_is_starred_coloured_named_and_noted() {
    let mut window = open();
    window.click("Unfold Drums · 92.5 BPM · seed 4");
    window.click("Make a favourite Drums · 92.5 BPM · seed 4");
    window.click("Blue Drums · 92.5 BPM · seed 4");
    let notes = "Notes on Drums · 92.5 BPM · seed 4";
    window.harness.get_by_label(notes).focus();
    window.harness.run();
    window.harness.get_by_label(notes).type_text("too busy");
    window.harness.run();
    let sent = window.sent();
    let Some(Command::MarkStem { stem, marks }) = sent.last() else {
        panic!("{sent:?}");
    };
    assert_eq!(stem, "d4");
    assert!(marks.favourite && marks.notes == "too busy");
    assert_eq!(marks.colour, Some(StemColour::Blue));
}

#[test]
fn bars_are_marked_by_a_drag_and_played_again() {
    let mut window = open();
    window.click(&format!("Unfold {KEPT}"));
    let rect = window
        .harness
        .get_by_label(&format!("Mark a part of {KEPT}"))
        .rect();
    // Sixteen bars from 17 on: into the second, out of the fourth.
    let at = |bars: f32| rect.left_center() + vec2(rect.width() * bars / 16.0, 0.0);
    for (x, step) in [(1.3, 0), (2.0, 1), (3.6, 1), (3.6, 2)] {
        match step {
            0 => window.harness.drag_at(at(x)),
            1 => window.harness.hover_at(at(x)),
            _ => window.harness.drop_at(at(x)),
        }
        window.harness.run();
    }
    window.click("Redo bars 18–20");
    let sent = window.sent();
    let [
        Command::RegenerateRegion {
            stem,
            start_secs,
            end_secs,
            seed: Reseed::New,
        },
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    let bar_secs = 4.0 * 60.0 / 92.5;
    assert_eq!(stem, "d1");
    // To the frame.
    let near = |secs: f64, bars: f64| (secs - bars * bar_secs).abs() <= 0.51 / 48_000.0;
    assert!(near(*start_secs, 1.0) && near(*end_secs, 4.0));
    assert!(!window.has("Redo bars 18–20"), "sent once");
}

#[test]
fn an_engine_that_cannot_play_parts_is_not_asked() {
    let mut view = fixtures::stacked();
    view.service.features.region = false;
    let mut window = Window::open_at(view, vec2(720.0, 1100.0), 1.0);
    window.click(&format!("Unfold {KEPT}"));
    let rect = window
        .harness
        .get_by_label(&format!("Mark a part of {KEPT}"))
        .rect();
    window.harness.drag_at(rect.left_center() + vec2(5.0, 0.0));
    window.harness.run();
    window.harness.hover_at(rect.center());
    window.harness.run();
    window.harness.drop_at(rect.center());
    window.harness.run();
    assert!(window.has("The engine of this service cannot play a part again"));
    window.click("Redo bars 17–24");
    assert_eq!(window.sent(), []);
}

#[test]
fn another_one_is_rolled_and_a_seed_is_kept_for_other_words() {
    let mut window = open();
    window.click(&format!("Unfold {KEPT}"));
    window.click(&format!("Re-roll {KEPT}"));
    window.click(&format!("Solo {KEPT}"));
    window.click(&format!("Same seed, other words {KEPT}"));
    let sent = window.sent();
    let seed = Reseed::New;
    let stem = || "d1".to_owned();
    assert_eq!(
        sent[..2],
        [
            Command::Reroll { stem: stem(), seed },
            Command::Solo(Some(stem()))
        ]
    );
    let [.., Command::EditForm(form)] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(form.seed, "1");
    assert!(!form.caption.is_empty());
}
