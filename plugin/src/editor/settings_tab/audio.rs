//! The standalone program's audio device: what is in use, and what the next start shall use.

use crate::editor::{
    action::{Action, Scene},
    controls::{self, Button},
    desk::{AudioChoice, AudioView, Desk, DeskCommand},
    text::audio as words,
    theme::{Theme, size},
};
use egui::{Align2, ComboBox, TextEdit, Ui};

const DEVICE_CHARS: usize = 200;
const SYSTEM_WIDTH: f32 = 78.0;
const RATES_HZ: [u32; 4] = [44_100, 48_000, 88_200, 96_000];
const PERIODS_FRAMES: [u32; 6] = [64, 128, 256, 512, 1024, 2048];

#[derive(Default)]
pub(super) struct AudioPart {
    /// Being changed; `None` shows what is kept.
    draft: Option<AudioChoice>,
    said_kept: bool,
}

impl AudioPart {
    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, desk: &dyn Desk) {
        let theme = scene.theme;
        let view = desk.audio();
        controls::heading(ui, words::TITLE);
        controls::note(ui, theme.text_muted, &view.now);
        let mut choice = self.draft.clone().unwrap_or_else(|| view.kept.clone());
        system(ui, theme, &view, &mut choice);
        if takes_devices(&choice) {
            device(
                ui,
                theme,
                words::OUTPUT,
                words::DEVICE_HINT,
                &mut choice.output_device,
            );
            device(
                ui,
                theme,
                words::INPUT,
                words::INPUT_HINT,
                &mut choice.input_device,
            );
            ui.horizontal_wrapped(|ui| {
                let (rate, period) = (&mut choice.sample_rate_hz, &mut choice.period_frames);
                number(ui, theme, words::RATE, "Hz", &RATES_HZ, 48_000, rate);
                number(
                    ui,
                    theme,
                    words::PERIOD,
                    "frames",
                    &PERIODS_FRAMES,
                    512,
                    period,
                );
            });
        }
        let changed = choice != view.kept;
        if changed {
            self.said_kept = false;
        }
        let keep = Button::new(words::KEEP);
        let keep = ui.add_enabled_ui(changed, |ui| keep.show(ui, theme)).inner;
        if keep.clicked() {
            let command = DeskCommand::KeepAudio(choice.clone());
            scene.actions.push(Action::Desk(command));
            self.said_kept = true;
        }
        match &view.trouble {
            Some(trouble) => drop(controls::warning(ui, theme.bad, trouble)),
            None if self.said_kept => drop(controls::note(ui, theme.good, words::KEPT)),
            None => {}
        }
        controls::note(ui, theme.text_faint, words::NOTE);
        self.draft = changed.then_some(choice);
    }
}

/// JACK and the automatic choice find their own.
fn takes_devices(choice: &AudioChoice) -> bool {
    !matches!(choice.system.as_str(), "" | "auto" | "jack" | "dummy")
}

fn system(ui: &mut Ui, theme: &Theme, view: &AudioView, choice: &mut AudioChoice) {
    controls::field_label(ui, theme, words::SYSTEM);
    ui.horizontal_wrapped(|ui| {
        for name in view.systems {
            let automatic = choice.system.is_empty() && *name == view.systems[0];
            let selected = automatic || choice.system == *name;
            if controls::chip(ui, theme, SYSTEM_WIDTH, name, selected).clicked() {
                choice.system = (*name).to_owned();
            }
        }
    });
}

fn device(ui: &mut Ui, theme: &Theme, label: &str, hint: &str, text: &mut String) {
    let label = controls::field_label(ui, theme, label);
    ui.add(
        TextEdit::singleline(text)
            .hint_text(hint)
            .char_limit(DEVICE_CHARS)
            .align(Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY),
    )
    .labelled_by(label.id);
}

fn number(
    ui: &mut Ui,
    theme: &Theme,
    label: &str,
    unit: &str,
    offered: &[u32],
    usual: u32,
    value: &mut Option<u32>,
) {
    ui.vertical(|ui| {
        let name = controls::field_label(ui, theme, label);
        let now = value.unwrap_or(usual);
        ComboBox::from_id_salt(label)
            .selected_text(format!("{now} {unit}"))
            .width(size::FORM_WIDTH / 2.0)
            .show_ui(ui, |ui| {
                for number in offered {
                    let words = format!("{number} {unit}");
                    ui.selectable_value(value, Some(*number), words);
                }
            })
            .response
            .labelled_by(name.id);
    });
}
