//! What the host has played, and takes made of it after the fact.

use super::{SongCard, beside_meter, snap_button};
use crate::{
    capture::Cut,
    editor::{
        action::Scene,
        controls::{self, Button, Look},
        text::{self, source as words},
        waveform::{Audio, Waveforms, selection_words},
    },
    session::Command,
};
use egui::{RichText, Ui, vec2};

/// The row is short of words below this: alone in a second one, its last button would look like
/// something else.
const WORDY_FROM: f32 = 400.0;
const BARS: [u32; 4] = [2, 4, 8, 16];

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, waves: &mut Waveforms, card: &mut SongCard) {
    let memory = &scene.view.memory;
    let audio = Audio {
        name: words::HEARD_WAVE,
        peaks: &memory.peaks,
        frames: memory.frames,
        sample_rate_hz: memory.sample_rate_hz,
        passages: &memory.passages,
        color: scene.theme.text_faint,
        place_secs: None,
    };
    beside_meter(ui, scene, |ui, scene| {
        card.memory.show(ui, scene.theme, waves, &audio);
    });
    let Some(range) = card.memory.selection.clone() else {
        controls::note(ui, scene.theme.text_muted, words::HEARD_HINT);
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let take = Button::new(words::TAKE_RANGE)
            .look(Look::Selected)
            .show(ui, scene.theme);
        if take.clicked() {
            let on_axis = memory.from_frame + range.start..memory.from_frame + range.end;
            scene.send(Command::Grab(Cut::Range(on_axis)));
        }
        snap_button(ui, scene, &mut card.memory, audio.passages);
        let words = selection_words(&audio, &range);
        ui.label(RichText::new(words).small().color(scene.theme.text_muted));
    });
}

/// Takes by name, always at hand.
pub(super) fn grab_row(ui: &mut Ui, scene: &mut Scene<'_>, card: &mut SongCard) {
    let is_wordy = ui.available_width() >= WORDY_FROM;
    let (last, number_width) = if is_wordy {
        (words::LAST, 30.0)
    } else {
        (words::LAST_SHORT, 27.0)
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        let muted = scene.theme.text_muted;
        ui.label(RichText::new(last).small().color(muted));
        for bars in BARS {
            let (label, name) = (bars.to_string(), format!("Take the last {bars} bars"));
            let button = Button::new(&label)
                .name(&name)
                .min_size(vec2(number_width, 26.0));
            grab(ui, scene, button, &name, Cut::LastBars(bars));
        }
        ui.label(RichText::new(words::BARS).small().color(muted));
        let button = |label| Button::new(label).min_size(vec2(0.0, 26.0));
        grab(ui, scene, button(words::LOOP), words::LOOP_TIP, Cut::Loop);
        let since = button(words::SINCE_PLAY);
        grab(ui, scene, since, words::SINCE_PLAY_TIP, Cut::SincePlay);
        if scene.view.source.is_some() {
            let secs = scene.view.memory.secs();
            let label = if is_wordy {
                format!("{} {}", words::HEARD, text::clock(secs))
            } else {
                words::HEARD.to_owned()
            };
            let toggle = button(&label)
                .name(words::HEARD_NAME)
                .selected(card.shows_memory)
                .show(ui, scene.theme)
                .on_hover_text(words::HEARD_TIP);
            if toggle.clicked() {
                card.shows_memory = !card.shows_memory;
            }
        }
    });
}

fn grab(ui: &mut Ui, scene: &mut Scene<'_>, button: Button<'_>, tip: &str, cut: Cut) {
    if button.show(ui, scene.theme).on_hover_text(tip).clicked() {
        scene.send(Command::Grab(cut));
    }
}
