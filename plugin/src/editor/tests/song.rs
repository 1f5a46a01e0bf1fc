//! The song card: what was heard, a range drawn on it, and what is offered.

use super::{Window, fixtures};
use crate::{
    capture::{Cut, Levels, TakeId},
    session::{Command, HeardField, Listening},
};
use egui::{Event, Key, Modifiers, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

const TAKE: &str = "Waveform of Captured 0:41, bars 17–32";
const HEARD: &str = "Waveform of what was heard";
/// Bars of 4/4 at 92.5 BPM and 48 kHz.
const BAR_FRAMES: f64 = 4.0 * 60.0 / 92.5 * 48_000.0;

/// Drags from one share of the width to another.
pub(super) fn drag_across(window: &mut Window, label: &str, from: f32, to: f32) {
    let rect = window.harness.get_by_label(label).rect();
    let at = |share: f32| pos2(rect.left() + share * rect.width(), rect.center().y);
    window.harness.drag_at(at(from));
    window.harness.run();
    window.harness.hover_at(at((from + to) / 2.0));
    window.harness.run();
    window.harness.hover_at(at(to));
    window.harness.run();
    window.harness.drop_at(at(to));
    window.harness.run();
}

pub(super) fn zoom_in(window: &mut Window, label: &str, factor: f32) {
    let rect = window.harness.get_by_label(label).rect();
    window.harness.hover_at(rect.center());
    window.harness.event(Event::Zoom(factor));
    window.harness.run();
}

fn bar(number: u32) -> u64 {
    (f64::from(number) * BAR_FRAMES).round() as u64
}

#[test]
fn takes_are_asked_for_after_the_fact() {
    let mut window = Window::open(fixtures::listening());
    for label in ["Take the last 8 bars", "Loop", "Since play"] {
        window.click(label);
    }
    let wanted = [Cut::LastBars(8), Cut::Loop, Cut::SincePlay].map(Command::Grab);
    assert_eq!(window.sent(), wanted);
}

#[test]
fn a_range_of_the_memory_snaps_to_bars_and_is_taken() {
    let mut window = Window::open(fixtures::listening());
    // 96 s wide: from 9.6 s to 28.8 s; bars last 2.6 s.
    drag_across(&mut window, HEARD, 0.1, 0.3);
    window.click("Take this part");
    let wanted = Cut::Range(1000 + bar(4)..1000 + bar(11));
    assert_eq!(window.sent(), [Command::Grab(wanted)]);
}

#[test]
fn the_take_is_trimmed_to_a_range_and_comes_back_whole() {
    let mut window = Window::open(fixtures::ready());
    drag_across(&mut window, TAKE, 0.26, 0.49);
    assert!(window.has("Bars 21–24 · 0:10.3"));
    window.click("Trim to selection");
    let (from, to) = (bar(4), bar(8));
    assert_eq!(window.sent(), [Command::TrimSource { from, to }]);
    let mut view = fixtures::ready();
    if let Some(source) = &mut view.source {
        source.id = TakeId("part".into());
        source.is_trimmed = true;
    }
    window.show(view);
    assert!(
        !window.has("Trim to selection"),
        "another take, nothing selected"
    );
    window.click("Whole take");
    assert_eq!(window.sent(), [Command::WholeSource]);
}

#[test]
fn snapping_can_be_finer_or_off() {
    let mut window = Window::open(fixtures::ready());
    drag_across(&mut window, TAKE, 0.26, 0.49);
    window.click("Snap: bars");
    window.click("Snap: beats");
    drag_across(&mut window, TAKE, 0.25, 0.5);
    window.click("Trim to selection");
    let sent = window.sent();
    let Some(Command::TrimSource { from, to }) = sent.last().cloned() else {
        panic!("{sent:?}")
    };
    let share = |part: f64| (part * 41.5 * 48_000.0) as u64;
    // To the pixel, which are about a tenth of a second wide.
    assert!(from.abs_diff(share(0.25)) < 9600 && to.abs_diff(share(0.5)) < 9600);
}

#[test]
fn a_range_is_drawn_with_the_keyboard_alone() {
    let mut window = Window::open(fixtures::ready());
    window.harness.get_by_label(TAKE).focus();
    window.harness.run();
    let mut press = |modifiers, key| {
        window.harness.key_press_modifiers(modifiers, key);
        window.harness.run();
    };
    press(Modifiers::NONE, Key::ArrowRight);
    press(Modifiers::NONE, Key::ArrowRight);
    press(Modifiers::SHIFT, Key::ArrowRight);
    assert!(window.has("Bars 18–19 · 0:05.1"));
    window.harness.key_press(Key::Escape);
    window.harness.run();
    assert!(!window.has("Trim to selection"));
}

#[test]
fn it_is_zoomed_by_wheel_pinch_and_keys_and_scrolled() {
    let mut window = Window::open(fixtures::ready());
    let rect = window.harness.get_by_label(TAKE).rect();
    zoom_in(&mut window, TAKE, 4.0);
    // A quarter is on screen, around the middle: the same drag selects a quarter as much.
    drag_across(&mut window, TAKE, 0.0, 1.0);
    let narrow = selected_secs(&mut window);
    assert!((7.0..14.0).contains(&narrow), "{narrow}");
    window.harness.hover_at(rect.center());
    window.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -4000.0),
        modifiers: Modifiers::NONE,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
    });
    // The wheel's way is smoothed over some frames.
    window.harness.run_steps(60);
    drag_across(&mut window, TAKE, 0.5, 1.0);
    window.click("Trim to selection");
    let sent = window.sent();
    let at_end = |command: &Command| matches!(command, Command::TrimSource { to, .. } if *to == (41.5 * 48_000.0) as u64);
    assert!(sent.last().is_some_and(at_end), "{sent:?}");
    // F shows all again.
    window.harness.get_by_label(TAKE).focus();
    window.harness.run();
    window.harness.key_press(Key::F);
    window.harness.run();
    drag_across(&mut window, TAKE, 0.0, 1.0);
    assert!(selected_secs(&mut window) > 38.0);
}

