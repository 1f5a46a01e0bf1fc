//! Every control, found by its name, sends what it should.

use super::{Window, fixtures};
use crate::{
    editor::backend::{Answer, Ask, DragEnd},
    session::{Command, Form, Reseed},
};
use egui_kittest::kittest::{NodeT, Queryable};
use sideman_shared::music::Track;

const DRUMS: &str = "Drums · 92.5 BPM · seed 1";
const VOCALS: &str = "Vocals · 92.5 BPM · seed 3";

/// Three stems, the drums unfolded, in a window where all of it shows.
fn unfolded() -> Window {
    let mut window = Window::open_at(fixtures::finished(), egui::vec2(720.0, 900.0), 1.0);
    window.click(&format!("Unfold {DRUMS}"));
    window
}

fn form_of(sent: &[Command]) -> &Form {
    match sent {
        [.., Command::EditForm(form)] => form,
        other => panic!("no edited form last in {other:?}"),
    }
}

#[test]
fn capturing_is_switched_on_and_off() {
    let mut window = Window::open(fixtures::empty());
    window.click("Capture");
    assert_eq!(window.sent(), [Command::SetCapture(true)]);
    window.show(fixtures::capturing());
    window.click("Stop capturing");
    assert_eq!(window.sent(), [Command::SetCapture(false)]);
}

#[test]
fn the_song_is_played_and_removed() {
    let mut window = Window::open(fixtures::ready());
    window.click("Play the song");
    window.click("Remove the song");
    let wanted = [Command::AuditionSource(true), Command::ClearSource];
    assert_eq!(window.sent(), wanted);
}

#[test]
fn a_file_is_opened_by_dialog_or_by_drop() {
    let mut window = Window::open(fixtures::empty());
    window.click("Open a file…");
    assert_eq!(*window.fake.asked.lock(), [Ask::OpenSource]);
    *window.fake.answer.lock() = Some(Answer::Source("/a.wav".into()));
    window.harness.run();
    window.fake.dropped.lock().push("/b.flac".into());
    window.harness.run();
    let wanted = ["/a.wav", "/b.flac"].map(|path| Command::OpenSource(path.into()));
    assert_eq!(window.sent(), wanted);
}

#[test]
fn a_drop_in_the_settings_leads_to_the_song() {
    let mut window = Window::open(fixtures::empty());
    window.click("Settings");
    window.fake.dropped.lock().push("/b.flac".into());
    window.harness.run();
    assert!(window.has("Your song"));
}

#[test]
fn a_second_dialog_is_refused_in_words() {
    let mut window = Window::open(fixtures::empty());
    *window.fake.dialog_is_open.lock() = true;
    window.click("Open a file…");
    assert!(window.has("A file dialog is open already. Close it first."));
    window.click("Dismiss: A file dialog is open already. Close it first.");
    assert!(!window.has("A file dialog is open already. Close it first."));
}

#[test]
fn the_form_is_filled_in() {
    let mut window = Window::open(fixtures::ready());
    window.click("Drums");
    window.harness.get_by_label("Tempo").focus();
    window.harness.run();
    window.harness.get_by_label("Tempo").type_text("120.25");
    window.harness.run();
    window.harness.get_by_label("Style").focus();
    window.harness.run();
    window.harness.get_by_label("Style").type_text("brushes");
    window.harness.run();
    let sent = window.sent();
    let wanted = Form {
        track: Track::Drums,
        bpm: "120.25".into(),
        caption: "brushes".into(),
        ..Form::default()
    };
    assert_eq!(form_of(&sent), &wanted);
    window.click("Generate");
    assert_eq!(window.sent(), [Command::Generate]);
}

#[test]
fn a_key_is_chosen_from_the_list_and_cleared_again() {
    let mut window = Window::open(fixtures::ready());
    window.click("Choose a key");
    window.click("F# minor");
    assert_eq!(form_of(&window.sent()).key, "F# minor");
    window.click("Choose a key");
    window.click("Heard from the song");
    assert_eq!(form_of(&window.sent()).key, "");
}

#[test]
fn the_dice_roll_a_readable_seed() {
    let mut window = Window::open(fixtures::ready());
    window.click("Roll a seed");
    assert!(form_of(&window.sent()).seed.parse::<u32>().is_ok());
}

#[test]
fn the_other_nine_are_behind_more() {
    let mut window = Window::open(fixtures::ready());
    assert!(!window.has("Woodwinds"));
    window.click("More players");
    window.click("Woodwinds");
    assert_eq!(form_of(&window.sent()).track, Track::Woodwinds);
}

