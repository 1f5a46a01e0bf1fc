//! The song: captured, dropped in, or opened from a file.

use crate::{
    editor::{
        action::{Action, Scene},
        backend::Ask,
        controls::{self, Button, Look},
        icons::{self, Icon},
        text::{self, source as words},
        theme::size,
        waveform::{self, BarGrid, Waveforms},
    },
    session::{CaptureView, Command, Peaks, SourceView},
};
use egui::{Align, Layout, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, vec2};
use sideman_shared::music::Meter;

/// A growing capture is drawn as if it were at least this long, and doubles when it is full.
const FIRST_SPAN_SECS: f64 = 16.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_>, waves: &mut Waveforms) {
    let theme = scene.theme;
    controls::card(ui, theme, |ui| {
        title_row(ui, scene);
        match (&scene.view.capture, &scene.view.source) {
            (
                CaptureView::Rolling {
                    secs,
                    lost_frames,
                    peaks,
                },
                _,
            ) => rolling(ui, scene, waves, *secs, *lost_frames, peaks),
            (CaptureView::Armed, _) => armed(ui, scene),
            (CaptureView::Off, Some(source)) => ready(ui, scene, waves, source),
            (CaptureView::Off, None) => super::empty::show(ui, scene),
        }
    });
}

/// The heading, and on its right how to get a (new) song.
fn title_row(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.horizontal(|ui| {
        controls::heading(ui, words::TITLE);
        let nothing_yet = scene.view.capture == CaptureView::Off && scene.view.source.is_none();
        if nothing_yet {
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            capture_button(ui, scene);
            if scene.view.capture == CaptureView::Off {
                open_button(ui, scene);
            }
        });
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

/// The dark ground that audio is drawn on.
fn well(ui: &mut Ui, scene: &Scene<'_>, name: &str) -> Rect {
    let wanted = vec2(ui.available_width(), size::SOURCE_WAVE_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    ui.painter()
        .rect_filled(rect, size::CONTROL_RADIUS, scene.theme.well);
    rect
}

fn armed(ui: &mut Ui, scene: &Scene<'_>) {
    let rect = well(ui, scene, words::ARMED);
    let mut inside = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.shrink(size::GAP))
            .layout(Layout::top_down(Align::Center)),
    );
    inside.add_space(rect.height() / 2.0 - 30.0);
    inside.label(
        RichText::new(words::ARMED)
            .heading()
            .color(scene.theme.warn),
    );
    controls::note(&mut inside, scene.theme.text_muted, words::ARMED_HINT);
}

fn rolling(
    ui: &mut Ui,
    scene: &Scene<'_>,
    waves: &mut Waveforms,
    secs: f64,
    lost_frames: u64,
    peaks: &Peaks,
) {
    let mut span_secs = FIRST_SPAN_SECS;
    while span_secs < secs {
        span_secs *= 2.0;
    }
    let rect = well(ui, scene, words::ROLLING);
    let pairs_per_sec = f64::from(peaks.sample_rate_hz) / peaks.bucket_frames.max(1) as f64;
    let span_pairs = (span_secs * pairs_per_sec).ceil() as usize;
    waveform::paint_axis(ui, scene.theme, rect, span_secs, None);
    let color = scene.theme.record;
    waves.paint(ui, "capture", wave_rect(rect), peaks, span_pairs, color);
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(Vec2::splat(size::ICON), Sense::hover());
        icons::paint(ui.painter(), dot, Icon::Record, scene.theme.record);
        let words = format!("{} {}", words::ROLLING, text::clock_tenths(secs));
        ui.label(RichText::new(words).strong());
        lost(ui, scene, lost_frames, peaks.sample_rate_hz);
    });
}

fn wave_rect(well: Rect) -> Rect {
    well.shrink2(vec2(0.0, 6.0)).with_min_y(well.top() + 14.0)
}

fn ready(ui: &mut Ui, scene: &mut Scene<'_>, waves: &mut Waveforms, source: &SourceView) {
    let rect = well(ui, scene, &format!("Waveform of {}", source.title));
    let grid = bar_grid(source);
    waveform::paint_axis(ui, scene.theme, rect, source.duration_secs, grid.as_ref());
    let color = if source.playing {
        scene.theme.wave
    } else {
        scene.theme.wave_idle
    };
    let peaks = &source.peaks;
    waves.paint(
        ui,
        "source",
        wave_rect(rect),
        peaks,
        peaks.pairs.len(),
        color,
    );

    ui.horizontal(|ui| {
        play_button(ui, scene, source.playing);
        let width = ui.available_width() - size::ICON_BUTTON - size::GAP;
        let facts = facts(source, grid.as_ref());
        controls::two_lines(ui, scene.theme, width, &source.title, &facts);
        let clear = Button::icon_only(Icon::Close, words::CLEAR)
            .show(ui, scene.theme)
            .on_hover_text(words::CLEAR);
        if clear.clicked() {
            scene.send(Command::ClearSource);
        }
    });
    if source.tempo_changed {
        controls::warning(ui, scene.theme.warn, words::TEMPO_CHANGED)
            .on_hover_text(words::TEMPO_CHANGED_TIP);
    }
    lost(ui, scene, source.lost_frames, source.sample_rate_hz);
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

fn lost(ui: &mut Ui, scene: &Scene<'_>, frames: u64, sample_rate_hz: u32) {
    if frames > 0 {
        controls::warning(ui, scene.theme.warn, &text::lost(frames, sample_rate_hz))
            .on_hover_text(words::LOST_TIP);
    }
}

fn bar_grid(source: &SourceView) -> Option<BarGrid> {
    let bpm = source.tempo_bpm.filter(|bpm| *bpm > 0.0)?;
    let meter: Option<Meter> = source.meter.as_deref().and_then(|text| text.parse().ok());
    let grid = BarGrid {
        bpm,
        start_beats: source.start_beats?,
        quarters_per_bar: meter.unwrap_or_default().quarters_per_bar(),
    };
    (!source.tempo_changed).then_some(grid)
}

/// `0:42.3 · 92.5 BPM · 4/4 · from bar 17 · 48 kHz stereo`
fn facts(source: &SourceView, grid: Option<&BarGrid>) -> String {
    let mut facts = vec![text::clock_tenths(source.duration_secs)];
    facts.extend(source.tempo_bpm.map(text::bpm));
    facts.extend(source.meter.clone());
    facts.extend(grid.map(|grid| format!("from bar {}", grid.bar_at(0.0))));
    let khz = f64::from(source.sample_rate_hz) / 1000.0;
    let channels = match source.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    };
    facts.push(format!("{khz} kHz {channels}"));
    facts.join(" · ")
}
