//! Ordering stems and waiting for them: clicks, keys and pictures.

use super::{Window, fixtures, pictures::picture};
use crate::session::{CaptionEdit, Command, Form, Reseed, SessionView, Words, presets};
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use sideman_shared::{
    music::Track,
    protocol::{AudioFormat, Priority},
};

/// High enough for the whole form.
const HIGH: egui::Vec2 = vec2(760.0, 900.0);

fn open(view: SessionView) -> Window {
    Window::open_at(view, HIGH, 1.0)
}

/// The form that was sent last; the window then shows it, as the session would.
fn form_of(window: &mut Window, view: &SessionView) -> Form {
    let sent = window.sent();
    let form = sent.iter().rev().find_map(|command| match command {
        Command::EditForm(form) => Some((**form).clone()),
        _ => None,
    });
    let form = form.unwrap_or_else(|| panic!("no edited form in {sent:?}"));
    let mut view = view.clone();
    view.form = form.clone();
    window.show(view);
    form
}

fn click_with(window: &mut Window, label: &str, modifiers: Modifiers) {
    window
        .harness
        .get_by_label(label)
        .click_modifiers(modifiers);
    window.harness.run();
}

#[test]
fn a_click_chooses_one_and_ctrl_shift_or_the_plus_one_more() {
    let view = fixtures::capable(fixtures::ready());
    let mut window = open(view.clone());
    click_with(&mut window, "Drums", Modifiers::COMMAND);
    let form = form_of(&mut window, &view);
    assert_eq!(form.tracks(), [Track::Vocals, Track::Drums]);
    click_with(&mut window, "Backing Vocals", Modifiers::SHIFT);
    assert_eq!(form_of(&mut window, &view).tracks().len(), 3);
    window.click("Leave out Vocals");
    let form = form_of(&mut window, &view);
    assert_eq!(form.tracks(), [Track::BackingVocals, Track::Drums]);
    window.click("More players");
    window.click("Add Bass");
    assert_eq!(form_of(&mut window, &view).tracks().len(), 3);
    window.click("Drums");
    assert_eq!(form_of(&mut window, &view).tracks(), [Track::Drums]);
    assert!(!window.has("Leave out Drums"), "somebody plays");
}

#[test]
fn a_player_is_added_from_the_keyboard() {
    let view = fixtures::capable(fixtures::ready());
    let mut window = open(view.clone());
    window.harness.get_by_label("Add Drums").focus();
    window.harness.run();
    window.harness.key_press(Key::Space);
    window.harness.run();
    assert_eq!(form_of(&mut window, &view).tracks().len(), 2);
}

#[test]
fn the_button_says_how_many_stems_are_asked_for() {
    let view = fixtures::several();
    let mut window = open(view.clone());
    window.click("4 versions");
    assert_eq!(form_of(&mut window, &view).stem_count(), 8);
    window.click("Generate");
    assert_eq!(window.sent(), [Command::Generate]);
}

#[test]
fn each_player_can_be_told_something_else() {
    let mut view = fixtures::several();
    view.form.caption_each = false;
    view.form.captions.clear();
    view.form.caption = "lively".into();
    let mut window = open(view.clone());
    assert!(!window.has("Style for Bass"));
    window.click("A style for each player");
    let form = form_of(&mut window, &view);
    assert_eq!(form.caption_of(Track::Bass), "lively", "where each begins");
    window.harness.get_by_label("Style for Bass").focus();
    window.harness.run();
    window
        .harness
        .get_by_label("Style for Bass")
        .type_text(" and low");
    window.harness.run();
    let form = form_of(&mut window, &view);
    assert!(form.caption_of(Track::Bass).contains("and low"));
    assert_eq!(form.caption_of(Track::Drums), "lively");
}

#[test]
fn styles_are_chosen_kept_and_forgotten() {
    let view = fixtures::with_captions();
    let mut window = open(view.clone());
    let vocals = |words: &str| Words {
        track: Track::Vocals,
        words: words.into(),
    };
    window.click("Choose a style");
    assert_eq!(window.sent(), [Command::ReadCaptions]);
    window.click("Keep this style");
    let keep = CaptionEdit::Keep(vocals(&view.form.caption));
    let own = "Anna's chorus voice, bright, three layers";
    window.click(&format!("Forget {own}"));
    let forget = CaptionEdit::Forget(vocals(own));
    let wanted = [keep, forget].map(Command::EditCaptions);
    assert_eq!(window.sent(), wanted);
    window.click("Falsetto");
    let chosen = form_of(&mut window, &view).caption;
    let built_in = presets(Track::Vocals).iter().find(|p| p.name == "Falsetto");
    assert_eq!(chosen, built_in.unwrap().words);
    assert!(!window.has("Falsetto"), "the list closes");
}

#[test]
fn the_dice_put_another_style_in() {
    let view = fixtures::capable(fixtures::ready());
    let mut window = open(view.clone());
    let mut before = String::new();
    for _ in 0..8 {
        window.click("Another style");
        let caption = form_of(&mut window, &view).caption;
        assert_ne!(caption, before);
        before = caption;
    }
}

