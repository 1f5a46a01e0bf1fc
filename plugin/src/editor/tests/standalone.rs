//! The standalone program's transport and audio device.

use super::{Window, fixtures};
use crate::{
    editor::{
        backend::{Answer, Ask},
        desk::{AudioChoice, DeskCommand, SongView, TransportView},
    },
    session::Command,
};
use egui::Key;
use egui_kittest::kittest::Queryable;
use sideman_shared::music::Meter;

pub fn playing() -> TransportView {
    TransportView {
        playing: false,
        position_secs: 42.3,
        bpm: Some(92.5),
        meter: Meter::COMMON,
        looping: true,
        loop_secs: (0.0, 0.0),
        song: Some(SongView {
            title: "Late Train (rough mix).wav".into(),
            duration_secs: Some(183.0),
            trouble: None,
        }),
    }
}

fn open(transport: TransportView) -> Window {
    Window::with_desk(fixtures::ready(), transport, egui::vec2(900.0, 620.0))
}

impl Window {
    fn desk_sent(&self) -> Vec<DeskCommand> {
        std::mem::take(&mut self.fake.desk_sent.lock())
    }
}

#[test]
fn the_transport_is_steered_by_mouse_and_by_keys() {
    let mut window = open(playing());
    window.click("Play");
    window.click("To the start");
    window.click("Loop");
    window.click("Back to the live input");
    window.press(Key::Space);
    window.press(Key::Home);
    let wanted = [
        DeskCommand::Play(true),
        DeskCommand::Seek(0.0),
        DeskCommand::Loop(false),
        DeskCommand::CloseSong,
        DeskCommand::Play(true),
        DeskCommand::Seek(0.0),
    ];
    assert_eq!(window.desk_sent(), wanted);
    assert!(window.has("17|2"), "42.3 s at 92.5");
}

#[test]
fn space_belongs_to_what_has_the_focus() {
    let mut window = open(playing());
    window.tab_to("Loop");
    window.press(Key::Space);
    assert_eq!(window.desk_sent(), [DeskCommand::Loop(false)]);
    window.harness.get_by_label("Style").focus();
    window.harness.run();
    window.press(Key::Space);
    assert_eq!(window.desk_sent(), []);
}

#[test]
fn tempo_and_meter_are_typed() {
    let mut window = open(playing());
    let mut fill = |field: &str, text: &str| {
        window.harness.get_by_label(field).focus();
        window.harness.run();
        window.press_ctrl(Key::A);
        window.harness.get_by_label(field).type_text(text);
        window.harness.run();
        window.press(Key::Enter);
        window.desk_sent()
    };
    let tempo = "Tempo of the transport";
    assert_eq!(fill(tempo, "120,5"), [DeskCommand::Tempo(Some(120.5))]);
    assert_eq!(fill(tempo, "fast"), []);
    let waltz = Meter::new(3, 4).unwrap();
    assert_eq!(fill("Meter", "3/4"), [DeskCommand::Meter(waltz)]);
    assert_eq!(fill("Meter", "threes"), []);
}

#[test]
fn a_song_is_opened_or_dropped_and_is_the_source_too() {
    let mut window = open(TransportView::default());
    assert!(window.has("Live input"));
    window.click("Play a song…");
    assert_eq!(*window.fake.asked.lock(), [Ask::OpenDeskSong]);
    *window.fake.answer.lock() = Some(Answer::DeskSong("/a.wav".into()));
    window.harness.run();
    assert_eq!(window.desk_sent(), [DeskCommand::Open("/a.wav".into())]);
    assert_eq!(window.sent(), [], "to be captured, as in a host");
    window.fake.dropped.lock().push("/b.wav".into());
    window.harness.run();
    assert_eq!(window.desk_sent(), [DeskCommand::Open("/b.wav".into())]);
    assert_eq!(window.sent(), [Command::OpenSource("/b.wav".into())]);
}

#[test]
fn a_song_that_cannot_be_played_says_why() {
    let mut transport = playing();
    transport.song = Some(SongView {
        title: "broken.wav".into(),
        duration_secs: None,
        trouble: Some("It cannot be played: it is cut short.".into()),
    });
    let window = open(transport);
    assert!(window.has("It cannot be played: it is cut short."));
}

#[test]
fn an_audio_system_is_kept_for_the_next_start() {
    let mut window = Window::with_desk(
        fixtures::ready(),
        TransportView::default(),
        egui::vec2(720.0, 1400.0),
    );
    window.click("Settings");
    assert!(window.has("In use: alsa, 48000 Hz, 512 frames."));
    window.click("jack");
    window.click("Keep for the next start");
    let choice = AudioChoice {
        system: "jack".into(),
        ..AudioChoice::default()
    };
    assert_eq!(window.desk_sent(), [DeskCommand::KeepAudio(choice)]);
}

#[test]
fn a_plugin_in_a_host_has_no_transport() {
    let mut window = Window::open(fixtures::ready());
    assert!(!window.has("Play") && !window.has("Live input"));
    window.click("Settings");
    assert!(!window.has("Audio device"));
}
