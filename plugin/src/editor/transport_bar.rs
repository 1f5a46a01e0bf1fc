//! The standalone program's transport, at the bottom of the window.

use super::{
    action::{Action, Scene},
    backend::Ask,
    controls::{self, Button, Look},
    desk::{Desk, DeskCommand, SongView, TransportView},
    icons::Icon,
    text::{self, transport as words},
    theme::{Theme, size},
};
use egui::{
    Align, Align2, DragValue, Frame, Layout, Margin, Panel, RichText, Slider, TextEdit, Ui,
};
use sideman_shared::music::{Bpm, Meter};

/// How often a moving position is drawn; a little slower where motion is not wanted.
const FRAME_SECS: f32 = 1.0 / 20.0;
const CALM_FRAME_SECS: f32 = 0.25;
const FIELD_WIDTH: f32 = 62.0;
const METER_WIDTH: f32 = 48.0;
const POSITION_WIDTH: f32 = 96.0;
const SONG_WIDTH: f32 = 190.0;

#[derive(Default)]
pub(super) struct TransportBar {
    /// Being typed; `None` shows what holds.
    tempo: Option<String>,
    meter: Option<String>,
}

impl TransportBar {
    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, desk: &dyn Desk) {
        let view = desk.transport();
        if view.playing {
            let calm = scene.view.looks.reduced_motion;
            let wait = if calm { CALM_FRAME_SECS } else { FRAME_SECS };
            ui.ctx().request_repaint_after_secs(wait);
        }
        let frame = Frame::new().fill(scene.theme.panel);
        Panel::bottom("transport")
            .frame(frame.inner_margin(Margin::symmetric(size::CARD_PADDING, 5)))
            .resizable(false)
            .show_separator_line(true)
            .show(ui, |ui| {
                if ui.available_width() >= size::TRANSPORT_WIDE_FROM {
                    ui.horizontal(|ui| {
                        controls_row(ui, scene, &view);
                        self.clock(ui, scene, &view);
                        song(ui, scene, &view);
                    });
                } else {
                    ui.horizontal(|ui| {
                        controls_row(ui, scene, &view);
                        self.clock(ui, scene, &view);
                    });
                    ui.horizontal(|ui| song(ui, scene, &view));
                }
                if view.looping {
                    ui.horizontal(|ui| loop_range(ui, scene, &view));
                }
            });
    }

    /// Tempo and meter, to be typed over.
    fn clock(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, view: &TransportView) {
        let shown = view.bpm.map_or(String::new(), text::bpm_number);
        let typed = typed_field(
            ui,
            &mut self.tempo,
            &shown,
            FIELD_WIDTH,
            words::TEMPO,
            "BPM",
        );
        if let Some(typed) = typed {
            let typed = typed.trim().replace(',', ".");
            if typed.is_empty() {
                send(scene, DeskCommand::Tempo(None));
            } else if let Ok(bpm) = typed.parse::<Bpm>() {
                send(scene, DeskCommand::Tempo(Some(bpm.get())));
            }
        }
        let shown = view.meter.to_string();
        let typed = typed_field(
            ui,
            &mut self.meter,
            &shown,
            METER_WIDTH,
            words::METER,
            "4/4",
        );
        if let Some(Ok(meter)) = typed.map(|typed| typed.trim().parse::<Meter>()) {
            send(scene, DeskCommand::Meter(meter));
        }
    }
}

fn send(scene: &mut Scene<'_>, command: DeskCommand) {
    scene.actions.push(Action::Desk(command));
}

/// A small field that gives its text once it is left. What cannot be read is put back by the next view.
fn typed_field(
    ui: &mut Ui,
    draft: &mut Option<String>,
    shown: &str,
    width: f32,
    name: &'static str,
    hint: &str,
) -> Option<String> {
    let tip = if name == words::METER {
        words::METER_TIP
    } else {
        words::TEMPO_TIP
    };
    let mut text = draft.clone().unwrap_or_else(|| shown.to_owned());
    let response = ui.add(
        TextEdit::singleline(&mut text)
            .hint_text(hint)
            .char_limit(12)
            .align(Align2::LEFT_CENTER)
            .desired_width(width),
    );
    controls::say_name(&response, name);
    let response = response.on_hover_text(tip);
    if response.lost_focus() {
        *draft = None;
        return (text != shown).then_some(text);
    }
    *draft = response.has_focus().then_some(text);
    None
}

fn controls_row(ui: &mut Ui, scene: &mut Scene<'_>, view: &TransportView) {
    let theme = scene.theme;
    let rewind = Button::icon_only(Icon::Rewind, words::REWIND).look(Look::Plain);
    if rewind
        .show(ui, theme)
        .on_hover_text(words::REWIND_TIP)
        .clicked()
    {
        send(scene, DeskCommand::Seek(0.0));
    }
    let (icon, name) = if view.playing {
        (Icon::Pause, words::STOP)
    } else {
        (Icon::Play, words::PLAY)
    };
    let play = Button::icon_only(icon, name)
        .look(if view.playing {
            Look::Selected
        } else {
            Look::Plain
        })
        .min_size(egui::vec2(38.0, size::ICON_BUTTON));
    if play
        .show(ui, theme)
        .on_hover_text(words::PLAY_TIP)
        .clicked()
    {
        send(scene, DeskCommand::Play(!view.playing));
    }
    let looped = Button::icon_only(Icon::Loop, words::LOOP).selected(view.looping);
    if looped
        .show(ui, theme)
        .on_hover_text(words::LOOP_TIP)
        .clicked()
    {
        send(scene, DeskCommand::Loop(!view.looping));
    }
    position(ui, theme, view);
}