#[test]
fn lyrics_are_written_with_marks_and_a_language() {
    let view = fixtures::capable(fixtures::ready());
    let mut window = Window::open_at(view.clone(), vec2(760.0, 1400.0), 1.0);
    window.click("Lyrics");
    window.click("Insert [verse]");
    assert_eq!(form_of(&mut window, &view).lyrics, "[verse]\n");
    window
        .harness
        .get_by_label("Lyrics to sing")
        .type_text("la la");
    window.harness.run();
    assert_eq!(form_of(&mut window, &view).lyrics, "[verse]\nla la");
    window.click("Insert [chorus]");
    assert_eq!(
        form_of(&mut window, &view).lyrics,
        "[verse]\nla la\n[chorus]\n"
    );
    window.click("Choose a language");
    window.harness.get_by_label("Portuguese").scroll_to_me();
    window.harness.run();
    window.click("Portuguese");
    assert_eq!(form_of(&mut window, &view).language, "pt");
}

#[test]
fn lyrics_are_only_for_singers_and_engines_that_sing() {
    let mut view = fixtures::ready();
    assert!(!open(view.clone()).has("Lyrics"));
    assert!(open(view.clone()).has(crate::editor::text::lyrics::NO_WORDS));
    view = fixtures::capable(view);
    assert!(open(view.clone()).has("Lyrics"));
    view.form.choose_only(Track::Drums);
    assert!(!open(view).has("Lyrics"));
}

#[test]
fn advanced_settings_are_shown_as_far_as_the_engine_knows_them() {
    let mut window = open(fixtures::ready());
    window.click("Advanced");
    assert!(!window.has("Steps") && !window.has("File: FLAC"));
    assert!(window.has("Priority: First"));

    let view = fixtures::capable(fixtures::ready());
    let mut window = open(view.clone());
    window.click("Advanced");
    window.click("Loop assist: Off");
    assert_eq!(form_of(&mut window, &view).loop_assist, Some(false));
    window.click("File: FLAC");
    assert_eq!(form_of(&mut window, &view).format, AudioFormat::Flac);
    window.click("Priority: When idle");
    assert_eq!(form_of(&mut window, &view).priority, Priority::Batch);
    window.harness.get_by_label("Steps").focus();
    window.harness.run();
    window.harness.get_by_label("Steps").type_text("900");
    window.harness.run();
    assert_eq!(form_of(&mut window, &view).steps, "900");
    assert!(window.has("Steps are a whole number from 1 to 200"));
    let generate = window.harness.get_by_label("Generate");
    assert!(generate.accesskit_node().is_disabled());
}

#[test]
fn a_lora_is_chosen_from_those_of_the_service() {
    let mut view = fixtures::capable(fixtures::ready());
    let mut window = open(view.clone());
    window.click("Advanced");
    assert!(!window.has("Choose a LoRA"), "it has none");

    view.service.features.loras = vec!["Choir".into(), "Vinyl".into()];
    let mut window = open(view.clone());
    window.click("Advanced");
    window.click("Choose a LoRA");
    window.click("Vinyl");
    let form = form_of(&mut window, &view);
    assert_eq!((form.lora.as_str(), form.lora_percent), ("Vinyl", 100));
    assert!(window.has("Strength of the LoRA"));
}

#[test]
fn a_failed_job_is_tried_again_with_another_seed_or_reported() {
    let mut window = open(fixtures::failed_halfway());
    window.click("Other seed");
    window.click("Try again");
    let again = |seed| Command::Retry {
        job: "j1".into(),
        seed,
    };
    assert_eq!(window.sent(), [again(Reseed::New), again(Reseed::Same)]);
    window.harness.get_by_label("Copy report").click();
    let is_report = |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::CopyText(text) if text == "Sideman report");
    let mut copied = false;
    for _ in 0..4 {
        window.harness.step();
        let output = &window.harness.output().platform_output;
        copied |= output.commands.iter().any(is_report);
    }
    assert!(copied && window.has("Copied"));
}

#[test]
fn what_is_known_of_a_long_wait_is_said() {
    let window = open(fixtures::silent());
    assert!(window.has("No news for 40 s; still connected"));
    assert!(window.has("No sign of life for 2 min"));
    let window = open(fixtures::running_several());
    assert!(window.has("Drums 2 of 2 · playing along · 44 %"));
    assert!(window.has("about 30–50 s left"));
    assert!(window.has("1 of 4 stems is here"));
}

#[test]
fn picture_of_several_tracks() {
    picture(&mut open(fixtures::several()), "several_tracks");
}

#[test]
fn picture_of_the_styles() {
    let mut window = open(fixtures::with_captions());
    window.click("Choose a style");
    picture(&mut window, "styles");
}

#[test]
fn picture_of_the_lyrics() {
    let mut window = open(fixtures::with_lyrics());
    window.click("Lyrics");
    picture(&mut window, "lyrics");
}

#[test]
fn picture_of_the_advanced_settings() {
    let mut view = fixtures::capable(fixtures::ready());
    view.service.features.loras = vec!["Choir".into(), "Vinyl".into()];
    view.form.lora = "Vinyl".into();
    let mut window = open(view);
    window.click("More players");
    window.click("Advanced");
    picture(&mut window, "advanced");
}

#[test]
fn picture_of_a_job_of_four_stems() {
    let mut window = Window::open(fixtures::running_several());
    picture(&mut window, "running_several");
}

#[test]
fn picture_of_a_long_silence() {
    picture(&mut Window::open(fixtures::silent()), "silent_for_long");
}

#[test]
fn picture_of_a_failure_halfway() {
    let mut window = Window::open(fixtures::failed_halfway());
    window.click("Details");
    picture(&mut window, "failed_halfway");
}
