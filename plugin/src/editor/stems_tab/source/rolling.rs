//! While a take is asked for: waiting for the host, and growing.

use super::{beside_meter, lost, well};
use crate::{
    editor::{
        action::Scene,
        controls,
        icons::{self, Icon},
        text::{self, source as words},
        theme::size,
        waveform::{Axis, Waveforms, paint_ticks, ticks, wave_rect},
    },
    session::Peaks,
};
use egui::{Align, Layout, RichText, Sense, Ui, Vec2};

/// A growing capture is drawn as if it were at least this long, and doubles when it is full.
const FIRST_SPAN_SECS: f64 = 16.0;

pub(super) fn armed(ui: &mut Ui, scene: &mut Scene<'_>) {
    let rect = beside_meter(ui, scene, |ui, scene| well(ui, scene, words::ARMED));
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

pub(super) fn rolling(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    waves: &mut Waveforms,
    secs: f64,
    lost_frames: u64,
    peaks: &Peaks,
) {
    let mut span_secs = FIRST_SPAN_SECS;
    while span_secs < secs {
        span_secs *= 2.0;
    }
    let rate = f64::from(peaks.sample_rate_hz.max(1));
    beside_meter(ui, scene, |ui, scene| {
        let rect = well(ui, scene, words::ROLLING);
        let axis = Axis {
            left: rect.left(),
            width: rect.width().max(1.0),
            shown: 0.0..span_secs * rate,
            sample_rate_hz: peaks.sample_rate_hz,
        };
        paint_ticks(ui.painter(), scene.theme, rect, &ticks(&axis, &[]));
        let span_pairs = (span_secs * rate / peaks.bucket_frames.max(1) as f64).ceil() as usize;
        let color = scene.theme.record;
        waves.paint(ui, "capture", wave_rect(rect), peaks, span_pairs, color);
    });
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(Vec2::splat(size::ICON), Sense::hover());
        icons::paint(ui.painter(), dot, Icon::Record, scene.theme.record);
        let words = format!("{} {}", words::ROLLING, text::clock_tenths(secs));
        ui.label(RichText::new(words).strong());
        lost(ui, scene, lost_frames, peaks.sample_rate_hz);
    });
}