#[test]
fn what_the_engine_cannot_play_cannot_be_chosen() {
    let mut view = fixtures::ready();
    view.service.tracks = vec![Track::Vocals, Track::Drums];
    let mut window = Window::open(view);
    let offered = |window: &Window, label: &str| {
        let node = window.harness.get_by_label(label);
        !node.accesskit_node().is_disabled()
    };
    assert!(offered(&window, "Drums"));
    assert!(!offered(&window, "Backing Vocals"));
    window.click("Backing Vocals");
    assert_eq!(window.sent(), []);
}

#[test]
fn nothing_is_generated_from_nothing() {
    let mut window = Window::open(fixtures::empty());
    window.click("Generate");
    assert_eq!(window.sent(), []);
}

#[test]
fn typing_survives_the_sessions_older_echo() {
    let mut window = Window::open(fixtures::ready());
    window.harness.get_by_label("Style").focus();
    window.harness.run();
    for text in ["a", "b"] {
        window.harness.get_by_label("Style").type_text(text);
        window.harness.run();
    }
    let mut echo = fixtures::ready();
    echo.form.caption = "a".into();
    window.show(echo);
    let shown = window.harness.get_by_label("Style").value();
    assert_eq!(shown.as_deref(), Some("ab"));
}

#[test]
fn jobs_are_cancelled_retried_and_dismissed() {
    let mut window = Window::open(fixtures::running());
    assert!(window.has("Playing along · 62 %"));
    assert!(window.has("about 12 s left"));
    window.click("Cancel Drums");
    assert_eq!(window.sent(), [Command::Cancel { job: "j1".into() }]);
    window.show(fixtures::failed());
    window.click("Try again");
    window.click("Dismiss Backing Vocals");
    let wanted = [
        Command::Retry {
            job: "j1".into(),
            seed: Reseed::Same,
        },
        Command::Dismiss { job: "j1".into() },
    ];
    assert_eq!(window.sent(), wanted);
}

#[test]
fn the_technical_cause_is_behind_a_fold() {
    let detail = "CUDA out of memory while decoding";
    let mut window = Window::open(fixtures::failed());
    assert!(!window.has(detail));
    window.click("Details");
    assert!(window.has(detail));
}

#[test]
fn a_stem_is_heard_saved_revealed_and_deleted() {
    let mut window = unfolded();
    window.click(&format!("Stop {DRUMS}"));
    window.click(&format!("Save as… {DRUMS}"));
    window.click(&format!("Show in folder {DRUMS}"));
    window.click(&format!("Delete {DRUMS}"));
    let stem = || "s1".to_owned();
    let wanted = [
        Command::Audition {
            stem: stem(),
            on: false,
        },
        Command::RevealStem { stem: stem() },
        Command::DeleteStems {
            stems: vec![stem()],
        },
    ];
    assert_eq!(window.sent(), wanted);
    let asked = Ask::SaveStem {
        stem: stem(),
        file_name: "Drums-92.5BPM-1.wav".into(),
    };
    assert_eq!(*window.fake.asked.lock(), [asked]);
    let to = std::path::PathBuf::from("/home/me/Drums.wav");
    *window.fake.answer.lock() = Some(Answer::SaveStem {
        stem: stem(),
        to: to.clone(),
    });
    window.harness.run();
    assert_eq!(window.sent(), [Command::SaveStemAs { stem: stem(), to }]);
}

#[test]
fn a_deleted_stem_can_be_brought_back() {
    let mut view = fixtures::finished();
    let mut window = unfolded();
    window.click(&format!("Delete {DRUMS}"));
    assert!(!window.has("Undo"), "the session has not deleted it yet");
    view.stems.remove(0);
    view.can_undo_delete = true;
    window.show(view);
    window.sent();
    window.click("Undo");
    assert_eq!(window.sent(), [Command::UndoDelete]);
    assert!(!window.has("Undo"));
}

#[test]
fn the_gain_is_set() {
    let mut window = unfolded();
    let label = format!("Gain of {DRUMS}");
    window
        .harness
        .get_by_label(&label)
        .set_value_accesskit(-6.0);
    window.harness.run();
    let wanted = Command::SetStemGain {
        stem: "s1".into(),
        gain_db: -6.0,
    };
    assert_eq!(window.sent(), [wanted]);
    let shown = window.harness.get_by_label(&label).accesskit_node();
    assert_eq!(shown.numeric_value(), Some(-6.0));
}

#[test]
fn a_double_click_sets_the_gain_to_nought() {
    let mut window = Window::open_at(fixtures::finished(), egui::vec2(720.0, 900.0), 1.0);
    window.click("Unfold Backing Vocals · 92.5 BPM · seed 2");
    // Three clicks within a moment would be something else.
    window.harness.run_steps(60);
    let label = "Gain of Backing Vocals · 92.5 BPM · seed 2";
    window.harness.get_by_label(label).scroll_to_me();
    window.harness.run();
    window.harness.get_by_label(label).click();
    window.harness.get_by_label(label).click();
    window.harness.run();
    let last = Command::SetStemGain {
        stem: "s2".into(),
        gain_db: 0.0,
    };
    assert_eq!(window.sent().last(), Some(&last));
}