/// `17|2` over `0:42.3`; the time alone without a tempo.
fn position(ui: &mut Ui, theme: &Theme, view: &TransportView) {
    let time = text::clock_tenths(view.position_secs);
    let (large, small) = match view.bpm {
        Some(bpm) => {
            let quarters = view.position_secs * bpm / 60.0;
            let per_beat = view.meter.quarters_per_bar() / f64::from(view.meter.beats_per_bar());
            (
                text::bars_beats(quarters, view.meter.beats_per_bar(), per_beat),
                time,
            )
        }
        None => (time, String::new()),
    };
    ui.allocate_ui_with_layout(
        egui::vec2(POSITION_WIDTH, size::CONTROL_HEIGHT),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.set_width(POSITION_WIDTH);
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.label(RichText::new(large).size(15.0).strong());
            ui.label(RichText::new(small).small().color(theme.text_muted));
        },
    );
}

/// The song's place and name, or that there is none.
fn song(ui: &mut Ui, scene: &mut Scene<'_>, view: &TransportView) {
    let theme = scene.theme;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let open = Button::icon_only(Icon::Open, words::OPEN).look(Look::Plain);
        if open
            .show(ui, theme)
            .on_hover_text(words::OPEN_TIP)
            .clicked()
        {
            scene.actions.push(Action::Ask(Ask::OpenDeskSong));
        }
        if view.song.is_some() {
            let close = Button::icon_only(Icon::Close, words::CLOSE_SONG);
            if close
                .show(ui, theme)
                .on_hover_text(words::CLOSE_SONG)
                .clicked()
            {
                send(scene, DeskCommand::CloseSong);
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            match &view.song {
                Some(song) => played(ui, scene, view, song),
                None => {
                    let words = RichText::new(words::NO_SONG).color(theme.text_muted);
                    ui.label(words).on_hover_text(words::NO_SONG_TIP);
                }
            }
        });
    });
}

fn played(ui: &mut Ui, scene: &mut Scene<'_>, view: &TransportView, song: &SongView) {
    let theme = scene.theme;
    let name_width = (ui.available_width() * 0.45).min(SONG_WIDTH);
    let facts = match (&song.trouble, song.duration_secs) {
        (Some(trouble), _) => trouble.clone(),
        (None, Some(secs)) => text::clock(secs),
        (None, None) => words::LOADING.to_owned(),
    };
    controls::two_lines(ui, theme, name_width, &song.title, &facts)
        .on_hover_text(format!("{}\n{facts}", song.title));
    let Some(duration_secs) = song.duration_secs.filter(|secs| *secs > 0.0) else {
        return;
    };
    ui.spacing_mut().slider_width = (ui.available_width() - size::GAP).max(30.0);
    let mut at = view.position_secs.min(duration_secs);
    let slider = Slider::new(&mut at, 0.0..=duration_secs).show_value(false);
    let response = ui.add(slider);
    controls::say_name(&response, words::POSITION);
    if response.changed() {
        send(scene, DeskCommand::Seek(at));
    }
}

/// Where the loop begins and ends: by bars where there is a tempo, else by seconds.
fn loop_range(ui: &mut Ui, scene: &mut Scene<'_>, view: &TransportView) {
    let (from, to) = view.loop_secs;
    let bar_secs = view
        .bpm
        .map(|bpm| view.meter.quarters_per_bar() * 60.0 / bpm);
    let longest = view.song.as_ref().and_then(|song| song.duration_secs);
    let to = if to > from {
        to
    } else {
        longest.unwrap_or(from)
    };
    let (mut first, mut last) = match bar_secs {
        // Bars are counted from 1; the loop ends before the bar named by its end.
        Some(bar) => (from / bar + 1.0, to / bar + 1.0),
        None => (from, to),
    };
    let (suffix, speed, decimals) = if bar_secs.is_some() {
        ("", 0.1, 0)
    } else {
        (" s", 0.1, 1)
    };
    let least = if bar_secs.is_some() { 1.0 } else { 0.0 };
    let mut changed = false;
    for (label, value) in [(words::LOOP_FROM, &mut first), (words::LOOP_TO, &mut last)] {
        let shown = match bar_secs {
            Some(_) => format!("{label} bar"),
            None => label.to_owned(),
        };
        let label = ui.label(RichText::new(shown).small().color(scene.theme.text_muted));
        let field = DragValue::new(value)
            .range(least..=100_000.0)
            .speed(speed)
            .max_decimals(decimals)
            .suffix(suffix);
        changed |= ui.add(field).labelled_by(label.id).changed();
    }
    if changed {
        let secs = |value: f64| match bar_secs {
            Some(bar) => (value.round() - 1.0) * bar,
            None => value,
        };
        send(scene, DeskCommand::LoopRange(secs(first), secs(last)));
    }
}
