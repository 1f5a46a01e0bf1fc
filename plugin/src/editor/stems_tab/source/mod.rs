//! The song: what was heard, captured, dropped in, or opened from a file.

mod heard;
mod hints;
mod meter;
mod ready;
mod rolling;

use crate::{
    capture::TakeId,
    editor::{
        action::{Action, Scene},
        backend::Ask,
        controls::{self, Button, Look},
        icons::Icon,
        tap_tempo::TapTempo,
        text::{self, source as words},
        theme::size,
        waveform::{Scope, Snap, Waveforms},
    },
    session::{CaptureView, Command, Passage, SessionView},
};
use egui::{Align, Key, Layout, Modifiers, Popup, Rect, Role, Sense, Ui, WidgetInfo, vec2};
use std::sync::Arc;

/// The card's own state: how the two waveforms are looked at, and the taps of a tempo.
#[derive(Default)]
pub(super) struct SongCard {
    take: Scope,
    take_shown: Option<TakeId>,
    memory: Scope,
    memory_from: u64,
    /// What was heard is looked at although there is a song.
    shows_memory: bool,
    taps: TapTempo,
    tapped_bpm: Option<f64>,
}

impl SongCard {
    /// Takes over a new view.
    pub fn sync(&mut self, view: &SessionView) {
        let id = view.source.as_ref().map(|source| source.id.clone());
        if id != self.take_shown {
            self.take_shown = id;
            self.take.reset();
            // It came from somewhere: look at it.
            self.shows_memory = false;
        }
        let from = view.memory.from_frame;
        match from.checked_sub(self.memory_from) {
            Some(gone) => self.memory.shift(gone),
            // Emptied.
            None => self.memory.reset(),
        }
        self.memory_from = from;
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, waves: &mut Waveforms) {
        let theme = scene.theme;
        self.tap_by_key(ui, scene);
        controls::card(ui, theme, |ui| {
            title_row(ui, scene);
            recovered(ui, scene);
            let view = scene.view;
            let has_memory = view.memory.frames > 0;
            match (&view.capture, &view.source) {
                (
                    CaptureView::Rolling {
                        secs,
                        lost_frames,
                        peaks,
                    },
                    _,
                ) => return rolling::rolling(ui, scene, waves, *secs, *lost_frames, peaks),
                (CaptureView::Armed, _) => return rolling::armed(ui, scene),
                (CaptureView::Off, Some(source)) if !(self.shows_memory && has_memory) => {
                    ready::show(ui, scene, waves, self, source);
                }
                (CaptureView::Off, _) if has_memory => heard::show(ui, scene, waves, self),
                (CaptureView::Off, _) => super::empty::show(ui, scene),
            }
            if has_memory {
                heard::grab_row(ui, scene, self);
            }
            if view.memory.listening.on && view.memory.is_quiet && view.host_playing {
                controls::warning(ui, theme.warn, words::QUIET).on_hover_text(words::QUIET_TIP);
            }
        });
        if let Some(secs) = next_look_secs(scene) {
            ui.ctx().request_repaint_after_secs(secs);
        }
    }

    /// T, wherever no text is being typed.
    fn tap_by_key(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        let typing = ui.ctx().text_edit_focused();
        if !typing && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::T)) {
            self.tap(ui, scene);
        }
    }

    fn tap(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        self.tapped_bpm = self.taps.tap(ui.input(|input| input.time));
        if let Some(bpm) = self.tapped_bpm {
            let mut form = scene.view.form.clone();
            form.bpm = text::bpm_number(bpm);
            scene.send(Command::EditForm(Box::new(form)));
        }
    }
}

/// Level and needle move by themselves while the host calls.
fn next_look_secs(scene: &Scene<'_>) -> Option<f32> {
    let (levels, plays) = (scene.levels, scene.view.host_playing);
    let moves = plays || scene.place_secs.is_some() || !levels.is_silent();
    match (moves, levels.is_still) {
        (true, false) => Some(1.0 / 30.0),
        // It stopped without a word, and may go on without one.
        (true, true) => Some(0.5),
        (false, _) => None,
    }
}

/// The heading, and on its right how to get a (new) song.
fn title_row(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        controls::heading(ui, words::TITLE);
        let view = scene.view;
        let off = view.capture == CaptureView::Off;
        let nothing_yet = off && view.source.is_none() && view.memory.frames == 0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            more_menu(ui, scene);
            if !nothing_yet {
                capture_button(ui, scene);
                if off {
                    open_button(ui, scene);
                }
            }
        });
    });
}