fn drag(window: &mut Window, label: &str) {
    let from = window.harness.get_by_label(label).rect().center();
    window.harness.drag_at(from);
    window.harness.run();
    window.harness.hover_at(from + egui::vec2(-40.0, 30.0));
    window.harness.run();
    window.harness.drop_at(from + egui::vec2(-40.0, 30.0));
    window.harness.run();
}

#[test]
fn one_stem_is_dragged_by_its_handle_or_its_waveform() {
    let mut window = Window::open(fixtures::finished());
    drag(&mut window, &format!("Drag to track {DRUMS}"));
    drag(&mut window, &format!("Waveform of {DRUMS}"));
    let file = vec![fixtures::stems()[0].path.clone()];
    assert_eq!(*window.fake.dragged.lock(), [file.clone(), file]);
}

#[test]
fn selected_stems_are_dragged_together() {
    let mut window = Window::open_at(fixtures::finished(), egui::vec2(720.0, 900.0), 1.0);
    window.click(&format!("Select {DRUMS}"));
    window.click(&format!("Select {VOCALS}"));
    drag(&mut window, &format!("Drag to track {VOCALS}"));
    let stems = fixtures::stems();
    let files = vec![stems[0].path.clone(), stems[2].path.clone()];
    assert_eq!(*window.fake.dragged.lock(), [files]);
}

#[test]
fn files_are_copied_from_the_menu_by_button_and_by_key() {
    let mut window = Window::open_at(fixtures::finished(), egui::vec2(720.0, 900.0), 1.0);
    window.harness.event(egui::Event::Copy);
    window.harness.run();
    assert!(window.fake.copied.lock().is_empty(), "nothing is selected");
    window.click(&format!("Select {DRUMS}"));
    window.click(&format!("Select {VOCALS}"));
    window.harness.event(egui::Event::Copy);
    window.harness.run();
    window.click("Copy the files of the selected stems");
    let stems = fixtures::stems();
    let both = vec![stems[0].path.clone(), stems[2].path.clone()];
    assert_eq!(*window.fake.copied.lock(), [both.clone(), both]);
    assert!(window.has("2 files are on the clipboard: paste them in another program."));

    let mut window = unfolded();
    window.click(&format!("More for {DRUMS}"));
    window.click("Copy file");
    assert_eq!(*window.fake.copied.lock(), [vec![stems[0].path.clone()]]);
}

#[test]
fn a_drag_that_nobody_took_is_explained() {
    let mut window = Window::open(fixtures::finished());
    *window.fake.drag_end.lock() = Some(DragEnd::NotTaken);
    window.harness.run();
    assert!(window.has(crate::editor::text::stem::DRAG_NOT_TAKEN));
}

#[test]
fn a_missing_stem_says_so_and_cannot_be_dragged() {
    let mut window = Window::open(fixtures::troubled());
    assert!(window.has("The file is no longer where Sideman put it"));
    drag(&mut window, &format!("Drag to track {DRUMS}"));
    assert!(window.fake.dragged.lock().is_empty());
}

#[test]
fn a_stems_settings_are_used_again() {
    let mut window = unfolded();
    window.click(&format!("More for {DRUMS}"));
    window.click("Use these settings again");
    let wanted = Form {
        track: Track::Drums,
        bpm: "92.5".into(),
        key: "A minor".into(),
        caption: String::new(),
        seed: "1".into(),
        ..Form::default()
    };
    assert_eq!(form_of(&window.sent()), &wanted);
}

#[test]
fn notices_are_dismissed() {
    let mut window = Window::open(fixtures::troubled());
    window.click("Dismiss: 2 stems of this project were found again.");
    assert_eq!(window.sent(), [Command::DismissNotice(2)]);
}

#[test]
fn the_cache_folder_is_chosen_and_reset() {
    let mut view = fixtures::empty();
    view.settings.cache_folder = Some("/data/sideman".into());
    let mut window = Window::open_at(view, egui::vec2(720.0, 1900.0), 1.0);
    window.click("Settings");
    // What lies in the folder is asked for by itself.
    window.sent();
    window.click("Pick another folder for captures and stems");
    assert_eq!(*window.fake.asked.lock(), [Ask::CacheFolder]);
    *window.fake.answer.lock() = Some(Answer::CacheFolder("/big/disk".into()));
    window.harness.run();
    window.click("Use default");
    let folders: Vec<_> = window
        .sent()
        .into_iter()
        .map(|command| match command {
            Command::ApplySettings(settings) => settings.cache_folder,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(folders, [Some("/big/disk".into()), None]);
}