fn selected_secs(window: &mut Window) -> f64 {
    window.click("Trim to selection");
    let sent = window.sent();
    match sent.last() {
        Some(Command::TrimSource { from, to }) => (to - from) as f64 / 48_000.0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_heard_is_offered_until_the_form_says_something() {
    let mut window = Window::open(fixtures::guessed());
    window.click("Use 92.48 BPM");
    window.click("Use A minor");
    let wanted = [HeardField::Tempo, HeardField::Key].map(Command::UseHeard);
    assert_eq!(window.sent(), wanted);
    let mut view = fixtures::guessed();
    view.form.bpm = "120".into();
    window.show(view);
    assert!(!window.has("Use 92.48 BPM") && window.has("Use A minor"));
}

#[test]
fn a_tempo_is_tapped_by_mouse_or_key_but_not_while_typing() {
    let mut window = Window::open(fixtures::guessed());
    for _ in 0..4 {
        window.harness.key_press(Key::T);
        window.harness.run();
        // Half a second of frames.
        for _ in 0..30 {
            window.harness.step();
        }
    }
    let sent = window.sent();
    let Some(Command::EditForm(form)) = sent.last() else {
        panic!("{sent:?}")
    };
    let bpm: f64 = form.bpm.parse().unwrap();
    assert!((90.0..=125.0).contains(&bpm), "{bpm}");
    window.click("Tap the tempo");
    window.sent();
    window.harness.get_by_label("Style").focus();
    window.harness.run();
    window.harness.get_by_label("Style").type_text("t");
    window.harness.run();
    assert!(matches!(window.sent().as_slice(), [Command::EditForm(form)] if form.caption == "t"));
}

#[test]
fn the_clip_light_goes_out_by_a_click() {
    let mut window = Window::open(fixtures::grabbed());
    let clipped = Levels {
        clipped: true,
        channels: 2,
        ..Levels::default()
    };
    *window.fake.levels.lock() = clipped;
    window.harness.run();
    window.click("Input level, clipped: click to clear");
    assert!(!window.fake.levels.lock().clipped);
    window.harness.run();
    assert!(window.has("Input level"));
}

#[test]
fn earlier_takes_come_back_and_listening_is_switched_off() {
    let mut window = Window::open(fixtures::grabbed());
    window.click("More for the song");
    window.click("demo.mp3");
    window.click("More for the song");
    window.click("Remember what the host plays");
    let wanted = [
        Command::UseTake(TakeId("t1".into())),
        Command::SetListening(Listening {
            on: false,
            while_stopped: false,
        }),
    ];
    assert_eq!(window.sent(), wanted);
}

#[test]
fn what_a_crash_left_is_used_or_thrown_away() {
    let mut window = Window::open(fixtures::recovered());
    window.click("Use it");
    window.click("Discard it");
    let wanted = [true, false].map(|use_it| Command::AnswerRecovered { use_it });
    assert_eq!(window.sent(), wanted);
}

#[test]
fn what_another_instance_left_is_used_or_left_alone() {
    let mut view = fixtures::recovered();
    view.recovered.as_mut().unwrap().is_elsewhere = true;
    let mut window = Window::open(view);
    assert!(!window.has("Discard it"), "it is not ours to throw away");
    window.click("Not here");
    assert_eq!(window.sent(), [Command::AnswerRecovered { use_it: false }]);
}

#[test]
fn a_selection_is_told_to_screen_readers() {
    let mut window = Window::open(fixtures::ready());
    drag_across(&mut window, TAKE, 0.26, 0.49);
    let node = window.harness.get_by_label(TAKE);
    let told = node.accesskit_node().value();
    assert_eq!(told.as_deref(), Some("Bars 21–24 · 0:10.3"));
}

#[test]
fn a_moving_tempo_is_flagged_and_the_form_says_which_one_is_sent() {
    let window = Window::open(fixtures::retimed());
    assert!(window.has("The tempo changes in here"));
    assert!(
        window.has(
            "The tempo changes in your song. The stem follows the one at its start, 92.5 BPM."
        )
    );
}
