//! The program's transport and audio device, as the window sees them.

use super::audio;
use crate::{
    editor::desk::{AudioChoice, AudioView, Desk, DeskCommand, TransportView},
    player::PlayerHandle,
};
use parking_lot::Mutex;
use std::path::PathBuf;

pub(super) struct StandaloneDesk {
    player: PlayerHandle,
    config_folder: PathBuf,
    now: String,
    kept: Mutex<(AudioChoice, Option<String>)>,
}

impl StandaloneDesk {
    /// `args` are what the audio backend was started with.
    pub fn new(player: PlayerHandle, config_folder: PathBuf, args: &[String]) -> Self {
        let kept = audio::load(&config_folder);
        Self {
            player,
            config_folder,
            now: in_use(args),
            kept: Mutex::new((kept, None)),
        }
    }

    /// A small file, written at most once a click.
    fn keep(&self, choice: AudioChoice) {
        let written = audio::keep(&self.config_folder, &choice);
        let trouble = written.err().map(|error| {
            let folder = self.config_folder.display();
            format!("It could not be kept in {folder}: {error}. Allow writing there and try again.")
        });
        let kept = if trouble.is_none() {
            choice
        } else {
            self.kept.lock().0.clone()
        };
        *self.kept.lock() = (kept, trouble);
    }
}

impl Desk for StandaloneDesk {
    fn transport(&self) -> TransportView {
        self.player.view()
    }

    fn send(&self, command: DeskCommand) {
        match command {
            DeskCommand::Play(on) => self.player.play(on),
            DeskCommand::Seek(secs) => self.player.seek_secs(secs),
            DeskCommand::Tempo(bpm) => self.player.set_bpm(bpm),
            DeskCommand::Meter(meter) => self.player.set_meter(meter),
            DeskCommand::Loop(on) => self.player.set_looping(on),
            DeskCommand::LoopRange(from, to) => self.player.set_loop_secs(from, to),
            DeskCommand::Open(path) => self.player.open(path),
            DeskCommand::CloseSong => self.player.close(),
            DeskCommand::KeepAudio(choice) => self.keep(choice),
        }
    }

    fn audio(&self) -> AudioView {
        let (kept, trouble) = self.kept.lock().clone();
        AudioView {
            now: self.now.clone(),
            kept,
            systems: audio::SYSTEMS,
            trouble,
        }
    }
}

/// `In use: alsa, output "USB", 48000 Hz, 256 frames.`
fn in_use(args: &[String]) -> String {
    let said = |long, short| audio::said(args, long, short);
    let system = said("--backend", "-b").unwrap_or("auto");
    let mut facts = vec![match system {
        "auto" => "the first audio system that answers (JACK first)".to_owned(),
        "dummy" => "no audio device (dummy)".to_owned(),
        other => other.to_owned(),
    }];
    for (long, word) in [("--output-device", "output"), ("--input-device", "input")] {
        facts.extend(said(long, "").map(|name| format!("{word} {name:?}")));
    }
    if system != "jack" {
        facts.extend(said("--sample-rate", "-r").map(|rate| format!("{rate} Hz")));
        facts.extend(said("--period-size", "-p").map(|frames| format!("{frames} frames")));
    }
    format!("In use: {}.", facts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_shared::music::Meter;

    #[test]
    fn what_is_in_use_is_said_and_a_change_is_kept_for_the_next_start() {
        let home = tempfile::tempdir().unwrap();
        let args = ["sideman", "-b", "alsa", "--output-device=USB", "-p", "256"];
        let args = args.map(str::to_owned);
        let player = PlayerHandle::new(None, Meter::COMMON);
        let desk = StandaloneDesk::new(player, home.path().join("config"), &args);
        assert_eq!(
            desk.audio().now,
            "In use: alsa, output \"USB\", 256 frames."
        );
        let choice = AudioChoice {
            system: "jack".into(),
            ..AudioChoice::default()
        };
        desk.send(DeskCommand::KeepAudio(choice.clone()));
        assert_eq!(desk.audio().kept, choice);
        assert_eq!(audio::load(&home.path().join("config")), choice);
    }

    #[test]
    fn a_folder_that_refuses_is_said() {
        let home = tempfile::tempdir().unwrap();
        let in_the_way = home.path().join("config");
        std::fs::write(&in_the_way, b"").unwrap();
        let player = PlayerHandle::new(None, Meter::COMMON);
        let desk = StandaloneDesk::new(player, in_the_way, &[]);
        desk.send(DeskCommand::KeepAudio(AudioChoice::default()));
        assert!(desk.audio().trouble.unwrap().contains("could not be kept"));
    }
}
