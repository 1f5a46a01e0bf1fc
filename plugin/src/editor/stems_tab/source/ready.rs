//! The take that Generate would send.

use super::{SongCard, beside_meter, hints, lost, passages_of, snap_button};
use crate::{
    editor::{
        action::Scene,
        controls::{self, Button, Look},
        icons::Icon,
        text::{self, source as words},
        theme::size,
        waveform::{Audio, Waveforms, selection_words},
    },
    session::{Command, Passage, SourceView},
};
use egui::{RichText, Ui, Vec2};

pub(super) fn show(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    waves: &mut Waveforms,
    card: &mut SongCard,
    source: &SourceView,
) {
    let passages = passages_of(&source.map);
    let name = format!("Waveform of {}", source.title);
    let audio = audio(scene, source, &name, &passages);
    beside_meter(ui, scene, |ui, scene| {
        card.take.show(ui, scene.theme, waves, &audio);
    });
    facts_row(ui, scene, card, source);
    selection_row(ui, scene, card, &audio);
    hints::show(ui, scene, source);
    if source.tempo_changed {
        controls::warning(ui, scene.theme.warn, words::TEMPO_CHANGED)
            .on_hover_text(words::TEMPO_CHANGED_TIP);
    }
    lost(ui, scene, source.lost_frames, source.sample_rate_hz);
}

fn audio<'a>(
    scene: &Scene<'_>,
    source: &'a SourceView,
    name: &'a str,
    passages: &'a [Passage],
) -> Audio<'a> {
    Audio {
        name,
        peaks: &source.peaks,
        frames: source.map.frames,
        sample_rate_hz: source.sample_rate_hz,
        passages,
        color: if source.playing {
            scene.theme.wave
        } else {
            scene.theme.wave_idle
        },
        place_secs: scene
            .place_secs
            .zip(source.start_secs)
            .map(|(now, start)| now - start),
    }
}

fn facts_row(ui: &mut Ui, scene: &mut Scene<'_>, card: &mut SongCard, source: &SourceView) {
    ui.horizontal(|ui| {
        play_button(ui, scene, source.playing);
        let taps = if source.tempo_bpm.is_none() {
            62.0
        } else {
            0.0
        };
        let width = ui.available_width() - size::ICON_BUTTON - size::GAP - taps;
        controls::two_lines(ui, scene.theme, width, &source.title, &facts(source));
        if source.tempo_bpm.is_none() {
            tap_button(ui, scene, card);
        }
        let clear = Button::icon_only(Icon::Close, words::CLEAR)
            .show(ui, scene.theme)
            .on_hover_text(words::CLEAR);
        if clear.clicked() {
            scene.send(Command::ClearSource);
        }
    });
}

/// For a song whose tempo nobody has told.
fn tap_button(ui: &mut Ui, scene: &mut Scene<'_>, card: &mut SongCard) {
    let label = card
        .tapped_bpm
        .map_or_else(|| words::TAP.to_owned(), text::bpm_number);
    let response = Button::new(&label)
        .name(words::TAP_NAME)
        .min_size(egui::vec2(54.0, size::CONTROL_HEIGHT))
        .show(ui, scene.theme)
        .on_hover_text(words::TAP_TIP);
    if response.clicked() {
        card.tap(ui, scene);
    }
}

/// What can be done with the range that is drawn, or with an earlier trim.
fn selection_row(ui: &mut Ui, scene: &mut Scene<'_>, card: &mut SongCard, audio: &Audio<'_>) {
    let is_trimmed = scene.view.source.as_ref().is_some_and(|s| s.is_trimmed);
    let selection = card.take.selection.clone();
    if selection.is_none() && !is_trimmed {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if let Some(range) = selection {
            let trim = Button::new(words::TRIM)
                .look(Look::Selected)
                .show(ui, scene.theme)
                .on_hover_text(words::TRIM_TIP);
            if trim.clicked() {
                scene.send(Command::TrimSource {
                    from: range.start,
                    to: range.end,
                });
            }
            snap_button(ui, scene, &mut card.take, audio.passages);
            let words = selection_words(audio, &range);
            ui.label(RichText::new(words).small().color(scene.theme.text_muted));
        }
        if is_trimmed {
            let whole = Button::new(words::WHOLE)
                .show(ui, scene.theme)
                .on_hover_text(words::WHOLE_TIP);
            if whole.clicked() {
                scene.send(Command::WholeSource);
            }
        }
    });
}

fn play_button(ui: &mut Ui, scene: &mut Scene<'_>, playing: bool) {
    let (icon, name) = if playing {
        (Icon::Stop, words::STOP_PLAYING)
    } else {
        (Icon::Play, words::PLAY)
    };
    let response = Button::icon_only(icon, name)
        .look(Look::Plain)
        .min_size(Vec2::splat(size::CONTROL_HEIGHT + 4.0))
        .show(ui, scene.theme)
        .on_hover_text(words::PLAY_TIP);
    if response.clicked() {
        scene.send(Command::AuditionSource(!playing));
    }
}

/// `0:42.3 · 92.5 BPM · 4/4 · from bar 17 · 48 kHz stereo`
fn facts(source: &SourceView) -> String {
    let mut facts = vec![text::clock_tenths(source.duration_secs)];
    facts.extend(source.tempo_bpm.map(text::bpm));
    facts.extend(source.meter.clone());
    if !source.map_is_heard && source.start_beats.is_some() {
        let first = source
            .map
            .lines(crate::capture::GridUnit::Beats)
            .first()
            .copied();
        facts.extend(first.map(|line| format!("from bar {}", line.bar)));
    }
    let khz = f64::from(source.sample_rate_hz) / 1000.0;
    let channels = match source.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    };
    facts.push(format!("{khz} kHz {channels}"));
    facts.join(" · ")
}