/// Earlier takes, and whether Sideman listens by itself.
fn more_menu(ui: &mut Ui, scene: &mut Scene<'_>) {
    let view = scene.view;
    let response = Button::icon_only(Icon::More, words::MORE)
        .show(ui, scene.theme)
        .on_hover_text(words::MORE_TIP);
    Popup::menu(&response).show(|ui| {
        controls::field_label(ui, scene.theme, words::RECENT);
        if view.recent.is_empty() {
            controls::note(ui, scene.theme.text_faint, words::RECENT_NONE);
        }
        for take in &view.recent {
            if ui.button(&take.title).clicked() {
                scene.send(Command::UseTake(take.id.clone()));
            }
        }
        ui.separator();
        let mut wanted = view.memory.listening;
        ui.checkbox(&mut wanted.on, words::LISTEN)
            .on_hover_text(words::LISTEN_TIP);
        ui.add_enabled_ui(wanted.on, |ui| {
            ui.checkbox(&mut wanted.while_stopped, words::LISTEN_STOPPED)
                .on_hover_text(words::LISTEN_STOPPED_TIP);
        });
        if wanted != view.memory.listening {
            scene.send(Command::SetListening(wanted));
        }
    });
}

pub(super) fn capture_button(ui: &mut Ui, scene: &mut Scene<'_>) {
    let theme = scene.theme;
    let off = scene.view.capture == CaptureView::Off;
    let button = match (off, scene.view.source.is_some()) {
        (false, _) => Button::new(words::STOP)
            .icon(Icon::Stop)
            .look(Look::Recording),
        (true, true) => Button::new(words::CAPTURE_AGAIN)
            .icon(Icon::Record)
            .icon_color(theme.record),
        (true, false) => Button::new(words::CAPTURE)
            .icon(Icon::Record)
            .icon_color(theme.record),
    };
    let tip = if off {
        words::CAPTURE_TIP
    } else {
        words::STOP_TIP
    };
    if button.show(ui, theme).on_hover_text(tip).clicked() {
        scene.send(Command::SetCapture(off));
    }
}

pub(super) fn open_button(ui: &mut Ui, scene: &mut Scene<'_>) {
    let button = Button::new(words::OPEN).icon(Icon::Open);
    let response = button.show(ui, scene.theme).on_hover_text(words::OPEN_TIP);
    if response.clicked() {
        scene.actions.push(Action::Ask(Ask::OpenSource));
    }
}

/// What a crash has left waits for an answer.
fn recovered(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some(found) = &scene.view.recovered else {
        return;
    };
    controls::warning(ui, scene.theme.text, &found.words);
    let no = if found.is_elsewhere {
        words::NOT_NOW
    } else {
        words::DISCARD
    };
    ui.horizontal(|ui| {
        for (label, use_it) in [(words::RECOVER, true), (no, false)] {
            if Button::new(label).show(ui, scene.theme).clicked() {
                scene.send(Command::AnswerRecovered { use_it });
            }
        }
    });
}

/// The dark ground that audio is drawn on, where nothing can be done in it.
fn well(ui: &mut Ui, scene: &Scene<'_>, name: &str) -> Rect {
    let wanted = vec2(ui.available_width(), size::SOURCE_WAVE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    ui.painter()
        .rect_filled(rect, size::CONTROL_RADIUS, scene.theme.well);
    rect
}

/// Audio on the left, the level of what comes in on the right.
fn beside_meter<R>(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    audio: impl FnOnce(&mut Ui, &mut Scene<'_>) -> R,
) -> R {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let width = ui.available_width() - meter::WIDTH - 6.0;
        let shown = ui
            .scope(|ui| {
                ui.set_width(width);
                audio(ui, scene)
            })
            .inner;
        meter::show(ui, scene);
        shown
    })
    .inner
}

fn snap_button(ui: &mut Ui, scene: &Scene<'_>, scope: &mut Scope, passages: &[Passage]) {
    let label = match scope.snap {
        Snap::Bars => words::SNAP_BARS,
        Snap::Beats => words::SNAP_BEATS,
        Snap::Off => words::SNAP_OFF,
    };
    let response = Button::new(label)
        .show(ui, scene.theme)
        .on_hover_text(words::SNAP_TIP);
    if response.clicked() {
        scope.next_snap(passages);
    }
}

/// The song as one passage.
fn passages_of(map: &Arc<crate::capture::TempoMap>) -> Vec<Passage> {
    vec![Passage {
        from_frame: 0,
        map: Arc::clone(map),
    }]
}

fn lost(ui: &mut Ui, scene: &Scene<'_>, frames: u64, sample_rate_hz: u32) {
    if frames > 0 {
        controls::warning(ui, scene.theme.warn, &text::lost(frames, sample_rate_hz))
            .on_hover_text(words::LOST_TIP);
    }
}

/// For the form: which of the song's tempi the job is sent with.
pub(super) fn tempo_note(ui: &mut Ui, scene: &Scene<'_>) {
    let view = scene.view;
    let Some(source) = view.source.as_ref().filter(|source| source.tempo_changed) else {
        return;
    };
    let typed = view.form.bpm.trim();
    if let Some(bpm) = source.tempo_bpm.filter(|_| typed.is_empty()) {
        let note = format!("{} {}.", words::SENT_AT, text::bpm(bpm));
        controls::warning(ui, scene.theme.warn, &note);
    }
}
